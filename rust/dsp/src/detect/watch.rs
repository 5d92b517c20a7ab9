// SPDX-License-Identifier: GPL-3.0-or-later
//! Step by step over the band: which bursts begin, which are up, which are over.

use std::ops::Range;

use super::burst::{around, Burst, Phase};
use super::candidate::{energy_at, Candidate, Search};
use super::floor::{Judgement, NoiseFloor};
use super::spectrum::Spectrum;
use super::Config;
use crate::Complex32;

/// Time between two looks at the band.
const STEP_S: f64 = 0.5e-3;
/// Time over which centre and strength of a new burst are measured.
const OPENING_S: f64 = 2.5e-3;
/// Time from which the noise floor starts.
const START_S: f64 = 4e-3;
/// Time over which the noise floor averages.
const FLOOR_S: f64 = 0.1;
/// Time after which a bin that stays loud is a carrier.
const CARRIER_S: f64 = 0.1;
/// Half of the bandwidth, in bursts, over which the floor starts from a quantile.
const START_REACH: f64 = 5.0;
/// Steps by which a burst may have begun before it was seen.
const LOOK_BACK_STEPS: u64 = 4;

/// Lengths in blocks, from the times of the settings.
#[derive(Debug, Clone, Copy)]
struct Lengths {
    step: u64,
    opening: u64,
    start: u64,
    hold: u64,
    longest: u64,
    /// What is seen never began or ended further behind the newest step than this.
    lag: u64,
}

impl Lengths {
    fn new(config: &Config) -> Self {
        let block_s = config.fft_size as f64 / config.sample_rate_hz;
        let blocks = |seconds: f64| ((seconds / block_s).round() as u64).max(1);
        let step = blocks(STEP_S);
        let (opening, start) = (blocks(OPENING_S).max(2 * step), blocks(START_S).max(2 * step));
        let hold = blocks(config.hold_s).max(step);
        let lag = (opening + 2 * LOOK_BACK_STEPS * step).max(hold + 4 * step).max(start) + 2;
        Lengths { step, opening, start, hold, longest: blocks(config.max_burst_s), lag }
    }
}

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
        /// It was longer than the maximum.
        truncated: bool,
    },
}

/// Looks at the band in steps of some transform blocks.
///
/// A burst is seen when the energy in its bandwidth stands out of the noise floor over two steps,
/// in most of their blocks.
pub struct Watch {
    lengths: Lengths,
    width: usize,
    /// Energy from which on a burst is seen, in floors.
    threshold: f32,
    /// Half of the bins around the middle that are not looked at.
    masked: f64,
    spectrum: Spectrum,
    floor: NoiseFloor,
    search: Search,
    /// Blocks that have been looked at.
    stepped: u64,
    step_power: Vec<f32>,
    previous_power: Vec<f32>,
    ratios: Vec<f32>,
    busy: Vec<bool>,
    /// For each bin the energy from which on a burst is seen.
    thresholds: Vec<f32>,
    found: Vec<Candidate>,
    bursts: Vec<Burst>,
    ids: u64,
}

impl Watch {
    /// A watch that has seen nothing yet, by judged settings.
    pub fn new(config: &Config) -> Self {
        let size = config.fft_size;
        let lengths = Lengths::new(config);
        let bin_hz = config.sample_rate_hz / size as f64;
        let width = ((config.burst_bandwidth_hz / bin_hz).round() as usize).clamp(4, size);
        let step_s = (lengths.step as usize * size) as f64 / config.sample_rate_hz;
        let steps = |seconds: f64| ((seconds / step_s) as usize).max(4);
        Watch {
            lengths,
            width,
            threshold: ratio(config.threshold_db),
            masked: config.dc_mask_hz / bin_hz,
            spectrum: Spectrum::new(
                size,
                (2 * lengths.lag + 2 * lengths.step + lengths.hold) as usize,
            ),
            floor: NoiseFloor::new(
                size,
                lengths.step as usize,
                steps(FLOOR_S),
                steps(CARRIER_S) as u32,
            ),
            search: Search::new(size, width),
            stepped: 0,
            step_power: vec![0.0; size],
            previous_power: vec![0.0; size],
            ratios: vec![0.0; size],
            busy: vec![false; size],
            thresholds: vec![0.0; size],
            found: Vec::new(),
            bursts: Vec::new(),
            ids: 0,
        }
    }

    /// Changes the threshold; bursts that are up stay up.
    pub fn set_threshold_db(&mut self, threshold_db: f64) {
        self.threshold = ratio(threshold_db);
    }

