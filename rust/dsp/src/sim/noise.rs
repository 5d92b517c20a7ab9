// SPDX-License-Identifier: GPL-3.0-or-later
//! White Gaussian noise.

use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

use super::random::{generator, Stream};
use crate::Complex32;

/// Complex white Gaussian noise around a constant.
pub(super) struct Noise {
    rng: ChaCha8Rng,
    deviation: f32,
    offset: Complex32,
}

impl Noise {
    /// Noise of `power` (mean squared magnitude) around `offset`.
    pub(super) fn new(seed: u64, power: f64, offset: Complex32) -> Self {
        let rng = generator(seed, Stream::Noise);
        Noise { rng, deviation: (power / 2.0).sqrt() as f32, offset }
    }

    /// Overwrites `out` with the next samples.
    pub(super) fn fill(&mut self, out: &mut [Complex32]) {
        for sample in out {
            let re: f32 = StandardNormal.sample(&mut self.rng);
            let im: f32 = StandardNormal.sample(&mut self.rng);
            *sample = Complex32::new(re, im) * self.deviation + self.offset;
        }
    }
}
