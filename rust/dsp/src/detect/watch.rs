// SPDX-License-Identifier: GPL-3.0-or-later
//! Step by step over the band: which bursts begin, which are up, which are over.

use std::collections::VecDeque;
use std::ops::Range;

use super::bands::{Bands, Candidate, Scaled};
use super::burst::{energy_at, Burst, Phase, View};
use super::centre::{around, is_tone};
use super::edge::EdgeFinder;
use super::floor::NoiseFloor;
use super::gain::{GainWatch, Judgement};
use super::lengths::Lengths;
use super::skirt::{Skirt, MARGIN};
use super::spectrum::Spectrum;
use super::window::Window;
use super::Config;
use crate::Complex32;

/// Time over which the noise floor averages.
const FLOOR_S: f64 = 0.1;
/// Time after which a bin that stays loud is a carrier.
const CARRIER_S: f64 = 0.1;
/// Half of the bandwidth, in bursts, over which the floor starts from a quantile.
const START_REACH: f64 = 5.0;
/// Once it is known, the floor is learned from one step in so many.
const LEARN_EVERY: u64 = 4;
/// Of the threshold's height over the floor, what a burst must keep to stay up.
const STAY_SHARE: f32 = 0.5;

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
    /// Bins and groups that hold no burst.
    free: Vec<bool>,
    free_groups: Vec<bool>,
    /// For each group the energy from which on a burst is seen.
    thresholds: Vec<f32>,
    /// What strong bursts leave beside them.
    skirts: Vec<Skirt>,
    /// The bursts changed since `free`, `thresholds` and `skirts` were marked.
    changed: bool,
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
            free: vec![true; size],
            free_groups: vec![true; groups],
            thresholds: vec![0.0; groups],
            skirts: Vec::new(),
            changed: true,
            bursts: Vec::new(),
            ids: 0,
            breaks: VecDeque::new(),
            broken_at: 0,
        }
    }

    /// Changes the threshold; bursts that are up stay up.
    pub fn set_threshold_db(&mut self, threshold_db: f64) {
        self.threshold = ratio(threshold_db);
        self.changed = true;
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
        self.mark_bursts();
        let (groups, ratios) = (self.bands.groups(), self.bands.ratios());
        match self.gain.judge(groups, &self.free_groups, ratios, &mut self.floor) {
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

    /// Ends bursts where the stream is broken. It comes last in a step, as what is left of them
    /// there is no new burst.
    fn cut(&mut self, blocks: Range<u64>, window: Window, seen: &mut Vec<Seen>) {
        let until = blocks.end * self.spectrum.size() as u64;
        while let Some(at) = self.breaks.front().copied().filter(|&at| at < until) {
            self.breaks.pop_front();
            let mut up = std::mem::take(&mut self.bursts);
            up.retain_mut(|burst| {
                self.announce(burst, window, seen);
                let stays = burst.first_sample >= at;
                if !stays && burst.last_loud + 1 >= blocks.start {
                    seen.push(Seen::End { id: burst.id, sample: at, truncated: true });
                } else if !stays {
                    self.close(burst, false, window, seen);
                }
                stays
            });
            self.bursts = up;
            self.changed = true;
            self.broken_at = at;
        }
    }

    fn retake(&mut self) {
        let (powers, masked) = (mean_powers(&self.spectrum, &self.lengths), self.masked.clone());
        self.bands.retake(powers, self.floor.inverse(), masked);
    }

    fn normal(&mut self, blocks: Range<u64>, window: Window, seen: &mut Vec<Seen>) {
        self.bands.take_out(&self.skirts);
        self.follow(blocks.end, window, seen);
        // Still by the thresholds of before: what is left of a burst that is over is not a new one.
        self.look(blocks.clone(), window, seen);
        self.mark_bursts();
        let turn = (blocks.end / self.lengths.step).is_multiple_of(LEARN_EVERY);
        if turn {
            self.floor.learn(self.bands.ratios(), &self.free, LEARN_EVERY as f32);
        } else if !self.floor.has_learned() {
            self.floor.learn(self.bands.ratios(), &self.free, 0.0);
        }
    }

    /// Marks what bursts fill, and what it takes to be seen beside them.
    fn mark_bursts(&mut self) {
        if !std::mem::take(&mut self.changed) {
            return;
        }
        let (width, bins) = (self.width as f64, self.spectrum.size());
        self.free.fill(true);
        self.free_groups.fill(true);
        self.thresholds.fill(self.threshold);
        let mut occupy = |bins: Range<usize>| {
            self.free_groups[self.bands.groups_of(bins.clone())].fill(false);
            self.free[bins].fill(false);
        };
        for burst in &self.bursts {
            occupy(around(burst.center, 1.5 * width, bins));
            let near = self.bands.groups_of(around(burst.center, 1.8 * width, bins));
            for threshold in &mut self.thresholds[near] {
                *threshold = threshold.max(burst.overtaken_from());
            }
        }
        occupy(self.masked.clone());
        let skirt = |burst: &Burst| Skirt::new(burst.center, width, burst.level - 1.0);
        self.skirts.clear();
        self.skirts.extend(self.bursts.iter().filter_map(skirt));
        // Noise is not learned in them, but whether the gain changed can be told.
        for bins in self.skirts.iter().flat_map(|skirt| skirt.bins(0..bins)) {
            self.free[bins].fill(false);
        }
    }

    /// Follows the bursts that are up through the newest step, which ends before block `now`.
    fn follow(&mut self, now: u64, window: Window, seen: &mut Vec<Seen>) {
        let mut up = std::mem::take(&mut self.bursts);
        up.retain_mut(|burst| {
            burst.follow(self.bands.energy_around(burst.center), now - 1);
            let over = now - 1 - burst.last_loud >= self.lengths.hold;
            let too_long = now - burst.first_block >= self.lengths.longest;
            if over || too_long || now - burst.first_block >= self.lengths.opening {
                self.announce(burst, window, seen);
            }
            if over || too_long {
                self.close(burst, !over, window, seen);
            }
            if too_long && !over {
                let reach = around(burst.center, 2.0 * self.width as f64, self.free.len());
                self.floor.absorb(self.bands.ratios(), reach);
            }
            !(over || too_long)
        });
        self.bursts = up;
    }

    /// A step in which little can be told: bursts that are up stay up. The end of a strong burst may
    /// be what disturbs the band.
    fn hold(&mut self, now: u64) {
        for burst in &mut self.bursts {
            burst.follow(self.bands.energy_around(burst.center), now - 1);
            burst.hold(now, self.lengths.hold);
        }
    }

    /// Looks for new bursts in the last two steps.
    fn look(&mut self, blocks: Range<u64>, window: Window, seen: &mut Vec<Seen>) {
        let mut found = Vec::new();
        self.bands.find(&self.thresholds, &mut found);
        let total = self.spectrum.size();
        let lowest = 1.0 + STAY_SHARE * (self.threshold - 1.0);
        let last = blocks.start.saturating_sub(self.lengths.step)..blocks.end;
        for Candidate { bin, energy } in found {
            let bins = around(bin as f64, self.width as f64, total);
            let inverse = self.floor.inverse();
            let beside = |skirt: &&Skirt| skirt.reaches(bin as f64);
            let is_loud = |&b: &u64| {
                let mean = |bins: Range<usize>| energy_at(self.spectrum.row(b), inverse, bins);
                let skirts = self.skirts.iter().filter(beside);
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
            self.bursts.push(Burst::new(self.ids, bin, last.clone(), bins, lowest));
            self.ids += 1;
            self.changed = true;
        }
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

    /// Measures a burst, if that has not been done.
    fn announce(&mut self, burst: &mut Burst, window: Window, seen: &mut Vec<Seen>) {
        if burst.phase == Phase::Open {
            return;
        }
        self.changed = true;
        let look_back = burst.first_block.saturating_sub(self.lengths.look_back);
        let unbroken = self.broken_at / self.spectrum.size() as u64;
        let earliest = look_back.max(self.settled_block()).max(unbroken);
        let until = self.stepped - 1;
        burst.settle(&mut self.view(window), earliest, until);
        let sample = burst.first_sample.max(self.broken_at);
        burst.first_sample = sample;
        let bins = &self.floor.power()[burst.bins.clone()];
        let noise = bins.iter().map(|&p| f64::from(p)).sum::<f64>() / bins.len().max(1) as f64;
        seen.push(Seen::Start {
            id: burst.id,
            sample,
            center: burst.center,
            excess: f64::from(burst.level - 1.0).max(1e-3),
            noise,
        });
    }

    fn close(&mut self, burst: &Burst, truncated: bool, window: Window, seen: &mut Vec<Seen>) {
        self.changed = true;
        let sample = burst.end_sample(&mut self.view(window));
        seen.push(Seen::End { id: burst.id, sample, truncated });
    }

    fn view<'a>(&'a mut self, window: Window<'a>) -> View<'a> {
        let size = self.spectrum.size() as u64;
        let from = self.settled_block() * size;
        View {
            spectrum: &self.spectrum,
            inverse_floor: self.floor.inverse(),
            window: window.limited(from, self.stepped * size),
            skirts: &self.skirts,
            edges: &mut self.edges,
            width: self.width as f64,
        }
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
