// SPDX-License-Identifier: GPL-3.0-or-later
//! Speed of sync and strobe, in samples of a discriminator at 8 samples a symbol.

use std::hint::black_box;

use criterion::{criterion_group, criterion_main, Criterion, Throughput};
use kaifa_dsp::demod::{Config, PreamblePhase, SyncStrobe};
use kaifa_dsp::sim::{modulate, preamble_and_sync, ModulatorConfig};
use kaifa_dsp::Complex32;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::StandardNormal;

const SAMPLES: usize = 1 << 18;
/// Samples the engine gets at a time.
const PIECE: usize = 8192;

/// Gain of the discriminator that makes a one about 1.
fn gain(config: &Config) -> f32 {
    (config.hz_per_unit / config.deviation_hz) as f32
}

fn config() -> Config {
    Config { hz_per_unit: 25e3, ..Config::default() }
}

fn discriminator(samples: &[Complex32]) -> Vec<f32> {
    let gain = gain(&Config::default());
    samples.windows(2).map(|w| (w[1] * w[0].conj()).arg() * gain).collect()
}

fn noise(rng: &mut ChaCha8Rng, count: usize, deviation: f32) -> Vec<Complex32> {
    let mut normal = || rng.sample::<f32, _>(StandardNormal) * deviation;
    (0..count).map(|_| Complex32::new(normal(), normal())).collect()
}

/// Nothing but noise: a sync word is looked for all the time.
fn silence() -> Vec<f32> {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    discriminator(&noise(&mut rng, SAMPLES + 1, 1.0))
}

/// Packets of 40 octets, one after the other, a little noise between them.
fn packets() -> Vec<f32> {
    let mut rng = ChaCha8Rng::seed_from_u64(2);
    let mut samples = Vec::new();
    while samples.len() <= SAMPLES {
        let mut bits = preamble_and_sync(16, PreamblePhase::EndsInZero);
        bits.extend((0..320).map(|_| rng.random_range(0..2u8)));
        let packet = modulate(&bits, &ModulatorConfig::default()).unwrap();
        let noise = noise(&mut rng, packet.len() + 400, 0.3);
        let silent = std::iter::repeat(Complex32::default());
        samples.extend(noise.iter().zip(packet.into_iter().chain(silent)).map(|(n, s)| n + s));
    }
    samples.truncate(SAMPLES + 1);
    discriminator(&samples)
}

fn sync_strobe(c: &mut Criterion) {
    let mut group = c.benchmark_group("sync_strobe");
    group.throughput(Throughput::Elements(SAMPLES as u64));
    for (name, samples) in [("noise", silence()), ("packets", packets())] {
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                let mut engine = SyncStrobe::new(config()).unwrap();
                let (mut events, mut packets) = (Vec::new(), Vec::new());
                for piece in samples.chunks(PIECE) {
                    events.clear();
                    engine.process(piece, &mut events, &mut packets);
                }
                engine.finish(&mut events, &mut packets);
                black_box((events, packets))
            });
        });
    }
    group.finish();
}

criterion_group!(benches, sync_strobe);
criterion_main!(benches);
