// SPDX-License-Identifier: GPL-3.0-or-later
//! What the samples themselves tell of how the radio is set: clipping, the converter's steps, DC.
//!
//! One block in [`EVERY`] is looked at, always the same ones, so that it costs next to nothing and
//! comes out the same however the stream is cut.

use crate::simd::{widest, Kernel};
use crate::Complex32;

/// Of so many blocks one is looked at.
pub const EVERY: u64 = 16;
/// From here on a value is at full scale: 127 of 128, the most that 8 bits hold.
const FULL_SCALE: f32 = 0.99;
/// No converter whose full scale is 1 gives more; samples that go beyond have another scale.
const BEYOND: f32 = 1.01;
/// Samples looked at side by side; a block is a multiple of it.
const LANES: usize = 16;
/// Looks over which the level at DC is averaged.
const DC_LOOKS: f64 = 256.0;

/// How the radio seems to be set. What cannot be told is `None`.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Health {
    /// Samples that were looked at, a small share of all.
    pub examined: u64,
    /// Of these, those whose I or Q is at full scale; `None` if values beyond 1 show that full
    /// scale is something else.
    pub at_full_scale: Option<u64>,
    /// Noise density in dB of full scale (|sample| = 1) per Hz, the median over the band.
    pub noise_dbfs_hz: Option<f64>,
    /// Standard deviation of the noise in I and in Q, in steps of the converter, the smallest
    /// difference between two values. Quantisation alone makes 0.29.
    pub noise_steps: Option<f64>,
    /// Level in the middle of the band over the noise beside it, in dB, in one bin of the
    /// detector's transform.
    pub dc_spike_db: Option<f64>,
}

/// Collects what [`Health`] is made of.
#[derive(Debug, Clone)]
pub struct Examination {
    examined: u64,
    at_full_scale: u64,
    beyond: u64,
    step: f32,
    dc_db: f64,
    dc_looks: f64,
}

impl Examination {
    /// Nothing was looked at yet.
    pub fn new() -> Self {
        Examination {
            examined: 0,
            at_full_scale: 0,
            beyond: 0,
            step: f32::INFINITY,
            dc_db: 0.0,
            dc_looks: 0.0,
        }
    }

    /// Looks at a block of `samples` whose power in the bin at DC is `dc`.
    pub fn look(&mut self, samples: &[Complex32], dc: f32) {
        let Levels { at_full_scale, beyond, step } = widest(Measure { samples });
        self.examined += samples.len() as u64;
        self.at_full_scale += u64::from(at_full_scale);
        self.beyond += u64::from(beyond);
        self.step = self.step.min(step);
        if dc.is_finite() && dc > 0.0 {
            self.dc_looks = (self.dc_looks + 1.0).min(DC_LOOKS);
            // Decibels are averaged: a burst that passes over DC hardly moves them. Noise alone
            // comes out 2.5 dB low by that, and is no spike.
            self.dc_db += (10.0 * f64::from(dc).log10() - self.dc_db) / self.dc_looks;
        }
    }

    /// What is known by now, given the noise in a bin: `noise` over the whole band, `noise_at_dc`
    /// in the middle of it.
    pub fn health(&self, noise: Option<f64>, noise_at_dc: Option<f64>, rate_hz: f64) -> Health {
        let step = f64::from(self.step);
        let spike = |noise: f64| self.dc_db - 10.0 * noise.log10();
        Health {
            examined: self.examined,
            at_full_scale: (self.examined > 0 && self.beyond == 0).then_some(self.at_full_scale),
            noise_dbfs_hz: noise.map(|noise| 10.0 * (noise / rate_hz).log10()),
            noise_steps: noise.filter(|_| step.is_finite()).map(|n| (n / 2.0).sqrt() / step),
            dc_spike_db: noise_at_dc.filter(|_| self.dc_looks > 0.0).map(|n| spike(n).max(0.0)),
        }
    }
}

/// What was found in one block.
struct Levels {
    at_full_scale: u32,
    beyond: u32,
    step: f32,
}

struct Measure<'a> {
    samples: &'a [Complex32],
}

