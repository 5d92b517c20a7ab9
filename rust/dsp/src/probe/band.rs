// SPDX-License-Identifier: GPL-3.0-or-later
//! The band that a signal occupies.

use std::ops::Range;

use rustfft::FftPlanner;

use super::channel::{cut, Channel};
use super::envelope::on;
use super::regions::occupied;
use crate::Complex32;

/// Bins of the fine spectrum, and the part of its power that may lie outside the band on either
/// side.
const FINE_BINS: usize = 512;
const OUTSIDE: f64 = 0.01;
/// Bins of the fine spectrum that a line takes.
const LINE_BINS: f64 = 5.0;
/// Rank, as a part, of the bin that has noise alone, and what it is multiplied by to cover noisier
/// bins.
const NOISE_RANK: f64 = 0.1;
const NOISE_MARGIN: f64 = 1.5;

/// The band that a signal occupies, and the signal in it.
pub(super) struct Band {
    pub channel: Channel,
    /// Samples of the channel with the signal on.
    pub on: Range<usize>,
    pub center_hz: f64,
    pub width_hz: f64,
    /// All of it is one line.
    pub is_line: bool,
}

impl Band {
    /// Looked for around `center_hz` in a band somewhat wider than `width_hz`.
    pub fn of(samples: &[Complex32], sample_rate_hz: f64, center_hz: f64, width_hz: f64) -> Band {
        let edges = (0.6 * width_hz, 0.9 * width_hz);
        let channel = cut(samples, sample_rate_hz, center_hz, edges, 4.0 * width_hz);
        let on = on(&channel, 4.0 / width_hz);
        let bin_hz = channel.sample_rate_hz / FINE_BINS as f64;
        let powers = fine_spectrum(&channel.samples[on.clone()], (edges.0 / bin_hz) as usize);
        let (low, high) = occupied(&powers, OUTSIDE);
        let bins = (high - low + 1) as f64;
        let middle = (low + high) as f64 / 2.0 - (powers.len() / 2) as f64;
        Band {
            center_hz: center_hz + middle * bin_hz,
            width_hz: bins * bin_hz,
            is_line: bins <= LINE_BINS,
            channel,
            on,
        }
    }

    /// Power of the signal in dB of full scale.
    pub fn magnitude_db(&self) -> f64 {
        let samples = &self.channel.samples[self.on.clone()];
        let sum: f64 = samples.iter().map(|sample| f64::from(sample.norm_sqr())).sum();
        10.0 * (sum / samples.len().max(1) as f64).max(1e-30).log10()
    }
}

/// Mean power in the bins up to `reach` on either side of the middle, less what noise has.
fn fine_spectrum(samples: &[Complex32], reach: usize) -> Vec<f64> {
    let reach = reach.min(FINE_BINS / 2 - 1);
    let fft = FftPlanner::new().plan_fft_forward(FINE_BINS);
    let mut powers = vec![0.0; 2 * reach + 1];
    let mut at = 0;
    while at == 0 || at + FINE_BINS <= samples.len() {
        let mut block = vec![Complex32::default(); FINE_BINS];
        for (n, (to, from)) in block.iter_mut().zip(&samples[at..]).enumerate() {
            let turns = n as f64 / FINE_BINS.min(samples.len()) as f64;
            *to = from * (0.5 - 0.5 * (std::f64::consts::TAU * turns).cos()) as f32;
        }
        fft.process(&mut block);
        for (i, power) in powers.iter_mut().enumerate() {
            *power += f64::from(block[(i + FINE_BINS - reach) % FINE_BINS].norm_sqr());
        }
        at += FINE_BINS / 2;
    }
    let mut sorted = powers.clone();
    sorted.sort_by(f64::total_cmp);
    let noise = sorted[(sorted.len() as f64 * NOISE_RANK) as usize];
    powers.iter().map(|power| (power - NOISE_MARGIN * noise).max(0.0)).collect()
}
