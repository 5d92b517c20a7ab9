// SPDX-License-Identifier: GPL-3.0-or-later
//! Measures the receiver: one subcommand for each table of `docs/performance.md`.

mod crowd;
mod signals;

use std::process::ExitCode;

use clap::Parser;

/// Measures the receiver and prints Markdown tables. Signals have fixed seeds.
#[derive(Parser)]
#[command(name = "kaifa_bench", version)]
enum Command {
    Crowd(crowd::Arguments),
}

fn main() -> ExitCode {
    let outcome = match Command::parse() {
        Command::Crowd(arguments) => crowd::run(&arguments),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("kaifa_bench: {message}");
            ExitCode::FAILURE
        }
    }
}
