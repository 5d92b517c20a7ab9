// SPDX-License-Identifier: GPL-3.0-or-later
//! How well bursts are found and placed.

mod matching;
mod scene;

use kaifa_dsp::detect::Config;
use kaifa_dsp::Complex32;

use crate::signals::{fill_noise, generator};
use matching::{detect, settings, tally, Errors, Tally};
use scene::{Air, SAMPLE_RATE_HZ};

const FFT_SIZES: [usize; 6] = [256, 512, 1024, 2048, 4096, 8192];
/// Length of one recording.
const SCENE_S: f64 = 4.0;
const PULSES: [(&str, Option<f64>); 2] = [("GFSK BT 0.5", Some(0.5)), ("plain FSK", None)];

/// Prints how many bursts are found whole, split, merged, missed and made up for every size of
/// the transform, and how well they are placed at the default: 4 Msps, bursts of 10 to 40 ms,
/// 50 kbit/s FSK with modulation index 1, preambles of 16 octets, SNR in 100 kHz.
#[derive(clap::Args)]
pub struct Arguments {
    /// Fewer bursts and less noise: a check that it runs.
    #[arg(long)]
    quick: bool,
    /// Detection threshold in dB instead of the default.
    #[arg(long)]
    threshold_db: Option<f64>,
    /// Hold time in seconds instead of the default.
    #[arg(long)]
    hold: Option<f64>,
    /// Only the figures at the default size, without the table of all sizes.
    #[arg(long)]
    default_only: bool,
}

impl Arguments {
    fn settings(&self, fft_size: usize) -> Config {
        let mut config = settings(fft_size);
        config.threshold_db = self.threshold_db.unwrap_or(config.threshold_db);
        config.hold_s = self.hold.unwrap_or(config.hold_s);
        config
    }
}

/// Prints the tables.
pub fn run(arguments: &Arguments) -> Result<(), String> {
    println!(
        "4 Msps, threshold {} dB, hold {} ms. A detection belongs to a burst if it is nearer than \
         50 kHz to its centre and their times meet. whole: one detection covers 95 % of it and no \
         other burst. part: one covers less. split: several have a part. merged: one has it and \
         another burst. missed: none. false: a detection of nothing.\n",
        arguments.settings(0).threshold_db,
        arguments.settings(0).hold_s * 1e3
    );
    if !arguments.default_only {
        sizes(arguments);
    }
    let scenes = if arguments.quick { 1 } else { 5 };
    wholes(arguments, scenes);
    places(arguments, scenes);
    acknowledged(arguments, scenes);
    falses(arguments, if arguments.quick { 0.1 } else { 10.0 });
    Ok(())
}

/// Tally of several recordings for each of `sizes`.
fn tallies(arguments: &Arguments, air: Air, scenes: u64, sizes: &[usize]) -> Vec<Tally> {
    let mut tallies = vec![Tally::default(); sizes.len()];
    for k in 0..scenes {
        let scene = Air { seed: air.seed + k, ..air }.make();
        for (sum, &size) in tallies.iter_mut().zip(sizes) {
            let found = detect(&scene.samples, &arguments.settings(size));
            sum.add(tally(&found, &scene.sent));
        }
    }
    tallies
}

fn air(snr_db: f64, gaussian_bt: Option<f64>) -> Air {
    let seed = 1000 * (snr_db as u64 + 1);
    Air { seed, seconds: SCENE_S, snr_db, gaussian_bt, acknowledged: false }
}

fn sizes(arguments: &Arguments) {
    println!("| FFT | SNR, dB | bursts | whole | part | split | merged | missed | false |");
    println!("|---|---|---|---|---|---|---|---|---|");
    let steps: &[f64] = if arguments.quick {
        &[4.0, 10.0]
    } else {
        &[0.0, 2.0, 4.0, 6.0, 8.0, 10.0, 12.0, 14.0, 16.0, 18.0, 20.0]
    };
    let by_snr: Vec<Vec<Tally>> = steps
        .iter()
        .map(|&snr_db| tallies(arguments, air(snr_db, Some(0.5)), 1, &FFT_SIZES))
        .collect();
    for (k, size) in FFT_SIZES.iter().enumerate() {
        for (snr_db, tallies) in steps.iter().zip(&by_snr) {
            println!("| {size} | {snr_db} | {} |", columns(&tallies[k]));
        }
    }
    println!();
}

