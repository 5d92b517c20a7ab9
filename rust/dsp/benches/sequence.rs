// SPDX-License-Identifier: GPL-3.0-or-later
//! Speed of the sequence detector on bursts with a packet and on bursts of noise; an element is a
//! symbol of the burst, at four samples each.

use std::hint::black_box;

use criterion::{criterion_group, criterion_main, Criterion, Throughput};
use kaifa_dsp::demod::{BurstInfo, PreamblePhase};
use kaifa_dsp::sequence::{Config, SequenceDetector};
use kaifa_dsp::sim::{modulate, preamble_and_sync, ModulatorConfig};
use kaifa_dsp::time::Time;
use kaifa_dsp::Complex32;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::StandardNormal;

const RATE_HZ: f64 = 200e3;
/// Noise before and after a packet.
const AROUND: usize = 150;

fn info() -> BurstInfo {
    BurstInfo {
        id: 1,
        center_frequency_hz: 872.5e6,
        sample_offset: 0.0,
        onset: AROUND as f64,
        original_rate_hz: RATE_HZ,
        rx_time: Time::default(),
        magnitude_db: 0.0,
        noise_dbfs_hz: 0.0,
        snr_db: 0.0,
    }
}

/// 16 octets of preamble, sync word, 41 octets, at an Eb/N0 of 17 dB.
fn packet() -> Vec<Complex32> {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let mut bits = preamble_and_sync(16, PreamblePhase::EndsInZero);
    bits.extend((0..8 * 41).map(|_| rng.random_range(0..2u8)));
    let config = ModulatorConfig {
        sample_rate_hz: RATE_HZ,
        gaussian_bt: Some(0.5),
        carrier_offset_hz: 700.0,
        timing_samples: 0.3,
        ..ModulatorConfig::default()
    };
    let sent = modulate(&bits, &config).expect("the settings are in range");
    let mut samples = noise(sent.len() + 2 * AROUND);
    samples[AROUND..].iter_mut().zip(&sent).for_each(|(sum, sample)| *sum += sample);
    samples
}

fn noise(length: usize) -> Vec<Complex32> {
    let mut rng = ChaCha8Rng::seed_from_u64(2);
    let mut part = || rng.sample::<f32, _>(StandardNormal) * 0.2;
    (0..length).map(|_| Complex32::new(part(), part())).collect()
}

fn sequence(c: &mut Criterion) {
    let mut group = c.benchmark_group("sequence");
    let signal = packet();
    for (name, samples) in [("packet", signal.clone()), ("noise", noise(signal.len()))] {
        let mut engine = SequenceDetector::new(Config::default()).expect("the defaults are good");
        let mut packets = Vec::new();
        group.throughput(Throughput::Elements(samples.len() as u64 / 4));
        group.bench_function(name, |b| {
            b.iter(|| {
                packets.clear();
                let done = engine.process(&info(), RATE_HZ, black_box(&samples), &mut packets);
                done.expect("the rate is in range");
                black_box(packets.len())
            })
        });
    }
    group.finish();
}

criterion_group!(benches, sequence);
criterion_main!(benches);
