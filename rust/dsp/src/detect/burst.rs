// SPDX-License-Identifier: GPL-3.0-or-later
//! One burst from its first block to its last.

use std::ops::Range;

use super::centre::{around, center};
use super::edge::EdgeFinder;
use super::skirt::{Skirt, MARGIN};
use super::spectrum::Spectrum;
use super::window::Window;

/// Share of a burst's own strength below which a step is quiet.
const QUIET_SHARE: f32 = 0.1;
/// A signal this many times as strong on the same channel is another burst.
const OVERTAKES: f32 = 8.0;
/// Part of a block on either side of the place that blocks show, in which an edge is looked for.
const EDGE_REACH: f64 = 0.8;

/// What a burst that is up is waiting for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Phase {
    /// Enough blocks to tell its centre and strength.
    Opening,
    /// Its end.
    Open,
}

/// A burst that is up.
#[derive(Debug, Clone)]
pub struct Burst {
    /// Counts from 0 in order of detection.
    pub id: u64,
    /// What it waits for.
    pub phase: Phase,
    /// Centre in bins.
    pub center: f64,
    /// Bins over which it is judged.
    pub bins: Range<usize>,
    /// First block that holds it.
    pub first_block: u64,
    /// First sample, once it is open.
    pub first_sample: u64,
    /// Last block of the last step that was loud.
    pub last_loud: u64,
    /// One past the last block of which nothing could be told.
    held_until: u64,
    /// Mean ratio to the floor over its width: the most seen in a step, while it opens.
    pub level: f32,
    /// Ratio below which a step is quiet.
    quiet_below: f32,
}

/// What a burst is measured on.
pub struct View<'a> {
    /// Powers of the last blocks.
    pub spectrum: &'a Spectrum,
    /// One over the noise floor of each bin.
    pub inverse_floor: &'a [f32],
    /// The samples themselves.
    pub window: Window<'a>,
    /// What strong bursts leave beside them.
    pub skirts: &'a [Skirt],
    /// Finds edges in the samples.
    pub edges: &'a mut EdgeFinder,
    /// Width of a burst in bins.
    pub width: f64,
}

impl Burst {
    /// A burst found around `bin` with `level` times the power of the floor, first seen in the blocks
    /// `seen`, quiet below `lowest`.
    pub fn new(
        id: u64,
        bin: usize,
        level: f32,
        seen: Range<u64>,
        bins: Range<usize>,
        lowest: f32,
    ) -> Self {
        Burst {
            id,
            phase: Phase::Opening,
            center: bin as f64,
            bins,
            first_block: seen.start,
            first_sample: 0,
            last_loud: seen.end - 1,
            held_until: 0,
            level,
            quiet_below: lowest,
        }
    }

    /// Notes the energy of the step that ends with `block`.
    pub fn follow(&mut self, energy: f32, block: u64) {
        if energy > self.quiet_below {
            self.last_loud = block;
        }
        if self.phase == Phase::Opening {
            self.level = self.level.max(energy);
        }
    }

    /// Nothing can be told of the step that ends before block `now`: it stays up for `hold` blocks.
    pub fn hold(&mut self, now: u64, hold: u64) {
        self.last_loud = self.last_loud.max(now.saturating_sub(hold));
        self.held_until = now;
    }

    /// Energy from which on what is seen here is not this burst. While it opens its own strength
    /// is not known.
    pub fn overtaken_from(&self) -> f32 {
        match self.phase {
            Phase::Opening => f32::INFINITY,
            Phase::Open => 1.0 + OVERTAKES * (self.level - 1.0),
        }
    }

    /// What it leaves beside it, if that matters. While it opens its centre is not known, and so not
    /// what is on either side of it.
    pub fn skirt(&self, width: f64) -> Option<Skirt> {
        match self.phase {
            Phase::Opening => None,
            Phase::Open => Skirt::new(self.center, width, self.level - 1.0),
        }
    }

    /// Most that it may leave around bin `center`, in floors, also while it opens.
    pub fn may_leave(&self, center: f64, width: f64) -> f32 {
        let skirt = Skirt::new(self.center, width, self.level - 1.0);
        let reaching = skirt.filter(|skirt| skirt.reaches(center));
        reaching.map_or(0.0, |skirt| MARGIN * skirt.most_at(center))
    }

