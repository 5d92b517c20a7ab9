// SPDX-License-Identifier: GPL-3.0-or-later
//! Step by step over the band: which bursts begin, which are up, which are over.

use std::collections::VecDeque;
use std::ops::Range;

use super::bands::{Bands, Scaled};
use super::burst::Burst;
use super::centre::around;
use super::edge::EdgeFinder;
use super::floor::NoiseFloor;
use super::gain::{GainWatch, Judgement};
use super::lengths::Lengths;
use super::marks::Marks;
use super::spectrum::Spectrum;
use super::window::Window;
use super::Config;
use crate::Complex32;

mod follow;
mod look;

/// Time over which the noise floor averages.
const FLOOR_S: f64 = 0.1;
/// Time after which a bin that stays loud is a carrier.
const CARRIER_S: f64 = 0.1;
/// Half of the bandwidth, in bursts, over which the floor starts from a quantile.
const START_REACH: f64 = 5.0;
/// Once it is known, the floor is learned from one step in so many.
const LEARN_EVERY: u64 = 4;

/// A burst that was measured, or is over. Samples are estimates, without any margin.
#[derive(Debug, Clone, PartialEq)]
pub enum Seen {
    /// A burst begins.
    Start {
        /// Counts from 0 in order of detection.
        id: u64,
        /// Its first sample.
        sample: u64,
        /// Its centre in bins from the lower edge of the band.
        center: f64,
        /// Its power over that of noise in the same width.
        excess: f64,
        /// Noise power in a bin.
        noise: f64,
    },
    /// A burst is over.
    End {
        /// The id it began with.
        id: u64,
        /// One past its last sample.
        sample: u64,
        /// It was cut: longer than the maximum, or the stream is broken.
        truncated: bool,
    },
}

/// Looks at the band in steps of some transform blocks.
///
/// A burst is seen when the energy in its bandwidth stands out of the noise floor over two steps,
/// in most of their blocks, and is up until it is quiet for the hold time.
pub struct Watch {
    lengths: Lengths,
    width: usize,
    /// Energy from which on a burst is seen, in floors.
    threshold: f32,
    /// Bins around the middle that are not looked at.
    masked: Range<usize>,
    spectrum: Spectrum,
    floor: NoiseFloor,
    /// Power in the bin in the middle of the band, in the newest block, masked or not.
    power_at_dc: f32,
    gain: GainWatch,
    bands: Bands,
    edges: EdgeFinder,
    /// Blocks that have been looked at.
    stepped: u64,
    /// First block after the floor was started.
    floor_from: u64,
    /// Steps that begin before this block waited for the floor: their sums are gone.
    waited_until: u64,
    marks: Marks,
    bursts: Vec<Burst>,
    ids: u64,
    /// Samples, not looked at yet, in front of which others are missing.
    breaks: VecDeque<u64>,
    /// The last one that was looked at.
    broken_at: u64,
}

impl Watch {
    /// A watch that has seen nothing yet, by judged settings.
    pub fn new(config: &Config) -> Self {
        let size = config.fft_size;
        let lengths = Lengths::new(config);
        let bin_hz = config.sample_rate_hz / size as f64;
        let width = ((config.burst_bandwidth_hz / bin_hz).round() as usize).clamp(4, size);
        let blocks = lengths.step as usize;
        let step_s = (blocks * size) as f64 / config.sample_rate_hz;
        let steps = |seconds: f64| (seconds / step_s).floor().max(4.0) as f32;
        let bands = Bands::new(size, width);
        let groups = size / bands.group();
        let masked = match config.dc_mask_hz / bin_hz {
            half if half > 0.0 => around(size as f64 / 2.0, 2.0 * half, size),
            _ => 0..0,
        };
        Watch {
            lengths,
            width,
            threshold: ratio(config.threshold_db),
            masked,
            spectrum: Spectrum::new(size, lengths.rows(), blocks),
            floor: NoiseFloor::new(
                size,
                blocks,
                steps(FLOOR_S / LEARN_EVERY as f64),
                steps(CARRIER_S),
            ),
            power_at_dc: 0.0,
            gain: GainWatch::new(size, bands.group(), blocks),
            edges: EdgeFinder::new(config.sample_rate_hz, config.burst_bandwidth_hz),
            bands,
            stepped: 0,
            floor_from: 0,
            waited_until: 0,
            marks: Marks::new(size, groups, width as f64),
            bursts: Vec::new(),
            ids: 0,
            breaks: VecDeque::new(),
            broken_at: 0,
        }
    }

    /// Changes the threshold; bursts that are up stay up.
    pub fn set_threshold_db(&mut self, threshold_db: f64) {
        self.threshold = ratio(threshold_db);
        self.marks.outdate();
    }

    /// Bins over which a burst is judged.
    pub fn width(&self) -> usize {
        self.width
    }

    /// First block in which something can still begin or end.
    pub fn settled_block(&self) -> u64 {
        if self.floor.settled() {
            self.stepped.saturating_sub(self.lengths.lag).max(self.floor_from)
        } else {
            self.stepped
        }
    }

    /// Most blocks by which [`settled_block`](Self::settled_block) lies behind those given.
    pub fn max_lookahead(&self) -> u64 {
        self.lengths.most_unsettled() + 1
    }

    /// Blocks taken so far.
    pub fn blocks(&self) -> u64 {
        self.spectrum.blocks()
    }

    /// Noise power in a bin, the median over the band; `None` while nothing but zeros came.
    pub fn noise_power(&self) -> Option<f64> {
        self.floor.settled().then(|| median(self.floor.power()))
    }

