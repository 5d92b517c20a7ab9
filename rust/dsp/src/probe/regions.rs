// SPDX-License-Identifier: GPL-3.0-or-later
//! Where in time and frequency there is a signal, without knowing its bandwidth.

use super::spectrogram::Spectrogram;
use crate::error::{in_range, Result};
use crate::Complex32;

/// Power over the floor that a region has somewhere, and that it has everywhere.
const SEED: f32 = 10.0;
const GROW: f32 = 4.0;
/// Rows and bins without signal over which a region goes on: the lines of slow symbols with wide
/// apart tones have gaps between them.
const REACH: usize = 2;
const REACH_BINS: usize = 5;
/// Rows of the shortest region.
const SHORTEST_ROWS: usize = 3;
/// Part of a region's power that may lie outside its band, on either side.
const OUTSIDE: f64 = 0.005;
/// What is always there is a signal if it is so much stronger than the median bin, and wider than a
/// steady carrier looks.
const ALWAYS_ON: f32 = 4.0;
const CARRIER_BINS: usize = 10;
/// Power over the floor that a cell has at least, in parts of the strongest of its row: what is
/// weaker belongs to the skirts of another signal.
const SKIRT: f32 = 1e-3;
/// Rows by which the tones of one signal may differ in start and end.
const SIMULTANEOUS_ROWS: usize = 3;

/// Samples of the longest recording that is looked at as a whole where nothing stands out.
const SHORT: usize = 1 << 20;

/// A part of a recording that holds one signal, as far as one can tell.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Region {
    /// First sample, and one past the last.
    pub start: usize,
    /// One past the last sample.
    pub end: usize,
    /// Lower edge in Hz, from the middle of the band.
    pub low_hz: f64,
    /// Upper edge in Hz, from the middle of the band.
    pub high_hz: f64,
}

/// The regions of a recording, in order of their start.
///
/// What fills its band all the time is one region over the whole recording; steady carriers are
/// where there is nothing else. Where there is not even one, all of a short recording is a region: it
/// may be a burst cut out by somebody.
///
/// # Errors
/// A rate outside 1e3 to 1e9 Hz.
pub fn find_regions(samples: &[Complex32], sample_rate_hz: f64) -> Result<Vec<Region>> {
    in_range("sample_rate", sample_rate_hz, 1e3, 1e9, "Hz")?;
    let grid = Spectrogram::new(samples, sample_rate_hz);
    let floor = grid.floor();
    let steady = always_on(&grid, &floor, CARRIER_BINS);
    let mut areas = together(connected(&grid, &floor));
    areas.retain(|area| !steady.iter().any(|steady| area.is_most_of(steady)));
    areas.extend(steady);
    if areas.is_empty() {
        areas = always_on(&grid, &floor, 0);
    }
    let mut regions: Vec<Region> =
        areas.iter().map(|area| area.region(&grid, samples.len())).collect();
    if regions.is_empty() && (2..=SHORT).contains(&samples.len()) {
        let (end, high_hz) = (samples.len(), sample_rate_hz / 2.0);
        regions.push(Region { start: 0, end, low_hz: -high_hz, high_hz });
    }
    regions.sort_by(|a, b| a.start.cmp(&b.start).then(a.low_hz.total_cmp(&b.low_hz)));
    Ok(regions)
}

/// Rows and bins, all inclusive.
#[derive(Debug, Clone, Copy)]
struct Area {
    first_row: usize,
    last_row: usize,
    low: usize,
    high: usize,
}

impl Area {
    fn region(&self, grid: &Spectrogram, samples: usize) -> Region {
        let end_row = self.last_row + REACH;
        // What is there most of the time leaves no noise to see its ends by.
        let most = 2 * (self.last_row - self.first_row + 1) > grid.rows;
        Region {
            start: if most { 0 } else { self.first_row.saturating_sub(REACH) * grid.hop },
            // Behind the last row there are samples, too.
            end: if most || end_row >= grid.rows { samples } else { end_row * grid.hop },
            low_hz: grid.frequency_hz(self.low) - grid.bin_hz / 2.0,
            high_hz: grid.frequency_hz(self.high) + grid.bin_hz / 2.0,
        }
    }

    fn width(&self) -> usize {
        self.high - self.low + 1
    }

    /// The two are tones of one signal: they come and go together and are no further apart than
    /// either is wide, twice.
    fn belongs_to(&self, other: &Area) -> bool {
        let near = |a: usize, b: usize| a.abs_diff(b) <= SIMULTANEOUS_ROWS;
        let (below, above) = if self.low < other.low { (self, other) } else { (other, self) };
        let gap = above.low.saturating_sub(below.high);
        near(self.first_row, other.first_row)
            && near(self.last_row, other.last_row)
            && gap <= 2 * self.width().max(other.width())
    }