fn columns(tally: &Tally) -> String {
    let sent = tally.sent();
    let share = |count: usize| format!("{:.3}", count as f64 / sent.max(1) as f64);
    let shares = [tally.whole, tally.part, tally.split, tally.merged, tally.missed].map(share);
    format!("{sent} | {} | {}", shares.join(" | "), tally.false_alarms)
}

fn wholes(arguments: &Arguments, scenes: u64) {
    println!("| default size, SNR, dB | pulses | bursts | whole | part | split | merged | missed | false |");
    println!("|---|---|---|---|---|---|---|---|---|");
    for snr_db in [2.0, 4.0, 6.0, 8.0] {
        for (name, bt) in PULSES {
            let tally = &tallies(arguments, air(snr_db, bt), scenes, &[0])[0];
            println!("| {snr_db} | {name} | {} |", columns(tally));
        }
    }
    println!();
}

fn places(arguments: &Arguments, scenes: u64) {
    println!("| SNR, dB | pulses | centre: median, Hz | 95 % | start: 5 %, samples | 95 % | end: 5 % | 95 % |");
    println!("|---|---|---|---|---|---|---|---|");
    for snr_db in [4.0, 6.0, 10.0, 15.0, 20.0, 30.0] {
        for (name, bt) in PULSES {
            let errors = tallies(arguments, air(snr_db, bt), scenes.min(2), &[0]).remove(0).errors;
            let of = |which: fn(&Errors) -> f64| Quantiles::new(errors.iter().map(which));
            let center = of(|e| e.center_hz.abs());
            let (start, end) = (of(|e| e.start_samples), of(|e| e.end_samples));
            println!(
                "| {snr_db} | {name} | {:.0} | {:.0} | {:+.0} | {:+.0} | {:+.0} | {:+.0} |",
                center.at(0.5),
                center.at(0.95),
                start.at(0.05),
                start.at(0.95),
                end.at(0.05),
                end.at(0.95)
            );
        }
    }
    println!();
}

fn acknowledged(arguments: &Arguments, scenes: u64) {
    println!("| frame and acknowledgement 2 ms later, 10 dB | bursts | whole | part | split | merged | missed | false |");
    println!("|---|---|---|---|---|---|---|---|");
    for (name, bt) in PULSES {
        let air = Air { acknowledged: true, ..air(10.0, bt) };
        println!("| {name} | {} |", columns(&tallies(arguments, air, scenes, &[0])[0]));
    }
    println!();
}

/// Noise alone, every sample of it new.
fn falses(arguments: &Arguments, minutes: f64) {
    let count = (SCENE_S * SAMPLE_RATE_HZ) as usize;
    let pieces = (minutes * 60.0 / SCENE_S).ceil().max(1.0) as usize;
    let mut rng = generator(7);
    let mut samples = vec![Complex32::default(); count];
    let mut found = [0; FFT_SIZES.len()];
    for _ in 0..pieces {
        fill_noise(&mut rng, 1.0, &mut samples);
        for (found, size) in found.iter_mut().zip(FFT_SIZES) {
            *found += detect(&samples, &arguments.settings(size)).len();
        }
    }
    let minutes = pieces as f64 * SCENE_S / 60.0;
    println!("| noise alone, FFT | falses in {minutes:.1} minutes | a minute |");
    println!("|---|---|---|");
    for (found, size) in found.iter().zip(FFT_SIZES) {
        println!("| {size} | {found} | {:.1} |", *found as f64 / minutes);
    }
}

/// Values in order.
struct Quantiles(Vec<f64>);

impl Quantiles {
    fn new(values: impl Iterator<Item = f64>) -> Self {
        let mut sorted: Vec<f64> = values.collect();
        sorted.sort_by(f64::total_cmp);
        Quantiles(sorted)
    }

    fn at(&self, share: f64) -> f64 {
        let last = self.0.len().saturating_sub(1);
        self.0.get((share * last as f64).round() as usize).copied().unwrap_or(f64::NAN)
    }
}
