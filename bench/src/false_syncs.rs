// SPDX-License-Identifier: GPL-3.0-or-later
//! Sync words found where none was sent, for one sync word looked for and for several.

use std::f64::consts::TAU;

use kaifa_dsp::demod::{self, BurstInfo, SyncStrobe, SyncWord};
use kaifa_dsp::sequence::{self, SequenceDetector};
use kaifa_dsp::sim::{modulate, ModulatorConfig};
use kaifa_dsp::time::Time;
use kaifa_dsp::Complex32;
use rand::Rng;

use crate::chain::Path;
use crate::signals::{fill_noise, generator};

const SYMBOL_RATE_HZ: f64 = 50e3;
/// Symbols of a burst that is nothing but noise.
const NOISE_SYMBOLS: usize = 500;
/// Symbols of a preamble of another device, and of what it sends behind it.
const PREAMBLE_SYMBOLS: usize = 64;
const DATA_SYMBOLS: usize = 400;
/// Power of the noise in the other devices' bursts, theirs being 1: an Eb/N0 of 14 dB at four
/// samples a symbol.
const NOISE_POWER: f64 = 0.16;

/// Counts sync words found where none was sent: in bursts of noise alone, which the detector hardly
/// ever makes, and in those of other devices, an alternating preamble with random bits behind it.
#[derive(clap::Args)]
pub struct Arguments {
    /// Bursts of each kind.
    #[arg(long, default_value_t = 100_000)]
    bursts: usize,
}

/// Prints the table.
pub fn run(arguments: &Arguments) -> Result<(), String> {
    println!("| {} bursts of | demodulator | sync words looked for | found |", arguments.bursts);
    println!("|---|---|---|---|");
    for (kind, make) in [("noise", noise as fn(u64, f64) -> _), ("other devices", other_device)] {
        for path in Path::chosen(&[]) {
            for text in ["904e", "904e,6f4e", "904e,6f4e,7a0e,632d"] {
                let words = SyncWord::list(text).map_err(|error| error.to_string())?;
                let found = count(path, words, make, arguments.bursts);
                let found = found.map_err(|error| error.to_string())?;
                println!("| {kind} | {path} | {text} | {found} |");
            }
        }
    }
    Ok(())
}

fn noise(seed: u64, rate_hz: f64) -> Vec<Complex32> {
    let length = NOISE_SYMBOLS as f64 * rate_hz / SYMBOL_RATE_HZ;
    let mut samples = vec![Complex32::default(); length as usize];
    fill_noise(&mut generator(seed), 1.0, &mut samples);
    samples
}

fn other_device(seed: u64, rate_hz: f64) -> Vec<Complex32> {
    let mut rng = generator(seed);
    let mut bits: Vec<u8> = (0..PREAMBLE_SYMBOLS).map(|k| (k % 2) as u8).collect();
    bits.extend((0..DATA_SYMBOLS).map(|_| rng.random_range(0..2u8)));
    let config = ModulatorConfig {
        sample_rate_hz: rate_hz,
        gaussian_bt: Some(0.5),
        timing_samples: rng.random_range(0.0..1.0),
        ..ModulatorConfig::default()
    };
    let sent = modulate(&bits, &config).expect("the settings are in range");
    let mut samples = vec![Complex32::default(); sent.len()];
    fill_noise(&mut rng, NOISE_POWER * rate_hz / (4.0 * SYMBOL_RATE_HZ), &mut samples);
    samples.iter_mut().zip(&sent).for_each(|(sum, sample)| *sum += sample);
    samples
}

fn count(
    path: Path,
    words: Vec<SyncWord>,
    make: fn(u64, f64) -> Vec<Complex32>,
    bursts: usize,
) -> Result<u64, kaifa_dsp::Error> {
    let rate_hz = path.samples_per_symbol() * SYMBOL_RATE_HZ;
    let all = (0..bursts as u64).map(|seed| make(seed, rate_hz));
    match path {
        Path::Sequence => {
            let config = sequence::Config { sync_words: words, ..Default::default() };
            let (mut engine, mut packets) = (SequenceDetector::new(config)?, Vec::new());
            for burst in all {
                engine.process(&info(rate_hz), rate_hz, &burst, &mut packets)?;
                packets.clear();
            }
            Ok(engine.counts().packets)
        }
        Path::Discriminator => {
            let config = demod::Config {
                sample_rate_hz: rate_hz,
                hz_per_unit: rate_hz / TAU,
                sync_words: words,
                ..Default::default()
            };
            let mut engine = SyncStrobe::new(config)?;
            let (mut at, mut events, mut packets) = (0, Vec::new(), Vec::new());
            for burst in all {
                let stream: Vec<f32> =
                    burst.windows(2).map(|pair| (pair[1] * pair[0].conj()).arg()).collect();
                engine.burst_start(at, info(rate_hz));
                at += stream.len() as u64;
                engine.burst_end(at - 1);
                engine.process(&stream, &mut events, &mut packets);
                events.clear();
                packets.clear();
            }
            engine.finish(&mut events, &mut packets);
            Ok(engine.counts().packets)
        }
    }
}

fn info(rate_hz: f64) -> BurstInfo {
    BurstInfo {
        id: 0,
        center_frequency_hz: 0.0,
        sample_offset: 0.0,
        onset: 0.0,
        original_rate_hz: rate_hz,
        rx_time: Time::default(),
        magnitude_db: 0.0,
        noise_dbfs_hz: 0.0,
        snr_db: 0.0,
    }
}
