// SPDX-License-Identifier: GPL-3.0-or-later
//! A band with bursts at known places, all equally strong, in noise of power 1.

use kaifa_dsp::demod::PreamblePhase;
use kaifa_dsp::sim::{modulate, preamble_and_sync, ModulatorConfig};
use kaifa_dsp::Complex32;
use rand::Rng;
use rand_chacha::ChaCha8Rng;

use crate::signals::{fill_noise, generator};

pub const SAMPLE_RATE_HZ: f64 = 4e6;
/// Bandwidth in which SNR is told.
const SNR_BANDWIDTH_HZ: f64 = 100e3;
const CHANNELS: usize = 12;
/// Far enough apart that no burst, at most [`STRAY_HZ`] off, comes nearer than 200 kHz to another.
const CHANNEL_HZ: f64 = 300e3;
const STRAY_HZ: f64 = 50e3;
const SYMBOL_RATE_HZ: f64 = 50e3;
/// Shortest and longest burst, and silence between two on a channel, long against any transform.
const BURST_S: std::ops::Range<f64> = 10e-3..40e-3;
const SILENCE_S: std::ops::Range<f64> = 15e-3..30e-3;
/// From the end of a frame to its acknowledgement.
const ACK_GAP_S: f64 = 2e-3;
/// Preamble, sync word, length octet, MAC frame of 3 octets and FCS.
const ACK_BITS: usize = 8 * (16 + 2 + 1 + 3 + 2);
/// Carrier error between the two who talk on a channel.
const PARTNER_HZ: f64 = 5e3;

/// What is sent.
#[derive(Clone, Copy)]
pub struct Air {
    pub seed: u64,
    pub seconds: f64,
    pub snr_db: f64,
    /// Gaussian filter, or rectangular pulses.
    pub gaussian_bt: Option<f64>,
    /// Every burst is followed by its acknowledgement.
    pub acknowledged: bool,
}

/// A burst that was sent: first sample, one past the last, and centre from the middle of the band.
#[derive(Debug, Clone, PartialEq)]
pub struct Sent {
    pub start: u64,
    pub end: u64,
    pub center_hz: f64,
}

/// Samples and what is in them.
pub struct Scene {
    pub samples: Vec<Complex32>,
    pub sent: Vec<Sent>,
}

impl Air {
    /// Makes the samples.
    pub fn make(&self) -> Scene {
        let count = (self.seconds * SAMPLE_RATE_HZ) as usize;
        let mut scene = Scene { samples: vec![Complex32::default(); count], sent: Vec::new() };
        fill_noise(&mut generator(self.seed), 1.0, &mut scene.samples);
        for channel in 0..CHANNELS {
            let mut rng = generator((self.seed << 8) + 1 + channel as u64);
            self.fill_channel(channel, &mut rng, &mut scene);
        }
        scene
    }

    fn fill_channel(&self, channel: usize, rng: &mut ChaCha8Rng, scene: &mut Scene) {
        let middle = (channel as f64 - (CHANNELS - 1) as f64 / 2.0) * CHANNEL_HZ;
        let last_start = scene.samples.len() - samples_in(0.1).min(scene.samples.len());
        // The noise floor has settled before anything comes.
        let mut at = samples_in(50e-3 + rng.random_range(SILENCE_S));
        while at < last_start {
            let center_hz = middle + rng.random_range(-STRAY_HZ..STRAY_HZ);
            let bits = (rng.random_range(BURST_S) * SYMBOL_RATE_HZ) as usize;
            at += self.send(at, bits, center_hz, rng, scene);
            if self.acknowledged {
                let center_hz = center_hz + rng.random_range(-PARTNER_HZ..PARTNER_HZ);
                at += samples_in(ACK_GAP_S);
                at += self.send(at, ACK_BITS, center_hz, rng, scene);
            }
            at += samples_in(rng.random_range(SILENCE_S));
        }
    }

    /// Sends preamble, sync word and random bits, `count` bits in all; returns the samples it took.
    fn send(
        &self,
        at: usize,
        count: usize,
        center_hz: f64,
        rng: &mut ChaCha8Rng,
        scene: &mut Scene,
    ) -> usize {
        let mut bits = preamble_and_sync(16, PreamblePhase::EndsInZero);
        bits.extend((bits.len()..count).map(|_| rng.random_range(0..2u8)));
        let snr = 10f64.powf(self.snr_db / 10.0);
        let config = ModulatorConfig {
            sample_rate_hz: SAMPLE_RATE_HZ,
            symbol_rate_hz: SYMBOL_RATE_HZ,
            gaussian_bt: self.gaussian_bt,
            clock_error_ppm: rng.random_range(-20.0..20.0),
            carrier_offset_hz: center_hz,
            timing_samples: rng.random_range(0.0..1.0),
            initial_phase_turns: rng.random_range(0.0..1.0),
            amplitude: (snr * SNR_BANDWIDTH_HZ / SAMPLE_RATE_HZ).sqrt() as f32,
            ..ModulatorConfig::default()
        };
        let burst = modulate(&bits, &config).expect("the settings are in range");
        for (sum, sample) in scene.samples[at..].iter_mut().zip(&burst) {
            *sum += sample;
        }
        scene.sent.push(Sent { start: at as u64, end: (at + burst.len()) as u64, center_hz });
        burst.len()
    }
}

fn samples_in(seconds: f64) -> usize {
    (seconds * SAMPLE_RATE_HZ) as usize
}
