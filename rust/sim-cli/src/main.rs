// SPDX-License-Identifier: GPL-3.0-or-later
//! The simulator on the command line.
//!
//! Exit status 0 when the recording is complete, 1 when it could not be written, 2 when an option
//! or the place for the files is no good.

mod arguments;

use std::collections::BTreeMap;
use std::process::ExitCode;

use clap::Parser;
use indicatif::{ProgressBar, ProgressStyle};
use kaifa_dsp::sim::{SigmfWriter, Simulator};
use kaifa_dsp::Complex32;

use arguments::Arguments;

/// Samples made and written at a time.
const PIECE: usize = 1 << 16;

/// What went wrong, with the exit status for it.
struct Failure(u8, String);

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure(status, message)) => {
            eprintln!("kaifa_sim: {message}");
            ExitCode::from(status)
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), Failure> {
    let config = arguments.config();
    let simulator = Simulator::new(config.clone()).map_err(|e| Failure(2, e.to_string()))?;
    if !config.hears(config.traffic.beacon_frequency_hz) {
        eprintln!("kaifa_sim: no beacons: their channel is outside the recorded band");
    }
    let writer = SigmfWriter::create(&arguments.out, &config, arguments.sample_format())
        .map_err(|e| Failure(2, format!("cannot write {}: {e}", arguments.out.display())))?;
    let paths = writer.paths();
    let summary = record(simulator, writer).map_err(|message| Failure(1, message))?;
    println!("{summary}");
    for path in paths {
        println!("{}", path.display());
    }
    Ok(())
}

/// Writes the whole recording and returns a line on what is in it.
fn record(mut simulator: Simulator, mut writer: SigmfWriter) -> Result<String, String> {
    let failed = |e: std::io::Error| format!("cannot write the recording: {e}");
    let total = simulator.config().total_samples();
    let progress = ProgressBar::new(total).with_style(style());
    let mut piece = vec![Complex32::default(); PIECE];
    let mut sent = BTreeMap::new();
    loop {
        let count = simulator.fill(&mut piece).map_err(|e| e.to_string())?;
        if count == 0 {
            break;
        }
        writer.write(&piece[..count]).map_err(failed)?;
        for truth in simulator.take_truth() {
            writer.write_truth(&truth).map_err(failed)?;
            *sent.entry(truth.kind.to_string()).or_insert(0_u64) += 1;
        }
        progress.inc(count as u64);
    }
    writer.finish().map_err(failed)?;
    progress.finish_and_clear();
    let kinds: Vec<_> = sent.iter().map(|(kind, count)| format!("{kind} {count}")).collect();
    let transmissions: u64 = sent.values().sum();
    let clipped = simulator.clipped();
    Ok(format!(
        "{total} samples, {clipped} clipped; {transmissions} transmissions: {}",
        kinds.join(", ")
    ))
}

fn style() -> ProgressStyle {
    ProgressStyle::with_template(
        "{bar:30} {percent:>3} % {human_pos} samples, {per_sec}, {eta} left",
    )
    .unwrap_or_else(|_| ProgressStyle::default_bar())
}
