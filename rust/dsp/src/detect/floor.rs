// SPDX-License-Identifier: GPL-3.0-or-later
//! The noise floor of each bin.
//!
//! It starts from a low quantile over neighbouring bins, so that bursts which are up from the
//! first sample on do not count as noise, and then averages each bin over the steps in which the
//! bin is quiet. A bin that stays loud for long is taken for a carrier and becomes floor.

use std::ops::Range;

use super::gamma;
use crate::simd::{widest, Kernel};

/// Power below which a floor is not followed: -200 dB of full scale, so that exact zeros divide.
const SMALLEST: f32 = 1e-20;
/// A bin at this many times its floor is not noise.
const QUIET_RATIO: f32 = 3.0;
/// Quantile of the bins nearby from which a floor starts: low, for the band may be busy.
const START_QUANTILE: f64 = 0.3;

/// Floor of each bin, learned from one step (some blocks averaged) after the other.
pub struct NoiseFloor {
    power: Vec<f32>,
    inverse: Vec<f32>,
    /// Steps in which each bin was loud, less those in which it was not.
    loud_steps: Vec<f32>,
    /// Steps averaged so far, up to `memory_steps`.
    averaged: f32,
    memory_steps: f32,
    carrier_steps: f32,
    /// Mean that noise has after values over [`QUIET_RATIO`] are left out.
    quiet_mean: f32,
    settled: bool,
}

impl NoiseFloor {
    /// A floor over `bins` bins for steps of `blocks` blocks: `memory_steps` are averaged, a bin
    /// that is loud for `carrier_steps` becomes floor.
    pub fn new(bins: usize, blocks: usize, memory_steps: f32, carrier_steps: f32) -> Self {
        NoiseFloor {
            power: vec![SMALLEST; bins],
            inverse: vec![1.0 / SMALLEST; bins],
            loud_steps: vec![0.0; bins],
            averaged: 0.0,
            memory_steps,
            carrier_steps,
            quiet_mean: gamma::truncated_mean(blocks, f64::from(QUIET_RATIO)) as f32,
            settled: false,
        }
    }

    /// Whether [`start`](Self::start) has been given something to start from.
    pub fn settled(&self) -> bool {
        self.settled
    }

    /// Whether it has averaged as many steps as it can.
    pub fn has_learned(&self) -> bool {
        self.averaged >= self.memory_steps
    }

    /// Floor of each bin.
    pub fn power(&self) -> &[f32] {
        &self.power
    }

    /// One over the floor of each bin, never infinite.
    pub fn inverse(&self) -> &[f32] {
        &self.inverse
    }

    /// Starts from `mean`, the powers of `blocks` blocks averaged: in each bin the quantile over
    /// the bins within `reach` of it. All zeros start nothing.
    pub fn start(&mut self, mean: &[f32], blocks: usize, reach: usize) {
        if mean.iter().all(|&p| p <= SMALLEST) {
            return;
        }
        let bins = mean.len();
        let expected = gamma::quantile(blocks as f64, START_QUANTILE) as f32;
        let every = (reach / 8).max(1);
        let mut near = Vec::new();
        for k in (0..bins).step_by(every) {
            near.clear();
            near.extend_from_slice(&mean[k.saturating_sub(reach)..(k + reach + 1).min(bins)]);
            let at = (near.len() as f64 * START_QUANTILE) as usize;
            let floor = *near.select_nth_unstable_by(at, f32::total_cmp).1;
            let until = (k + every).min(bins);
            self.power[k..until].fill((floor / expected).max(SMALLEST));
        }
        self.averaged = 2.0;
        self.settled = true;
        self.refresh();
    }

    /// Learns from the `ratios` to this floor in a step, which stands for `steps` of them. Bins that
    /// are not `free` belong to bursts and are left as they are.
    pub fn learn(&mut self, ratios: &[f32], free: &[bool], steps: f32) {
        self.averaged = (self.averaged + 1.0).min(self.memory_steps);
        if widest(Average { floor: self, ratios, free, steps }) {
            self.absorb_carriers(ratios);
        }
    }

    fn absorb_carriers(&mut self, ratios: &[f32]) {
        for ((power, loud), &ratio) in self.power.iter_mut().zip(&mut self.loud_steps).zip(ratios) {
            if *loud >= self.carrier_steps {
                *loud = 0.0;
                *power *= ratio;
            }
        }
        self.refresh();
    }

    /// What a step with these `ratios` to the floor holds in `bins` becomes floor.
    pub fn absorb(&mut self, ratios: &[f32], bins: Range<usize>) {
        for (power, &ratio) in self.power[bins.clone()].iter_mut().zip(&ratios[bins]) {
            *power *= ratio.max(1.0);
        }
        self.refresh();
    }

