// SPDX-License-Identifier: GPL-3.0-or-later
//! The noise floor of each bin.
//!
//! It starts from a low quantile over neighbouring bins, so that bursts which are up from the
//! first sample on do not count as noise, and then averages each bin over the steps in which the
//! bin is quiet. A bin that stays loud for long is taken for a carrier and becomes floor. A change
//! of all bins at once is a change of gain and is followed after a few steps; until then the steps
//! are called [`Disturbed`](Judgement::Disturbed), for an impulse looks the same.

/// Power below which a floor is not followed: -200 dB of full scale, so that exact zeros divide.
const SMALLEST: f32 = 1e-20;
/// A bin at this many times its floor is not noise.
const QUIET_RATIO: f32 = 3.0;
/// Common change of the bins outside bursts that is no accident.
const COMMON_RATIO: f32 = 1.5;
/// Steps after which a common change is believed to be the gain.
const GAIN_STEPS: u32 = 4;
/// Quantile of the bins by which a common change is judged.
const QUANTILE: f64 = 0.4;
/// Quantile of the bins nearby from which a floor starts: low, for the band may be busy.
const START_QUANTILE: f64 = 0.3;
/// Bins that are looked at for a common change.
const SAMPLED_BINS: usize = 256;

/// What a step was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Judgement {
    /// Bursts can be looked for.
    Normal,
    /// All bins changed at once: an impulse, or a gain step not yet believed.
    Disturbed,
    /// Nothing but zeros.
    Silent,
}

/// Floor of each bin, learned from one step (some blocks averaged) after the other.
pub struct NoiseFloor {
    power: Vec<f32>,
    inverse: Vec<f32>,
    loud_steps: Vec<u32>,
    sampled: Vec<f32>,
    /// Steps averaged so far, up to `memory_steps`.
    averaged: f32,
    memory_steps: f32,
    carrier_steps: u32,
    /// Value of the quantile in noise alone.
    expected_quantile: f32,
    /// Mean that noise has after values over [`QUIET_RATIO`] are left out.
    quiet_mean: f32,
    disturbed_steps: u32,
    /// The floor before the last common change: strong bursts lift a whole band while they last.
    before: Vec<f32>,
    settled: bool,
}

impl NoiseFloor {
    /// A floor over `bins` bins for steps of `blocks` blocks: `memory_steps` are averaged, a bin
    /// that is loud for `carrier_steps` becomes floor.
    pub fn new(bins: usize, blocks: usize, memory_steps: usize, carrier_steps: u32) -> Self {
        NoiseFloor {
            power: vec![SMALLEST; bins],
            inverse: vec![1.0 / SMALLEST; bins],
            loud_steps: vec![0; bins],
            sampled: Vec::with_capacity(SAMPLED_BINS + 1),
            averaged: 0.0,
            memory_steps: memory_steps as f32,
            carrier_steps,
            expected_quantile: gamma_quantile(blocks as f64, QUANTILE) as f32,
            quiet_mean: truncated_gamma_mean(blocks, f64::from(QUIET_RATIO)) as f32,
            disturbed_steps: 0,
            before: vec![SMALLEST; bins],
            settled: false,
        }
    }

