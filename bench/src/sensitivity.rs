// SPDX-License-Identifier: GPL-3.0-or-later
//! Frames lost over Eb/N0: how weak a meter is still read.

use crate::air::{Air, Channel, Score, SAMPLE_RATE_HZ};
use crate::chain::{receive, Path};
use crate::radio::Radio;
use crate::reference::Reference;

const CHANNELS_HZ: [f64; 4] = [-600e3, -200e3, 200e3, 600e3];
/// Frames that are on the air at once, on all channels together.
const BATCH: usize = 200;
const LOWEST_DB: f64 = 8.0;
const HIGHEST_DB: f64 = 18.0;
const STEP_DB: f64 = 0.5;
/// Part of the frames whose loss makes a signal the weakest that is received.
const LIMIT: f64 = 0.1;
/// Part of the frames from which on a stronger signal need not be tried.
const ENOUGH: f64 = 0.01;
/// Eb/N0 at which next to nothing may be lost.
const STRONG_DB: f64 = 20.0;

const fn radio(symbol_rate_hz: f64, deviation_hz: f64, gaussian_bt: Option<f64>) -> Radio {
    Radio { symbol_rate_hz, deviation_hz, gaussian_bt }
}

const RADIOS: [Radio; 8] = [
    radio(50e3, 25e3, Some(0.5)),
    radio(50e3, 25e3, None),
    radio(50e3, 12.5e3, Some(0.5)),
    radio(50e3, 12.5e3, None),
    radio(100e3, 50e3, Some(0.5)),
    radio(100e3, 50e3, None),
    radio(100e3, 25e3, Some(0.5)),
    radio(100e3, 25e3, None),
];

/// Prints the frames lost over Eb/N0, found by the tagger and synchronised by the receiver: 16
/// octets of preamble, 41 behind the sync word, random timing, 20 ppm of clock and 5 kHz of carrier
/// error either way.
#[derive(clap::Args)]
pub struct Arguments {
    /// Ways from bursts to packets to measure; all if not given.
    #[arg(long, value_enum)]
    path: Vec<Path>,
    /// Only radios in whose description this text stands, as "h = 1".
    #[arg(long, default_value = "")]
    only: String,
    /// A fifth of the frames.
    #[arg(long)]
    quick: bool,
}

/// Frames lost at an Eb/N0.
type Point = (f64, Score);

/// Prints the tables.
pub fn run(arguments: &Arguments) -> Result<(), String> {
    let batches = if arguments.quick { 1 } else { 5 };
    let paths = Path::chosen(&arguments.path);
    let radios: Vec<Radio> =
        RADIOS.into_iter().filter(|r| r.to_string().contains(&arguments.only)).collect();
    if radios.is_empty() {
        return Err(format!("no radio has \"{}\" in its description", arguments.only));
    }
    let mut summary = Vec::new();
    println!("| signal | path | Eb/N0, dB | lost of {} | no burst | no sync | bit errors |", {
        batches * BATCH
    });
    println!("|---|---|---|---|---|---|---|");
    for radio in &radios {
        let strong = losses(radio, &paths, &[STRONG_DB], 2 * batches)?;
        for (path, points) in curves(radio, &paths, batches)? {
            for (db, score) in &points {
                print_point(&radio.to_string(), path, *db, score);
            }
            let at = crossing(points.iter().map(|(db, score)| (*db, score.loss())));
            let made_up: usize = points.iter().map(|(_, score)| score.made_up).sum();
            let (_, strong) = strong.iter().find(|(p, _)| *p == path).expect("same paths");
            summary.push((radio, path.to_string(), at, Some(strong[0].1), made_up));
        }
        for window in [1, 3] {
            let points = reference(radio, window, 2 * batches * BATCH);
            let name = format!("reference: {window} symbols, timing and carrier known");
            summary.push((radio, name, crossing(points.into_iter()), None, 0));
        }
    }
    println!("\n| signal | path | Eb/N0 at which 1 in 10 is lost, dB | lost at {STRONG_DB} dB | made up |");
    println!("|---|---|---|---|---|");
    for (radio, path, at, strong, made_up) in summary {
        let strong =
            strong.map_or("".into(), |s| format!("{} of {}", s.frames - s.received, s.frames));
        println!("| {radio} | {path} | {} | {strong} | {made_up} |", decibels(at));
    }
    Ok(())
}

fn decibels(value: Option<f64>) -> String {
    value.map_or("not reached".into(), |db| format!("{db:.2}"))
}

fn print_point(signal: &str, path: Path, db: f64, score: &Score) {
    let lost = score.frames - score.received;
    let Score { undetected, without_sync, bit_errors, .. } = score;
    println!(
        "| {signal} | {path} | {db:.1} | {lost} | {undetected} | {without_sync} | {bit_errors} |"
    );
}

/// For each path the losses over Eb/N0, upwards until hardly any frame is lost.
fn curves(
    radio: &Radio,
    paths: &[Path],
    batches: usize,
) -> Result<Vec<(Path, Vec<Point>)>, String> {
    let steps = ((HIGHEST_DB - LOWEST_DB) / STEP_DB) as usize;
    let points: Vec<f64> = (0..=steps).map(|k| LOWEST_DB + k as f64 * STEP_DB).collect();
    losses(radio, paths, &points, batches)
}

/// The losses of each path at `points` of rising Eb/N0; left out where enough is received.
fn losses(
    radio: &Radio,
    paths: &[Path],
    points: &[f64],
    batches: usize,
) -> Result<Vec<(Path, Vec<Point>)>, String> {
    let channels = CHANNELS_HZ.map(Channel::at);
    let airs: Vec<Air> = (0..batches)
        .map(|batch| Air::new(radio, &channels, BATCH / channels.len(), batch as u64 + 1))
        .collect();
    let mut curves: Vec<(Path, Vec<Point>)> = paths.iter().map(|&p| (p, Vec::new())).collect();
    for &db in points {
        let open = |points: &Vec<Point>| points.last().is_none_or(|p| p.1.loss() > ENOUGH);
        for (path, points) in curves.iter_mut().filter(|(_, points)| open(points)) {
            let mut score = Score::default();
            for air in &airs {
                let received = receive(&air.samples(db), SAMPLE_RATE_HZ, radio, *path);
                score += air.score(&received.map_err(|e| e.to_string())?);
            }
            points.push((db, score));
        }
    }
    Ok(curves)
}

fn reference(radio: &Radio, window: usize, frames: usize) -> Vec<(f64, f64)> {
    let receiver = Reference::new(radio, window);
    let mut points = Vec::new();
    let mut db = LOWEST_DB;
    while db <= HIGHEST_DB && points.last().is_none_or(|&(_, loss)| loss > ENOUGH) {
        points.push((db, receiver.lost(frames, db, 7) as f64 / frames as f64));
        db += STEP_DB;
    }
    points
}

/// Where the loss falls to the limit, between two points by its logarithm.
fn crossing(points: impl Iterator<Item = (f64, f64)>) -> Option<f64> {
    let points: Vec<(f64, f64)> = points.collect();
    let at = points.windows(2).rfind(|pair| pair[0].1 > LIMIT && pair[1].1 <= LIMIT)?;
    let ((db, before), (_, after)) = (at[0], at[1]);
    // No loss at all is half a frame in a thousand.
    let [before, after, limit] = [before, after.max(5e-4), LIMIT].map(f64::ln);
    Some(db + STEP_DB * (before - limit) / (before - after))
}
