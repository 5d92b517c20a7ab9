// SPDX-License-Identifier: GPL-3.0-or-later
//! The burst detector: blocks to steps, steps to bursts, bursts to events in order.

use std::ops::Range;

use super::burst::{around, Burst, Phase};
use super::candidate::{energy_at, Candidate, Search};
use super::config::{judged_threshold_db, Config};
use super::floor::{Judgement, NoiseFloor};
use super::spectrum::Spectrum;
use super::{BurstEnd, BurstEvent, BurstStart};
use crate::error::{in_range, Result};
use crate::time::{Time, Timebase};
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

/// What a [`BurstDetector`] has seen so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Samples looked at.
    pub samples: u64,
    /// Bursts started.
    pub bursts: u64,
    /// Bursts cut because they were longer than the maximum: steady signals, too.
    pub truncated: u64,
}

/// Lengths in blocks, from the times of the settings.
#[derive(Debug, Clone, Copy)]
struct Blocks {
    step: u64,
    opening: u64,
    start: u64,
    hold: u64,
    longest: u64,
    /// An event is never further behind the newest step than this.
    lag: u64,
}

/// Watches the whole band and says where bursts start and end.
///
/// The band is looked at in steps of some transform blocks. A burst is seen when the energy in its
/// bandwidth stands out of the noise floor over two steps, in most of their blocks.
pub struct BurstDetector {
    config: Config,
    lengths: Blocks,
    width: usize,
    spectrum: Spectrum,
    floor: NoiseFloor,
    search: Search,
    timebase: Timebase,
    /// Samples of a block that is not complete.
    partial: Vec<Complex32>,
    /// Blocks that have been looked at.
    stepped: u64,
    step_power: Vec<f32>,
    previous_power: Vec<f32>,
    ratios: Vec<f32>,
    busy: Vec<bool>,
    /// For each bin the energy from which on a burst is seen.
    threshold: Vec<f32>,
    found: Vec<Candidate>,
    bursts: Vec<Burst>,
    /// Events that wait for earlier ones, in order of offset.
    waiting: Vec<BurstEvent>,
    settled: u64,
    /// Samples in the recording, once it is over.
    counts: Counts,
}

impl BurstDetector {
    /// A detector that has seen nothing yet. An error names the parameter and its range.
    pub fn new(config: Config) -> Result<Self> {
        let config = config.judged()?;
        let size = config.fft_size;
        let block_s = size as f64 / config.sample_rate_hz;
        let blocks = |seconds: f64| ((seconds / block_s).round() as u64).max(1);
        let step = blocks(STEP_S);
        let (opening, start) = (blocks(OPENING_S).max(2 * step), blocks(START_S).max(2 * step));
        let hold = blocks(config.hold_s).max(step);
        let lag = (opening + 8 * step).max(hold + 4 * step).max(start) + 2;
        let lengths =
            Blocks { step, opening, start, hold, longest: blocks(config.max_burst_s), lag };
        let bin_hz = config.sample_rate_hz / size as f64;
        let width = ((config.burst_bandwidth_hz / bin_hz).round() as usize).clamp(4, size);
        let steps = |seconds: f64| (blocks(seconds) / step).max(4);
        Ok(BurstDetector {
            lengths,
            width,
            spectrum: Spectrum::new(size, (2 * lag + 2 * step + hold) as usize),
            floor: NoiseFloor::new(
                size,
                step as usize,
                steps(FLOOR_S) as usize,
                steps(CARRIER_S) as u32,
            ),
            search: Search::new(size, width),
            timebase: Timebase::new(config.sample_rate_hz),
            partial: Vec::with_capacity(size),
            stepped: 0,
            step_power: vec![0.0; size],
            previous_power: vec![0.0; size],
            ratios: vec![0.0; size],
            busy: vec![false; size],
            threshold: vec![0.0; size],
            found: Vec::new(),
            bursts: Vec::new(),
            waiting: Vec::new(),
            settled: 0,
            counts: Counts::default(),
            config,
        })
    }

    /// The settings in force, `fft_size` resolved.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Looks at the next `samples`; appends events in order of their offset to `events`.
    pub fn process(&mut self, samples: &[Complex32], events: &mut Vec<BurstEvent>) {
        self.counts.samples += samples.len() as u64;
        let size = self.config.fft_size;
        let mut rest = samples;
        if !self.partial.is_empty() {
            let count = rest.len().min(size - self.partial.len());
            self.partial.extend_from_slice(&rest[..count]);
            rest = &rest[count..];
            if self.partial.len() < size {
                return;
            }
            let block = std::mem::take(&mut self.partial);
            self.block(&block);
            self.partial = block;
            self.partial.clear();
        }
        let mut blocks = rest.chunks_exact(size);
        for block in &mut blocks {
            self.block(block);
        }
        self.partial.extend_from_slice(blocks.remainder());
        self.release(events);
    }

