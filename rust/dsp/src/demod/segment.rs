// SPDX-License-Identifier: GPL-3.0-or-later
//! What the samples at hand belong to, and where they lie in the original recording.

use super::packet::BurstInfo;
use crate::time::Time;

/// What the samples at hand belong to.
#[derive(Debug, Clone, PartialEq)]
pub enum Segment {
    /// A stream in which nobody marks bursts.
    Continuous,
    /// Between two bursts: nothing is looked for.
    Gap,
    /// A burst that began at stream offset `start`.
    Burst {
        /// Stream offset of its first sample.
        start: u64,
        /// What is known of it.
        info: BurstInfo,
        /// Packets found in it.
        packets: u64,
    },
}

/// A place on the stream, in terms of the original recording.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Place {
    /// Sample, fractional.
    pub sample: f64,
    /// Time.
    pub time: Time,
    /// Frequency in Hz, absolute, of what lies at 0 Hz here.
    pub frequency_hz: f64,
}

impl Segment {
    /// The burst, if it is one.
    pub fn burst(&self) -> Option<BurstInfo> {
        match self {
            Segment::Burst { info, .. } => Some(info.clone()),
            Segment::Continuous | Segment::Gap => None,
        }
    }

    /// Where stream position `at` lies in the original recording.
    pub fn place(&self, at: f64, sample_rate_hz: f64) -> Place {
        match self {
            Segment::Burst { start, info, .. } => {
                let seconds = (at - *start as f64) / sample_rate_hz;
                Place {
                    sample: info.sample_offset + seconds * info.original_rate_hz,
                    time: info.rx_time.plus(seconds),
                    frequency_hz: info.center_frequency_hz,
                }
            }
            Segment::Continuous | Segment::Gap => Place {
                sample: at,
                time: Time::default().plus(at / sample_rate_hz),
                frequency_hz: 0.0,
            },
        }
    }

    /// Stream position before which there is no signal.
    pub fn onset(&self, sample_rate_hz: f64) -> f64 {
        match self {
            Segment::Burst { start, info, .. } => {
                let seconds = (info.onset - info.sample_offset) / info.original_rate_hz;
                // Bursts that somebody else has cut out may come without these numbers.
                let samples = if seconds.is_finite() { seconds * sample_rate_hz } else { 0.0 };
                *start as f64 + samples
            }
            Segment::Continuous | Segment::Gap => 0.0,
        }
    }
}
