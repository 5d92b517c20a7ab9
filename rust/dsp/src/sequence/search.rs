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

/// A preamble seen in a window.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Preamble {
    /// Carrier in cycles a sample.
    pub carrier: f64,
    /// Sample of the window, fractional, at which a one begins.
    pub one_starts: f64,
    /// Number of the pulse shape that fits best.
    pub shape: usize,
    /// Part of the window's energy in the lines, 0 to 1.
    pub quality: f32,
}

/// Looks at one window at a time.
pub struct Search {
    window: usize,
    transform: Arc<dyn Fft<f32>>,
    buffer: Vec<Complex32>,
    scratch: Vec<Complex32>,
    /// Power of the bins from the lowest frequency that is of interest to the highest.
    power: Vec<f32>,
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
            distance: (bins_per_rate / 2.0).round() as usize,
            reach: (CARRIER_REACH * bins_per_rate) as usize,
            line_cycles: 0.5 / samples_per_symbol,
        }
    }

    /// Samples in a window.
    pub fn window(&self) -> usize {
        self.window
    }

    /// The preamble in `window`, if there is one.
    pub fn look(&mut self, window: &[Complex32], templates: &Templates) -> Option<Preamble> {
        let energy: f32 = window.iter().map(Complex32::norm_sqr).sum();
        if energy <= 0.0 || window.len() != self.window {
            return None;
        }
        let (bin, sum) = self.strongest(window);
        let quality = sum / (energy * self.window as f32);
        if quality < LEAST_QUALITY {
            return None;
        }
        let carrier = bin / self.buffer.len() as f64;
        let lines = [0.0, -1.0, 1.0].map(|k| line(window, carrier + k * self.line_cycles));
        let fits = templates.shapes.iter().map(|shape| shape.fit(&lines)).enumerate();
        let (shape, (_, late)) = fits.max_by(|a, b| a.1 .0.total_cmp(&b.1 .0))?;
        let one_starts = late * templates.samples_per_symbol;
        Some(Preamble { carrier, one_starts, shape, quality })
    }

    /// Bin and power of the strongest three lines, the bin interpolated.
    fn strongest(&mut self, window: &[Complex32]) -> (f64, f32) {
        self.buffer.fill(Complex32::default());
        self.buffer[..window.len()].copy_from_slice(window);
        self.transform.process_with_scratch(&mut self.buffer, &mut self.scratch);
        let (size, edge) = (self.buffer.len(), self.reach + self.distance);
        let power = |bins: &[Complex32], to: &mut Vec<f32>| {
            to.extend(bins.iter().map(Complex32::norm_sqr));
        };
        self.power.clear();
        power(&self.buffer[size - edge..], &mut self.power);
        power(&self.buffer[..=edge], &mut self.power);
        let lines = |k: usize| {
            self.power[k] + self.power[k + self.distance] + self.power[k + 2 * self.distance]
        };
        let (mut best, mut most) = (0, 0.0);
        for k in 0..=2 * self.reach {
            if lines(k) > most {
                (best, most) = (k, lines(k));
            }
        }
        let neighbour = |k: usize| if k <= 2 * self.reach { f64::from(lines(k)) } else { 0.0 };
        let (before, after) = (neighbour(best.wrapping_sub(1)), neighbour(best + 1));
        let bend = before - 2.0 * f64::from(most) + after;
        let part = if bend < 0.0 { (0.5 * (before - after) / bend).clamp(-0.5, 0.5) } else { 0.0 };
        (best as f64 - self.reach as f64 + part, most)
    }
}

/// The line at `cycles` a sample.
fn line(window: &[Complex32], cycles: f64) -> Complex64 {
    let step = Complex64::from_polar(1.0, -TAU * cycles);
    let mut phasor = Complex64::new(1.0, 0.0);
    let mut sum = Complex64::default();
    for sample in window {
        sum += Complex64::new(f64::from(sample.re), f64::from(sample.im)) * phasor;
        phasor *= step;
    }
    sum
}
