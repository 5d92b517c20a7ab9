// SPDX-License-Identifier: GPL-3.0-or-later
//! A burst from its start tag to its last sample.

use std::ops::Range;

use num_complex::Complex32;

use super::neighbour::Neighbour;
use super::onset::onset;
use super::tuning::Tuning;
use super::Config;
use crate::detect::BurstStart;

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

/// A burst that is up.
pub struct Open {
    /// What the tagger said of it.
    pub start: BurstStart,
    /// What brings it to 0 Hz.
    pub tuning: Tuning,
    /// First output that belongs to it.
    pub first: u64,
    /// One past the last output that belongs to it: the end once it is known, the limit before.
    pub until: u64,
    /// The end is known.
    pub ended: bool,
    /// It will be cut there.
    pub truncated: bool,
    /// Its outputs so far.
    pub samples: Vec<Complex32>,
    /// Much stronger bursts beside it.
    pub neighbours: Vec<Neighbour>,
}

impl Open {
    /// Those of `outputs` that belong to it; an empty range if there are none.
    pub fn among(&self, outputs: &Range<u64>) -> Range<u64> {
        let (from, until) = (self.first.max(outputs.start), self.until.min(outputs.end));
        from..until.max(from)
    }

    /// The burst, of which nothing more will come.
    pub fn closed(mut self, config: &Config, decimation: f64) -> Burst {
        let sample_rate_hz = config.output_rate_hz;
        let pulse = (sample_rate_hz / config.bandwidth_hz) as f32;
        for neighbour in &self.neighbours {
            neighbour.take_out(&mut self.samples, self.first, pulse);
        }
        let onset = onset(&self.samples, sample_rate_hz) as u64;
        Burst {
            sample_offset: self.first as f64 * decimation,
            onset: (self.first + onset) as f64 * decimation,
            start: self.start,
            sample_rate_hz,
            samples: self.samples,
            truncated: self.truncated || !self.ended,
        }
    }
}
