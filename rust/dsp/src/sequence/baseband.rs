// SPDX-License-Identifier: GPL-3.0-or-later
//! A burst with its carrier taken out, bit by bit as it is needed.

use std::f64::consts::TAU;

use num_complex::{Complex32, Complex64};

use crate::simd::{widest, Kernel};

/// Samples that are turned from one exact phase.
const ANCHOR: usize = 64;

/// Real and imaginary parts of a burst, turned by a carrier.
#[derive(Debug, Default)]
pub struct Baseband {
    pub re: Vec<f32>,
    pub im: Vec<f32>,
    /// First sample that is turned.
    first: usize,
    /// One past the last.
    end: usize,
    /// Phase of the next anchor and what it turns by in `ANCHOR` samples.
    phase: Complex64,
    advance: Complex64,
    /// Turn of each sample after an anchor.
    turns: Vec<Complex32>,
}

impl Baseband {
    /// Makes ready to take out `carrier`, in cycles a sample, from sample `first` on, in a burst of
    /// `length` samples.
    pub fn tune(&mut self, carrier: f64, first: usize, length: usize) {
        let turn = |n: usize| Complex64::from_polar(1.0, -TAU * (carrier * n as f64).fract());
        let (step, mut phasor) = (turn(1), Complex64::new(1.0, 0.0));
        self.turns.clear();
        self.turns.extend((0..ANCHOR).map(|_| {
            let turn = Complex32::new(phasor.re as f32, phasor.im as f32);
            phasor *= step;
            turn
        }));
        self.advance = turn(ANCHOR);
        self.phase = turn(first);
        (self.first, self.end) = (first, first);
        self.re.resize(length.max(self.re.len()), 0.0);
        self.im.resize(length.max(self.im.len()), 0.0);
    }

    /// First sample that is turned.
    pub fn first(&self) -> usize {
        self.first
    }

    /// Turns all samples before `until`; behind the last of the burst come zeros.
    pub fn turn_until(&mut self, samples: &[Complex32], until: usize) {
        if until > self.re.len() {
            self.re.resize(until + ANCHOR, 0.0);
            self.im.resize(until + ANCHOR, 0.0);
        }
        while self.end < until {
            let next = self.end + ANCHOR;
            let there = &samples[self.end.min(samples.len())..next.min(samples.len())];
            if self.re.len() < next {
                self.re.resize(next, 0.0);
                self.im.resize(next, 0.0);
            }
            let (re, im) = (&mut self.re[self.end..next], &mut self.im[self.end..next]);
            let phase = Complex32::new(self.phase.re as f32, self.phase.im as f32);
            widest(Turn { samples: there, turns: &self.turns, phase, re, im });
            re[there.len()..].fill(0.0);
            im[there.len()..].fill(0.0);
            self.phase *= self.advance;
            self.end = next;
        }
    }
}

/// `samples` turned by `phase` and each by one of `turns`, their parts put into `re` and `im`.
struct Turn<'a> {
    samples: &'a [Complex32],
    turns: &'a [Complex32],
    phase: Complex32,
    re: &'a mut [f32],
    im: &'a mut [f32],
}

impl Kernel for Turn<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let parts = self.re.iter_mut().zip(self.im);
        for ((x, turn), (re, im)) in self.samples.iter().zip(self.turns).zip(parts) {
            let turned = x * (turn * self.phase);
            (*re, *im) = (turned.re, turned.im);
        }
    }
}
