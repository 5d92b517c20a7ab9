// SPDX-License-Identifier: GPL-3.0-or-later
//! Finding bursts in a wide band.

use crate::error::Result;
use crate::time::Time;
use crate::Complex32;

/// Settings of a [`BurstDetector`].
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    /// Sample rate of the input in Hz.
    pub sample_rate_hz: f64,
    /// Frequency of the middle of the input band in Hz.
    pub center_frequency_hz: f64,
    /// Bandwidth of a burst in Hz, over which its energy is judged.
    pub burst_bandwidth_hz: f64,
    /// Energy in `burst_bandwidth_hz` over the noise floor, in dB, from which on a burst is seen.
    pub threshold_db: f64,
    /// Samples in a Fourier transform, a power of two; 0 chooses by the sample rate.
    pub fft_size: usize,
    /// Time in seconds without energy after which a burst is over.
    pub hold_s: f64,
    /// A burst longer than this many seconds is closed and counted as truncated.
    pub max_burst_s: f64,
    /// Half width in Hz of the part around the centre of the band that is not looked at; 0 looks at all.
    pub dc_mask_hz: f64,
}

impl Default for Config {
    fn default() -> Self {
        Config {
            sample_rate_hz: 8e6,
            center_frequency_hz: 872.5e6,
            burst_bandwidth_hz: 100e3,
            threshold_db: 6.0,
            fft_size: 0,
            hold_s: 1.0e-3,
            max_burst_s: 0.2,
            dc_mask_hz: 0.0,
        }
    }
}

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
    /// The burst was longer than the maximum and was cut here.
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

/// What a [`BurstDetector`] has seen so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Samples looked at.
    pub samples: u64,
    /// Bursts started.
    pub bursts: u64,
    /// Bursts cut because they were longer than the maximum.
    pub truncated: u64,
    /// Steady carriers put to sleep.
    pub carriers: u64,
}

/// Watches the whole band and says where bursts start and end.
pub struct BurstDetector {
    config: Config,
}

impl BurstDetector {
    /// A detector that has seen nothing yet.
    pub fn new(config: Config) -> Result<Self> {
        Ok(BurstDetector { config })
    }
    /// The settings in force, `fft_size` resolved.
    pub fn config(&self) -> &Config {
        &self.config
    }
    /// Looks at the next `samples`; appends events in order of their offset to `events`.
    pub fn process(&mut self, _samples: &[Complex32], _events: &mut Vec<BurstEvent>) {
        unimplemented!()
    }
    /// The recording is over: closes what is open.
    pub fn finish(&mut self, _events: &mut Vec<BurstEvent>) {
        unimplemented!()
    }
    /// All events before this offset have been given out.
    pub fn settled(&self) -> u64 {
        unimplemented!()
    }
    /// Most samples by which [`settled`](Self::settled) can lie behind what was processed.
    pub fn max_lookahead(&self) -> usize {
        unimplemented!()
    }
    /// From sample `offset` on, `time` holds (an `rx_time` tag).
    pub fn anchor_time(&mut self, _offset: u64, _time: Time) {
        unimplemented!()
    }
    /// Changes the threshold.
    pub fn set_threshold_db(&mut self, _threshold_db: f64) -> Result<()> {
        unimplemented!()
    }
    /// Changes the frequency of the middle of the band.
    pub fn set_center_frequency_hz(&mut self, _hz: f64) -> Result<()> {
        unimplemented!()
    }
    /// What was seen so far.
    pub fn counts(&self) -> Counts {
        unimplemented!()
    }
    /// Back to the state of a new detector, settings kept.
    pub fn reset(&mut self) {
        unimplemented!()
    }
}
