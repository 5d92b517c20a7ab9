// SPDX-License-Identifier: GPL-3.0-or-later
//! The spectrum of a block to a piece of one burst at the low rate.

use std::f64::consts::TAU;
use std::sync::Arc;

use num_complex::Complex32;
use rustfft::Fft;

use super::plan::Plan;

/// Where a burst lies in the spectrum.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tuning {
    /// Bin of the forward transform nearest to its centre, 0 to `block` - 1.
    pub bin: usize,
    /// Turns by which the burst turns on from one output to the next after the bin is taken out.
    pub residual_turns: f64,
}

impl Tuning {
    /// Tuning to `relative_frequency_hz` from the middle of a band sampled at `sample_rate_hz`.
    pub fn new(plan: &Plan, relative_frequency_hz: f64, sample_rate_hz: f64) -> Self {
        let bins = relative_frequency_hz / sample_rate_hz * plan.block as f64;
        let bin = bins.round();
        Tuning {
            bin: (bin as i64).rem_euclid(plan.block as i64) as usize,
            residual_turns: (bins - bin) / plan.small as f64,
        }
    }
}

/// The inverse transform that all bursts share, with its buffers.
pub struct Synthesis {
    inverse: Arc<dyn Fft<f32>>,
    work: Vec<Complex32>,
    scratch: Vec<Complex32>,
}

impl Synthesis {
    /// The inverse transform of `plan`.
    pub fn new(plan: &Plan) -> Self {
        let inverse = rustfft::FftPlanner::new().plan_fft_inverse(plan.small);
        Synthesis {
            work: vec![Complex32::default(); plan.small],
            scratch: vec![Complex32::default(); inverse.get_inplace_scratch_len()],
            inverse,
        }
    }

    /// The outputs that block number `block_index`, with this `spectrum`, makes of a burst: the
    /// small block without its margins, at baseband.
    ///
    /// Output `j` of block `b` has index `b * small_hop + j`; the phase follows from the index
    /// alone, so that a burst comes out the same wherever it is picked up.
    pub fn channel(
        &mut self,
        plan: &Plan,
        tuning: Tuning,
        block_index: u64,
        spectrum: &[Complex32],
    ) -> &mut [Complex32] {
        let positive = plan.small.div_ceil(2);
        for (k, (work, &gain)) in self.work.iter_mut().zip(&plan.response).enumerate() {
            let offset = if k < positive { k } else { plan.block - plan.small + k };
            *work = spectrum[(tuning.bin + offset) % plan.block] * gain;
        }
        self.inverse.process_with_scratch(&mut self.work, &mut self.scratch);
        let first = block_index * plan.small_hop() as u64;
        // A block starts at input sample b * hop; the bin turns on by bin * hop / block turns in it.
        let advance =
            (block_index as u128 * plan.hop() as u128 * tuning.bin as u128) % plan.block as u128;
        let bin_turns = advance as f64 / plan.block as f64;
        let outputs = &mut self.work[plan.small_margin..plan.small - plan.small_margin];
        rotate(
            outputs,
            -bin_turns - (tuning.residual_turns * first as f64).fract(),
            -tuning.residual_turns,
        );
        outputs
    }
}

/// Multiplies sample `n` by exp(i 2 pi (start + n step)), all in turns.
fn rotate(samples: &mut [Complex32], start: f64, step: f64) {
    const ANCHOR: usize = 64;
    let advance = num_complex::Complex64::from_polar(1.0, TAU * step);
    for (n, chunk) in samples.chunks_mut(ANCHOR).enumerate() {
        let turns = start + step * (n * ANCHOR) as f64;
        let mut phasor = num_complex::Complex64::from_polar(1.0, TAU * turns.fract());
        for sample in chunk {
            *sample *= Complex32::new(phasor.re as f32, phasor.im as f32);
            phasor *= advance;
        }
    }
}
