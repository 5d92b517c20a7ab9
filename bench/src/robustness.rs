// SPDX-License-Identifier: GPL-3.0-or-later
//! Frames received under conditions that are not those of the sensitivity table.

use crate::air::{Air, Channel, Deviation, Score, SAMPLE_RATE_HZ};
use crate::chain::{receive, Path};
use crate::radio::Radio;

const EBN0_DB: f64 = 16.0;
const CHANNELS_HZ: [f64; 4] = [-600e3, -200e3, 200e3, 600e3];
const BATCHES: u64 = 5;
/// Frames on each channel that are on the air at once.
const FRAMES: usize = 50;

/// Prints the frames received at 16 dB Eb/N0 under conditions out of the ordinary, 50 kb/s, h = 1.
#[derive(clap::Args)]
pub struct Arguments {
    /// Ways from bursts to packets to measure; all if not given.
    #[arg(long, value_enum)]
    path: Vec<Path>,
}

/// Prints the table.
pub fn run(arguments: &Arguments) -> Result<(), String> {
    println!(
        "| condition | signal | path | received | no burst | no sync | bit errors | made up |"
    );
    println!("|---|---|---|---|---|---|---|---|");
    for (condition, channels) in conditions() {
        for gaussian_bt in [Some(0.5), None] {
            let radio = Radio { symbol_rate_hz: 50e3, deviation_hz: 25e3, gaussian_bt };
            for path in Path::chosen(&arguments.path) {
                let score = measure(&radio, &channels, path).map_err(|e| e.to_string())?;
                print_row(condition, &radio, path, &score);
            }
        }
    }
    Ok(())
}

fn conditions() -> Vec<(&'static str, Vec<Channel>)> {
    let all = |change: fn(&mut Channel)| {
        let mut channels = CHANNELS_HZ.map(Channel::at).to_vec();
        channels.iter_mut().for_each(change);
        channels
    };
    // Each weak one has a strong one beside it, at times of its own; these or those are counted.
    let beside = |weaker_counts: bool| {
        let weak = [-500e3, 300e3].map(|hz| Channel { counted: weaker_counts, ..Channel::at(hz) });
        let strong = [-300e3, 500e3].map(|hz| Channel {
            gain_db: 30.0,
            ramp_symbols: 2,
            counted: !weaker_counts,
            gap_s: (1e-3, 6e-3),
            ..Channel::at(hz)
        });
        [weak, strong].concat()
    };
    vec![
        ("none", all(|_| ())),
        ("clock off by 100 ppm", all(|c| c.clock_error_ppm = Deviation::Extreme(100.0))),
        ("clock off by 300 ppm", all(|c| c.clock_error_ppm = Deviation::Extreme(300.0))),
        ("clock off by 1000 ppm", all(|c| c.clock_error_ppm = Deviation::Extreme(1000.0))),
        ("carrier off by 10 kHz", all(|c| c.carrier_error_hz = Deviation::Extreme(10e3))),
        ("carrier off by 20 kHz", all(|c| c.carrier_error_hz = Deviation::Extreme(20e3))),
        ("30 dB stronger 200 kHz beside", beside(true)),
        ("30 dB weaker 200 kHz beside", beside(false)),
        ("preamble of 4 octets", all(|c| c.preamble_octets = 4)),
        ("5 ms between two bursts", all(|c| c.gap_s = (5e-3, 5e-3))),
    ]
}

fn measure(radio: &Radio, channels: &[Channel], path: Path) -> Result<Score, kaifa_dsp::Error> {
    let mut score = Score::default();
    for batch in 0..BATCHES {
        let air = Air::new(radio, channels, FRAMES, 50 + batch);
        score += air.score(&receive(&air.samples(EBN0_DB), SAMPLE_RATE_HZ, radio, path)?);
    }
    Ok(score)
}

fn print_row(condition: &str, radio: &Radio, path: Path, score: &Score) {
    let Score { frames, received, undetected, without_sync, bit_errors, made_up } = score;
    println!(
        "| {condition} | {radio} | {path} | {received} of {frames} | {undetected} | {without_sync} \
         | {bit_errors} | {made_up} |"
    );
}
