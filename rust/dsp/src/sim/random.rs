// SPDX-License-Identifier: GPL-3.0-or-later
//! Random numbers from one seed, in streams that do not disturb each other.

use std::ops::RangeInclusive;

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// What the random numbers are for: a stream each, so that the noise of a seed is the same
/// whatever is sent in it.
#[derive(Clone, Copy)]
pub(super) enum Stream {
    Noise,
    Nodes,
    Traffic,
    Interference,
    Phases,
}

/// The generator of a `stream` of `seed`.
pub(super) fn generator(seed: u64, stream: Stream) -> ChaCha8Rng {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    rng.set_stream(stream as u64);
    rng
}

/// Evenly spread over `range`, which may be a single value.
pub(super) fn uniform(rng: &mut ChaCha8Rng, range: &RangeInclusive<f64>) -> f64 {
    range.start() + (range.end() - range.start()) * rng.random::<f64>()
}

/// Time to the next of events that come `rate_hz` times a second on average, independently.
pub(super) fn waiting_time(rng: &mut ChaCha8Rng, rate_hz: f64) -> f64 {
    -(1.0 - rng.random::<f64>()).ln() / rate_hz
}
