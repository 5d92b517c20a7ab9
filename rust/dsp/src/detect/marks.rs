// SPDX-License-Identifier: GPL-3.0-or-later
//! What bursts that are up do to the rest of the band.

use std::ops::Range;

use super::bands::Bands;
use super::burst::Burst;
use super::centre::around;
use super::skirt::Skirt;

/// Which of the band is free, and what it takes to be seen in it.
pub struct Marks {
    /// Bins and groups that hold no burst.
    pub free: Vec<bool>,
    pub free_groups: Vec<bool>,
    /// For each group the energy from which on a burst is seen.
    pub thresholds: Vec<f32>,
    /// What strong bursts leave beside them.
    pub skirts: Vec<Skirt>,
    /// Width of a burst in bins.
    width: f64,
    outdated: bool,
}

impl Marks {
    /// For a band of `bins` in `groups`, where a burst is `width` bins wide.
    pub fn new(bins: usize, groups: usize, width: f64) -> Self {
        Marks {
            free: vec![true; bins],
            free_groups: vec![true; groups],
            thresholds: vec![0.0; groups],
            skirts: Vec::new(),
            width,
            outdated: true,
        }
    }

    /// The bursts that are up, or the threshold, changed.
    pub fn outdate(&mut self) {
        self.outdated = true;
    }

    /// Marks what `bursts` and the bins `masked` fill; where nothing is up bursts are seen from
    /// `threshold` on.
    pub fn renew(&mut self, bursts: &[Burst], bands: &Bands, masked: Range<usize>, threshold: f32) {
        if !std::mem::take(&mut self.outdated) {
            return;
        }
        let (width, bins) = (self.width, self.free.len());
        self.free.fill(true);
        self.free_groups.fill(true);
        self.thresholds.fill(threshold);
        let mut occupy = |bins: Range<usize>| {
            self.free_groups[bands.groups_of(bins.clone())].fill(false);
            self.free[bins].fill(false);
        };
        for burst in bursts {
            occupy(around(burst.center, 1.5 * width, bins));
            let near = bands.groups_of(around(burst.center, 1.8 * width, bins));
            for threshold in &mut self.thresholds[near] {
                *threshold = threshold.max(burst.overtaken_from());
            }
        }
        occupy(masked);
        self.skirts.clear();
        self.skirts.extend(bursts.iter().filter_map(|burst| burst.skirt(width)));
        // Noise is not learned in them, but whether the gain changed can be told.
        for bins in self.skirts.iter().flat_map(|skirt| skirt.bins(0..bins)) {
            self.free[bins].fill(false);
        }
    }
}
