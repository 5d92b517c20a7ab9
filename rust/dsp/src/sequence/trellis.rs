// SPDX-License-Identifier: GPL-3.0-or-later
//! Noncoherent sequence detection: the likeliest sequence of bits, the carrier's phase unknown.
//!
//! Every survivor keeps its own phase reference, the sum of what it has correlated so far, turned
//! on and forgotten exponentially: G. Colavolpe and R. Raheli, "Noncoherent sequence detection of
//! continuous phase modulations", IEEE Trans. Commun. 47 (1999), with the recursion in place of
//! their window; R. Raheli, A. Polydoros and C.-K. Tzou, "Per-survivor processing", IEEE Trans.
//! Commun. 43 (1995).

use super::templates::Tap;

/// What is left of the phase reference after a symbol.
pub const MEMORY: f32 = 0.88;

/// A number for each of the four states, which are the current bit and the next: 00, 01, 10, 11.
type Four = [f32; 4];

/// A number for each of the eight branches, 000, 001, ... 111: the bit before a state, and the state.
type Eight = [f32; 8];

/// Correlations of a symbol with the eight branches.
#[derive(Debug, Clone, Copy, Default)]
pub struct Branches {
    /// Real parts.
    pub re: Eight,
    /// Imaginary parts.
    pub im: Eight,
}

impl Branches {
    /// Correlates a symbol, its samples apart in real and imaginary parts.
    #[inline(always)]
    pub fn correlate(taps: &[Tap], re: &[f32], im: &[f32]) -> Self {
        // At four samples a symbol, the usual number, without a loop.
        match <&[Tap; 4]>::try_from(taps) {
            Ok(taps) => sum(taps, &re[..4], &im[..4]),
            Err(_) => sum(taps, re, im),
        }
    }

    /// Correlation with a branch: 000, 001, ... 111.
    #[inline(always)]
    pub fn of(&self, branch: usize) -> (f32, f32) {
        (self.re[branch & 7], self.im[branch & 7])
    }
}

#[inline(always)]
fn sum(taps: &[Tap], re: &[f32], im: &[f32]) -> Branches {
    let mut sums = Branches::default();
    for ((tap, &re), &im) in taps.iter().zip(re).zip(im) {
        for k in 0..8 {
            sums.re[k] += re * tap.re[k] + im * tap.im[k];
            sums.im[k] += im * tap.re[k] - re * tap.im[k];
        }
    }
    sums
}

/// The four survivors.
#[derive(Debug, Clone, Copy, Default)]
pub struct Trellis {
    metric: Four,
    /// Phase references, as much of them as is left in the next symbol.
    re: Four,
    im: Four,
    magnitude: Four,
}

/// For each branch what stands at the state it comes from.
#[inline(always)]
fn spread(x: &Four) -> Eight {
    [x[0], x[0], x[1], x[1], x[2], x[2], x[3], x[3]]
}

/// For each branch what stands at the state it leads to.
#[inline(always)]
fn repeat(x: &Four) -> Eight {
    [x[0], x[1], x[2], x[3], x[0], x[1], x[2], x[3]]
}

impl Trellis {
    /// On by a symbol. `turn` is what each state's phase turns by until the middle of the next.
    /// Returns, for each state, by how much a one before the current bit is likelier than a zero.
    #[inline(always)]
    pub fn step(&mut self, branches: &Branches, turn: &(Four, Four)) -> Four {
        let add = |a: &Eight, b: &Eight| -> Eight { std::array::from_fn(|k| a[k] + b[k]) };
        let rest: Four = std::array::from_fn(|k| self.metric[k] - MEMORY * self.magnitude[k]);
        let re = add(&spread(&self.re), &branches.re);
        let im = add(&spread(&self.im), &branches.im);
        let size: Eight = std::array::from_fn(|k| (re[k] * re[k] + im[k] * im[k]).sqrt());
        let metric = add(&spread(&rest), &size);
        // All are turned before it is known which survive: one step waits for the one before, so
        // what can be done beside the square root takes no time.
        let (cos, sin) = (repeat(&turn.0), repeat(&turn.1));
        let next_re: Eight = std::array::from_fn(|k| MEMORY * (re[k] * cos[k] - im[k] * sin[k]));
        let next_im: Eight = std::array::from_fn(|k| MEMORY * (re[k] * sin[k] + im[k] * cos[k]));
        let margin: Four = std::array::from_fn(|k| metric[4 + k] - metric[k]);
        let pick = |x: &Eight| -> Four {
            std::array::from_fn(|k| if margin[k].is_sign_positive() { x[4 + k] } else { x[k] })
        };
        self.metric = pick(&metric);
        self.magnitude = pick(&size);
        (self.re, self.im) = (pick(&next_re), pick(&next_im));
        margin
    }

    /// The likeliest state.
    pub fn best(&self) -> usize {
        (1..4).fold(0, |best, k| if self.metric[k] > self.metric[best] { k } else { best })
    }

    /// Takes the metric of the likeliest state off all, and returns it.
    pub fn settle(&mut self) -> f32 {
        let most = self.metric[self.best()];
        self.metric.iter_mut().for_each(|metric| *metric -= most);
        most
    }
}

/// Which of the `margins` of a step are for a one: bit `k` of the result tells of state `k`.
#[inline(always)]
pub fn choices(margins: &Four) -> u8 {
    // By their signs, which vectors do with no comparison.
    let is_zero: [u32; 4] = std::array::from_fn(|k| margins[k].to_bits() >> 31 << k);
    !((is_zero[0] | is_zero[2]) | (is_zero[1] | is_zero[3])) as u8
}

/// The state before `state`, as the `choices` of the step between them have it.
#[inline(always)]
pub fn previous(state: usize, choices: u8) -> usize {
    usize::from(choices >> state & 1) << 1 | state >> 1
}
