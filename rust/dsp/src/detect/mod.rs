// SPDX-License-Identifier: GPL-3.0-or-later
//! Finding bursts in a wide band.
//!
//! [`spectrum`] turns samples into rows of bin powers, [`floor`] knows what each bin holds when
//! nobody talks, [`gain`] tells when all of them change at once, [`bands`] looks for energy over the
//! width of a burst, [`skirt`] knows what a strong one leaves beside it, [`burst`] follows one burst
//! from its first block to its last, [`centre`] and [`edge`] place it, [`watch`] puts them together, and [`BurstDetector`] makes events of what it
//! sees. [`health`] tells how the radio seems to be set.

mod bands;
mod burst;
mod centre;
mod config;
mod detector;
mod edge;
mod floor;
mod gain;
mod gamma;
mod health;
mod lengths;
mod marks;
mod skirt;
mod spectrum;
mod watch;
mod window;

pub use config::Config;
pub use detector::{BurstDetector, Counts};
pub use health::Health;

use crate::time::Time;

/// What is known of a burst when it starts: the value of a `new_burst` tag.
#[derive(Debug, Clone, PartialEq)]
pub struct BurstStart {
    /// Counts from 0 in order of detection.
    pub id: u64,
    /// Input sample at which the tag stands: the start of the burst less a margin.
    pub sample_offset: u64,
    /// Time of that sample.
    pub rx_time: Time,
    /// Centre of the burst in Hz, absolute.
    pub center_frequency_hz: f64,
    /// Centre of the burst in Hz from the middle of the band.
    pub relative_frequency_hz: f64,
    /// Sample rate of the input in Hz.
    pub sample_rate_hz: f64,
    /// Bandwidth over which the burst was judged, in Hz.
    pub bandwidth_hz: f64,
    /// Power of the burst in dB of full scale (|sample| = 1).
    pub magnitude_db: f64,
    /// Noise density in dB of full scale per Hz.
    pub noise_dbfs_hz: f64,
    /// Power of the burst over noise in its bandwidth, in dB.
    pub snr_db: f64,
}

/// Where a burst ends: the value of a `gone_burst` tag.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BurstEnd {
    /// The id it started with.
    pub id: u64,
    /// Input sample at which the tag stands: one past the end of the burst plus a margin, or the
    /// last sample of a recording that ends before.
    pub sample_offset: u64,
    /// The burst was cut here: it was longer than the maximum, or the stream is broken.
    pub truncated: bool,
}

/// A tag of the burst tagger.
#[derive(Debug, Clone, PartialEq)]
pub enum BurstEvent {
    /// A burst starts here.
    Start(BurstStart),
    /// A burst ends here.
    End(BurstEnd),
}

impl BurstEvent {
    /// Input sample at which the tag stands.
    pub fn sample_offset(&self) -> u64 {
        match self {
            BurstEvent::Start(start) => start.sample_offset,
            BurstEvent::End(end) => end.sample_offset,
        }
    }
}
