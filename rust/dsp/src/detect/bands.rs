// SPDX-License-Identifier: GPL-3.0-or-later
//! Energy over the width of a burst, anywhere in the band, step by step.
//!
//! The whole band is looked at in groups of bins, from four to eight to a burst: few enough to be
//! cheap, fine enough that no burst falls between two. Plain loops over slices, for the compiler to
//! vectorise: they run all the time.

use std::ops::Range;

use super::centre::nearest;
use super::skirt::{Skirt, MARGIN};
use crate::simd::{widest, Kernel};

/// Ratio to the floor above which nothing is told apart: sums of such stay finite.
const LARGEST: f32 = 1e30;

/// A place in the band where a burst may have started.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Candidate {
    /// Bin in the middle of the width that holds most.
    pub bin: usize,
    /// Mean ratio to the floor over the width.
    pub energy: f32,
}

/// Powers of bins, all of them to be scaled.
#[derive(Clone, Copy)]
pub struct Scaled<'a> {
    /// Before they are scaled.
    pub values: &'a [f32],
    /// Factor for all of them.
    pub scale: f32,
}

/// Ratios to the noise floor of the last two steps.
pub struct Bands {
    /// Bins in a group, a power of two.
    group: usize,
    /// Groups in a burst.
    span: usize,
    /// Mean ratio of each bin, newest step and the one before.
    ratios: Vec<f32>,
    previous_ratios: Vec<f32>,
    /// Mean ratio of each group.
    groups: Vec<f32>,
    previous_groups: Vec<f32>,
    /// Mean ratio over both steps and a burst's width from each group on.
    energy: Vec<f32>,
    fold: Vec<f32>,
}

impl Bands {
    /// For rows of `bins`, a power of two, and bursts `width` bins wide, at least 4.
    pub fn new(bins: usize, width: usize) -> Self {
        let group = 1 << (width / 4).ilog2();
        let span = ((width as f64 / group as f64).round() as usize).min(bins / group);
        Bands {
            group,
            span,
            ratios: vec![0.0; bins],
            previous_ratios: vec![0.0; bins],
            groups: vec![0.0; bins / group],
            previous_groups: vec![0.0; bins / group],
            energy: vec![0.0; bins / group + 1 - span],
            fold: vec![0.0; bins],
        }
    }

    /// Bins in a group.
    pub fn group(&self) -> usize {
        self.group
    }

    /// Mean ratio of each bin in the newest step.
    pub fn ratios(&self) -> &[f32] {
        &self.ratios
    }

    /// Mean ratio of each group in the newest step.
    pub fn groups(&self) -> &[f32] {
        &self.groups
    }

    /// Takes the next step: the `powers` of its bins over `inverse_floor`. Bins in `masked` are
    /// taken to hold noise. False if there is something that is not finite.
    pub fn step(&mut self, powers: Scaled, inverse_floor: &[f32], masked: Range<usize>) -> bool {
        std::mem::swap(&mut self.ratios, &mut self.previous_ratios);
        std::mem::swap(&mut self.groups, &mut self.previous_groups);
        widest(Take { bands: self, powers, inverse_floor, masked })
    }

    /// Takes the newest step again, with what was not finite removed from `powers`.
    pub fn retake(&mut self, powers: Scaled, inverse_floor: &[f32], masked: Range<usize>) {
        widest(Take { bands: self, powers, inverse_floor, masked });
        self.ratios.iter_mut().for_each(|r| *r = r.min(LARGEST / 1e3));
        self.regroup();
    }

    /// Takes out of the groups of the newest step what strong bursts leave beside them.
    pub fn take_out(&mut self, skirts: &[Skirt]) {
        let (size, total) = (self.group, self.ratios.len());
        for skirt in skirts {
            for bins in skirt.bins(0..total) {
                for group in bins.start.div_ceil(size)..bins.end / size {
                    let mean =
                        |there: Range<usize>| self.ratios[there].iter().sum::<f32>() / size as f32;
                    // A preamble leaves lines. The centre is known to about a bin, and a line must
                    // not fall beside the group that it is the mirror image of.
                    let first = group * size;
                    let starts = [first.saturating_sub(1), first, first + 1];
                    let expected = starts
                        .map(|start| skirt.expected(start..start + size, total, mean))
                        .into_iter()
                        .fold(0.0, f32::max);
                    let left = self.groups[group] - MARGIN * expected;
                    self.groups[group] = left.max(0.0);
                }
            }
        }
    }

