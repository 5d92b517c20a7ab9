// SPDX-License-Identifier: GPL-3.0-or-later
//! Blocks of samples to rows of bin powers.

use std::ops::Range;
use std::sync::Arc;

use bytemuck::{cast_slice, cast_slice_mut};
use num_complex::Complex32;
use rustfft::{Fft, FftPlanner};

use crate::simd::{widest, Kernel};

/// Windowed Fourier transform of one block after the other, and the powers of the last rows.
///
/// Bins are in order of frequency: bin 0 is the lower edge of the band, the middle of the band is
/// bin `fft_size / 2`. Powers are scaled so that white noise of variance 1 has mean 1 in each bin.
pub struct Spectrum {
    fft: Arc<dyn Fft<f32>>,
    /// Each weight twice, for real and imaginary parts lie side by side.
    window: Vec<f32>,
    work: Vec<Complex32>,
    scratch: Vec<Complex32>,
    rows: Vec<f32>,
    row_count: usize,
    /// Sum of the rows of the step that is going on, or went on last.
    sum: Vec<f32>,
    /// Blocks in a step.
    step: usize,
    /// Blocks ever transformed.
    blocks: u64,
}

impl Spectrum {
    /// Transforms of `fft_size` samples, of which the last `row_count` are kept. Every `step` blocks
    /// are summed.
    pub fn new(fft_size: usize, row_count: usize, step: usize) -> Self {
        let fft = FftPlanner::new().plan_fft_forward(fft_size);
        let hann: Vec<f64> = (0..fft_size)
            .map(|n| 0.5 - 0.5 * (std::f64::consts::TAU * n as f64 / fft_size as f64).cos())
            .collect();
        let energy: f64 = hann.iter().map(|w| w * w).sum();
        Spectrum {
            scratch: vec![Complex32::default(); fft.get_inplace_scratch_len()],
            fft,
            window: hann.iter().flat_map(|w| [(w / energy.sqrt()) as f32; 2]).collect(),
            work: vec![Complex32::default(); fft_size],
            rows: vec![0.0; fft_size * row_count],
            row_count,
            sum: vec![0.0; fft_size],
            step,
            blocks: 0,
        }
    }

    /// Samples in a block, and bins in a row.
    pub fn size(&self) -> usize {
        self.work.len()
    }

    /// Blocks transformed so far; the newest row is that of block `blocks() - 1`.
    pub fn blocks(&self) -> u64 {
        self.blocks
    }

    /// First block whose row is still kept.
    pub fn oldest(&self) -> u64 {
        self.blocks.saturating_sub(self.row_count as u64)
    }

    /// Powers of block `block`, one of the last ones.
    pub fn row(&self, block: u64) -> &[f32] {
        let at = self.place(block);
        &self.rows[at..at + self.size()]
    }

    /// Puts `powers` in the place of the newest block's from bin `from` on; the sum of its step stays.
    pub fn cover_newest(&mut self, from: usize, powers: &[f32]) {
        let at = self.place(self.blocks - 1) + from;
        self.rows[at..at + powers.len()].copy_from_slice(powers);
    }

    /// Sum of the powers of the blocks of the newest step that is complete. What is not finite in
    /// one of them is not in the sum.
    pub fn step_sum(&self) -> &[f32] {
        &self.sum
    }

    /// Makes zeros of the powers of `blocks` that are not finite, and sums them again: one sample
    /// that is not a number must not poison the noise floor for ever.
    pub fn scrub(&mut self, blocks: Range<u64>) {
        self.sum.fill(0.0);
        for block in blocks {
            let at = self.place(block);
            for (power, sum) in self.rows[at..].iter_mut().zip(&mut self.sum) {
                if !power.is_finite() {
                    *power = 0.0;
                }
                *sum += *power;
            }
        }
    }

    fn place(&self, block: u64) -> usize {
        debug_assert!((self.oldest()..self.blocks).contains(&block));
        (block % self.row_count as u64) as usize * self.size()
    }

    /// Transforms the next block, exactly [`size`](Self::size) samples.
    pub fn push(&mut self, samples: &[Complex32]) {
        let size = self.size();
        let (parts, weighed) = (cast_slice(samples), cast_slice_mut(&mut self.work));
        widest(Weigh { parts, window: &self.window, weighed });
        self.fft.process_with_scratch(&mut self.work, &mut self.scratch);
        let at = (self.blocks % self.row_count as u64) as usize * size;
        if self.blocks.is_multiple_of(self.step as u64) {
            self.sum.fill(0.0);
        }
        let row = &mut self.rows[at..at + size];
        widest(Powers { bins: &self.work, row, sum: &mut self.sum });
        self.blocks += 1;
    }
}

/// Samples, real and imaginary parts side by side, times a window.
struct Weigh<'a> {
    parts: &'a [f32],
    window: &'a [f32],
    weighed: &'a mut [f32],
}

impl Kernel for Weigh<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let pairs = self.parts.iter().zip(self.window);
        for (weighed, (part, weight)) in self.weighed.iter_mut().zip(pairs) {
            *weighed = part * weight;
        }
    }
}

/// Powers of `bins` in order of frequency, which are added to `sum`, too: the transform gives the
/// upper half first.
struct Powers<'a> {
    bins: &'a [Complex32],
    row: &'a mut [f32],
    sum: &'a mut [f32],
}

impl Kernel for Powers<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let half = self.bins.len() / 2;
        let (lower, upper) = self.row.split_at_mut(half);
        let (lower_sum, upper_sum) = self.sum.split_at_mut(half);
        let (positive, negative) = self.bins.split_at(half);
        for (powers, sums, bins) in [(lower, lower_sum, negative), (upper, upper_sum, positive)] {
            for ((power, sum), bin) in powers.iter_mut().zip(sums).zip(bins) {
                *power = bin.re * bin.re + bin.im * bin.im;
                *sum += *power;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tone_stands_in_its_bin() {
        let size = 64;
        let mut spectrum = Spectrum::new(size, 2, 1);
        let tone: Vec<Complex32> = (0..size)
            .map(|n| Complex32::from_polar(1.0, -std::f32::consts::TAU * 8.0 * n as f32 / 64.0))
            .collect();
        spectrum.push(&tone);
        let row = spectrum.row(0);
        let peak = (0..size).max_by(|&a, &b| row[a].total_cmp(&row[b])).unwrap();
        assert_eq!(peak, size / 2 - 8);
    }

    #[test]
    fn a_sample_that_is_no_number_leaves_numbers() {
        let mut spectrum = Spectrum::new(64, 2, 2);
        spectrum.push(&[Complex32::new(f32::NAN, f32::INFINITY); 64]);
        spectrum.push(&[Complex32::new(1.0, 0.0); 64]);
        assert!(spectrum.step_sum().iter().all(|p| !p.is_finite()));
        spectrum.scrub(0..2);
        assert!(spectrum.row(0).iter().all(|&p| p == 0.0));
        assert_eq!(spectrum.step_sum(), spectrum.row(1));
        assert!(spectrum.row(1)[32] > 1.0);
    }
}
