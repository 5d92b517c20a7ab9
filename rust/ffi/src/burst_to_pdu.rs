// SPDX-License-Identifier: GPL-3.0-or-later
//! The burst extractor behind the wall.

use std::collections::VecDeque;

use kaifa_dsp::detect::BurstEvent;
use kaifa_dsp::extract::{Burst, BurstExtractor, Config};

use crate::bridge::ffi::{self, BurstTag, BurstToPduConfig, BurstToPduCounts};
use crate::complex::{samples, samples_mut, Sample};
use crate::engine::{Engine, Fault, Result};

/// A [`BurstExtractor`] and the bursts that wait to be taken.
pub struct BurstToPdu {
    engine: Engine<BurstExtractor>,
    events: Vec<BurstEvent>,
    finished: Vec<Burst>,
    waiting: VecDeque<Burst>,
    sample_rate_hz: f64,
}

/// An extractor that has seen nothing yet.
pub fn new_burst_to_pdu(config: &BurstToPduConfig) -> Result<Box<BurstToPdu>> {
    let engine = Engine::make(|| {
        Ok(BurstExtractor::new(Config {
            sample_rate_hz: config.sample_rate,
            output_rate_hz: config.output_rate,
            bandwidth_hz: config.bandwidth,
            max_burst_s: config.max_burst_time,
        })?)
    })?;
    let (events, finished, waiting) = Default::default();
    let sample_rate_hz = config.sample_rate;
    Ok(Box::new(BurstToPdu { engine, events, finished, waiting, sample_rate_hz }))
}

impl BurstToPdu {
    pub fn process(&mut self, input: &[Sample], tags: &[BurstTag]) -> Result<()> {
        let BurstToPdu { engine, events, finished, waiting, .. } = self;
        events.clear();
        events.extend(tags.iter().map(BurstEvent::from));
        engine.run(|extractor| extractor.process(samples(input), events, finished))?;
        waiting.extend(finished.drain(..));
        Ok(())
    }

    pub fn finish(&mut self) -> Result<()> {
        let BurstToPdu { engine, finished, waiting, .. } = self;
        engine.run(|extractor| extractor.finish(finished))?;
        waiting.extend(finished.drain(..));
        Ok(())
    }

    pub fn waiting(&self) -> usize {
        self.waiting.len()
    }

    pub fn front(&mut self) -> Result<ffi::Burst> {
        let burst = self.waiting.front().ok_or_else(nothing_waits)?;
        let mut tag = BurstTag::from(burst.start.clone());
        tag.truncated = burst.truncated;
        let since_tag = burst.sample_offset - burst.start.sample_offset as f64;
        tag.rx_time = burst.start.rx_time.plus(since_tag / self.sample_rate_hz).into();
        Ok(ffi::Burst {
            tag,
            sample_offset: burst.sample_offset,
            onset: burst.onset,
            sample_rate: burst.sample_rate_hz,
            length: burst.samples.len(),
        })
    }

    pub fn take(&mut self, output: &mut [Sample]) -> Result<()> {
        let burst = self.waiting.pop_front().ok_or_else(nothing_waits)?;
        samples_mut(output).copy_from_slice(&burst.samples);
        Ok(())
    }

    pub fn output_rate(&mut self) -> Result<f64> {
        self.engine.run(|extractor| extractor.config().output_rate_hz)
    }

    pub fn counts(&mut self) -> Result<BurstToPduCounts> {
        let counts = self.engine.run(|extractor| extractor.counts())?;
        Ok(BurstToPduCounts {
            samples: counts.samples,
            bursts: counts.bursts,
            truncated: counts.truncated,
            bad_tags: counts.bad_tags,
        })
    }

    pub fn reset(&mut self) -> Result<()> {
        self.waiting.clear();
        self.engine.run(BurstExtractor::reset)
    }

    pub fn cpu_time(&self) -> f64 {
        self.engine.cpu_s()
    }
}

fn nothing_waits() -> Fault {
    Fault::Panic("asked for a burst when none waits".to_owned())
}
