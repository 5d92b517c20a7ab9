// SPDX-License-Identifier: GPL-3.0-or-later
//! Speed of the extraction engine, with none, few and many bursts up at once, and of the forward
//! transform of the same size with nothing around it.

use std::hint::black_box;

use criterion::{criterion_group, criterion_main, Criterion, Throughput};
use kaifa_dsp::detect::{BurstEnd, BurstEvent, BurstStart};
use kaifa_dsp::extract::{BurstExtractor, Config};
use kaifa_dsp::time::Time;
use kaifa_dsp::Complex32;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rustfft::FftPlanner;

const RATE_HZ: f64 = 10e6;
const SAMPLES: usize = 1 << 20;
/// As much as GNU Radio hands over at a time.
const PIECE: usize = 1 << 14;
/// Length of a burst, and of the silence behind it.
const BURST: u64 = 90_000;
const SILENCE: u64 = 10_000;

fn noise() -> Vec<Complex32> {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let mut part = || rng.random::<f32>() - 0.5;
    (0..SAMPLES).map(|_| Complex32::new(part(), part())).collect()
}

/// Starts and ends on `channels` channels that are busy all the time.
fn events(channels: u64) -> Vec<BurstEvent> {
    let mut events = Vec::new();
    for channel in 0..channels {
        let center_hz = (channel as f64 + 0.5) / channels as f64 * 9e6 - 4.5e6;
        for count in 0..SAMPLES as u64 / (BURST + SILENCE) {
            let offset = count * (BURST + SILENCE) + channel * 997;
            let id = count * channels + channel;
            events.push(BurstEvent::Start(start(id, offset, center_hz)));
            let sample_offset = offset + BURST;
            events.push(BurstEvent::End(BurstEnd { id, sample_offset, truncated: false }));
        }
    }
    events.retain(|event| event.sample_offset() < SAMPLES as u64);
    events.sort_by_key(BurstEvent::sample_offset);
    events
}

fn start(id: u64, sample_offset: u64, relative_frequency_hz: f64) -> BurstStart {
    BurstStart {
        id,
        sample_offset,
        rx_time: Time::default(),
        center_frequency_hz: 872.5e6 + relative_frequency_hz,
        relative_frequency_hz,
        sample_rate_hz: RATE_HZ,
        bandwidth_hz: 100e3,
        magnitude_db: -20.0,
        noise_dbfs_hz: -100.0,
        snr_db: 20.0,
    }
}

fn extraction(bencher: &mut Criterion) {
    let samples = noise();
    let mut group = bencher.benchmark_group("extract");
    group.throughput(Throughput::Elements(SAMPLES as u64));
    for output_rate_hz in [200e3, 400e3] {
        let config = Config { sample_rate_hz: RATE_HZ, output_rate_hz, ..Config::default() };
        for channels in [0, 2, 20] {
            let events = events(channels);
            let name = format!("{channels} at once to {} kHz", output_rate_hz / 1e3);
            let mut extractor = BurstExtractor::new(config.clone()).expect("settings in range");
            group.bench_function(name, |b| b.iter(|| run(&mut extractor, &samples, &events)));
        }
    }
    let (fft, size) = (FftPlanner::new().plan_fft_forward(8192), 8192);
    let mut scratch = vec![Complex32::default(); fft.get_immutable_scratch_len()];
    let mut spectrum = vec![Complex32::default(); size];
    group.bench_function("bare transforms of 8192", |b| {
        b.iter(|| {
            for block in samples.chunks_exact(size) {
                fft.process_immutable_with_scratch(block, &mut spectrum, &mut scratch);
                black_box(&mut spectrum);
            }
        })
    });
    group.finish();
}

fn run(extractor: &mut BurstExtractor, samples: &[Complex32], mut events: &[BurstEvent]) {
    extractor.reset();
    let mut bursts = Vec::new();
    for (n, piece) in samples.chunks(PIECE).enumerate() {
        let end = (n * PIECE + piece.len()) as u64;
        let (due, later) =
            events.split_at(events.partition_point(|event| event.sample_offset() < end));
        extractor.process(piece, due, &mut bursts);
        events = later;
        black_box(bursts.drain(..).count());
    }
}

criterion_group!(benches, extraction);
criterion_main!(benches);