    /// The same in the middle of the band, over two widths of a burst.
    pub fn noise_power_at_dc(&self) -> Option<f64> {
        let bins = around(self.middle() as f64, 2.0 * self.width as f64, self.spectrum.size());
        self.floor.settled().then(|| median(&self.floor.power()[bins]))
    }

    /// Power in the bin in the middle of the band, in the newest block.
    pub fn power_at_dc(&self) -> f32 {
        self.power_at_dc
    }

    fn middle(&self) -> usize {
        self.spectrum.size() / 2
    }

    /// Bursts that ever began.
    pub fn ids(&self) -> u64 {
        self.ids
    }

    /// The stream is broken before sample `at` of the next block: no burst goes on behind it.
    pub fn break_at(&mut self, at: u64) {
        self.breaks.push_back(at);
    }

    /// Takes the next block of samples, which `window` holds, too; appends what is seen to `seen`,
    /// in no order of samples.
    pub fn block(&mut self, samples: &[Complex32], window: Window, seen: &mut Vec<Seen>) {
        self.spectrum.push(samples);
        self.power_at_dc = self.spectrum.row(self.spectrum.blocks() - 1)[self.middle()];
        // Who looks at single blocks is to see noise there, too.
        self.spectrum.cover_newest(self.masked.start, &self.floor.power()[self.masked.clone()]);
        if !self.floor.settled() {
            if self.spectrum.blocks() - self.stepped < self.lengths.start {
                return;
            }
            self.start_floor();
        }
        while self.spectrum.blocks() - self.stepped >= self.lengths.step {
            self.step(window, seen);
        }
    }

    /// No more blocks come: closes what is open.
    pub fn finish(&mut self, window: Window, seen: &mut Vec<Seen>) {
        if !self.floor.settled() && self.spectrum.blocks() > 0 {
            self.start_floor();
        }
        let silence = vec![Complex32::default(); self.spectrum.size()];
        // Without a floor there was nothing but silence, and there is nothing to complete.
        while self.floor.settled() && self.stepped < self.spectrum.blocks() {
            self.block(&silence, window, seen);
        }
        for mut burst in std::mem::take(&mut self.bursts) {
            self.announce(&mut burst, window, seen);
            self.close(&burst, false, window, seen);
        }
    }

    /// Starts the noise floor from the blocks not yet looked at. Zeros alone are passed over.
    fn start_floor(&mut self) {
        let (from, until) = (self.stepped, self.spectrum.blocks());
        let mut mean = vec![0.0f32; self.spectrum.size()];
        for block in from..until {
            self.spectrum.scrub(block..block + 1);
            for (mean, &power) in mean.iter_mut().zip(self.spectrum.row(block)) {
                *mean += power / (until - from) as f32;
            }
        }
        let reach = (START_REACH * self.width as f64) as usize;
        self.floor.start(&mean, (until - from) as usize, reach);
        self.floor_from = from;
        self.waited_until = until;
    }

    fn step(&mut self, window: Window, seen: &mut Vec<Seen>) {
        let blocks = self.stepped..self.stepped + self.lengths.step;
        self.stepped = blocks.end;
        if !self.floor.settled() {
            return;
        }
        if blocks.start < self.waited_until {
            self.spectrum.scrub(blocks.clone());
        }
        let (powers, masked) = (mean_powers(&self.spectrum, &self.lengths), self.masked.clone());
        if !self.bands.step(powers, self.floor.inverse(), masked) {
            self.spectrum.scrub(blocks.clone());
            self.retake();
        }
        self.mark();
        let (groups, ratios) = (self.bands.groups(), self.bands.ratios());
        match self.gain.judge(groups, &self.marks.free_groups, ratios, &mut self.floor) {
            Judgement::Normal => self.normal(blocks.clone(), window, seen),
            Judgement::Regained => {
                self.retake();
                self.normal(blocks.clone(), window, seen);
            }
            Judgement::Disturbed => self.hold(blocks.end),
            Judgement::Silent => self.follow(blocks.end, window, seen),
        }
        self.cut(blocks, window, seen);
    }

    fn retake(&mut self) {
        let (powers, masked) = (mean_powers(&self.spectrum, &self.lengths), self.masked.clone());
        self.bands.retake(powers, self.floor.inverse(), masked);
    }

    fn normal(&mut self, blocks: Range<u64>, window: Window, seen: &mut Vec<Seen>) {
        self.bands.take_out(&self.marks.skirts);
        self.follow(blocks.end, window, seen);
        // Still by the thresholds of before: what is left of a burst that is over is not a new one.
        self.look(blocks.clone(), window, seen);
        self.mark();
        let turn = (blocks.end / self.lengths.step).is_multiple_of(LEARN_EVERY);
        if turn {
            self.floor.learn(self.bands.ratios(), &self.marks.free, LEARN_EVERY as f32);
        } else if !self.floor.has_learned() {
            self.floor.learn(self.bands.ratios(), &self.marks.free, 0.0);
        }
    }

    fn mark(&mut self) {
        self.marks.renew(&self.bursts, &self.bands, self.masked.clone(), self.threshold);
    }
}

fn mean_powers<'a>(spectrum: &'a Spectrum, lengths: &Lengths) -> Scaled<'a> {
    Scaled { values: spectrum.step_sum(), scale: 1.0 / lengths.step as f32 }
}

/// The median of `powers`, of which there is at least one.
fn median(powers: &[f32]) -> f64 {
    let mut sorted = powers.to_vec();
    let at = sorted.len() / 2;
    f64::from(*sorted.select_nth_unstable_by(at, f32::total_cmp).1)
}

/// The ratio of powers that is `db` decibels.
fn ratio(db: f64) -> f32 {
    10f64.powf(db / 10.0) as f32
}