    /// The recording is over: closes what is open.
    pub fn finish(&mut self, events: &mut Vec<BurstEvent>) {
        let size = self.config.fft_size;
        if !self.partial.is_empty() {
            let mut block = std::mem::take(&mut self.partial);
            block.resize(size, Complex32::default());
            self.block(&block);
        }
        if !self.floor.settled() && self.spectrum.blocks() > 0 {
            self.start_floor();
        }
        let silence = vec![Complex32::default(); size];
        while self.stepped < self.spectrum.blocks() {
            self.block(&silence);
        }
        for mut burst in std::mem::take(&mut self.bursts) {
            self.announce(&mut burst);
            self.close(&burst, false);
        }
        self.settled = self.counts.samples;
        events.append(&mut self.waiting);
    }

    /// All events before this offset have been given out.
    pub fn settled(&self) -> u64 {
        self.settled
    }

    /// Most samples by which [`settled`](Self::settled) can lie behind what was processed.
    pub fn max_lookahead(&self) -> usize {
        (self.lengths.lag + self.lengths.start + self.lengths.step + 1) as usize
            * self.config.fft_size
    }

    /// From sample `offset` on, `time` holds (an `rx_time` tag).
    pub fn anchor_time(&mut self, offset: u64, time: Time) {
        self.timebase.anchor(offset, time);
    }

    /// Changes the threshold; bursts that are up stay up.
    pub fn set_threshold_db(&mut self, threshold_db: f64) -> Result<()> {
        self.config.threshold_db = judged_threshold_db(threshold_db)?;
        Ok(())
    }

    /// Changes the frequency of the middle of the band, for bursts that start from now on.
    pub fn set_center_frequency_hz(&mut self, hz: f64) -> Result<()> {
        self.config.center_frequency_hz = in_range("center_frequency", hz, 0.0, 1e12, "Hz")?;
        Ok(())
    }

    /// What was seen so far.
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// Back to the state of a new detector, settings kept.
    pub fn reset(&mut self) {
        // The settings were judged when they were made.
        if let Ok(new) = BurstDetector::new(self.config.clone()) {
            *self = new;
        }
    }