    /// Another floor from now on.
    pub fn replace(&mut self, power: impl Iterator<Item = f32>) {
        for (old, new) in self.power.iter_mut().zip(power) {
            *old = new.max(SMALLEST);
        }
        self.refresh();
    }

    /// What was learned is not worth much any more.
    pub fn doubt(&mut self) {
        self.averaged = self.averaged.min(8.0);
    }

    fn refresh(&mut self) {
        for (inverse, &power) in self.inverse.iter_mut().zip(&self.power) {
            *inverse = 1.0 / power;
        }
    }
}

/// Averages one step into the floor; true if there is a carrier.
struct Average<'a> {
    floor: &'a mut NoiseFloor,
    ratios: &'a [f32],
    free: &'a [bool],
    steps: f32,
}

impl Kernel for Average<'_> {
    type Output = bool;

    #[inline(always)]
    fn run(self) -> bool {
        let NoiseFloor { power, inverse, loud_steps, .. } = self.floor;
        let weight = 1.0 / self.floor.averaged;
        let gain = weight / self.floor.quiet_mean;
        let mut carrier = false;
        let state = power.iter_mut().zip(inverse).zip(loud_steps);
        for (((power, inverse), loud), (&ratio, &free)) in
            state.zip(self.ratios.iter().zip(self.free))
        {
            let quiet = ratio < QUIET_RATIO;
            let factor = if free & quiet { 1.0 - weight + gain * ratio } else { 1.0 };
            *power = (*power * factor).max(SMALLEST);
            *inverse = 1.0 / *power;
            let step = if quiet { -self.steps } else { self.steps };
            *loud = if free { (*loud + step).max(0.0) } else { 0.0 };
            carrier |= *loud >= self.floor.carrier_steps;
        }
        carrier
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{Rng, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    const BINS: usize = 512;
    const BLOCKS: usize = 2;

    fn step(rng: &mut ChaCha8Rng, power: impl Fn(usize) -> f32) -> Vec<f32> {
        (0..BINS)
            .map(|k| {
                let sum: f32 = (0..BLOCKS).map(|_| -(1.0 - rng.random::<f32>()).ln()).sum();
                power(k) * sum / BLOCKS as f32
            })
            .collect()
    }

    fn ratios(step: &[f32], floor: &NoiseFloor) -> Vec<f32> {
        step.iter().zip(floor.inverse()).map(|(power, inverse)| power * inverse).collect()
    }

    fn floor() -> NoiseFloor {
        NoiseFloor::new(BINS, BLOCKS, 128.0, 100.0)
    }

    #[test]
    fn settles_in_a_busy_sloping_band() {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let slope = |k: usize| 10f32.powf(k as f32 / BINS as f32);
        let free: Vec<bool> = (0..BINS).map(|k| k % 50 >= 25).collect();
        let loud = |k: usize| if free[k] { slope(k) } else { 100.0 * slope(k) };
        let mut floor = floor();
        floor.start(&step(&mut rng, loud), BLOCKS, 64);
        for _ in 0..100 {
            let now = ratios(&step(&mut rng, loud), &floor);
            floor.learn(&now, &free, 1.0);
        }
        for k in (0..BINS).filter(|&k| free[k]) {
            let error_db = 10.0 * (floor.power()[k] / slope(k)).log10();
            assert!(error_db.abs() < 1.5, "bin {k}: {error_db} dB");
        }
        let all: f32 = (0..BINS).filter(|&k| free[k]).map(|k| floor.power()[k] / slope(k)).sum();
        let mean = all / free.iter().filter(|&&f| f).count() as f32;
        assert!((mean - 1.0).abs() < 0.05, "{mean}");
    }

    #[test]
    fn zeros_start_nothing_and_divide() {
        let mut floor = floor();
        floor.start(&[0.0; BINS], BLOCKS, 64);
        assert!(!floor.settled());
        floor.learn(&[0.0; BINS], &[true; BINS], 1.0);
        assert!(floor.inverse().iter().all(|x| x.is_finite()));
    }

    #[test]
    fn a_carrier_becomes_floor() {
        let mut rng = ChaCha8Rng::seed_from_u64(3);
        let mut floor = floor();
        floor.start(&step(&mut rng, |_| 1.0), BLOCKS, 64);
        for _ in 0..120 {
            let now = ratios(&step(&mut rng, |k| if k == 256 { 1e4 } else { 1.0 }), &floor);
            floor.learn(&now, &[true; BINS], 1.0);
        }
        assert!(floor.power()[256] > 1e3);
        assert!(floor.power()[250] < 2.0);
    }
}
