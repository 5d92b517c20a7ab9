// SPDX-License-Identifier: GPL-3.0-or-later
//! What the engines of a receiver cost without GNU Radio around them, stage by stage.

use kaifa_dsp::frame::Outcome;
use kaifa_dsp::{Complex32, Error};

use crate::busy::{busy_band, timed, SAMPLES, SAMPLE_RATE_HZ};
use crate::chain::{self, Path};
use crate::radio::Radio;

/// What the frames of a busy band are sent with.
const RADIO: Radio = Radio { symbol_rate_hz: 50e3, deviation_hz: 25e3, gaussian_bt: Some(0.5) };
const STAGES: [&str; 4] =
    ["detector", "extraction to 200 kHz", "sequence detector", "frame parser"];

/// Prints what the engines of the receiver cost without GNU Radio around them, with 2 and with 20
/// channels busy: time a sample for each stage, and a burst.
#[derive(clap::Args)]
pub struct Arguments {
    /// Runs; of each stage the fastest counts.
    #[arg(long, default_value_t = 20)]
    runs: usize,
}

/// Seconds that each stage took, and frames that passed their check.
struct Run {
    stages_s: [f64; STAGES.len()],
    frames: usize,
}

/// Prints the table.
pub fn run(arguments: &Arguments) -> Result<(), String> {
    let fastest = |channels| {
        let samples = busy_band(channels);
        let runs = (0..arguments.runs.max(1)).map(|_| receive(&samples));
        let best = |a: Run, b: Run| Run { stages_s: faster(a.stages_s, b.stages_s), ..b };
        runs.reduce(|a, b| Ok(best(a?, b?))).expect("there is a run").map_err(|e| e.to_string())
    };
    let (two, twenty) = (fastest(2)?, fastest(20)?);
    let more = (twenty.frames - two.frames) as f64;
    println!("| stage | 2 busy, ns a sample | 20 busy | a burst, us |");
    println!("|---|---|---|---|");
    let row = |name: &str, two_s: f64, twenty_s: f64| {
        let a_sample = |seconds: f64| seconds / SAMPLES as f64 * 1e9;
        let (few, many, burst_us) =
            (a_sample(two_s), a_sample(twenty_s), (twenty_s - two_s) / more * 1e6);
        println!("| {name} | {few:.2} | {many:.2} | {burst_us:.1} |");
    };
    for ((name, few), many) in STAGES.iter().zip(two.stages_s).zip(twenty.stages_s) {
        row(name, few, many);
    }
    let (few, many) = (two.stages_s.iter().sum::<f64>(), twenty.stages_s.iter().sum::<f64>());
    row("all", few, many);
    println!(
        "\n{} and {} frames: 20 busy cost {:.2} times what 2 do",
        two.frames,
        twenty.frames,
        many / few
    );
    Ok(())
}

fn faster<const N: usize>(a: [f64; N], b: [f64; N]) -> [f64; N] {
    std::array::from_fn(|k| a[k].min(b[k]))
}

/// Receives `samples`, stage after stage.
fn receive(samples: &[Complex32]) -> Result<Run, Error> {
    let rate = SAMPLE_RATE_HZ;
    let per_symbol = Path::Sequence.samples_per_symbol();
    let (events, detector_s) = timed(|| chain::detect(samples, rate, &RADIO));
    let events = events?;
    let (bursts, extraction_s) =
        timed(|| chain::extract(samples, &events, rate, &RADIO, per_symbol));
    let bursts = bursts?;
    let (packets, sequence_s) = timed(|| chain::detect_sequences(&bursts, &RADIO));
    let packets = packets?;
    let (frames, parser_s) = timed(|| chain::read(packets));
    let frames = frames?;
    let frames = frames.iter().filter(|(_, outcome)| matches!(outcome, Outcome::Frame(_))).count();
    Ok(Run { stages_s: [detector_s, extraction_s, sequence_s, parser_s], frames })
}
