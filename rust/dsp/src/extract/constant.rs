// SPDX-License-Identifier: GPL-3.0-or-later
//! The constant that a receiver adds to its samples.

use num_complex::Complex32;

use crate::simd::{widest, Kernel};

/// Power of a block over that of those before above which it counts only as much as this.
const LOUDEST: f32 = 1e3;

/// Averages the constant in a stream, block by block.
///
/// A block far louder than those before counts for no more than a loud one, so that a single sample
/// out of all proportion does not displace the constant; after a block far quieter than those
/// before the average starts again.
#[derive(Debug, Clone, Default)]
pub struct Constant {
    value: Complex32,
    power: f32,
    blocks: u32,
}

impl Constant {
    /// The constant so far.
    pub fn value(&self) -> Complex32 {
        self.value
    }

    /// Takes the next block; the average is over about `memory` blocks. A block that holds what is
    /// no number, or numbers whose squares are none, says nothing.
    pub fn learn(&mut self, samples: &[Complex32], memory: u32) {
        let (mean, power) = widest(Moments(samples));
        if !mean.is_finite() || !power.is_finite() {
            return;
        }
        if power < self.power / LOUDEST {
            *self = Constant::default();
        }
        let limit = if self.blocks == 0 { power } else { LOUDEST * self.power };
        let scale = if power > limit { (limit / power).sqrt() } else { 1.0 };
        self.blocks = (self.blocks + 1).min(memory.max(1));
        let share = 1.0 / self.blocks as f32;
        self.value += (mean * scale - self.value) * share;
        self.power += (power.min(limit) - self.power) * share;
    }
}

/// Mean and mean square of samples.
struct Moments<'a>(&'a [Complex32]);

impl Kernel for Moments<'_> {
    type Output = (Complex32, f32);

    #[inline(always)]
    fn run(self) -> (Complex32, f32) {
        moments(self.0)
    }
}

#[inline(always)]
fn moments(samples: &[Complex32]) -> (Complex32, f32) {
    /// Sums that go on side by side, so that the compiler can make one instruction of many.
    const LANES: usize = 8;
    let mut sums = [Complex32::default(); LANES];
    let mut squares = [Complex32::default(); LANES];
    let mut add = |piece: &[Complex32]| {
        for ((sum, square), x) in sums.iter_mut().zip(&mut squares).zip(piece) {
            *sum += x;
            *square += Complex32::new(x.re * x.re, x.im * x.im);
        }
    };
    let mut pieces = samples.chunks_exact(LANES);
    for piece in &mut pieces {
        add(piece);
    }
    add(pieces.remainder());
    let count = samples.len().max(1) as f32;
    let square: Complex32 = squares.iter().sum();
    (sums.iter().sum::<Complex32>() / count, (square.re + square.im) / count)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(constant: Complex32) -> Vec<Complex32> {
        (0..1000).map(|n| constant + Complex32::from_polar(0.1, n as f32 * 0.7)).collect()
    }

    fn after(blocks: &[Vec<Complex32>]) -> Complex32 {
        let mut constant = Constant::default();
        blocks.iter().for_each(|block| constant.learn(block, 100));
        constant.value()
    }

    #[test]
    fn one_absurd_sample_anywhere_does_no_harm() {
        let truth = Complex32::new(0.02, -0.01);
        for absurd in [1e4, 1e10, 1e19, 3e38, f32::NAN, f32::INFINITY] {
            for at in [0, 1, 50] {
                let mut blocks = vec![block(truth); 400];
                blocks[at][500] = Complex32::new(absurd, absurd);
                let error = (after(&blocks) - truth).norm();
                assert!(error < 0.005, "{absurd} in block {at}: {error}");
            }
        }
    }

    #[test]
    fn a_change_of_gain_is_followed() {
        for gain in [1e-3, 0.1, 10.0, 1e3] {
            let truth = Complex32::new(0.02, -0.01);
            let mut blocks = vec![block(truth); 100];
            let scaled = block(truth).iter().map(|x| x * gain).collect::<Vec<_>>();
            blocks.extend(vec![scaled; 800]);
            let error = (after(&blocks) / gain - truth).norm();
            assert!(error < 0.005, "gain {gain}: {error}");
        }
    }
}
