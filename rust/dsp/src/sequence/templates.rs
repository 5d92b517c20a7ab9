// SPDX-License-Identifier: GPL-3.0-or-later
//! What a symbol looks like between its neighbours, sampled at any timing.
//!
//! A symbol and its two neighbours make a branch: eight of them. The phase is counted from the
//! middle of the symbol, where a pulse that is even in time has done half its work.

use std::f64::consts::{PI, TAU};

use num_complex::Complex64;

use crate::error::Result;
use crate::pulse::Pulse;

/// Steps of timing within a sample that are told apart.
const PHASES: usize = 32;
/// Parts of a sample that timing is counted in.
pub const TICKS: i64 = 1 << 20;
/// Bandwidth-time products of the Gaussian filters that are tried: none, and that of most chips.
const SHAPES: [Option<f64>; 2] = [None, Some(0.5)];
/// Steps in a symbol by which a preamble is integrated.
const STEPS: usize = 64;

/// A sample of the eight branches, 000, 001, ... 111.
#[derive(Debug, Clone, Copy)]
pub struct Tap {
    /// Real parts.
    pub re: [f32; 8],
    /// Imaginary parts.
    pub im: [f32; 8],
}

/// The branches of one pulse shape.
pub struct Shape {
    taps: Vec<Tap>,
    /// Radians by which each branch turns in its symbol: 000, 001, ... 111.
    pub turn: [f32; 8],
    /// Lines of the preamble 1010..., the first symbol beginning at time 0: at the carrier and half
    /// the symbol rate below and above it.
    pub lines: [Complex64; 3],
}

/// Branches at one number of samples a symbol.
pub struct Templates {
    /// Samples in a symbol.
    pub samples_per_symbol: f64,
    /// Samples that begin within a symbol, at most.
    pub width: usize,
    /// Twice the deviation over the symbol rate.
    pub modulation_index: f64,
    /// One for each pulse shape.
    pub shapes: Vec<Shape>,
}

impl Templates {
    /// Branches of signals with this modulation index.
    pub fn new(samples_per_symbol: f64, modulation_index: f64) -> Result<Self> {
        // A clock that is a little slow must not have a sample more.
        let width = (samples_per_symbol - 0.01).ceil() as usize;
        let shape = |&bt: &Option<f64>| Shape::new(bt, samples_per_symbol, width, modulation_index);
        let shapes = SHAPES.iter().map(shape).collect::<Result<Vec<Shape>>>()?;
        Ok(Templates { samples_per_symbol, width, modulation_index, shapes })
    }
}

impl Shape {
    fn new(bt: Option<f64>, samples_per_symbol: f64, width: usize, index: f64) -> Result<Self> {
        let pulse = Pulse::new(bt)?;
        let phase = |bits: [bool; 3], time: f64| PI * index * turned(&pulse, bits, time);
        let branch = |k: usize| [k & 4 != 0, k & 2 != 0, k & 1 != 0];
        let tap = |step: usize, sample: usize| {
            let time = ((step as f64 + 0.5) / PHASES as f64 + sample as f64) / samples_per_symbol;
            // What lies in the next symbol does not count.
            let gain = if time < 1.0 { 1.0 } else { 0.0 };
            let values: [Complex64; 8] =
                std::array::from_fn(|k| Complex64::from_polar(gain, phase(branch(k), time)));
            Tap { re: values.map(|value| value.re as f32), im: values.map(|value| value.im as f32) }
        };
        let alternating = |time: f64| match time {
            time if time < 1.0 => phase([false, true, false], time),
            time => phase([true, false, true], time - 1.0),
        };
        let line = |k: i32| -> Complex64 {
            let step = |n: usize| (n as f64 + 0.5) / STEPS as f64;
            let wave = |time: f64| Complex64::from_polar(1.0, alternating(time));
            let turn = |time: f64| Complex64::from_polar(1.0, -PI * f64::from(k) * time);
            let sum: Complex64 = (0..2 * STEPS).map(|n| wave(step(n)) * turn(step(n))).sum();
            sum / (2 * STEPS) as f64
        };
        Ok(Shape {
            taps: (0..PHASES).flat_map(|p| (0..width).map(move |n| tap(p, n))).collect(),
            turn: std::array::from_fn(|k| (phase(branch(k), 1.0) - phase(branch(k), 0.0)) as f32),
            lines: [line(0), line(-1), line(1)],
        })
    }

    /// The `width` samples of a symbol whose first lies `late` of [`TICKS`] after its beginning, 1
    /// to a whole sample.
    #[inline(always)]
    pub fn at(&self, late: i64, width: usize) -> &[Tap] {
        let step = ((late - 1) >> (TICKS.ilog2() - PHASES.ilog2())) as usize % PHASES;
        &self.taps[step * width..][..width]
    }

    /// How well `lines` of an alternating signal, as in `self.lines`, fit this shape, and how long
    /// after time 0, in symbols, a one begins.
    pub fn fit(&self, lines: &[Complex64; 3]) -> (f64, f64) {
        let late = -(lines[2] * lines[1].conj()).arg() / TAU;
        let strength: f64 = self.lines.iter().map(Complex64::norm_sqr).sum();
        let projected = |late: f64| {
            let turn = Complex64::from_polar(1.0, PI * late);
            let sum = lines[0] * self.lines[0].conj()
                + lines[1] * self.lines[1].conj() * turn.conj()
                + lines[2] * self.lines[2].conj() * turn;
            sum.norm_sqr() / strength
        };
        let (near, far) = (projected(late), projected(late + 1.0));
        if near >= far {
            (near, late)
        } else {
            (far, late + 1.0)
        }
    }
}

/// What the phase has turned by since the middle of the symbol, in half turns at index 1.
fn turned(pulse: &Pulse, bits: [bool; 3], time: f64) -> f64 {
    let levels = bits.map(|bit| if bit { 1.0 } else { -1.0 });
    let reach = pulse.reach();
    debug_assert!(reach <= 1);
    let near = &levels[1 - reach..=1 + reach];
    // A pulse without reach has done all of its work before.
    let before = if reach == 0 { 0.0 } else { levels[0] };
    pulse.weigh(near, time) - before - levels[1] / 2.0
}
