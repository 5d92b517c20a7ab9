// SPDX-License-Identifier: GPL-3.0-or-later
//! What is on the air and is no meter: steady carriers and impulses.

use rand::Rng;
use rand_chacha::ChaCha8Rng;

use super::config::Config;
use super::phasor::phasor;
use super::random::{generator, waiting_time, Stream};
use crate::error::{in_range, Result};
use crate::Complex32;

/// Length of an impulse in seconds.
const IMPULSE_S: f64 = 10e-6;

/// Everything that disturbs the reception.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Interference {
    /// Unmodulated carriers that never end.
    pub carriers: Vec<Carrier>,
    /// Impulses a second on average: each is 10 us of full-scale samples of random phase.
    pub impulse_rate_hz: f64,
}

/// An unmodulated carrier.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Carrier {
    /// Frequency in Hz, absolute.
    pub frequency_hz: f64,
    /// Power over noise power in [`SNR_BANDWIDTH_HZ`](super::SNR_BANDWIDTH_HZ), in dB.
    pub snr_db: f64,
}

impl Interference {
    pub(super) fn validate(&self, config: &Config) -> Result<()> {
        in_range("impulse_rate_hz", self.impulse_rate_hz, 0.0, 1e5, "a second")?;
        let (middle, half) = (config.center_frequency_hz, config.sample_rate_hz / 2.0);
        for carrier in &self.carriers {
            in_range("carrier", carrier.frequency_hz, middle - half, middle + half, "Hz")?;
            in_range("carrier snr_db", carrier.snr_db, -50.0, 100.0, "dB")?;
        }
        Ok(())
    }
}

/// Makes the samples of an [`Interference`].
pub(super) struct Interferer {
    carriers: Vec<(f64, f32)>,
    impulses: Impulses,
}

impl Interferer {
    pub(super) fn new(config: &Config) -> Self {
        let tone = |carrier: &Carrier| {
            let offset_hz = carrier.frequency_hz - config.center_frequency_hz;
            (offset_hz / config.sample_rate_hz, config.amplitude(carrier.snr_db))
        };
        Interferer {
            carriers: config.interference.carriers.iter().map(tone).collect(),
            impulses: Impulses::new(config),
        }
    }

    /// Adds to `out`, whose first sample is number `position` of the recording. To be called for
    /// all samples in order.
    pub(super) fn add_to(&mut self, position: u64, out: &mut [Complex32]) {
        for &(turns_per_sample, amplitude) in &self.carriers {
            for (number, sample) in (position..).zip(out.iter_mut()) {
                *sample += phasor(number as f64 * turns_per_sample) * amplitude;
            }
        }
        self.impulses.add_to(position, out);
    }
}

/// Impulses one after the other.
struct Impulses {
    rng: ChaCha8Rng,
    /// Impulses a sample.
    rate: f64,
    length: u64,
    start: f64,
}

impl Impulses {
    fn new(config: &Config) -> Self {
        let mut rng = generator(config.seed, Stream::Interference);
        let rate = config.interference.impulse_rate_hz / config.sample_rate_hz;
        let length = (IMPULSE_S * config.sample_rate_hz).ceil() as u64;
        let start = waiting_time(&mut rng, rate);
        Impulses { rng, rate, length, start }
    }

    fn add_to(&mut self, position: u64, out: &mut [Complex32]) {
        let end = position + out.len() as u64;
        while self.start < end as f64 {
            let first = self.start as u64;
            let last = first + self.length;
            for number in first.max(position)..last.min(end) {
                out[(number - position) as usize] += phasor(self.rng.random());
            }
            if last > end {
                return;
            }
            self.start = last as f64 + waiting_time(&mut self.rng, self.rate);
        }
    }
}
