// SPDX-License-Identifier: GPL-3.0-or-later
//! Bursts that begin.

use std::ops::Range;

use super::{Seen, Watch};
use crate::detect::bands::Candidate;
use crate::detect::burst::{energy_at, Burst};
use crate::detect::centre::{around, is_tone};
use crate::detect::skirt::{Skirt, MARGIN};
use crate::detect::window::Window;

/// Of the threshold's height over the floor, what a burst must keep to stay up.
const STAY_SHARE: f32 = 0.5;

impl Watch {
    /// Looks for new bursts in the last two steps.
    pub(super) fn look(&mut self, blocks: Range<u64>, window: Window, seen: &mut Vec<Seen>) {
        let mut found = Vec::new();
        self.bands.find(&self.marks.thresholds, &mut found);
        // The strongest first: what it leaves beside it is no burst.
        found.sort_unstable_by(|a, b| b.energy.total_cmp(&a.energy));
        let total = self.spectrum.size();
        let lowest = 1.0 + STAY_SHARE * (self.threshold - 1.0);
        let last = blocks.start.saturating_sub(self.lengths.step)..blocks.end;
        for Candidate { bin, energy } in found {
            if self.is_left_by_a_new_one(bin, energy) {
                continue;
            }
            let bins = around(bin as f64, self.width as f64, total);
            let inverse = self.floor.inverse();
            let beside = |skirt: &&Skirt| skirt.reaches(bin as f64);
            let is_loud = |&b: &u64| {
                let mean = |bins: Range<usize>| energy_at(self.spectrum.row(b), inverse, bins);
                let skirts = self.marks.skirts.iter().filter(beside);
                // Where a burst begins or ends its skirts differ: to this an impulse.
                let expected = skirts.map(|s| s.expected(bins.clone(), total, mean)).sum::<f32>();
                mean(bins.clone()) - MARGIN * expected > lowest
            };
            let loud = last.clone().filter(is_loud).count() as u64;
            // An impulse fills one block, or two that it falls between.
            let impulse = 5 * loud < 3 * (last.end - last.start) || loud < 2;
            if impulse || is_tone(&self.bands.both_steps(bins.clone())) {
                continue;
            }
            self.overtake(bin, energy, last.start, window, seen);
            self.bursts.push(Burst::new(self.ids, bin, energy, last.clone(), bins, lowest));
            self.ids += 1;
            self.marks.outdate();
        }
    }

    /// Whether what is seen around `bin` may be no more than what a burst leaves there that began so
    /// lately that it is not taken out of both steps yet.
    fn is_left_by_a_new_one(&self, bin: usize, energy: f32) -> bool {
        let lately = self.lengths.opening + 2 * self.lengths.step;
        let new = |burst: &&Burst| self.stepped - burst.first_block < lately;
        let leaves = |burst: &Burst| burst.may_leave(bin as f64, self.width as f64);
        self.bursts.iter().filter(new).any(|burst| energy - 1.0 <= leaves(burst))
    }

    /// Ends bursts around `bin` that are so weak against `energy` that they were something else.
    fn overtake(
        &mut self,
        bin: usize,
        energy: f32,
        now: u64,
        window: Window,
        seen: &mut Vec<Seen>,
    ) {
        let width = self.width as f64;
        let mut up = std::mem::take(&mut self.bursts);
        up.retain_mut(|burst| {
            let near = (burst.center - bin as f64).abs() <= 0.9 * width;
            let stays = !near || energy <= burst.overtaken_from();
            if !stays {
                burst.last_loud = burst.last_loud.min(now).max(burst.first_block);
                self.close(burst, false, window, seen);
            }
            stays
        });
        self.bursts = up;
    }
}
