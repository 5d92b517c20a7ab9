// SPDX-License-Identifier: GPL-3.0-or-later
//! Changes of the whole band at once: of gain, or an impulse.
//!
//! Both look the same at first. A change that stays for some steps is believed to be the gain, and
//! the noise floor follows it; until then the steps are called
//! [`Disturbed`](Judgement::Disturbed).

use super::floor::NoiseFloor;
use super::gamma;
use crate::simd::{widest, Kernel};

/// Common change of the groups outside bursts that is no accident.
const COMMON_RATIO: f32 = 1.5;
/// Steps after which a common change is believed to be the gain.
const GAIN_STEPS: u32 = 4;
/// Quantile of the groups by which a common change is judged.
const QUANTILE: f32 = 0.4;

/// What a step was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Judgement {
    /// Bursts can be looked for.
    Normal,
    /// All of the band changed at once: an impulse, or a gain step not yet believed.
    Disturbed,
    /// Nothing but zeros.
    Silent,
    /// The gain changed: the floor was changed, and the step is to be judged by the new one.
    Regained,
}

/// Judges the steps by the energies of groups of bins, relative to the floor.
pub struct GainWatch {
    /// Value of the quantile in noise alone.
    expected: f32,
    disturbed_steps: u32,
    /// The floor before the last common change: strong bursts lift a whole band while they last.
    before: Vec<f32>,
    sorted: Vec<f32>,
}

impl GainWatch {
    /// For groups of `group` bins out of `bins`, averaged over `blocks` blocks.
    pub fn new(bins: usize, group: usize, blocks: usize) -> Self {
        let looks = blocks as f64 * gamma::looks(group);
        GainWatch {
            expected: gamma::quantile(looks, f64::from(QUANTILE)) as f32,
            disturbed_steps: 0,
            before: vec![f32::INFINITY; bins],
            sorted: Vec::with_capacity(bins / group),
        }
    }

    /// Judges a step by the energies of its `groups`, of which those that are `free` hold no burst.
    pub fn judge(
        &mut self,
        groups: &[f32],
        free: &[bool],
        ratios: &[f32],
        floor: &mut NoiseFloor,
    ) -> Judgement {
        if widest(IsUsual { groups, free, expected: self.expected }) {
            self.disturbed_steps = 0;
            return Judgement::Normal;
        }
        let common = self.quantile(groups.iter().copied(), free) / self.expected;
        if common <= 0.0 {
            return Judgement::Silent;
        }
        self.disturbed_steps += 1;
        if self.disturbed_steps < GAIN_STEPS {
            return Judgement::Disturbed;
        }
        self.disturbed_steps = 0;
        self.follow(free, ratios, common, floor);
        Judgement::Regained
    }

    fn quantile(&mut self, groups: impl Iterator<Item = f32>, free: &[bool]) -> f32 {
        self.sorted.clear();
        self.sorted.extend(groups.zip(free).filter(|(_, &free)| free).map(|(group, _)| group));
        let at = (self.sorted.len() as f32 * QUANTILE) as usize;
        *self.sorted.select_nth_unstable_by(at, f32::total_cmp).1
    }

    /// Follows a common change: back to the floor before the last one if the step fits it, else
    /// all bins alike.
    fn follow(&mut self, free: &[bool], ratios: &[f32], common: f32, floor: &mut NoiseFloor) {
        let now = floor.power().to_vec();
        let group = ratios.len() / free.len();
        let to_before: Vec<f32> = ratios
            .iter()
            .zip(now.iter().zip(&self.before))
            .map(|(ratio, (now, before))| ratio * now / before)
            .collect();
        let means = to_before.chunks_exact(group).map(|g| g.iter().sum::<f32>() / group as f32);
        let change = self.quantile(means, free) / self.expected;
        if (1.0 / COMMON_RATIO..=COMMON_RATIO).contains(&change) {
            floor.replace(self.before.iter().copied());
        } else {
            floor.replace(now.iter().map(|power| power * common));
            floor.doubt();
        }
        self.before = now;
    }
}

/// Whether the quantile of the free groups is near the one that is expected, by counting: without
/// sorting anything.
struct IsUsual<'a> {
    groups: &'a [f32],
    free: &'a [bool],
    expected: f32,
}

