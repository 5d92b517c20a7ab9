// SPDX-License-Identifier: GPL-3.0-or-later
//! Cutting bursts out of a wide band.

use crate::detect::{BurstEvent, BurstStart};
use crate::error::Result;
use crate::Complex32;

/// Settings of a [`BurstExtractor`].
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    /// Sample rate of the input in Hz.
    pub sample_rate_hz: f64,
    /// Sample rate in Hz at which bursts leave. The nearest rate that can be made is used and
    /// reported; it is exact for every ratio of small whole numbers.
    pub output_rate_hz: f64,
    /// Width in Hz of the part around the centre of a burst that passes unharmed.
    pub bandwidth_hz: f64,
    /// A burst without an end is cut after this many seconds.
    pub max_burst_s: f64,
}

/// A burst at baseband.
#[derive(Debug, Clone, PartialEq)]
pub struct Burst {
    /// What the tagger said of it.
    pub start: BurstStart,
    /// Input sample, fractional, to which `samples[0]` belongs.
    pub sample_offset: f64,
    /// Sample rate of `samples` in Hz.
    pub sample_rate_hz: f64,
    /// The burst, its centre at 0 Hz.
    pub samples: Vec<Complex32>,
    /// Cut: by the maximum length, or by the end of the recording.
    pub truncated: bool,
}

/// What a [`BurstExtractor`] has done so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Samples looked at.
    pub samples: u64,
    /// Bursts given out.
    pub bursts: u64,
    /// Bursts given out cut.
    pub truncated: u64,
    /// Tags that could not be used (an end without a start, a start outside the band).
    pub bad_tags: u64,
}

/// Mixes bursts to baseband, filters and decimates them, many at once.
pub struct BurstExtractor {
    config: Config,
}

impl BurstExtractor {
    /// An extractor that has seen nothing yet.
    pub fn new(config: Config) -> Result<Self> {
        Ok(BurstExtractor { config })
    }
    /// The settings in force, `output_rate_hz` being the rate that is made.
    pub fn config(&self) -> &Config {
        &self.config
    }
    /// Takes the next `samples` and the `events` on them, in order of offset; appends bursts that
    /// are complete to `bursts`. Offsets count from the first sample ever processed.
    pub fn process(
        &mut self,
        _samples: &[Complex32],
        _events: &[BurstEvent],
        _bursts: &mut Vec<Burst>,
    ) {
        unimplemented!()
    }
    /// The recording is over: gives out what is open.
    pub fn finish(&mut self, _bursts: &mut Vec<Burst>) {
        unimplemented!()
    }
    /// What was done so far.
    pub fn counts(&self) -> Counts {
        unimplemented!()
    }
    /// Back to the state of a new extractor, settings kept.
    pub fn reset(&mut self) {
        unimplemented!()
    }
}