    /// Bins over which a burst is judged.
    pub fn width(&self) -> usize {
        self.width
    }

    /// First block in which something can still begin or end.
    pub fn settled_block(&self) -> u64 {
        self.stepped.saturating_sub(self.lengths.lag)
    }

    /// Most blocks by which [`settled_block`](Self::settled_block) lies behind those given.
    pub fn max_lookahead(&self) -> u64 {
        self.lengths.lag + self.lengths.start + self.lengths.step + 1
    }

    /// Blocks taken so far.
    pub fn blocks(&self) -> u64 {
        self.spectrum.blocks()
    }

    /// Bursts that ever began.
    pub fn ids(&self) -> u64 {
        self.ids
    }

    /// Takes the next block of samples; appends what is seen to `seen`, in no order of samples.
    pub fn block(&mut self, samples: &[Complex32], seen: &mut Vec<Seen>) {
        self.spectrum.push(samples);
        if !self.floor.settled() {
            if self.spectrum.blocks() - self.stepped < self.lengths.start {
                return;
            }
            self.start_floor();
        }
        while self.spectrum.blocks() - self.stepped >= self.lengths.step {
            self.step(seen);
        }
    }

    /// No more blocks come: closes what is open.
    pub fn finish(&mut self, seen: &mut Vec<Seen>) {
        if !self.floor.settled() && self.spectrum.blocks() > 0 {
            self.start_floor();
        }
        let silence = vec![Complex32::default(); self.spectrum.size()];
        // Without a floor there was nothing but silence, and there is nothing to complete.
        while self.floor.settled() && self.stepped < self.spectrum.blocks() {
            self.block(&silence, seen);
        }
        for mut burst in std::mem::take(&mut self.bursts) {
            self.announce(&mut burst, seen);
            self.close(&burst, false, seen);
        }
    }

    /// Starts the noise floor from the blocks not yet looked at. Zeros alone are passed over.
    fn start_floor(&mut self) {
        let (from, until) = (self.stepped, self.spectrum.blocks());
        let mut mean = std::mem::take(&mut self.step_power);
        average(&self.spectrum, from..until, &mut mean);
        self.floor.start(
            &mean,
            (until - from) as usize,
            (START_REACH * self.width as f64) as usize,
        );
        self.step_power = mean;
    }

    fn step(&mut self, seen: &mut Vec<Seen>) {
        let blocks = self.stepped..self.stepped + self.lengths.step;
        self.stepped = blocks.end;
        std::mem::swap(&mut self.step_power, &mut self.previous_power);
        average(&self.spectrum, blocks.clone(), &mut self.step_power);
        if self.floor.settled() {
            self.mark_bursts();
            match self.floor.judge(&self.step_power, &self.busy) {
                Judgement::Normal => {
                    self.follow(blocks.clone(), seen);
                    self.look(blocks, seen);
                    self.mark_bursts();
                    self.floor.learn(&self.step_power, &self.busy);
                }
                Judgement::Disturbed => self.hold(blocks.end),
                Judgement::Silent => self.follow(blocks, seen),
            }
        }
    }

    /// Marks the bins that bursts fill, and what it takes to be seen beside them.
    fn mark_bursts(&mut self) {
        let (width, bins) = (self.width as f64, self.spectrum.size());
        self.busy.fill(false);
        self.thresholds.fill(self.threshold);
        for burst in &self.bursts {
            self.busy[around(burst.center, 1.5 * width, bins)].fill(true);
            for threshold in &mut self.thresholds[around(burst.center, 1.8 * width, bins)] {
                *threshold = threshold.max(burst.overtaken_from());
            }
        }
        if self.masked > 0.0 {
            self.busy[around(bins as f64 / 2.0, 2.0 * self.masked, bins)].fill(true);
        }
    }

    /// Follows the bursts that are up through the blocks of a step.
    fn follow(&mut self, blocks: Range<u64>, seen: &mut Vec<Seen>) {
        let now = blocks.end;
        let mut up = std::mem::take(&mut self.bursts);
        up.retain_mut(|burst| {
            for block in blocks.clone() {
                burst.watch(&self.spectrum, self.floor.inverse(), block);
            }
            let over = now - 1 - burst.last_loud >= self.lengths.hold;
            if burst.phase == Phase::Opening
                && (over || now - burst.first_block >= self.lengths.opening)
            {
                self.announce(burst, seen);
            }
            let too_long = now - burst.first_block >= self.lengths.longest;
            if over || too_long {
                self.close(burst, !over, seen);
                if too_long && !over {
                    let reach = around(burst.center, 2.0 * self.width as f64, self.busy.len());
                    self.floor.absorb(&self.step_power, reach);
                }
            }
            !(over || too_long)
        });
        self.bursts = up;
    }