    /// Measures centre, strength and first sample from the blocks up to and with `until`.
    /// `earliest` is the first block that may belong to it.
    pub fn settle(&mut self, view: &mut View, earliest: u64, until: u64) {
        let until = until.min(self.last_loud).max(self.first_block);
        self.center = self.measured_center(view, until);
        self.bins = around(self.center, view.width, view.spectrum.size());
        let mut levels: Vec<f32> =
            (self.first_block..=until).map(|block| self.energy(view, block)).collect();
        let middle = levels.len() / 2;
        self.level = *levels.select_nth_unstable_by(middle, f32::total_cmp).1;
        self.quiet_below = self.quiet_below.max(1.0 + QUIET_SHARE * (self.level - 1.0));
        let half = self.half();
        let mut first = self.first_block;
        while first < until && self.energy(view, first) < half {
            first += 1;
        }
        while first > earliest && self.energy(view, first - 1) >= half {
            first -= 1;
        }
        self.first_block = first;
        self.phase = Phase::Open;
        let (place, center_hz) = (first as f64, view.window.hz(self.center));
        let (at, samples) = view.window.blocks(place - EDGE_REACH, place + EDGE_REACH);
        let edge = view.edges.rise(samples, center_hz).map(|n| at + n as u64);
        self.first_sample = edge.unwrap_or(first * view.spectrum.size() as u64);
    }

    /// One past its last sample.
    pub fn end_sample(&self, view: &mut View) -> u64 {
        let half = self.half();
        let mut last = self.last_loud.min(view.spectrum.blocks() - 1);
        // The very end of a strong burst may lift the whole band, so that nothing is told there.
        while last + 1 < self.held_until && self.energy(view, last + 1) >= half {
            last += 1;
        }
        let earliest = self.first_block.max(view.spectrum.oldest());
        while last > earliest && self.energy(view, last) < half {
            last -= 1;
        }
        let (place, center_hz) = ((last + 1) as f64, view.window.hz(self.center));
        let (at, samples) = view.window.blocks(place - EDGE_REACH, place + EDGE_REACH);
        let edge = view.edges.fall(samples, center_hz).map(|n| at + n as u64);
        edge.unwrap_or((last + 1) * view.spectrum.size() as u64)
    }

    fn measured_center(&self, view: &View, until: u64) -> f64 {
        // The centre may move by half a width, and is sought over more than one.
        let near = around(self.center, 2.6 * view.width, view.spectrum.size());
        let scale = 1.0 / (until + 1 - self.first_block) as f32;
        let mut ratios = vec![0.0f32; near.len()];
        for block in self.first_block..=until {
            let row = view.spectrum.row(block)[near.clone()].iter();
            for (ratio, (power, inverse)) in
                ratios.iter_mut().zip(row.zip(&view.inverse_floor[near.clone()]))
            {
                *ratio += power * inverse * scale;
            }
        }
        for skirt in view.skirts {
            for bin in skirt.bins(near.clone()).into_iter().flatten() {
                let mean = |bins: Range<usize>| {
                    let blocks = self.first_block..=until;
                    let one = |block| {
                        energy_at(view.spectrum.row(block), view.inverse_floor, bins.clone())
                    };
                    blocks.map(one).sum::<f32>() * scale
                };
                let expected = skirt.expected(bin..bin + 1, view.spectrum.size(), mean);
                ratios[bin - near.start] -= expected;
            }
        }
        let offset = near.start as f64;
        offset + center(&ratios, self.center - offset, view.width)
    }

    /// Half of the burst's own strength: a block that begins or ends with it has more.
    fn half(&self) -> f32 {
        1.0 + 0.5 * (self.level - 1.0)
    }

    fn energy(&self, view: &View, block: u64) -> f32 {
        energy_at(view.spectrum.row(block), view.inverse_floor, self.bins.clone())
    }
}

/// Mean ratio of `powers` to the floor in `bins`.
pub fn energy_at(powers: &[f32], inverse_floor: &[f32], bins: Range<usize>) -> f32 {
    let count = bins.len().max(1) as f32;
    let pairs = powers[bins.clone()].iter().zip(&inverse_floor[bins]);
    pairs.map(|(power, inverse)| power * inverse).sum::<f32>() / count
}
