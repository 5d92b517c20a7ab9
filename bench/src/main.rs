// SPDX-License-Identifier: GPL-3.0-or-later
//! Measures the receiver: one subcommand for each table of `docs/performance.md`.

mod air;
mod busy;
mod chain;
mod crowd;
mod detection;
mod engine;
mod false_syncs;
mod radio;
mod reference;
mod robustness;
mod sensitivity;
mod signals;
mod stages;

use std::process::ExitCode;

use clap::Parser;

/// Measures the receiver and prints Markdown tables. Signals have fixed seeds.
#[derive(Parser)]
#[command(name = "kaifa_bench", version)]
enum Command {
    Crowd(crowd::Arguments),
    Detection(detection::Arguments),
    Engine(engine::Arguments),
    FalseSyncs(false_syncs::Arguments),
    Robustness(robustness::Arguments),
    Sensitivity(sensitivity::Arguments),
    Stages(stages::Arguments),
}

fn main() -> ExitCode {
    let outcome = match Command::parse() {
        Command::Crowd(arguments) => crowd::run(&arguments),
        Command::Detection(arguments) => detection::run(&arguments),
        Command::Engine(arguments) => engine::run(&arguments),
        Command::FalseSyncs(arguments) => false_syncs::run(&arguments),
        Command::Robustness(arguments) => robustness::run(&arguments),
        Command::Sensitivity(arguments) => sensitivity::run(&arguments),
        Command::Stages(arguments) => stages::run(&arguments),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("kaifa_bench: {message}");
            ExitCode::FAILURE
        }
    }
}