    /// Whether [`start`](Self::start) has been given something to start from.
    pub fn settled(&self) -> bool {
        self.settled
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
        let expected = gamma_quantile(blocks as f64, START_QUANTILE) as f32;
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

    /// Judges a step by its powers. `busy[k]` says that bin `k` belongs to a burst.
    pub fn judge(&mut self, step: &[f32], busy: &[bool]) -> Judgement {
        let Some(common) =
            common_change(step, &self.power, busy, self.expected_quantile, &mut self.sampled)
        else {
            return Judgement::Normal;
        };
        if common <= 0.0 {
            return Judgement::Silent;
        }
        if is_usual(common) {
            self.disturbed_steps = 0;
            return Judgement::Normal;
        }
        self.disturbed_steps += 1;
        if self.disturbed_steps < GAIN_STEPS {
            return Judgement::Disturbed;
        }
        self.disturbed_steps = 0;
        self.follow(step, busy, common);
        Judgement::Normal
    }

    /// Follows a common change: back to the floor before the last one if the step fits it, else
    /// all bins alike.
    fn follow(&mut self, step: &[f32], busy: &[bool], common: f32) {
        let (expected, sampled) = (self.expected_quantile, &mut self.sampled);
        let fits_before = common_change(step, &self.before, busy, expected, sampled);
        std::mem::swap(&mut self.power, &mut self.before);
        if !fits_before.is_some_and(is_usual) {
            for (power, before) in self.power.iter_mut().zip(&self.before) {
                *power = (before * common).max(SMALLEST);
            }
            self.averaged = self.averaged.min(8.0);
        }
        self.refresh();
    }

    /// Learns from a normal step. Bins of bursts are left as they are.
    pub fn learn(&mut self, step: &[f32], busy: &[bool]) {
        self.averaged = (self.averaged + 1.0).min(self.memory_steps);
        let weight = 1.0 / self.averaged;
        for k in 0..step.len() {
            if busy[k] {
                self.loud_steps[k] = 0;
                continue;
            }
            let ratio = step[k] * self.inverse[k];
            if ratio < QUIET_RATIO {
                self.loud_steps[k] = self.loud_steps[k].saturating_sub(1);
                let power = self.power[k];
                self.power[k] =
                    (power + weight * (step[k] / self.quiet_mean - power)).max(SMALLEST);
            } else {
                self.loud_steps[k] += 1;
                if self.loud_steps[k] >= self.carrier_steps {
                    self.loud_steps[k] = 0;
                    self.power[k] = step[k];
                }
            }
        }
        self.refresh();
    }

    /// What `step` holds in `bins` becomes floor: a carrier.
    pub fn absorb(&mut self, step: &[f32], bins: std::ops::Range<usize>) {
        for k in bins {
            self.power[k] = self.power[k].max(step[k]);
        }
        self.refresh();
    }

    fn refresh(&mut self) {
        for (inverse, &power) in self.inverse.iter_mut().zip(&self.power) {
            *inverse = 1.0 / power;
        }
    }
}

/// How much larger the quantile of the bins outside bursts is than noise over this floor has it;
/// `None` without such bins.
fn common_change(
    step: &[f32],
    floor: &[f32],
    busy: &[bool],
    expected_quantile: f32,
    sampled: &mut Vec<f32>,
) -> Option<f32> {
    let every = (step.len() / SAMPLED_BINS).max(1);
    sampled.clear();
    let bins = (0..step.len()).step_by(every).filter(|&k| !busy[k]);
    sampled.extend(bins.map(|k| step[k] / floor[k]));
    if sampled.is_empty() {
        return None;
    }
    let at = (sampled.len() as f64 * QUANTILE) as usize;
    Some(*sampled.select_nth_unstable_by(at, f32::total_cmp).1 / expected_quantile)
}

fn is_usual(common: f32) -> bool {
    (1.0 / COMMON_RATIO..=COMMON_RATIO).contains(&common)
}

/// Quantile `p` of the mean of `n` exponential variables of mean 1 (Wilson and Hilferty, 1931).
fn gamma_quantile(n: f64, p: f64) -> f64 {
    // Standard normal quantile, Abramowitz and Stegun 26.2.23, for p up to one half.
    let t = (-2.0 * p.ln()).sqrt();
    let z = -(t
        - (2.515517 + 0.802853 * t + 0.010328 * t * t)
            / (1.0 + 1.432788 * t + 0.189269 * t * t + 0.001308 * t * t * t));
    let s = 1.0 / (9.0 * n);
    (1.0 - s + z * s.sqrt()).powi(3)
}

/// Mean of the mean of `n` exponential variables of mean 1, given that it is below `limit`.
fn truncated_gamma_mean(n: usize, limit: f64) -> f64 {
    // Distribution function of the Erlang distribution.
    let below = |shape: usize| {
        let x = n as f64 * limit;
        let mut term = 1.0;
        let mut sum = 1.0;
        for i in 1..shape {
            term *= x / i as f64;
            sum += term;
        }
        1.0 - (-x).exp() * sum
    };
    below(n + 1) / below(n)
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

    fn floor() -> NoiseFloor {
        NoiseFloor::new(BINS, BLOCKS, 128, 100)
    }

    #[test]
    fn settles_in_a_busy_sloping_band() {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let slope = |k: usize| 10f32.powf(k as f32 / BINS as f32);
        let busy: Vec<bool> = (0..BINS).map(|k| k % 50 < 25).collect();
        let loud = |k: usize| if busy[k] { 100.0 * slope(k) } else { slope(k) };
        let mut floor = floor();
        floor.start(&step(&mut rng, loud), BLOCKS, 64);
        for _ in 0..100 {
            let now = step(&mut rng, loud);
            if floor.judge(&now, &busy) == Judgement::Normal {
                floor.learn(&now, &busy);
            }
        }
        for k in (0..BINS).filter(|&k| !busy[k]) {
            let error_db = 10.0 * (floor.power()[k] / slope(k)).log10();
            assert!(error_db.abs() < 1.5, "bin {k}: {error_db} dB");
        }
        let all: f32 = (0..BINS).filter(|&k| !busy[k]).map(|k| floor.power()[k] / slope(k)).sum();
        let mean = all / busy.iter().filter(|&&b| !b).count() as f32;
        assert!((mean - 1.0).abs() < 0.05, "{mean}");
    }

    #[test]
    fn an_impulse_is_a_disturbance_and_a_gain_step_is_followed() {
        let mut rng = ChaCha8Rng::seed_from_u64(2);
        let busy = vec![false; BINS];
        let mut floor = floor();
        floor.start(&step(&mut rng, |_| 1.0), BLOCKS, 64);
        for _ in 0..50 {
            let now = step(&mut rng, |_| 1.0);
            assert_eq!(floor.judge(&now, &busy), Judgement::Normal);
            floor.learn(&now, &busy);
        }
        assert_eq!(floor.judge(&step(&mut rng, |_| 50.0), &busy), Judgement::Disturbed);
        assert_eq!(floor.judge(&step(&mut rng, |_| 1.0), &busy), Judgement::Normal);
        for gain in [16.0, 0.5] {
            let judged: Vec<Judgement> =
                (0..5).map(|_| floor.judge(&step(&mut rng, |_| gain), &busy)).collect();
            assert_eq!(judged[..3], [Judgement::Disturbed; 3]);
            assert_eq!(judged[3..], [Judgement::Normal; 2]);
            let mean = floor.power().iter().sum::<f32>() / BINS as f32;
            assert!((mean / gain - 1.0).abs() < 0.3, "{mean}");
        }
    }

    #[test]
    fn a_lift_that_goes_leaves_the_floor_as_it_was() {
        let mut rng = ChaCha8Rng::seed_from_u64(4);
        let busy = vec![false; BINS];
        let mut floor = floor();
        floor.start(&step(&mut rng, |_| 1.0), BLOCKS, 64);
        let lifted = |k: usize| if k < 400 { 20.0 } else { 2.0 };
        for (count, lift) in [(60, false), (40, true), (10, false)] {
            for _ in 0..count {
                let now = step(&mut rng, |k| if lift { lifted(k) } else { 1.0 });
                if floor.judge(&now, &busy) == Judgement::Normal {
                    floor.learn(&now, &busy);
                }
            }
        }
        for (k, power) in floor.power().iter().enumerate() {
            assert!((10.0 * power.log10()).abs() < 2.0, "bin {k}: {power}");
        }
    }

    #[test]
    fn zeros_are_silence_and_divide() {
        let mut floor = floor();
        floor.start(&[0.0; BINS], BLOCKS, 64);
        assert!(!floor.settled());
        assert_eq!(floor.judge(&[0.0; BINS], &[false; BINS]), Judgement::Silent);
        floor.learn(&[0.0; BINS], &[false; BINS]);
        assert!(floor.inverse().iter().all(|x| x.is_finite()));
    }

    #[test]
    fn a_carrier_becomes_floor() {
        let mut rng = ChaCha8Rng::seed_from_u64(3);
        let busy = vec![false; BINS];
        let mut floor = floor();
        floor.start(&step(&mut rng, |_| 1.0), BLOCKS, 64);
        for _ in 0..120 {
            let now = step(&mut rng, |k| if k == 256 { 1e4 } else { 1.0 });
            floor.learn(&now, &busy);
        }
        assert!(floor.power()[256] > 1e3);
        assert!(floor.power()[250] < 2.0);
    }

    #[test]
    fn quantile_and_truncated_mean_agree_with_their_definitions() {
        assert!((gamma_quantile(1.0, 0.4) - 0.5108).abs() < 0.02);
        assert!((gamma_quantile(100.0, 0.4) - 0.972).abs() < 0.01);
        assert!(
            (truncated_gamma_mean(1, 3.0)
                - (1.0 - 4.0 * (-3.0f64).exp()) / (1.0 - (-3.0f64).exp()))
            .abs()
                < 1e-12
        );
    }
}