    /// A step in which nothing can be told: bursts that are up stay up.
    fn hold(&mut self, now: u64) {
        for burst in &mut self.bursts {
            burst.last_loud = burst.last_loud.max(now.saturating_sub(self.lengths.hold));
        }
    }

    /// Looks for new bursts in the last two steps.
    fn look(&mut self, blocks: Range<u64>, seen: &mut Vec<Seen>) {
        let inverse = self.floor.inverse();
        for (k, ratio) in self.ratios.iter_mut().enumerate() {
            *ratio = 0.5 * (self.step_power[k] + self.previous_power[k]) * inverse[k];
        }
        let bins = self.spectrum.size();
        if self.masked > 0.0 {
            self.ratios[around(bins as f64 / 2.0, 2.0 * self.masked, bins)].fill(1.0);
        }
        self.found.clear();
        self.search.find(&self.ratios, &self.thresholds, &mut self.found);
        let seen_from = blocks.start.saturating_sub(self.lengths.step);
        let lowest = 0.5 + 0.5 * self.threshold;
        let found = std::mem::take(&mut self.found);
        for &Candidate { bin, energy } in &found {
            let at = around(bin as f64, self.width as f64, bins);
            let inverse = self.floor.inverse();
            let loud = (seen_from..blocks.end)
                .filter(|&b| energy_at(self.spectrum.row(b), inverse, at.clone()) > lowest)
                .count() as u64;
            // An impulse fills one block, or two that it falls between.
            if 5 * loud < 3 * (blocks.end - seen_from) || loud < 2 {
                continue;
            }
            self.overtake(bin, energy, seen_from, seen);
            let mut burst = Burst::new(self.ids, bin, self.width, bins, seen_from, lowest);
            for block in seen_from..blocks.end {
                burst.watch(&self.spectrum, self.floor.inverse(), block);
            }
            self.ids += 1;
            self.bursts.push(burst);
        }
        self.found = found;
    }

    /// Ends bursts around `bin` that are so weak against `energy` that they were something else.
    fn overtake(&mut self, bin: usize, energy: f32, now: u64, seen: &mut Vec<Seen>) {
        let width = self.width as f64;
        let mut up = std::mem::take(&mut self.bursts);
        up.retain_mut(|burst| {
            let near = (burst.center - bin as f64).abs() <= 0.9 * width;
            let stays = !near || energy <= burst.overtaken_from();
            if !stays {
                burst.last_loud = burst.last_loud.min(now).max(burst.first_block);
                self.close(burst, false, seen);
            }
            stays
        });
        self.bursts = up;
    }

    /// Measures a burst, if that has not been done.
    fn announce(&mut self, burst: &mut Burst, seen: &mut Vec<Seen>) {
        if burst.phase == Phase::Open {
            return;
        }
        let look_back = burst.first_block.saturating_sub(LOOK_BACK_STEPS * self.lengths.step);
        burst.settle(
            &self.spectrum,
            self.floor.inverse(),
            self.width as f64,
            look_back.max(self.spectrum.oldest()),
            self.stepped - 1,
        );
        let bins = &self.floor.power()[burst.bins.clone()];
        let noise = bins.iter().map(|&p| f64::from(p)).sum::<f64>() / bins.len().max(1) as f64;
        seen.push(Seen::Start {
            id: burst.id,
            sample: burst.start_sample,
            center: burst.center,
            excess: f64::from(burst.level - 1.0).max(1e-3),
            noise,
        });
    }

    fn close(&self, burst: &Burst, truncated: bool, seen: &mut Vec<Seen>) {
        let sample = burst.end_sample(&self.spectrum, self.floor.inverse());
        seen.push(Seen::End { id: burst.id, sample, truncated });
    }
}

/// The ratio of powers that is `db` decibels.
fn ratio(db: f64) -> f32 {
    10f64.powf(db / 10.0) as f32
}

fn average(spectrum: &Spectrum, blocks: Range<u64>, mean: &mut [f32]) {
    let scale = 1.0 / (blocks.end - blocks.start) as f32;
    mean.fill(0.0);
    for block in blocks {
        for (mean, &power) in mean.iter_mut().zip(spectrum.row(block)) {
            *mean += power * scale;
        }
    }
}
