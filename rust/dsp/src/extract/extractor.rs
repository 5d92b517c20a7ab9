// SPDX-License-Identifier: GPL-3.0-or-later
//! One forward transform a block, shared by all bursts that are up.

use std::ops::Range;

use num_complex::Complex32;

use super::bank::Bank;
use super::constant::Constant;
use super::neighbour::Neighbour;
use super::open::{Burst, Open};
use super::plan::Plan;
use super::tuning::Tuning;
use super::Config;
use crate::detect::{BurstEnd, BurstEvent, BurstStart};
use crate::error::Result;

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

/// Mixes bursts to baseband, filters and decimates them, many at once.
///
/// Output `i` belongs to input sample `i * decimation`, for every burst alike. The constant that a
/// receiver adds to its samples is measured and taken out: it would stand in the middle of a burst
/// in the middle of the band.
pub struct BurstExtractor {
    config: Config,
    bank: Bank,
    /// The constant in the input, estimated.
    constant: Constant,
    /// Number of the next block.
    block: u64,
    /// Input from the start of the next block on, as far as it came with earlier calls.
    carry: Vec<Complex32>,
    open: Vec<Open>,
    /// Length of the last burst: the next one is likely to be as long.
    last_length: usize,
    counts: Counts,
}

impl BurstExtractor {
    /// An extractor that has seen nothing yet. An error names the parameter and its range.
    pub fn new(config: Config) -> Result<Self> {
        let mut config = config.judged()?;
        let plan = Plan::new(&config);
        config.output_rate_hz = config.sample_rate_hz / plan.decimation();
        Ok(BurstExtractor {
            constant: Constant::default(),
            block: 0,
            carry: lead_in(&plan),
            bank: Bank::new(plan),
            open: Vec::new(),
            last_length: 0,
            counts: Counts::default(),
            config,
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
        self.advance(samples, bursts);
    }

    /// The recording is over: gives out what is open.
    pub fn finish(&mut self, bursts: &mut Vec<Burst>) {
        let last = self.output_at(self.counts.samples);
        for open in &mut self.open {
            open.truncated |= !open.ended;
            open.ended = true;
            open.until = open.until.min(last);
        }
        let silence = vec![Complex32::default(); self.bank.plan().hop()];
        while !self.open.is_empty() {
            self.advance(&silence, bursts);
        }
    }

    /// What was done so far.
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// Back to the state of a new extractor, settings kept.
    pub fn reset(&mut self) {
        self.carry = lead_in(self.bank.plan());
        self.block = 0;
        self.constant = Constant::default();
        self.open.clear();
        self.counts = Counts::default();
    }

    fn output_at(&self, sample: u64) -> u64 {
        (sample as f64 / self.bank.plan().decimation()).ceil() as u64
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
        let (plan, rate) = (self.bank.plan(), self.config.sample_rate_hz);
        let mut neighbours = Vec::new();
        for open in &mut self.open {
            neighbours.extend(Neighbour::of(start, &open.start, plan, rate));
            open.neighbours.extend(Neighbour::of(&open.start, start, plan, rate));
        }
        self.open.push(Open {
            neighbours,
            tuning: Tuning::new(plan, relative, rate),
            start: start.clone(),
            first,
            until: first.saturating_add(longest),
            ended: false,
            truncated: false,
            samples: Vec::with_capacity(self.last_length),
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

    /// Takes every block that `samples`, which follow those in `carry`, make complete.
    fn advance(&mut self, mut samples: &[Complex32], bursts: &mut Vec<Burst>) {
        let (size, hop) = (self.bank.plan().block, self.bank.plan().hop());
        while !self.carry.is_empty() {
            let (count, held) = (samples.len().min(size - self.carry.len()), self.carry.len());
            self.carry.extend_from_slice(&samples[..count]);
            if self.carry.len() < size {
                return;
            }
            let mut carry = std::mem::take(&mut self.carry);
            self.block(&carry, bursts);
            if held <= hop {
                // The next block begins in `samples`: from here on nothing is copied.
                samples = &samples[hop - held..];
                carry.clear();
            } else {
                samples = &samples[count..];
                carry.drain(..hop);
            }
            self.carry = carry;
        }
        while samples.len() >= size {
            self.block(&samples[..size], bursts);
            samples = &samples[hop..];
        }
        self.carry.extend_from_slice(samples);
    }

    /// Takes the next block.
    fn block(&mut self, samples: &[Complex32], bursts: &mut Vec<Burst>) {
        let plan = self.bank.plan();
        let hop = plan.small_hop() as u64;
        // Outputs of this block; output i of block 0 belongs to input i * decimation.
        let outputs = self.block * hop..(self.block + 1) * hop;
        let block_s = plan.hop() as f64 / self.config.sample_rate_hz;
        self.constant.learn(&samples[2 * plan.margin..], (CONSTANT_S / block_s) as u32);
        if self.open.iter().any(|open| !open.among(&outputs).is_empty()) {
            self.bank.analyse(samples, self.constant.value());
            for open in &mut self.open {
                let wanted = open.among(&outputs);
                if !wanted.is_empty() {
                    let wanted = within(&outputs, wanted);
                    self.bank.synthesise(&open.tuning, self.block, wanted, &mut open.samples);
                }
            }
            self.listen_beside(&outputs);
        }
        let decimation = self.bank.plan().decimation();
        for open in self.open.extract_if(.., |open| open.until <= outputs.end) {
            let burst = open.closed(&self.config, decimation);
            self.last_length = burst.samples.len();
            self.counts.bursts += 1;
            self.counts.truncated += u64::from(burst.truncated);
            bursts.push(burst);
        }
        self.block += 1;
    }

    /// Has what stronger neighbours leave beside them listened to, for all that have such.
    fn listen_beside(&mut self, outputs: &Range<u64>) {
        for k in 0..self.open.len() {
            let mut neighbours = std::mem::take(&mut self.open[k].neighbours);
            let here = self.open[k].among(outputs);
            for neighbour in &mut neighbours {
                let id = neighbour.id;
                let Some(strong) = self.open.iter().find(|open| open.start.id == id) else {
                    continue;
                };
                let there = strong.among(&here);
                if !there.is_empty() {
                    let own = within(&(strong.first..strong.until), there.clone());
                    let wanted = within(outputs, there);
                    neighbour.listen(&mut self.bank, self.block, wanted, &strong.samples[own]);
                }
            }
            self.open[k].neighbours = neighbours;
        }
    }
}

/// `part` counted from the first of `whole`.
fn within(whole: &Range<u64>, part: Range<u64>) -> Range<usize> {
    (part.start - whole.start) as usize..(part.end - whole.start) as usize
}

/// Zeros before the first sample, such that output 0 belongs to input sample 0.
fn lead_in(plan: &Plan) -> Vec<Complex32> {
    let mut input = Vec::with_capacity(plan.block);
    input.resize(plan.margin, Complex32::default());
    input
}
