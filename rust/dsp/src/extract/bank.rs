// SPDX-License-Identifier: GPL-3.0-or-later
//! The filter bank: one forward transform of a block, then a piece of each burst out of it.

use std::ops::Range;
use std::sync::Arc;

use num_complex::Complex32;
use rustfft::{Fft, FftPlanner};

use super::plan::Plan;
use super::tuning::Tuning;
use crate::simd::{widest, Kernel};

/// The transforms of a [`Plan`], with their buffers.
pub struct Bank {
    plan: Plan,
    forward: Arc<dyn Fft<f32>>,
    inverse: Arc<dyn Fft<f32>>,
    scratch: Vec<Complex32>,
    /// Of the block, and behind it its first bins once more: so the bins of a burst follow each
    /// other at the edge of the band, too.
    spectrum: Vec<Complex32>,
    work: Vec<Complex32>,
}

impl Bank {
    /// The bank of `plan`.
    pub fn new(plan: Plan) -> Self {
        let mut planner = FftPlanner::new();
        let forward = planner.plan_fft_forward(plan.block);
        let inverse = planner.plan_fft_inverse(plan.small);
        let scratch = forward.get_immutable_scratch_len().max(inverse.get_inplace_scratch_len());
        Bank {
            scratch: vec![Complex32::default(); scratch],
            spectrum: vec![Complex32::default(); plan.block + plan.small],
            work: vec![Complex32::default(); plan.small],
            forward,
            inverse,
            plan,
        }
    }

    /// The sizes of it.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Takes a block of samples, in all of which `constant` is contained.
    pub fn analyse(&mut self, block: &[Complex32], constant: Complex32) {
        let (spectrum, again) = self.spectrum.split_at_mut(self.plan.block);
        self.forward.process_immutable_with_scratch(block, spectrum, &mut self.scratch);
        spectrum[0] -= constant * self.plan.block as f32;
        again.copy_from_slice(&spectrum[..self.plan.small]);
    }

    /// Appends to `burst` the outputs `wanted`, counted from 0 to `small_hop`, that the block, its
    /// number being `block_index`, makes of a burst.
    ///
    /// Output `j` of block `b` has index `b * small_hop + j`; the phase follows from the index
    /// alone, so that a burst comes out the same wherever it is picked up.
    pub fn synthesise(
        &mut self,
        tuning: &Tuning,
        block_index: u64,
        wanted: Range<usize>,
        burst: &mut Vec<Complex32>,
    ) {
        let (block, small) = (self.plan.block, self.plan.small);
        let negative = small / 2;
        let lowest = (tuning.bin + block - negative) % block;
        let (below, above) = self.spectrum[lowest..lowest + small].split_at(negative);
        let (work_above, work_below) = self.work.split_at_mut(small - negative);
        let (gain_above, gain_below) = self.plan.response.split_at(small - negative);
        let start = tuning.start(&self.plan, block_index);
        widest(Shape { work: work_above, bins: above, gains: gain_above, start });
        widest(Shape { work: work_below, bins: below, gains: gain_below, start });
        self.inverse.process_with_scratch(&mut self.work, &mut self.scratch);
        let outputs = &self.work[self.plan.small_margin..small - self.plan.small_margin];
        let turns = &tuning.unturn[wanted.clone()];
        widest(Unturn { outputs: &outputs[wanted], turns, burst });
    }
}

/// `bins` through the filter's `gains`, turned by `start`.
struct Shape<'a> {
    work: &'a mut [Complex32],
    bins: &'a [Complex32],
    gains: &'a [f32],
    start: Complex32,
}

impl Kernel for Shape<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        for ((work, &bin), &gain) in self.work.iter_mut().zip(self.bins).zip(self.gains) {
            *work = bin * (self.start * gain);
        }
    }
}

/// `outputs` turned by `turns`, put to the end of `burst`.
struct Unturn<'a> {
    outputs: &'a [Complex32],
    turns: &'a [Complex32],
    burst: &'a mut Vec<Complex32>,
}

impl Kernel for Unturn<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let pairs = self.outputs.iter().zip(self.turns);
        self.burst.extend(pairs.map(|(&x, &turn)| x * turn));
    }
}