    fn block(&mut self, samples: &[Complex32]) {
        self.spectrum.push(samples);
        if !self.floor.settled() {
            if self.spectrum.blocks() - self.stepped < self.lengths.start {
                return;
            }
            self.start_floor();
        }
        while self.spectrum.blocks() - self.stepped >= self.lengths.step {
            self.step();
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

    fn step(&mut self) {
        let blocks = self.stepped..self.stepped + self.lengths.step;
        self.stepped = blocks.end;
        std::mem::swap(&mut self.step_power, &mut self.previous_power);
        average(&self.spectrum, blocks.clone(), &mut self.step_power);
        if self.floor.settled() {
            self.mark_bursts();
            match self.floor.judge(&self.step_power, &self.busy) {
                Judgement::Normal => {
                    self.watch(blocks.clone());
                    self.look(blocks);
                    self.mark_bursts();
                    self.floor.learn(&self.step_power, &self.busy);
                }
                Judgement::Disturbed => self.hold(blocks.end),
                Judgement::Silent => self.watch(blocks),
            }
        }
        let settled = self.stepped.saturating_sub(self.lengths.lag) * self.config.fft_size as u64;
        self.settled = self.settled.max(settled.min(self.counts.samples));
    }

    /// Marks the bins that bursts fill, and what it takes to be seen beside them.
    fn mark_bursts(&mut self) {
        let (width, bins) = (self.width as f64, self.config.fft_size);
        self.busy.fill(false);
        self.threshold.fill(10f32.powf(self.config.threshold_db as f32 / 10.0));
        for burst in &self.bursts {
            self.busy[around(burst.center, 1.5 * width, bins)].fill(true);
            for threshold in &mut self.threshold[around(burst.center, 1.8 * width, bins)] {
                *threshold = threshold.max(burst.overtaken_from());
            }
        }
        let masked = self.config.dc_mask_hz / self.config.sample_rate_hz * bins as f64;
        if masked > 0.0 {
            self.busy[around(bins as f64 / 2.0, 2.0 * masked, bins)].fill(true);
        }
    }

    /// Follows the bursts that are up through the blocks of a step.
    fn watch(&mut self, blocks: Range<u64>) {
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
                self.announce(burst);
            }
            let too_long = now - burst.first_block >= self.lengths.longest;
            if over || too_long {
                self.close(burst, !over);
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
    fn look(&mut self, blocks: Range<u64>) {
        let inverse = self.floor.inverse();
        for (k, ratio) in self.ratios.iter_mut().enumerate() {
            *ratio = 0.5 * (self.step_power[k] + self.previous_power[k]) * inverse[k];
        }
        let bins = self.config.fft_size;
        let masked = self.config.dc_mask_hz / self.config.sample_rate_hz * bins as f64;
        if masked > 0.0 {
            self.ratios[around(bins as f64 / 2.0, 2.0 * masked, bins)].fill(1.0);
        }
        self.found.clear();
        self.search.find(&self.ratios, &self.threshold, &mut self.found);
        let seen_from = blocks.start.saturating_sub(self.lengths.step);
        let lowest = 0.5 + 0.5 * 10f32.powf(self.config.threshold_db as f32 / 10.0);
        for Candidate { bin, energy } in std::mem::take(&mut self.found) {
            let at = around(bin as f64, self.width as f64, bins);
            let inverse = self.floor.inverse();
            let loud = (seen_from..blocks.end)
                .filter(|&b| energy_at(self.spectrum.row(b), inverse, at.clone()) > lowest)
                .count() as u64;
            // An impulse fills one block, or two that it falls between.
            if 5 * loud < 3 * (blocks.end - seen_from) || loud < 2 {
                continue;
            }
            self.overtake(bin, energy, seen_from);
            let mut burst =
                Burst::new(self.counts.bursts, bin, self.width, bins, seen_from, lowest);
            for block in seen_from..blocks.end {
                burst.watch(&self.spectrum, self.floor.inverse(), block);
            }
            self.counts.bursts += 1;
            self.bursts.push(burst);
        }
    }

    /// Ends bursts around `bin` that are so weak against `energy` that they were something else.
    fn overtake(&mut self, bin: usize, energy: f32, now: u64) {
        let width = self.width as f64;
        let mut up = std::mem::take(&mut self.bursts);
        up.retain_mut(|burst| {
            let near = (burst.center - bin as f64).abs() <= 0.9 * width;
            let stays = !near || energy <= burst.overtaken_from();
            if !stays {
                burst.last_loud = burst.last_loud.min(now).max(burst.first_block);
                self.close(burst, false);
            }
            stays
        });
        self.bursts = up;
    }

    /// Measures a burst and lets its start wait for its turn.
    fn announce(&mut self, burst: &mut Burst) {
        if burst.phase == Phase::Open {
            return;
        }
        let earliest =
            burst.first_block.saturating_sub(4 * self.lengths.step).max(self.spectrum.oldest());
        burst.settle(
            &self.spectrum,
            self.floor.inverse(),
            self.width as f64,
            earliest,
            self.stepped - 1,
        );
        let size = self.config.fft_size;
        let bin_hz = self.config.sample_rate_hz / size as f64;
        let relative_frequency_hz = (burst.center - size as f64 / 2.0) * bin_hz;
        let count = burst.bins.len().max(1) as f64;
        let noise: f64 =
            self.floor.power()[burst.bins.clone()].iter().map(|&p| f64::from(p)).sum::<f64>()
                / count;
        let excess = f64::from(burst.level - 1.0).max(1e-3);
        let bandwidth_hz = self.width as f64 * bin_hz;
        let noise_density = noise / self.config.sample_rate_hz;
        let sample_offset = burst.start_sample.saturating_sub(size as u64).max(self.settled);
        self.wait(BurstEvent::Start(BurstStart {
            id: burst.id,
            sample_offset,
            rx_time: self.timebase.at(sample_offset),
            center_frequency_hz: self.config.center_frequency_hz + relative_frequency_hz,
            relative_frequency_hz,
            sample_rate_hz: self.config.sample_rate_hz,
            bandwidth_hz,
            magnitude_db: 10.0 * (excess * noise_density * bandwidth_hz).log10(),
            noise_dbfs_hz: 10.0 * noise_density.log10(),
            snr_db: 10.0 * excess.log10(),
        }));
        burst.start_sample = sample_offset;
    }

    /// Lets the end of a burst wait for its turn.
    fn close(&mut self, burst: &Burst, truncated: bool) {
        let margin = self.config.fft_size as u64;
        let end = burst.end_sample(&self.spectrum, self.floor.inverse()) + margin;
        let last = self.counts.samples.saturating_sub(1);
        let sample_offset = end.max(burst.start_sample + 1).max(self.settled).min(last);
        self.counts.truncated += u64::from(truncated);
        self.wait(BurstEvent::End(BurstEnd { id: burst.id, sample_offset, truncated }));
    }

    fn wait(&mut self, event: BurstEvent) {
        let at = self.waiting.partition_point(|e| e.sample_offset() <= event.sample_offset());
        self.waiting.insert(at, event);
    }

    /// Gives out the events that no later one can precede.
    fn release(&mut self, events: &mut Vec<BurstEvent>) {
        let ready = self.waiting.partition_point(|e| e.sample_offset() < self.settled);
        events.extend(self.waiting.drain(..ready));
        self.timebase.forget_before(self.settled);
    }
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
