// SPDX-License-Identifier: GPL-3.0-or-later
//! Speed of the detection engine next to the transforms alone.

use std::hint::black_box;

use kaifa_dsp::detect::{BurstDetector, Config};
use kaifa_dsp::Complex32;
use rustfft::FftPlanner;

use crate::busy::{busy_band, timed, SAMPLES, SAMPLE_RATE_HZ};

const FFT_SIZE: usize = 1024;
/// Samples the engine gets at a time, about as many as a flowgraph gives it.
const PIECE: usize = 1 << 15;

/// Prints the speed of the detection engine, in Msps of one core, and that of window, transform
/// and magnitude squared of the same size without anything around them. The runs alternate.
#[derive(clap::Args)]
pub struct Arguments {
    /// Runs of either; the fastest counts.
    #[arg(long, default_value_t = 60)]
    runs: usize,
}

/// Prints the table.
pub fn run(arguments: &Arguments) -> Result<(), String> {
    println!(
        "10 Msps, FFT 1024, {} MB streamed from memory, frames of 9 ms with gaps of 3 ms.\n",
        (SAMPLES * size_of::<Complex32>()) >> 20
    );
    println!("| channels busy | bursts | engine, Msps | bare, Msps | of the fastest runs | median of neighbours |");
    println!("|---|---|---|---|---|---|");
    for channels in [0, 2, 20] {
        let samples = busy_band(channels);
        let mut bare = Bare::new();
        let mut times = Vec::new();
        let mut bursts = 0;
        for _ in 0..arguments.runs.max(1) {
            let mut detector = detector();
            let (found, engine_s) = timed(|| look(&mut detector, &samples));
            let ((), bare_s) = timed(|| bare.transform(&samples));
            bursts = found;
            times.push((engine_s, bare_s));
        }
        print_row(channels, bursts, &times);
    }
    Ok(())
}

fn print_row(channels: usize, bursts: usize, times: &[(f64, f64)]) {
    let fastest = |times: &mut dyn Iterator<Item = f64>| times.fold(f64::INFINITY, f64::min);
    let engine_s = fastest(&mut times.iter().map(|t| t.0));
    let bare_s = fastest(&mut times.iter().map(|t| t.1));
    let mut ratios: Vec<f64> = times.iter().map(|(engine, bare)| bare / engine).collect();
    ratios.sort_by(f64::total_cmp);
    let msps = |seconds: f64| SAMPLES as f64 / seconds / 1e6;
    println!(
        "| {channels} | {bursts} | {:.0} | {:.0} | {:.2} | {:.2} |",
        msps(engine_s),
        msps(bare_s),
        bare_s / engine_s,
        ratios[ratios.len() / 2]
    );
}

fn detector() -> BurstDetector {
    let config = Config { sample_rate_hz: SAMPLE_RATE_HZ, fft_size: FFT_SIZE, ..Config::default() };
    BurstDetector::new(config).expect("the settings are in range")
}

/// Runs the engine over `samples`; returns how many events it found.
fn look(detector: &mut BurstDetector, samples: &[Complex32]) -> usize {
    let mut events = Vec::new();
    for until in (PIECE..=samples.len()).step_by(PIECE) {
        let begin = detector.settled();
        let window = &samples[begin as usize..until];
        detector.look(begin, window, &mut events).expect("no sample is missing");
    }
    black_box(&events);
    detector.counts().bursts as usize
}

/// Window, transform and magnitude squared.
struct Bare {
    fft: std::sync::Arc<dyn rustfft::Fft<f32>>,
    window: Vec<f32>,
    work: Vec<Complex32>,
    scratch: Vec<Complex32>,
    powers: Vec<f32>,
}

impl Bare {
    fn new() -> Self {
        let fft = FftPlanner::new().plan_fft_forward(FFT_SIZE);
        let hann =
            |n: usize| 0.5 - 0.5 * (std::f32::consts::TAU * n as f32 / FFT_SIZE as f32).cos();
        Bare {
            scratch: vec![Complex32::default(); fft.get_inplace_scratch_len()],
            fft,
            window: (0..FFT_SIZE).map(hann).collect(),
            work: vec![Complex32::default(); FFT_SIZE],
            powers: vec![0.0; FFT_SIZE],
        }
    }

    fn transform(&mut self, samples: &[Complex32]) {
        for block in samples.chunks_exact(FFT_SIZE) {
            for ((work, &sample), &window) in self.work.iter_mut().zip(block).zip(&self.window) {
                *work = sample * window;
            }
            self.fft.process_with_scratch(&mut self.work, &mut self.scratch);
            for (power, bin) in self.powers.iter_mut().zip(&self.work) {
                *power = bin.re * bin.re + bin.im * bin.im;
            }
            black_box(&mut self.powers);
        }
    }
}
