// SPDX-License-Identifier: GPL-3.0-or-later
//! Power over time and frequency, and what of it is noise.

use rustfft::FftPlanner;

use crate::Complex32;

/// Width of a bin in Hz that the size of the transform aims at: narrow against the slowest signal
/// that is looked for, and yet a fraction of a millisecond long.
const BIN_HZ: f64 = 4e3;
const MIN_FFT: usize = 64;
const MAX_FFT: usize = 1 << 16;
/// Rows and bins that are averaged, so that a threshold low enough for weak bursts lets no noise
/// through.
const ROWS_AVERAGED: usize = 4;
const BINS_AVERAGED: usize = 5;
/// The part of a bin's rows that is taken for free of signals.
const QUIET_PART: f64 = 0.25;

/// Averaged powers, `bins` a row, lowest frequency first.
pub(super) struct Spectrogram {
    pub rows: usize,
    pub bins: usize,
    /// Samples from one row to the next.
    pub hop: usize,
    pub bin_hz: f64,
    power: Vec<f32>,
}

impl Spectrogram {
    /// Of samples at `sample_rate_hz`; without a row where there are fewer than a transform takes.
    pub fn new(samples: &[Complex32], sample_rate_hz: f64) -> Self {
        let wanted = (sample_rate_hz / BIN_HZ).log2().round().exp2() as usize;
        let bins = wanted.clamp(MIN_FFT, MAX_FFT);
        let hop = bins / 2;
        let blocks = (samples.len() / hop).saturating_sub(1);
        let mut averaged = Averaged::new(bins);
        let mut power = Vec::with_capacity(blocks * bins);
        let window: Vec<f32> = (0..bins).map(|i| hann(i, bins)).collect();
        let fft = FftPlanner::new().plan_fft_forward(bins);
        let mut scratch = vec![Complex32::default(); fft.get_inplace_scratch_len()];
        let mut block = vec![Complex32::default(); bins];
        for row in 0..blocks {
            let from = &samples[row * hop..row * hop + bins];
            let windowed = from.iter().zip(&window).map(|(sample, window)| sample * window);
            block.iter_mut().zip(windowed).for_each(|(to, sample)| *to = sample);
            fft.process_with_scratch(&mut block, &mut scratch);
            averaged.next(&block, &mut power);
        }
        Spectrogram { rows: blocks, bins, hop, bin_hz: sample_rate_hz / bins as f64, power }
    }

    pub fn row(&self, row: usize) -> &[f32] {
        &self.power[row * self.bins..][..self.bins]
    }

    /// Frequency of the middle of a bin in Hz, from the middle of the band.
    pub fn frequency_hz(&self, bin: usize) -> f64 {
        (bin as f64 - (self.bins / 2) as f64) * self.bin_hz
    }

    /// The power in each bin that all but a quarter of its rows have more of.
    pub fn floor(&self) -> Vec<f32> {
        let mut column = vec![0.0; self.rows];
        let quantile = |bin| {
            column.clear();
            column.extend((0..self.rows).map(|row| self.power[row * self.bins + bin]));
            let at = (self.rows as f64 * QUIET_PART) as usize;
            *column.select_nth_unstable_by(at, f32::total_cmp).1
        };
        if self.rows == 0 {
            return vec![0.0; self.bins];
        }
        (0..self.bins).map(quantile).collect()
    }
}

fn hann(i: usize, size: usize) -> f32 {
    let turns = i as f64 / size as f64;
    (0.5 - 0.5 * (std::f64::consts::TAU * turns).cos()) as f32
}

/// The last rows of powers and their sum.
struct Averaged {
    rows: Vec<Vec<f32>>,
    next: usize,
}

impl Averaged {
    fn new(bins: usize) -> Self {
        Averaged { rows: vec![vec![0.0; bins]; ROWS_AVERAGED], next: 0 }
    }

    /// Appends the average that a new transform makes, its bins put in order of frequency.
    fn next(&mut self, spectrum: &[Complex32], out: &mut Vec<f32>) {
        let bins = spectrum.len();
        let row = &mut self.rows[self.next % ROWS_AVERAGED];
        for (bin, power) in row.iter_mut().enumerate() {
            *power = spectrum[(bin + bins / 2) % bins].norm_sqr();
        }
        self.next += 1;
        let sums: Vec<f32> =
            (0..bins).map(|bin| self.rows.iter().map(|row| row[bin]).sum()).collect();
        let filled = self.next.min(ROWS_AVERAGED);
        for bin in 0..bins {
            let low = bin.saturating_sub(BINS_AVERAGED / 2);
            let near = &sums[low..(bin + BINS_AVERAGED / 2 + 1).min(bins)];
            out.push(near.iter().sum::<f32>() / (near.len() * filled) as f32);
        }
    }
}
