// SPDX-License-Identifier: GPL-3.0-or-later
//! One burst from its first block to its last.

use super::candidate::{centroid, energy_at};
use super::spectrum::Spectrum;

/// Share of a burst's own strength below which a block is quiet.
const QUIET_SHARE: f32 = 0.1;
/// A signal this many times as strong on the same channel is another burst.
const OVERTAKES: f32 = 8.0;

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
    pub bins: std::ops::Range<usize>,
    /// First block that holds it.
    pub first_block: u64,
    /// Last block that was loud.
    pub last_loud: u64,
    /// Mean ratio to the floor over its width.
    pub level: f32,
    /// Ratio below which a block is quiet.
    quiet_below: f32,
    /// Sample at which its tag stands.
    pub start_sample: u64,
}

impl Burst {
    /// A burst found around `bin`, first seen in the blocks from `seen_from` on.
    pub fn new(
        id: u64,
        bin: usize,
        width: usize,
        total_bins: usize,
        seen_from: u64,
        lowest: f32,
    ) -> Self {
        Burst {
            id,
            phase: Phase::Opening,
            center: bin as f64,
            bins: around(bin as f64, width as f64, total_bins),
            first_block: seen_from,
            last_loud: seen_from,
            level: lowest,
            quiet_below: lowest,
            start_sample: 0,
        }
    }

    /// Notes whether `block` is loud.
    pub fn watch(&mut self, spectrum: &Spectrum, inverse_floor: &[f32], block: u64) {
        if energy_at(spectrum.row(block), inverse_floor, self.bins.clone()) > self.quiet_below {
            self.last_loud = block;
        }
    }

    /// Energy from which on what is seen here is not this burst. While it opens its own strength
    /// is not known.
    pub fn overtaken_from(&self) -> f32 {
        match self.phase {
            Phase::Opening => f32::INFINITY,
            Phase::Open => 1.0 + OVERTAKES * (self.level - 1.0),
        }
    }

    /// Centre, strength and start from the blocks up to and with `until`; `earliest` is the first
    /// block that may belong to it.
    pub fn settle(
        &mut self,
        spectrum: &Spectrum,
        inverse_floor: &[f32],
        width: f64,
        earliest: u64,
        until: u64,
    ) {
        let until = until.min(self.last_loud).max(self.first_block);
        let total_bins = spectrum.size();
        let near = around(self.center, 2.0 * width, total_bins);
        let mut ratios = vec![0.0f32; total_bins];
        let count = (until + 1 - self.first_block) as f32;
        for block in self.first_block..=until {
            for k in near.clone() {
                ratios[k] += spectrum.row(block)[k] * inverse_floor[k] / count;
            }
        }
        self.center = centroid(&ratios, self.center, width);
        self.bins = around(self.center, width, total_bins);
        let bins = self.bins.clone();
        let energy = |block| energy_at(spectrum.row(block), inverse_floor, bins.clone());
        let mut levels: Vec<f32> = (self.first_block..=until).map(energy).collect();
        let middle = levels.len() / 2;
        self.level = *levels.select_nth_unstable_by(middle, f32::total_cmp).1;
        let floor = self.quiet_below;
        self.quiet_below = floor.max(1.0 + QUIET_SHARE * (self.level - 1.0));
        // Half of its own strength marks the first block; what lies before is a part of a block.
        let half = 1.0 + 0.5 * (self.level - 1.0);
        let mut first = self.first_block;
        while first < until && energy(first) < half {
            first += 1;
        }
        while first > earliest && energy(first - 1) >= half {
            first -= 1;
        }
        self.first_block = first;
        let part = if first > earliest { self.part(energy(first - 1)) } else { 0.0 };
        let whole = if part > 0.1 { 1.0 } else { self.part(energy(first)) };
        let start = (first as f64 + 1.0 - whole - part) * spectrum.size() as f64;
        self.start_sample = start.max(0.0) as u64;
        self.phase = Phase::Open;
    }

    /// One past the last sample of the burst, estimated.
    pub fn end_sample(&self, spectrum: &Spectrum, inverse_floor: &[f32]) -> u64 {
        let energy = |block| energy_at(spectrum.row(block), inverse_floor, self.bins.clone());
        let half = 1.0 + 0.5 * (self.level - 1.0);
        let mut last = self.last_loud;
        while last > self.first_block && last > spectrum.oldest() && energy(last) < half {
            last -= 1;
        }
        let part = if last + 1 < spectrum.blocks() { self.part(energy(last + 1)) } else { 0.0 };
        let whole = if part > 0.1 { 1.0 } else { self.part(energy(last)) };
        ((last as f64 + whole + part) * spectrum.size() as f64) as u64
    }

    /// How much of a block the burst fills, 0 to 1, from the energy in it. Energy that noise may
    /// have by itself is nothing.
    fn part(&self, energy: f32) -> f64 {
        // Neighbouring bins behind a Hann window are worth two independent ones in three.
        let deviation = (1.5 / self.bins.len().max(1) as f32).sqrt();
        if energy - 1.0 < 4.0 * deviation {
            return 0.0;
        }
        let share = f64::from((energy - 1.0) / (self.level - 1.0).max(1e-6));
        filled(share.clamp(0.0, 1.0))
    }
}

/// The bins within half a `width` of `center`, clipped to the band.
pub fn around(center: f64, width: f64, total_bins: usize) -> std::ops::Range<usize> {
    let low = (center - width / 2.0).round().max(0.0) as usize;
    let high = ((center + width / 2.0).round() as usize + 1).min(total_bins);
    low.min(high)..high
}

/// Part of a Hann window, from one end, that holds `share` of its energy.
fn filled(share: f64) -> f64 {
    use std::f64::consts::PI;
    let energy =
        |u: f64| u - (2.0 * PI * u).sin() * 2.0 / (3.0 * PI) + (4.0 * PI * u).sin() / (12.0 * PI);
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..20 {
        let middle = (low + high) / 2.0;
        if energy(middle) < share {
            low = middle;
        } else {
            high = middle;
        }
    }
    (low + high) / 2.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_the_energy_is_half_the_block() {
        assert!((filled(0.5) - 0.5).abs() < 1e-4);
        assert!(filled(0.0) < 1e-2 && filled(1.0) > 0.99);
        assert!(filled(0.1) < filled(0.2));
    }

    #[test]
    fn widths_are_clipped_to_the_band() {
        assert_eq!(around(2.0, 10.0, 100), 0..8);
        assert_eq!(around(98.0, 10.0, 100), 93..100);
    }
}
