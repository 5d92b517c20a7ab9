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

/// Correlations of a symbol with the eight branches.
#[derive(Debug, Clone, Copy, Default)]
pub struct Branches {
    /// Real and imaginary part, the bit before being zero, for each state the branch leads to.
    pub zero: (Four, Four),
    /// The same, the bit before being one.
    pub one: (Four, Four),
}

impl Branches {
    /// Correlates a symbol, its samples apart in real and imaginary parts.
    #[inline(always)]
    pub fn correlate(taps: &[Tap], re: &[f32], im: &[f32]) -> Self {
        // Products of the real part with real and imaginary parts of the taps, and the same of the
        // imaginary part.
        let (mut real, mut imaginary) = ([0.0f32; 8], [0.0f32; 8]);
        for ((tap, &re), &im) in taps.iter().zip(re).zip(im) {
            for k in 0..8 {
                real[k] += re * tap.parts[k];
                imaginary[k] += im * tap.parts[k];
            }
        }
        let (rr, ri) = (&real[..4], &real[4..]);
        let (ir, ii) = (&imaginary[..4], &imaginary[4..]);
        // The opposite bits look like the conjugate, so the states come in reverse.
        let opposite = |k: usize| 3 - k;
        Branches {
            zero: (std::array::from_fn(|k| rr[k] + ii[k]), std::array::from_fn(|k| ir[k] - ri[k])),
            one: (
                std::array::from_fn(|k| rr[opposite(k)] - ii[opposite(k)]),
                std::array::from_fn(|k| ir[opposite(k)] + ri[opposite(k)]),
            ),
        }
    }

    /// Correlation with a branch: 000, 001, ... 111.
    #[inline(always)]
    pub fn of(&self, branch: usize) -> (f32, f32) {
        let (re, im) = if branch & 4 == 0 { &self.zero } else { &self.one };
        (re[branch & 3], im[branch & 3])
    }
}

/// The four survivors.
#[derive(Debug, Clone, Default)]
pub struct Trellis {
    metric: Four,
    re: Four,
    im: Four,
    magnitude: Four,
}

/// From which state each state is reached when the bit before was zero; two more when it was one.
#[inline(always)]
fn from_zero(x: &Four) -> Four {
    [x[0], x[0], x[1], x[1]]
}

#[inline(always)]
fn from_one(x: &Four) -> Four {
    [x[2], x[2], x[3], x[3]]
}

impl Trellis {
    /// On by a symbol. `turn` is what each state's phase turns by until the middle of the next.
    /// Returns, for each state, by how much a one before the current bit is likelier than a zero.
    #[inline(always)]
    pub fn step(&mut self, branches: &Branches, turn: &(Four, Four)) -> Four {
        let extend =
            |old: Four, new: &Four| -> Four { std::array::from_fn(|k| MEMORY * old[k] + new[k]) };
        let size = |re: &Four, im: &Four| -> Four {
            std::array::from_fn(|k| (re[k] * re[k] + im[k] * im[k]).sqrt())
        };
        let rest: Four = std::array::from_fn(|k| self.metric[k] - MEMORY * self.magnitude[k]);
        let zero_re = extend(from_zero(&self.re), &branches.zero.0);
        let zero_im = extend(from_zero(&self.im), &branches.zero.1);
        let one_re = extend(from_one(&self.re), &branches.one.0);
        let one_im = extend(from_one(&self.im), &branches.one.1);
        let (zero_size, one_size) = (size(&zero_re, &zero_im), size(&one_re, &one_im));
        let (zero_rest, one_rest) = (from_zero(&rest), from_one(&rest));
        let zero: Four = std::array::from_fn(|k| zero_rest[k] + zero_size[k]);
        let one: Four = std::array::from_fn(|k| one_rest[k] + one_size[k]);
        let margin: Four = std::array::from_fn(|k| one[k] - zero[k]);
        let pick = |zero: &Four, one: &Four| -> Four {
            std::array::from_fn(|k| if margin[k] > 0.0 { one[k] } else { zero[k] })
        };
        self.metric = pick(&zero, &one);
        self.magnitude = pick(&zero_size, &one_size);
        let (re, im) = (pick(&zero_re, &one_re), pick(&zero_im, &one_im));
        let (cos, sin) = turn;
        self.re = std::array::from_fn(|k| re[k] * cos[k] - im[k] * sin[k]);
        self.im = std::array::from_fn(|k| re[k] * sin[k] + im[k] * cos[k]);
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

/// The state before `state`, as `margin` of the step between them has it.
#[inline]
pub fn previous(state: usize, margin: &Four) -> usize {
    usize::from(margin[state & 3] > 0.0) << 1 | state >> 1
}