impl Kernel for Measure<'_> {
    type Output = Levels;

    #[inline(always)]
    fn run(self) -> Levels {
        // Side by side, for the compiler keeps the order of what it folds.
        let (mut at_full_scale, mut beyond) = ([0u32; LANES], [0u32; LANES]);
        let mut step = [f32::INFINITY; LANES];
        for group in self.samples.chunks_exact(LANES) {
            for (k, sample) in group.iter().enumerate() {
                let (re, im) = (sample.re.abs(), sample.im.abs());
                let difference = (sample.re - sample.im).abs();
                at_full_scale[k] += u32::from((re >= FULL_SCALE) | (im >= FULL_SCALE));
                beyond[k] += u32::from((re > BEYOND) | (im > BEYOND));
                let smaller = (difference > 0.0) & (difference < step[k]);
                step[k] = if smaller { difference } else { step[k] };
            }
        }
        Levels {
            at_full_scale: at_full_scale.iter().sum(),
            beyond: beyond.iter().sum(),
            step: step.into_iter().fold(f32::INFINITY, f32::min),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{Rng, SeedableRng};
    use rand_chacha::ChaCha8Rng;
    use rand_distr::StandardNormal;

    fn noise(deviation: f32, round: impl Fn(f32) -> f32) -> Vec<Complex32> {
        let mut rng = ChaCha8Rng::seed_from_u64(7);
        let mut value = || round(rng.sample::<f32, _>(StandardNormal) * deviation);
        (0..4096).map(|_| Complex32::new(value(), value())).collect()
    }

    fn eight_bits(value: f32) -> f32 {
        (value * 128.0).round().clamp(-128.0, 127.0) / 128.0
    }

    fn examined(samples: &[Complex32]) -> Health {
        let mut examination = Examination::new();
        examination.look(samples, 1.0);
        let power = samples.iter().map(|s| f64::from(s.norm_sqr())).sum::<f64>();
        let power = Some(power / samples.len() as f64);
        examination.health(power, power, 1e6)
    }

    #[test]
    fn counts_what_is_at_full_scale() {
        assert_eq!(examined(&noise(0.05, eight_bits)).at_full_scale, Some(0));
        let loud = examined(&noise(1.0, eight_bits));
        // Beyond one standard deviation in I or in Q: 1 - 0.683 squared.
        let share = loud.at_full_scale.unwrap() as f64 / loud.examined as f64;
        assert!((share - 0.534).abs() < 0.03, "{share}");
    }

    #[test]
    fn another_scale_is_no_clipping() {
        assert_eq!(examined(&noise(100.0, |value| value)).at_full_scale, None);
    }

    #[test]
    fn tells_noise_in_steps_of_the_converter() {
        for (deviation, expected) in [(0.5 / 128.0, 0.58), (4.0 / 128.0, 4.0)] {
            let steps = examined(&noise(deviation, eight_bits)).noise_steps.unwrap();
            assert!((steps / expected - 1.0).abs() < 0.1, "{steps} for {expected}");
        }
        assert!(examined(&noise(0.01, |value| value)).noise_steps.unwrap() > 1e3);
    }

    #[test]
    fn noise_alone_has_no_spike() {
        let mut rng = ChaCha8Rng::seed_from_u64(8);
        let mut examination = Examination::new();
        for _ in 0..300 {
            examination.look(&[], -(1.0 - rng.random::<f32>()).ln());
        }
        let spike = |noise| examination.health(Some(noise), Some(noise), 1e6).dc_spike_db.unwrap();
        assert_eq!(spike(1.0), 0.0);
    }

    #[test]
    fn a_steady_spike_is_seen_past_a_burst_on_it() {
        let mut examination = Examination::new();
        for k in 0..256 {
            examination.look(&[], if k % 50 == 0 { 1e5 } else { 1e2 });
        }
        let spike = examination.health(Some(1.0), Some(1.0), 1e6).dc_spike_db.unwrap();
        assert!((spike - 20.0).abs() < 1.0, "{spike}");
    }

    #[test]
    fn nothing_seen_is_nothing_known() {
        assert_eq!(Examination::new().health(None, None, 1e6), Health::default());
        let silent = examined(&[Complex32::default(); 64]);
        assert_eq!((silent.noise_steps, silent.at_full_scale), (None, Some(0)));
    }

    #[test]
    fn what_is_no_number_is_no_level() {
        let mut examination = Examination::new();
        examination.look(&[Complex32::new(f32::NAN, f32::NAN); 64], f32::NAN);
        let health = examination.health(Some(1.0), Some(1.0), 1e6);
        assert_eq!((health.at_full_scale, health.dc_spike_db), (Some(0), None));
    }
}
