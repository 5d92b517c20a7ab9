// SPDX-License-Identifier: GPL-3.0-or-later
//! The burst detector behind the wall.

use kaifa_dsp::detect::{BurstDetector, BurstEvent, Config};

use crate::bridge::ffi::{BurstTag, BurstTaggerConfig, BurstTaggerCounts, BurstTaggerHealth, Time};
use crate::complex::{samples, Sample};
use crate::convert::unsigned;
use crate::engine::{Engine, Result};

/// A [`BurstDetector`] and the events on their way out of it.
pub struct BurstTagger {
    engine: Engine<BurstDetector>,
    events: Vec<BurstEvent>,
}

/// A tagger that has seen nothing yet.
pub fn new_burst_tagger(config: &BurstTaggerConfig) -> Result<Box<BurstTagger>> {
    let engine = Engine::make(|| {
        Ok(BurstDetector::new(Config {
            sample_rate_hz: config.sample_rate,
            center_frequency_hz: config.center_frequency,
            burst_bandwidth_hz: config.burst_bandwidth,
            threshold_db: config.threshold_db,
            fft_size: unsigned("fft_size", config.fft_size)?,
            hold_s: config.hold_time,
            max_burst_s: config.max_burst_time,
            dc_mask_hz: config.dc_mask,
        })?)
    })?;
    Ok(Box::new(BurstTagger { engine, events: Vec::new() }))
}

impl BurstTagger {
    pub fn look(&mut self, begin: u64, input: &[Sample], tags: &mut Vec<BurstTag>) -> Result<()> {
        let events = &mut self.events;
        self.engine.set(|detector| detector.look(begin, samples(input), events))?;
        tags.extend(events.drain(..).map(BurstTag::from));
        Ok(())
    }

    pub fn finish(&mut self, begin: u64, input: &[Sample], tags: &mut Vec<BurstTag>) -> Result<()> {
        let events = &mut self.events;
        self.engine.set(|detector| detector.finish(begin, samples(input), events))?;
        tags.extend(events.drain(..).map(BurstTag::from));
        Ok(())
    }

    pub fn settled(&mut self) -> Result<u64> {
        self.engine.run(|detector| detector.settled())
    }

    pub fn max_lookahead(&mut self) -> Result<usize> {
        self.engine.run(|detector| detector.max_lookahead())
    }

    pub fn anchor_time(&mut self, offset: u64, time: Time) -> Result<()> {
        self.engine.run(|detector| detector.anchor_time(offset, time.into()))
    }

    pub fn set_threshold_db(&mut self, threshold_db: f64) -> Result<()> {
        self.engine.set(|detector| detector.set_threshold_db(threshold_db))
    }

    pub fn set_center_frequency(&mut self, hz: f64) -> Result<()> {
        self.engine.set(|detector| detector.set_center_frequency_hz(hz))
    }

    pub fn counts(&mut self) -> Result<BurstTaggerCounts> {
        let counts = self.engine.run(|detector| detector.counts())?;
        Ok(BurstTaggerCounts {
            samples: counts.samples,
            bursts: counts.bursts,
            truncated: counts.truncated,
        })
    }

    pub fn health(&mut self) -> Result<BurstTaggerHealth> {
        let health = self.engine.run(|detector| detector.health())?;
        let known = |value: Option<f64>| value.unwrap_or(f64::NAN);
        Ok(BurstTaggerHealth {
            examined: health.examined as f64,
            at_full_scale: known(health.at_full_scale.map(|count| count as f64)),
            noise_dbfs_hz: known(health.noise_dbfs_hz),
            noise_steps: known(health.noise_steps),
            dc_spike_db: known(health.dc_spike_db),
        })
    }

    pub fn reset(&mut self) -> Result<()> {
        self.events.clear();
        self.engine.run(BurstDetector::reset)
    }

    pub fn cpu_time(&self) -> f64 {
        self.engine.cpu_s()
    }
}
