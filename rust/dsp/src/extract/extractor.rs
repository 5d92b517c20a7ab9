// SPDX-License-Identifier: GPL-3.0-or-later
//! One forward transform a block, shared by all bursts that are up.

use std::sync::Arc;

use num_complex::Complex32;
use rustfft::{Fft, FftPlanner};

use super::channel::{Synthesis, Tuning};
use super::constant::Constant;
use super::onset::onset;
use super::plan::Plan;
use super::Config;
use crate::detect::{BurstEnd, BurstEvent, BurstStart};
use crate::error::Result;

/// A burst at baseband.
#[derive(Debug, Clone, PartialEq)]
pub struct Burst {
    /// What the tagger said of it.
    pub start: BurstStart,
    /// Input sample, fractional, to which `samples[0]` belongs.
    pub sample_offset: f64,
    /// Input sample, fractional, at which the energy of the burst sets in.
    pub onset: f64,
    /// Sample rate of `samples` in Hz.
    pub sample_rate_hz: f64,
    /// The burst, its centre at 0 Hz.
    pub samples: Vec<Complex32>,
    /// Cut: by the maximum length, or by the end of the recording.
    pub truncated: bool,
}

/// Time in seconds over which the constant that receivers add to their samples is averaged: long
/// against a burst.
const CONSTANT_S: f64 = 0.2;

/// What a [`BurstExtractor`] has done so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Samples looked at.
    pub samples: u64,
    /// Bursts given out.
    pub bursts: u64,
    /// Bursts given out cut.
    pub truncated: u64,
    /// Tags that could not be used: an end without a start, a second start with one id, a start in
    /// the past or outside the band.
    pub bad_tags: u64,
}

/// A burst that is up.
struct Open {
    start: BurstStart,
    tuning: Tuning,
    /// First output that belongs to it.
    first: u64,
    /// One past the last output that belongs to it: the end once it is known, the limit before.
    until: u64,
    ended: bool,
    truncated: bool,
    samples: Vec<Complex32>,
}

/// Mixes bursts to baseband, filters and decimates them, many at once.
///
/// Output `i` belongs to input sample `i * decimation`, for every burst alike. The constant that a
/// receiver adds to its samples is measured and taken out: it would stand in the middle of a burst
/// in the middle of the band.
pub struct BurstExtractor {
    config: Config,
    plan: Plan,
    forward: Arc<dyn Fft<f32>>,
    scratch: Vec<Complex32>,
    spectrum: Vec<Complex32>,
    synthesis: Synthesis,
    /// Input from the start of the next block on.
    input: Vec<Complex32>,
    /// Number of the next block.
    block: u64,
    /// The constant in the input, estimated.
    constant: Constant,
    open: Vec<Open>,
    counts: Counts,
}

impl BurstExtractor {
    /// An extractor that has seen nothing yet. An error names the parameter and its range.
    pub fn new(config: Config) -> Result<Self> {
        let mut config = config.judged()?;
        let plan = Plan::new(&config);
        config.output_rate_hz = config.sample_rate_hz / plan.decimation();
        let forward = FftPlanner::new().plan_fft_forward(plan.block);
        Ok(BurstExtractor {
            scratch: vec![Complex32::default(); forward.get_inplace_scratch_len()],
            forward,
            spectrum: vec![Complex32::default(); plan.block],
            synthesis: Synthesis::new(&plan),
            input: lead_in(&plan),
            block: 0,
            constant: Constant::default(),
            open: Vec::new(),
            counts: Counts::default(),
            config,
            plan,
        })
    }

    /// The settings in force, `output_rate_hz` being the rate that is made.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Takes the next `samples` and the `events` on them, in order of offset; appends bursts that
    /// are complete to `bursts`. Offsets count from the first sample ever processed.
    pub fn process(
        &mut self,
        samples: &[Complex32],
        events: &[BurstEvent],
        bursts: &mut Vec<Burst>,
    ) {
        for event in events {
            match event {
                BurstEvent::Start(start) => self.start(start),
                BurstEvent::End(end) => self.end(end),
            }
        }
        self.counts.samples += samples.len() as u64;
        let mut rest = samples;
        while !rest.is_empty() {
            let count = rest.len().min(self.plan.block - self.input.len());
            self.input.extend_from_slice(&rest[..count]);
            rest = &rest[count..];
            if self.input.len() == self.plan.block {
                self.block(bursts);
            }
        }
    }

