// SPDX-License-Identifier: GPL-3.0-or-later
//! Finding a preamble on the complex burst.
//!
//! Alternating symbols make three lines, the carrier and half the symbol rate either side of it.
//! Their places tell the carrier, their phases where symbols begin, their strengths the pulse.

use std::f64::consts::TAU;
use std::sync::Arc;

use num_complex::{Complex32, Complex64};
use rustfft::{Fft, FftPlanner};

use super::templates::Templates;

/// Symbols of preamble that are looked at together.
pub const WINDOW_SYMBOLS: f64 = 16.0;
/// Bins of the transform for one that the window could tell apart.
const PADDING: usize = 4;
/// Part of a window's energy that the three lines must hold.
const LEAST_QUALITY: f32 = 0.42;
/// How far the carrier may be off, in symbol rates.
const CARRIER_REACH: f64 = 0.6;

/// The strongest three lines in a window.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Lines {
    /// Carrier in cycles a sample.
    pub carrier: f64,
    /// Part of the window's energy in the lines, 0 to 1.
    pub quality: f32,
}

/// A preamble seen in a window.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Preamble {
    /// Carrier in cycles a sample.
    pub carrier: f64,
    /// Sample of the window, fractional, at which a one begins.
    pub one_starts: f64,
    /// Number of the pulse shape that fits best.
    pub shape: usize,
}

/// Looks at one window at a time.
pub struct Search {
    window: usize,
    transform: Arc<dyn Fft<f32>>,
    buffer: Vec<Complex32>,
    scratch: Vec<Complex32>,
    /// Power of the bins from the lowest frequency that is of interest to the highest.
    power: Vec<f32>,
    /// Power of three lines together, for each bin the carrier may be in.
    sums: Vec<f32>,
    /// Bins from the carrier to a line beside it.
    distance: usize,
    /// Bins that the carrier may be off.
    reach: usize,
    line_cycles: f64,
}

impl Search {
    /// A search in bursts of so many samples a symbol.
    pub fn new(samples_per_symbol: f64) -> Self {
        let window = (WINDOW_SYMBOLS * samples_per_symbol).round() as usize;
        let size = (PADDING * window).next_power_of_two();
        let transform = FftPlanner::new().plan_fft_forward(size);
        let bins_per_rate = size as f64 / samples_per_symbol;
        Search {
            window,
            buffer: vec![Complex32::default(); size],
            scratch: vec![Complex32::default(); transform.get_inplace_scratch_len()],
            transform,
            power: Vec::new(),
            sums: Vec::new(),
            distance: (bins_per_rate / 2.0).round() as usize,
            reach: (CARRIER_REACH * bins_per_rate) as usize,
            line_cycles: 0.5 / samples_per_symbol,
        }
    }

    /// Samples in a window.
    pub fn window(&self) -> usize {
        self.window
    }

    /// The lines of the preamble in `window`, if there is one.
    pub fn look(&mut self, window: &[Complex32]) -> Option<Lines> {
        let energy = energy(window);
        if energy <= 0.0 || window.len() != self.window {
            return None;
        }
        let (bin, sum) = self.strongest(window);
        let quality = sum / (energy * self.window as f32);
        let carrier = bin / self.buffer.len() as f64;
        (quality >= LEAST_QUALITY).then_some(Lines { carrier, quality })
    }

    /// The preamble in `window` that has its carrier at `carrier`.
    pub fn fit(&self, window: &[Complex32], carrier: f64, templates: &Templates) -> Preamble {
        let lines = lines(window, [0.0, -1.0, 1.0].map(|k| carrier + k * self.line_cycles));
        let fits = templates.shapes.iter().map(|shape| shape.fit(&lines)).enumerate();
        let best = fits.max_by(|a, b| a.1 .0.total_cmp(&b.1 .0));
        let (shape, (_, late)) = best.unwrap_or_default();
        Preamble { carrier, one_starts: late * templates.samples_per_symbol, shape }
    }

    /// Bin and power of the strongest three lines, the bin interpolated.
    fn strongest(&mut self, window: &[Complex32]) -> (f64, f32) {
        let (used, unused) = self.buffer.split_at_mut(window.len());
        used.copy_from_slice(window);
        unused.fill(Complex32::default());
        self.transform.process_with_scratch(&mut self.buffer, &mut self.scratch);
        let (size, edge) = (self.buffer.len(), self.reach + self.distance);
        self.power.clear();
        self.power.extend(self.buffer[size - edge..].iter().map(Complex32::norm_sqr));
        self.power.extend(self.buffer[..=edge].iter().map(Complex32::norm_sqr));
        let count = 2 * self.reach + 1;
        let from = |first: usize| &self.power[first..first + count];
        let outer = from(0).iter().zip(from(2 * self.distance)).map(|(low, high)| low + high);
        self.sums.clear();
        self.sums.extend(outer.zip(from(self.distance)).map(|(outer, middle)| outer + middle));
        let most = largest(&self.sums);
        let best = self.sums.iter().position(|&sum| sum == most).unwrap_or_default();
        let sum = |k: usize| f64::from(self.sums.get(k).copied().unwrap_or(0.0));
        let (before, after) = (sum(best.wrapping_sub(1)), sum(best + 1));
        let bend = before - 2.0 * f64::from(most) + after;
        let part = if bend < 0.0 { (0.5 * (before - after) / bend).clamp(-0.5, 0.5) } else { 0.0 };
        (best as f64 - self.reach as f64 + part, most)
    }
}

/// The largest of `sums`, none of which is below 0, as the largest of several side by side.
fn largest(sums: &[f32]) -> f32 {
    let larger = |a: f32, b: f32| if a > b { a } else { b };
    let mut most = [0.0; 8];
    for eight in sums.chunks(8) {
        for (most, &sum) in most.iter_mut().zip(eight) {
            *most = larger(*most, sum);
        }
    }
    most.into_iter().fold(0.0, larger)
}

/// Sum of the squares, as several sums side by side.
fn energy(window: &[Complex32]) -> f32 {
    let mut sums = [0.0; 8];
    for eight in window.chunks(8) {
        for (sum, sample) in sums.iter_mut().zip(eight) {
            *sum += sample.norm_sqr();
        }
    }
    sums.iter().sum()
}

/// The lines at these `cycles` a sample: side by side, for each waits for its phasor.
fn lines(window: &[Complex32], cycles: [f64; 3]) -> [Complex64; 3] {
    let steps = cycles.map(|cycles| Complex64::from_polar(1.0, -TAU * cycles));
    let mut phasors = [Complex64::new(1.0, 0.0); 3];
    let mut sums = [Complex64::default(); 3];
    for sample in window {
        let sample = Complex64::new(f64::from(sample.re), f64::from(sample.im));
        for ((sum, phasor), step) in sums.iter_mut().zip(&mut phasors).zip(&steps) {
            *sum += sample * *phasor;
            *phasor *= step;
        }
    }
    sums
}
