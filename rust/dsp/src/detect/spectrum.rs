// SPDX-License-Identifier: GPL-3.0-or-later
//! Blocks of samples to rows of bin powers.

use std::ops::Range;
use std::sync::Arc;

use num_complex::Complex32;
use rustfft::{Fft, FftPlanner};

/// Windowed Fourier transform of one block after the other, and the powers of the last rows.
///
/// Bins are in order of frequency: bin 0 is the lower edge of the band, the middle of the band is
/// bin `fft_size / 2`. Powers are scaled so that white noise of variance 1 has mean 1 in each bin.
pub struct Spectrum {
    fft: Arc<dyn Fft<f32>>,
    window: Vec<f32>,
    work: Vec<Complex32>,
    scratch: Vec<Complex32>,
    rows: Vec<f32>,
    row_count: usize,
    /// Blocks ever transformed.
    blocks: u64,
}

impl Spectrum {
    /// Transforms of `fft_size` samples, of which the last `row_count` are kept.
    pub fn new(fft_size: usize, row_count: usize) -> Self {
        let fft = FftPlanner::new().plan_fft_forward(fft_size);
        let hann: Vec<f64> = (0..fft_size)
            .map(|n| 0.5 - 0.5 * (std::f64::consts::TAU * n as f64 / fft_size as f64).cos())
            .collect();
        let energy: f64 = hann.iter().map(|w| w * w).sum();
        Spectrum {
            scratch: vec![Complex32::default(); fft.get_inplace_scratch_len()],
            fft,
            window: hann.iter().map(|w| (w / energy.sqrt()) as f32).collect(),
            work: vec![Complex32::default(); fft_size],
            rows: vec![0.0; fft_size * row_count],
            row_count,
            blocks: 0,
        }
    }

    /// Samples in a block, and bins in a row.
    pub fn size(&self) -> usize {
        self.window.len()
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
        self.rows(block..block + 1)
    }

    /// Powers of `blocks`, row after row. Their number divides the number of rows kept, and that of
    /// the first.
    pub fn rows(&self, blocks: Range<u64>) -> &[f32] {
        &self.rows[self.place(blocks)]
    }

    /// Makes zeros of the powers of `blocks` that are not finite: one sample that is not a number
    /// must not poison the noise floor for ever.
    pub fn scrub(&mut self, blocks: Range<u64>) {
        let place = self.place(blocks);
        for power in self.rows[place].iter_mut().filter(|p| !p.is_finite()) {
            *power = 0.0;
        }
    }

    fn place(&self, blocks: Range<u64>) -> Range<usize> {
        debug_assert!(self.oldest() <= blocks.start && blocks.end <= self.blocks);
        let at = (blocks.start % self.row_count as u64) as usize * self.size();
        at..at + (blocks.end - blocks.start) as usize * self.size()
    }

    /// Transforms the next block, exactly [`size`](Self::size) samples.
    pub fn push(&mut self, samples: &[Complex32]) {
        let size = self.size();
        for ((work, &sample), &window) in self.work.iter_mut().zip(samples).zip(&self.window) {
            *work = sample * window;
        }
        self.fft.process_with_scratch(&mut self.work, &mut self.scratch);
        let at = (self.blocks % self.row_count as u64) as usize * size;
        let (lower, upper) = self.rows[at..at + size].split_at_mut(size / 2);
        let (positive, negative) = self.work.split_at(size / 2);
        power(negative, lower);
        power(positive, upper);
        self.blocks += 1;
    }
}

fn power(bins: &[Complex32], powers: &mut [f32]) {
    for (power, bin) in powers.iter_mut().zip(bins) {
        *power = bin.re * bin.re + bin.im * bin.im;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tone_stands_in_its_bin() {
        let size = 64;
        let mut spectrum = Spectrum::new(size, 2);
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
        let mut spectrum = Spectrum::new(64, 1);
        spectrum.push(&[Complex32::new(f32::NAN, f32::INFINITY); 64]);
        assert!(spectrum.row(0).iter().all(|p| !p.is_finite()));
        spectrum.scrub(0..1);
        assert!(spectrum.row(0).iter().all(|&p| p == 0.0));
    }
}