    /// The recording is over: gives out what is open.
    pub fn finish(&mut self, bursts: &mut Vec<Burst>) {
        let last = self.output_at(self.counts.samples);
        for open in &mut self.open {
            open.truncated |= !open.ended;
            open.ended = true;
            open.until = open.until.min(last);
        }
        while !self.open.is_empty() {
            self.input.resize(self.plan.block, Complex32::default());
            self.block(bursts);
        }
    }

    /// What was done so far.
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// Back to the state of a new extractor, settings kept.
    pub fn reset(&mut self) {
        self.input = lead_in(&self.plan);
        self.block = 0;
        self.constant = Constant::default();
        self.open.clear();
        self.counts = Counts::default();
    }

    fn output_at(&self, sample: u64) -> u64 {
        (sample as f64 / self.plan.decimation()).ceil() as u64
    }

    fn start(&mut self, start: &BurstStart) {
        let relative = start.relative_frequency_hz;
        let in_band = relative.abs() <= self.config.sample_rate_hz / 2.0;
        let known = self.open.iter().any(|open| open.start.id == start.id && !open.ended);
        if !in_band || known || start.sample_offset < self.counts.samples {
            self.counts.bad_tags += 1;
            return;
        }
        let first = self.output_at(start.sample_offset);
        let longest = (self.config.max_burst_s * self.config.output_rate_hz).ceil() as u64;
        self.open.push(Open {
            tuning: Tuning::new(&self.plan, relative, self.config.sample_rate_hz),
            start: start.clone(),
            first,
            until: first.saturating_add(longest),
            ended: false,
            truncated: false,
            samples: Vec::new(),
        });
    }

    fn end(&mut self, end: &BurstEnd) {
        let until = self.output_at(end.sample_offset);
        match self.open.iter_mut().find(|open| open.start.id == end.id && !open.ended) {
            Some(open) if end.sample_offset >= self.counts.samples => {
                open.ended = true;
                open.truncated = end.truncated || until > open.until;
                open.until = open.until.min(until);
            }
            _ => self.counts.bad_tags += 1,
        }
    }

    /// Takes the block that `input` holds and moves on by a hop.
    fn block(&mut self, bursts: &mut Vec<Burst>) {
        let hop = self.plan.small_hop() as u64;
        // Outputs of this block; output i of block 0 belongs to input i * decimation.
        let outputs = self.block * hop..(self.block + 1) * hop;
        let wanted = |open: &Open| open.first < outputs.end && open.until > outputs.start;
        let new = &self.input[self.plan.block - self.plan.hop()..];
        let block_s = self.plan.hop() as f64 / self.config.sample_rate_hz;
        self.constant.learn(new, (CONSTANT_S / block_s) as u32);
        if self.open.iter().any(wanted) {
            self.spectrum.copy_from_slice(&self.input);
            self.forward.process_with_scratch(&mut self.spectrum, &mut self.scratch);
            self.spectrum[0] -= self.constant.value() * self.plan.block as f32;
            for open in self.open.iter_mut().filter(|open| wanted(open)) {
                let piece =
                    self.synthesis.channel(&self.plan, open.tuning, self.block, &self.spectrum);
                let from = open.first.max(outputs.start) - outputs.start;
                let until = open.until.min(outputs.end) - outputs.start;
                open.samples.extend_from_slice(&piece[from as usize..until as usize]);
            }
        }
        let (rate, decimation) = (self.config.output_rate_hz, self.plan.decimation());
        for open in self.open.extract_if(.., |open| open.until <= outputs.end) {
            let truncated = open.truncated || !open.ended;
            self.counts.bursts += 1;
            self.counts.truncated += u64::from(truncated);
            let onset = onset(&open.samples, rate);
            bursts.push(Burst {
                sample_offset: open.first as f64 * decimation,
                onset: (open.first + onset as u64) as f64 * decimation,
                start: open.start,
                sample_rate_hz: rate,
                samples: open.samples,
                truncated,
            });
        }
        self.input.drain(..self.plan.hop());
        self.block += 1;
    }
}

/// Zeros before the first sample, such that output 0 belongs to input sample 0.
fn lead_in(plan: &Plan) -> Vec<Complex32> {
    let mut input = Vec::with_capacity(plan.block);
    input.resize(plan.margin, Complex32::default());
    input
}