impl Kernel for IsUsual<'_> {
    type Output = bool;

    #[inline(always)]
    fn run(self) -> bool {
        let (low, high) = (self.expected / COMMON_RATIO, self.expected * COMMON_RATIO);
        let (mut count, mut below, mut within) = (0u32, 0u32, 0u32);
        for (&group, &free) in self.groups.iter().zip(self.free) {
            count += u32::from(free);
            below += u32::from(free & (group < low));
            within += u32::from(free & (group <= high));
        }
        let at = QUANTILE * count as f32;
        count == 0 || (below as f32 <= at && within as f32 > at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{Rng, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    const BINS: usize = 512;
    const GROUP: usize = 4;
    const BLOCKS: usize = 2;

    /// A floor, what judges it, and noise.
    struct Band {
        rng: ChaCha8Rng,
        floor: NoiseFloor,
        gain: GainWatch,
    }

    impl Band {
        fn new(seed: u64) -> Self {
            let mut band = Band {
                rng: ChaCha8Rng::seed_from_u64(seed),
                floor: NoiseFloor::new(BINS, BLOCKS, 128.0, 100.0),
                gain: GainWatch::new(BINS, GROUP, BLOCKS),
            };
            band.floor.start(&[1.0; BINS], 100, 64);
            band
        }

        fn step(&mut self, power: impl Fn(usize) -> f32) -> Judgement {
            let noise = |rng: &mut ChaCha8Rng| -(1.0 - rng.random::<f32>()).ln();
            let ratios: Vec<f32> = (0..BINS)
                .map(|k| {
                    let sum: f32 = (0..BLOCKS).map(|_| noise(&mut self.rng)).sum();
                    power(k) * sum / BLOCKS as f32 * self.floor.inverse()[k]
                })
                .collect();
            let mean = |g: &[f32]| g.iter().sum::<f32>() / GROUP as f32;
            let groups: Vec<f32> = ratios.chunks_exact(GROUP).map(mean).collect();
            let free = [true; BINS / GROUP];
            let judgement = self.gain.judge(&groups, &free, &ratios, &mut self.floor);
            if judgement == Judgement::Normal {
                self.floor.learn(&ratios, &[true; BINS], 1.0);
            }
            judgement
        }
    }

    #[test]
    fn an_impulse_is_a_disturbance_and_a_gain_step_is_followed() {
        let mut band = Band::new(2);
        for _ in 0..50 {
            assert_eq!(band.step(|_| 1.0), Judgement::Normal);
        }
        assert_eq!(band.step(|_| 50.0), Judgement::Disturbed);
        assert_eq!(band.step(|_| 1.0), Judgement::Normal);
        for gain in [16.0, 0.5] {
            let judged: Vec<Judgement> = (0..5).map(|_| band.step(|_| gain)).collect();
            assert_eq!(judged[..3], [Judgement::Disturbed; 3]);
            assert_eq!(judged[3..], [Judgement::Regained, Judgement::Normal]);
            let mean = band.floor.power().iter().sum::<f32>() / BINS as f32;
            assert!((mean / gain - 1.0).abs() < 0.3, "{mean}");
        }
    }

    #[test]
    fn a_lift_that_goes_leaves_the_floor_as_it_was() {
        let mut band = Band::new(4);
        let lifted = |k: usize| if k < 400 { 20.0 } else { 2.0 };
        for (count, lift) in [(60, false), (40, true), (10, false)] {
            for _ in 0..count {
                band.step(|k| if lift { lifted(k) } else { 1.0 });
            }
        }
        for (k, power) in band.floor.power().iter().enumerate() {
            assert!((10.0 * power.log10()).abs() < 2.0, "bin {k}: {power}");
        }
    }

    #[test]
    fn zeros_are_silence_and_no_free_groups_are_normal() {
        let mut band = Band::new(5);
        assert_eq!(band.step(|_| 0.0), Judgement::Silent);
        let busy = [false; BINS / GROUP];
        let judged = band.gain.judge(&[0.0; BINS / GROUP], &busy, &[0.0; BINS], &mut band.floor);
        assert_eq!(judged, Judgement::Normal);
    }
}
