// SPDX-License-Identifier: GPL-3.0-or-later
//! What is simulated.

use std::ops::RangeInclusive;

use super::interference::Interference;
use crate::demod::PreamblePhase;
use crate::frame::{Check, Encoding, Framing, Whitening};
use crate::Complex32;

/// Bandwidth in Hz in which the signal-to-noise ratio of a node is given.
pub const SNR_BANDWIDTH_HZ: f64 = 100e3;

/// A row of channels at equal distances.
#[derive(Debug, Clone, PartialEq)]
pub struct Band {
    /// Lowest channel in Hz.
    pub start_hz: f64,
    /// Distance between neighbours in Hz.
    pub spacing_hz: f64,
    /// Number of channels.
    pub count: u32,
}

impl Default for Band {
    /// 870.1 to 874.9 MHz in steps of 200 kHz. The grid is a guess: the meters' is not published.
    fn default() -> Self {
        Band { start_hz: 870.1e6, spacing_hz: 200e3, count: 25 }
    }
}

/// The radio of every node.
#[derive(Debug, Clone, PartialEq)]
pub struct Radio {
    /// Symbols a second.
    pub symbol_rate_hz: f64,
    /// Deviation in Hz, from the centre to one tone.
    pub deviation_hz: f64,
    /// Bandwidth-time product of the Gaussian filter, `None` for rectangular pulses.
    pub gaussian_bt: Option<f64>,
    /// Framing, check, whitening and error correction, with which the sync word changes.
    pub encoding: Encoding,
    /// Octets of preamble; each transmission draws from this range.
    pub preamble_octets: RangeInclusive<u32>,
    /// How the preamble runs into the sync word.
    pub preamble_phase: PreamblePhase,
}

impl Default for Radio {
    /// 50 kbit/s, 25 kHz deviation, BT 0.5, framing A with FCS-16.
    fn default() -> Self {
        Radio {
            symbol_rate_hz: 50e3,
            deviation_hz: 25e3,
            gaussian_bt: Some(0.5),
            encoding: Encoding {
                framing: Framing::A,
                check: Check::Fcs16,
                whitening: Whitening::None,
                fec: None,
            },
            preamble_octets: 16..=39,
            preamble_phase: PreamblePhase::EndsInZero,
        }
    }
}

impl Radio {
    /// Bandwidth in Hz that holds nearly all power (Carson's rule).
    pub fn occupied_bandwidth_hz(&self) -> f64 {
        2.0 * self.deviation_hz + self.symbol_rate_hz
    }
}

/// The nodes of the mesh and how they differ; every node draws from the ranges once.
#[derive(Debug, Clone, PartialEq)]
pub struct Mesh {
    /// Meters.
    pub nodes: u32,
    /// Collectors, which send and receive more than meters do.
    pub collectors: u32,
    /// Signal power over noise power in [`SNR_BANDWIDTH_HZ`], in dB.
    pub snr_db: RangeInclusive<f64>,
    /// Carrier error in Hz.
    pub carrier_error_hz: RangeInclusive<f64>,
    /// Symbol clock error in ppm, positive when symbols are short.
    pub clock_error_ppm: RangeInclusive<f64>,
}

impl Default for Mesh {
    fn default() -> Self {
        Mesh {
            nodes: 12,
            collectors: 1,
            snr_db: 13.0..=26.0,
            carrier_error_hz: -6e3..=6e3,
            clock_error_ppm: -130.0..=130.0,
        }
    }
}

/// How much is sent. A rate or period of 0 means that nothing of the kind is sent.
#[derive(Debug, Clone, PartialEq)]
pub struct Traffic {
    /// Unicasts a second in the whole mesh, as far as there are free channels.
    pub unicast_rate_hz: f64,
    /// Broadcasts a second in the whole mesh, as far as there are free channels.
    pub broadcast_rate_hz: f64,
    /// Time in seconds between two beacons of a node, give or take 5 %.
    pub beacon_period_s: f64,
    /// Frequency of the beacons in Hz. Outside the recorded band no beacon is sent.
    pub beacon_frequency_hz: f64,
    /// How often a unicast is acknowledged, 0 to 1.
    pub ack_probability: f64,
    /// Octets of encrypted payload in unicasts and broadcasts, without the MIC.
    pub payload_octets: RangeInclusive<u32>,
}

