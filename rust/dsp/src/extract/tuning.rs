// SPDX-License-Identifier: GPL-3.0-or-later
//! Where a burst lies in the spectrum, and what brings it to 0 Hz.

use std::f64::consts::TAU;

use num_complex::{Complex32, Complex64};

use super::plan::Plan;

/// Where a burst lies in the spectrum.
#[derive(Debug, Clone, PartialEq)]
pub struct Tuning {
    /// Bin of the forward transform nearest to its centre, 0 to `block` - 1.
    pub bin: usize,
    /// Turns by which the burst turns on from one output to the next after the bin is taken out.
    residual_turns: f64,
    /// What takes them out of the outputs of a block, the first of them left as it is.
    pub unturn: Vec<Complex32>,
}

impl Tuning {
    /// Tuning to `relative_frequency_hz` from the middle of a band sampled at `sample_rate_hz`.
    pub fn new(plan: &Plan, relative_frequency_hz: f64, sample_rate_hz: f64) -> Self {
        let bins = relative_frequency_hz / sample_rate_hz * plan.block as f64;
        let bin = bins.round();
        let residual_turns = (bins - bin) / plan.small as f64;
        Tuning {
            bin: (bin as i64).rem_euclid(plan.block as i64) as usize,
            residual_turns,
            unturn: turning(-residual_turns, plan.small_hop()),
        }
    }

    /// The phasor that brings the first output of block number `block_index` to baseband.
    pub fn start(&self, plan: &Plan, block_index: u64) -> Complex32 {
        // A block starts at input sample b * hop; the bin turns on by bin * hop / block turns in it.
        let advance =
            (block_index as u128 * plan.hop() as u128 * self.bin as u128) % plan.block as u128;
        let bin_turns = advance as f64 / plan.block as f64;
        let first = block_index * plan.small_hop() as u64;
        let turns = bin_turns + (self.residual_turns * first as f64).fract();
        let phasor = Complex64::from_polar(1.0, -TAU * turns.fract());
        Complex32::new(phasor.re as f32, phasor.im as f32)
    }
}

/// exp(i 2 pi n `step`) for `n` below `count`, the step in turns.
fn turning(step: f64, count: usize) -> Vec<Complex32> {
    /// Rounding adds up: every so often the phasor is computed anew.
    const ANCHOR: usize = 64;
    let advance = Complex64::from_polar(1.0, TAU * step);
    let mut phasor = Complex64::new(1.0, 0.0);
    (0..count)
        .map(|n| {
            if n % ANCHOR == 0 {
                phasor = Complex64::from_polar(1.0, TAU * (step * n as f64).fract());
            }
            let value = Complex32::new(phasor.re as f32, phasor.im as f32);
            phasor *= advance;
            value
        })
        .collect()
}