    /// This is the other, as it lasts, with a part of it missing.
    fn is_most_of(&self, steady: &Area) -> bool {
        let inside = self.low + 1 >= steady.low && self.high <= steady.high + 1;
        inside && 2 * (self.last_row - self.first_row) > steady.last_row - steady.first_row
    }

    fn with(&self, other: &Area) -> Area {
        Area {
            first_row: self.first_row.min(other.first_row),
            last_row: self.last_row.max(other.last_row),
            low: self.low.min(other.low),
            high: self.high.max(other.high),
        }
    }
}

/// Areas that hang together, each with a cell over `SEED` in it.
fn connected(grid: &Spectrogram, floor: &[f32]) -> Vec<Area> {
    let mut free: Vec<bool> = (0..grid.rows).flat_map(|row| signal(grid.row(row), floor)).collect();
    let mut areas = Vec::new();
    for row in 0..grid.rows {
        for bin in 0..grid.bins {
            if free[row * grid.bins + bin] && grid.row(row)[bin] > SEED * floor[bin] {
                areas.extend(flood(grid, floor, &mut free, (row, bin)));
            }
        }
    }
    areas
}

/// Which cells of a row hold a signal.
fn signal<'a>(row: &'a [f32], floor: &'a [f32]) -> impl Iterator<Item = bool> + 'a {
    let excess = || row.iter().zip(floor).map(|(power, floor)| power - floor);
    let least = SKIRT * excess().fold(0.0, f32::max);
    excess().zip(floor).map(move |(excess, floor)| excess > least.max((GROW - 1.0) * floor))
}

/// The area around a cell; its cells are taken from those that are free.
fn flood(
    grid: &Spectrogram,
    floor: &[f32],
    free: &mut [bool],
    seed: (usize, usize),
) -> Option<Area> {
    let mut excess = vec![0.0; grid.bins];
    let (mut first_row, mut last_row) = (seed.0, seed.0);
    let mut open = vec![seed];
    free[seed.0 * grid.bins + seed.1] = false;
    while let Some((row, bin)) = open.pop() {
        excess[bin] += f64::from(grid.row(row)[bin] - floor[bin]);
        (first_row, last_row) = (first_row.min(row), last_row.max(row));
        for near_row in row.saturating_sub(REACH)..(row + REACH + 1).min(grid.rows) {
            for near_bin in bin.saturating_sub(REACH_BINS)..(bin + REACH_BINS + 1).min(grid.bins) {
                let cell = &mut free[near_row * grid.bins + near_bin];
                if std::mem::take(cell) {
                    open.push((near_row, near_bin));
                }
            }
        }
    }
    let (low, high) = occupied(&excess, OUTSIDE);
    (last_row - first_row + 1 >= SHORTEST_ROWS).then_some(Area { first_row, last_row, low, high })
}

/// First and last of `powers` between which all but `outside` of their sum lies, on either side.
pub(super) fn occupied(powers: &[f64], outside: f64) -> (usize, usize) {
    let total: f64 = powers.iter().sum();
    let reaches = |sum: &mut f64, power: &f64| {
        *sum += power;
        Some(*sum > outside * total)
    };
    let low = powers.iter().scan(0.0, reaches).position(|reached| reached);
    let high = powers.iter().rev().scan(0.0, reaches).position(|reached| reached);
    (low.unwrap_or(0), powers.len() - 1 - high.unwrap_or(0))
}

/// Areas that are tones of one signal made one.
fn together(mut areas: Vec<Area>) -> Vec<Area> {
    let mut joined: Vec<Area> = Vec::new();
    areas.sort_by_key(|area| (area.first_row, area.low));
    for area in areas {
        match joined.iter_mut().rev().find(|other| area.belongs_to(other)) {
            Some(other) => *other = other.with(&area),
            None => joined.push(area),
        }
    }
    joined
}

/// Bands of more than so many bins that are in use all the time.
fn always_on(grid: &Spectrogram, floor: &[f32], bins: usize) -> Vec<Area> {
    let mut sorted = floor.to_vec();
    let median = *sorted.select_nth_unstable_by(grid.bins / 2, f32::total_cmp).1;
    let least = (ALWAYS_ON * median).max(SKIRT * floor.iter().copied().fold(0.0, f32::max));
    let mut areas = Vec::new();
    let mut bin = 0;
    while bin < grid.bins {
        let width = floor[bin..].iter().take_while(|&&power| power > least).count();
        if width > bins {
            let last_row = grid.rows - 1;
            areas.push(Area { first_row: 0, last_row, low: bin, high: bin + width - 1 });
        }
        bin += width + 1;
    }
    areas
}