impl Default for Traffic {
    fn default() -> Self {
        Traffic {
            unicast_rate_hz: 4.0,
            broadcast_rate_hz: 2.0,
            beacon_period_s: 120.0,
            beacon_frequency_hz: 871.3e6,
            ack_probability: 0.9,
            payload_octets: 12..=100,
        }
    }
}

/// A simulation from beginning to end.
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    /// The same seed and settings give the same samples.
    pub seed: u64,
    /// Sample rate of the recording in Hz.
    pub sample_rate_hz: f64,
    /// Frequency of the middle of the recorded band in Hz.
    pub center_frequency_hz: f64,
    /// Length of the recording in seconds.
    pub duration_s: f64,
    /// Time in seconds at the beginning in which nothing is sent.
    pub lead_in_s: f64,
    /// The nodes.
    pub mesh: Mesh,
    /// Their channels. Those not wholly inside the recorded band are not used.
    pub band: Band,
    /// Their radio.
    pub radio: Radio,
    /// What they send.
    pub traffic: Traffic,
    /// What else is on the air.
    pub interference: Interference,
    /// Noise power over the whole recorded band in dB of full scale (a sample of magnitude 1).
    pub noise_dbfs: f64,
    /// Constant that the receiver adds to every sample.
    pub dc_offset: Complex32,
    /// Round to multiples of 1/128 and clip to -1 ..= 127/128, as an 8-bit receiver does.
    pub quantise_8bit: bool,
}

impl Default for Config {
    /// Four seconds of a small mesh at 2 Msps around 871.7 MHz, as an 8-bit receiver hears it.
    fn default() -> Self {
        Config {
            seed: 1,
            sample_rate_hz: 2e6,
            center_frequency_hz: 871.7e6,
            duration_s: 4.0,
            lead_in_s: 0.2,
            mesh: Mesh::default(),
            band: Band::default(),
            radio: Radio::default(),
            traffic: Traffic::default(),
            interference: Interference::default(),
            noise_dbfs: -34.0,
            dc_offset: Complex32::new(0.012, 0.009),
            quantise_8bit: true,
        }
    }
}

impl Config {
    /// Samples in the whole recording.
    pub fn total_samples(&self) -> u64 {
        (self.duration_s * self.sample_rate_hz).round() as u64
    }

    /// Channels in Hz that lie wholly inside the recorded band.
    pub fn channels_hz(&self) -> Vec<f64> {
        (0..self.band.count)
            .map(|k| self.band.start_hz + f64::from(k) * self.band.spacing_hz)
            .filter(|&f| self.hears(f))
            .collect()
    }

    /// Whether transmissions of every node on channel `frequency_hz` lie inside the recorded band.
    pub fn hears(&self, frequency_hz: f64) -> bool {
        (frequency_hz - self.center_frequency_hz).abs() + self.channel_width_hz() / 2.0
            <= self.sample_rate_hz / 2.0
    }

    /// Magnitude of a signal of `snr_db` in [`SNR_BANDWIDTH_HZ`].
    pub(super) fn amplitude(&self, snr_db: f64) -> f32 {
        let noise = decibels(self.noise_dbfs) / self.sample_rate_hz * SNR_BANDWIDTH_HZ;
        (decibels(snr_db) * noise).sqrt() as f32
    }

    /// Width in Hz that transmissions on one channel take, carrier errors and all.
    pub(super) fn channel_width_hz(&self) -> f64 {
        let error = &self.mesh.carrier_error_hz;
        self.radio.occupied_bandwidth_hz() + 2.0 * error.start().abs().max(error.end().abs())
    }
}

/// The ratio of powers that is `db` decibels.
pub(super) fn decibels(db: f64) -> f64 {
    10f64.powf(db / 10.0)
}