    #[inline(always)]
    fn regroup(&mut self) {
        let mut size = self.group;
        if size == 1 {
            self.groups.copy_from_slice(&self.ratios);
            return;
        }
        let scale = 1.0 / size as f32;
        let mut count = self.ratios.len() / 2;
        fold(&self.ratios, &mut self.fold);
        while size > 2 {
            size /= 2;
            count /= 2;
            for k in 0..count {
                self.fold[k] = self.fold[2 * k] + self.fold[2 * k + 1];
            }
        }
        for (group, sum) in self.groups.iter_mut().zip(&self.fold[..count]) {
            *group = sum * scale;
        }
    }

    /// Mean ratio in the newest step over the width of a burst around bin `center`.
    pub fn energy_around(&self, center: f64) -> f32 {
        let first = nearest(center / self.group as f64 - self.span as f64 / 2.0);
        let first = first.min(self.groups.len() - self.span);
        self.groups[first..first + self.span].iter().sum::<f32>() / self.span as f32
    }

    /// Groups that the bins `bins` reach into.
    pub fn groups_of(&self, bins: Range<usize>) -> Range<usize> {
        bins.start / self.group..bins.end.div_ceil(self.group)
    }

    /// Appends to `found` each local maximum of the mean ratio over both steps and a burst's width
    /// that is above the threshold of the group in its middle.
    pub fn find(&mut self, thresholds: &[f32], found: &mut Vec<Candidate>) {
        let middles = &thresholds[self.span / 2..];
        if !widest(Slide { bands: self, thresholds: middles }) {
            return;
        }
        let mut from = 0;
        while let Some(next) = exceeding(&self.energy, middles, from) {
            from = next + 1;
            if self.is_peak(next) {
                let bin = (2 * next + self.span) * self.group / 2;
                found.push(Candidate { bin, energy: self.energy[next] });
                from = next + self.span;
            }
        }
    }

    fn is_peak(&self, at: usize) -> bool {
        let low = at.saturating_sub(self.span / 2);
        let high = (at + self.span / 2 + 1).min(self.energy.len());
        let here = self.energy[at];
        self.energy[low..at].iter().all(|&e| e < here)
            && self.energy[at..high].iter().all(|&e| e <= here)
    }

    /// Mean ratio of each of `bins` over both steps.
    pub fn both_steps(&self, bins: Range<usize>) -> Vec<f32> {
        let pairs = self.ratios[bins.clone()].iter().zip(&self.previous_ratios[bins]);
        pairs.map(|(now, before)| 0.5 * (now + before)).collect()
    }
}

/// Fills ratios and groups from the powers of a step; true if all are finite.
struct Take<'a> {
    bands: &'a mut Bands,
    powers: Scaled<'a>,
    inverse_floor: &'a [f32],
    masked: Range<usize>,
}

impl Kernel for Take<'_> {
    type Output = bool;

    #[inline(always)]
    fn run(self) -> bool {
        let Scaled { values, scale } = self.powers;
        let pairs = values.iter().zip(self.inverse_floor);
        for (ratio, (power, inverse)) in self.bands.ratios.iter_mut().zip(pairs) {
            *ratio = power * inverse * scale;
        }
        self.bands.ratios[self.masked].fill(1.0);
        self.bands.regroup();
        self.bands.groups.iter().fold(true, |finite, &g| finite & (g <= LARGEST))
    }
}

/// Fills the mean ratios over both steps and the width of a burst; true if any is above its
/// threshold.
struct Slide<'a> {
    bands: &'a mut Bands,
    thresholds: &'a [f32],
}

impl Kernel for Slide<'_> {
    type Output = bool;

    #[inline(always)]
    fn run(self) -> bool {
        let Bands { span, groups, previous_groups, energy, fold, .. } = self.bands;
        let scale = 0.5 / *span as f32;
        let both = &mut fold[..groups.len()];
        for ((both, now), before) in both.iter_mut().zip(groups).zip(previous_groups) {
            *both = (*now + *before) * scale;
        }
        let (first, _) = both.split_at(energy.len());
        energy.copy_from_slice(first);
        for j in 1..*span {
            for (energy, &group) in energy.iter_mut().zip(&both[j..]) {
                *energy += group;
            }
        }
        let pairs = energy.iter().zip(self.thresholds);
        pairs.fold(false, |any, (energy, threshold)| any | (energy > threshold))
    }
}

