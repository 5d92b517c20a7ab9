// SPDX-License-Identifier: GPL-3.0-or-later
//! The detection engine next to window, transform and magnitude squared of the same size.

use criterion::{criterion_group, criterion_main, Criterion, Throughput};
use kaifa_dsp::detect::{BurstDetector, Config};
use kaifa_dsp::Complex32;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::StandardNormal;
use rustfft::FftPlanner;

const FFT_SIZE: usize = 1024;
const SAMPLES: usize = 1 << 20;
/// Samples the engine gets at a time.
const PIECE: usize = 1 << 15;

fn noise() -> Vec<Complex32> {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let mut normal = || rng.sample::<f32, _>(StandardNormal);
    (0..SAMPLES).map(|_| Complex32::new(normal(), normal())).collect()
}

fn detect(c: &mut Criterion) {
    let samples = noise();
    let mut group = c.benchmark_group("detect");
    group.throughput(Throughput::Elements(SAMPLES as u64));
    group.bench_function("engine, noise", |b| {
        let config = Config { sample_rate_hz: 10e6, fft_size: FFT_SIZE, ..Config::default() };
        let mut detector = BurstDetector::new(config).unwrap();
        let mut events = Vec::new();
        b.iter(|| {
            detector.reset();
            for until in (PIECE..=SAMPLES).step_by(PIECE) {
                let begin = detector.settled();
                detector.look(begin, &samples[begin as usize..until], &mut events).unwrap();
            }
        });
    });
    group.bench_function("bare", |b| {
        let fft = FftPlanner::new().plan_fft_forward(FFT_SIZE);
        let window = [0.5f32; FFT_SIZE];
        let mut work = vec![Complex32::default(); FFT_SIZE];
        let mut scratch = vec![Complex32::default(); fft.get_inplace_scratch_len()];
        let mut powers = vec![0.0f32; FFT_SIZE];
        b.iter(|| {
            for block in samples.chunks_exact(FFT_SIZE) {
                for ((work, &sample), &weight) in work.iter_mut().zip(block).zip(&window) {
                    *work = sample * weight;
                }
                fft.process_with_scratch(&mut work, &mut scratch);
                for (power, bin) in powers.iter_mut().zip(&work) {
                    *power = bin.re * bin.re + bin.im * bin.im;
                }
                std::hint::black_box(&mut powers);
            }
        });
    });
    group.finish();
}

criterion_group!(benches, detect);
criterion_main!(benches);
