// SPDX-License-Identifier: GPL-3.0-or-later
//! Where a burst begins or ends, to a few microseconds, from the samples.

use num_complex::Complex64;

use crate::simd::{widest, Kernel};
use crate::Complex32;

/// Rate of the powers an edge is looked for in, over the bandwidth of a burst.
const OVERSAMPLING: f64 = 2.0;
/// Samples summed side by side in registers.
const LANES: usize = 8;
/// Powers on either side of an edge, at least.
const SHORTEST: usize = 4;
/// Log likelihood that an edge must win over none.
const DECISIVE: f64 = 6.0;

/// Finds steps of the power in a channel.
pub struct EdgeFinder {
    sample_rate_hz: f64,
    /// Samples that make one power.
    length: usize,
    /// Cosine and sine of a tone, both twice for each sample.
    cos: Vec<f32>,
    sin: Vec<f32>,
    powers: Vec<f64>,
}

impl EdgeFinder {
    /// For channels of `bandwidth_hz`.
    pub fn new(sample_rate_hz: f64, bandwidth_hz: f64) -> Self {
        let lanes = sample_rate_hz / (OVERSAMPLING * bandwidth_hz * LANES as f64);
        let length = (lanes.round() as usize).max(1) * LANES;
        EdgeFinder { sample_rate_hz, length, cos: Vec::new(), sin: Vec::new(), powers: Vec::new() }
    }

    /// Index into `samples` at which the power around `center_hz` (from the middle of the band)
    /// steps up, if it does.
    pub fn rise(&mut self, samples: &[Complex32], center_hz: f64) -> Option<usize> {
        self.measure(samples, center_hz);
        self.step(|before, after| after > before)
    }

    /// Index into `samples` at which the power around `center_hz` steps down, if it does.
    pub fn fall(&mut self, samples: &[Complex32], center_hz: f64) -> Option<usize> {
        self.measure(samples, center_hz);
        self.step(|before, after| after < before)
    }

    /// Powers of short sums of the samples, moved to the middle.
    fn measure(&mut self, samples: &[Complex32], center_hz: f64) {
        let turns = center_hz / self.sample_rate_hz;
        let step = Complex64::from_polar(1.0, -std::f64::consts::TAU * turns);
        let mut tone = Complex64::new(1.0, 0.0);
        self.cos.clear();
        self.sin.clear();
        for _ in 0..self.length {
            self.cos.extend([tone.re as f32; 2]);
            self.sin.extend([tone.im as f32; 2]);
            tone *= step;
        }
        self.powers.clear();
        let EdgeFinder { cos, sin, powers, .. } = self;
        widest(ChannelPowers { samples, cos, sin, powers });
    }

    /// The most likely place at which exponentially distributed powers change their mean, both
    /// means unknown (Hinkley, "Inference about the change-point in a sequence of random
    /// variables", 1970): the largest likelihood ratio.
    fn step(&self, wanted: impl Fn(f64, f64) -> bool) -> Option<usize> {
        let count = self.powers.len();
        let total: f64 = self.powers.iter().sum();
        if !total.is_finite() {
            return None;
        }
        let log = |mean: f64| mean.max(f64::MIN_POSITIVE).ln();
        let without = -(count as f64) * log(total / count.max(1) as f64);
        let (mut sum, mut best) = (0.0, (without + DECISIVE, None));
        for (k, power) in self.powers.iter().enumerate() {
            let (n, rest) = (k as f64, (count - k) as f64);
            let (before, after) = (sum / n.max(1.0), (total - sum) / rest);
            sum += power;
            if k < SHORTEST || count - k < SHORTEST || !wanted(before, after) {
                continue;
            }
            let likelihood = -n * log(before) - rest * log(after);
            if likelihood > best.0 {
                best = (likelihood, Some(k * self.length));
            }
        }
        best.1
    }
}

/// Appends to `powers` that of each part of `samples` as long as a tone.
struct ChannelPowers<'a> {
    samples: &'a [Complex32],
    cos: &'a [f32],
    sin: &'a [f32],
    powers: &'a mut Vec<f64>,
}

impl Kernel for ChannelPowers<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        for part in self.samples.chunks_exact(self.cos.len() / 2) {
            self.powers.push(power(part, self.cos, self.sin));
        }
    }
}

/// Power of `samples`, a multiple of [`LANES`], at the frequency of a tone.
#[inline(always)]
fn power(samples: &[Complex32], cos: &[f32], sin: &[f32]) -> f64 {
    // Real and imaginary parts stay side by side, as they lie in memory.
    let (mut by_cos, mut by_sin) = ([0.0f32; 2 * LANES], [0.0f32; 2 * LANES]);
    let parts = bytemuck::cast_slice::<_, f32>(samples).chunks_exact(2 * LANES);
    let tone = cos.chunks_exact(2 * LANES).zip(sin.chunks_exact(2 * LANES));
    for (x, (cos, sin)) in parts.zip(tone) {
        for k in 0..2 * LANES {
            by_cos[k] += x[k] * cos[k];
            by_sin[k] += x[k] * sin[k];
        }
    }
    let (mut re, mut im) = (0.0, 0.0);
    for k in 0..LANES {
        re += by_cos[2 * k] - by_sin[2 * k + 1];
        im += by_cos[2 * k + 1] + by_sin[2 * k];
    }
    f64::from(re * re + im * im)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{Rng, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    const RATE: f64 = 4e6;

    #[test]
    fn edges_are_found_in_noise() {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let mut noise = || rng.random_range(-1.0..1.0f32);
        for edge in [500, 803, 1200] {
            let mut samples: Vec<Complex32> =
                (0..2000).map(|_| Complex32::new(noise(), noise())).collect();
            for (n, sample) in samples.iter_mut().enumerate().skip(edge) {
                *sample += Complex32::from_polar(0.5, n as f32);
            }
            let center_hz = RATE / std::f64::consts::TAU + 20e3;
            let mut finder = EdgeFinder::new(RATE, 100e3);
            let found = finder.rise(&samples, center_hz).unwrap();
            assert!(found.abs_diff(edge) <= 60, "{found} for {edge}");
            samples.reverse();
            samples.iter_mut().for_each(|x| *x = x.conj());
            let found = finder.fall(&samples, center_hz).unwrap();
            assert!(found.abs_diff(2000 - edge) <= 60, "{found} for {}", 2000 - edge);
        }
    }

    #[test]
    fn too_few_samples_and_no_numbers_have_no_edge() {
        let mut finder = EdgeFinder::new(RATE, 100e3);
        assert_eq!(finder.rise(&[], 0.0), None);
        assert_eq!(finder.rise(&[Complex32::new(1.0, 0.0); 100], 0.0), None);
        assert_eq!(finder.fall(&[Complex32::new(f32::NAN, 0.0); 2000], 0.0), None);
    }
}