/// First place from `from` on with more energy than the threshold.
fn exceeding(energy: &[f32], thresholds: &[f32], from: usize) -> Option<usize> {
    let pairs = energy.get(from..)?.iter().zip(&thresholds[from..]);
    pairs.enumerate().find(|(_, (energy, threshold))| energy > threshold).map(|(k, _)| from + k)
}

/// Sums of neighbours.
#[inline(always)]
fn fold(values: &[f32], sums: &mut [f32]) {
    for (sum, pair) in sums.iter_mut().zip(values.chunks_exact(2)) {
        *sum = pair[0] + pair[1];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BINS: usize = 512;

    fn search(ratios: &[f32], blocked: impl Fn(usize) -> bool) -> Vec<usize> {
        let mut bands = Bands::new(BINS, 25);
        for _ in 0..2 {
            assert!(bands.step(Scaled { values: ratios, scale: 1.0 }, &[1.0; BINS], 0..0));
        }
        let thresholds: Vec<f32> = (0..BINS / bands.group())
            .map(|g| if blocked(g * bands.group()) { f32::INFINITY } else { 2.0 })
            .collect();
        let mut found = Vec::new();
        bands.find(&thresholds, &mut found);
        found.iter().map(|c| c.bin).collect()
    }

    fn two_tones(center: usize, level: f32, ratios: &mut [f32]) {
        for tone in [center - 6, center + 6] {
            ratios[tone - 1..=tone + 1].iter_mut().for_each(|r| *r += level);
        }
    }

    #[test]
    fn two_tones_are_one_burst() {
        for center in 290..310 {
            let mut ratios = vec![1.0; BINS];
            two_tones(center, 20.0, &mut ratios);
            let found = search(&ratios, |_| false);
            assert_eq!(found.len(), 1);
            assert!(found[0].abs_diff(center) <= 6, "{found:?} for {center}");
        }
    }

    #[test]
    fn neighbours_two_widths_apart_are_two_bursts_and_a_skirt_is_none() {
        let mut ratios = vec![1.0; BINS];
        two_tones(200, 1e4, &mut ratios);
        two_tones(250, 20.0, &mut ratios);
        assert_eq!(search(&ratios, |_| false).len(), 2);
        let skirt = |k: usize| 1.0 + 1e6 / (1.0 + (k as f32 - 200.0).powi(4));
        let mut skirts: Vec<f32> = (0..BINS).map(skirt).collect();
        two_tones(200, 1e6, &mut skirts);
        assert!(search(&skirts, |k| k.abs_diff(200) < 40).is_empty());
    }

    #[test]
    fn the_edges_of_the_band_count() {
        for center in [8, 503] {
            let mut ratios = vec![1.0; BINS];
            two_tones(center, 40.0, &mut ratios);
            assert_eq!(search(&ratios, |_| false).len(), 1);
        }
    }

    #[test]
    fn ratios_are_to_the_floor_and_groups_their_means() {
        let mut bands = Bands::new(64, 16);
        let powers: Vec<f32> = (32..96).map(|k| k as f32).collect();
        assert!(bands.step(Scaled { values: &powers, scale: 2.0 }, &[0.25; 64], 3..4));
        assert_eq!(bands.ratios()[..4], [16.0, 16.5, 17.0, 1.0]);
        assert_eq!(bands.groups()[1], (18.0 + 18.5 + 19.0 + 19.5) / 4.0);
        assert_eq!(bands.energy_around(8.0), bands.groups()[..4].iter().sum::<f32>() / 4.0);
    }

    #[test]
    fn what_is_not_finite_is_told_and_removed() {
        let mut bands = Bands::new(64, 16);
        let mut powers = vec![1.0; 64];
        powers[5] = f32::NAN;
        assert!(!bands.step(Scaled { values: &powers, scale: 1.0 }, &[1.0; 64], 0..0));
        powers[5] = f32::MAX;
        bands.retake(Scaled { values: &powers, scale: 1.0 }, &[1e20; 64], 0..0);
        assert!(bands.groups().iter().all(|g| g.is_finite()));
    }
}
