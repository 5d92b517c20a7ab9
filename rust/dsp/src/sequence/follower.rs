// SPDX-License-Identifier: GPL-3.0-or-later
//! Symbol after symbol behind a preamble: the trellis, and what keeps it in step.

use num_complex::Complex32;

use super::baseband::Baseband;
use super::before::WALK_BACK;
use super::search::Preamble;
use super::templates::{Shape, Templates, TICKS};
use super::tracker::Tracker;
use super::trellis::{choices, previous, Branches, Trellis};
use crate::demod::timing::Timing;
use crate::simd::{widest, Kernel};

/// Symbols between two corrections of carrier, deviation and clock.
pub const BLOCK: usize = 16;
/// Symbols by which decisions stay behind: by then the survivors have one past.
const LAG: usize = 16;
/// Symbols whose correlations are kept.
const KEPT: usize = 64;
/// How much of a symbol must be there at the end of a burst: a recording that ends with a packet
/// ends in its last symbol.
const LAST_SYMBOL_PART: f64 = 0.6;
/// Doubt in symbols where a preamble has set the clock.
const TIMING_SPREAD: f64 = 0.03;

/// A block of symbols as it was taken in.
#[derive(Debug, Clone, Copy)]
pub(super) struct Taken {
    /// Centre of its first symbol, in samples.
    pub(super) center: f64,
    /// Samples in a symbol.
    pub(super) period: f64,
    /// Corrections of the clock up to then, in symbols.
    corrected: f64,
    /// Likelihood gained a symbol.
    growth: f32,
}

/// What a [`Follower`] writes on: it is used for one burst after the other.
#[derive(Debug, Default)]
pub struct Memory {
    pub(super) baseband: Baseband,
    /// Correlations of the last [`KEPT`] symbols.
    kept: Vec<Branches>,
    /// For each symbol and state, by how much a one before is likelier than a zero.
    margins: Vec<[f32; 4]>,
    /// Which of them are for a one.
    choices: Vec<u8>,
    pub(super) taken: Vec<Taken>,
    /// Bits decided, of all symbols from the first on.
    pub(super) bits: Vec<u8>,
    /// By how much the bits are likelier than others, over the amplitude.
    sizes: Vec<f32>,
}

/// Follows a transmitter through a burst.
pub struct Follower<'a> {
    samples: &'a [Complex32],
    templates: &'a Templates,
    shape: &'a Shape,
    pub(super) memory: &'a mut Memory,
    trellis: Trellis,
    pub tracker: Tracker,
    pub timing: Timing,
    corrected: f64,
    learned: usize,
    carrier: f64,
}

impl<'a> Follower<'a> {
    /// Begins at the preamble found in the window from sample `window` on.
    pub fn new(
        samples: &'a [Complex32],
        templates: &'a Templates,
        memory: &'a mut Memory,
        preamble: &Preamble,
        window: usize,
    ) -> Self {
        let period = templates.samples_per_symbol;
        let first = window.saturating_sub((WALK_BACK as f64 * period) as usize + templates.width);
        memory.baseband.tune(preamble.carrier, first, samples.len());
        memory.kept.resize(KEPT, Branches::default());
        memory.margins.clear();
        memory.choices.clear();
        memory.taken.clear();
        memory.bits.clear();
        // The first symbol that begins in the window.
        let begin = preamble.one_starts - (preamble.one_starts / period).floor() * period;
        let center = window as f64 + begin + period / 2.0;
        Follower {
            samples,
            templates,
            shape: &templates.shapes[preamble.shape],
            memory,
            trellis: Trellis::default(),
            tracker: Tracker::new(templates.modulation_index),
            timing: Timing::new(period, center, TIMING_SPREAD),
            corrected: 0.0,
            learned: 1,
            carrier: preamble.carrier,
        }
    }

    /// Takes the next block; false when the burst is over.
    pub fn block(&mut self) -> bool {
        let count = self.symbols_left().min(BLOCK);
        if count == 0 {
            return false;
        }
        let (center, period) = (self.timing.center(), self.timing.period());
        let until = center + (count as f64 + 1.0) * period;
        self.memory.baseband.turn_until(self.samples, until as usize + self.templates.width + 1);
        widest(Symbols {
            follower: self,
            count,
            begin: ticks(center - 0.5 * period),
            step: ticks(period),
        });
        let growth = self.trellis.settle() / count as f32;
        self.memory.taken.push(Taken { center, period, corrected: self.corrected, growth });
        self.decide(LAG);
        widest(Lesson(self));
        true
    }

    /// Bits decided, of all symbols from the first on.
    pub fn bits(&self) -> &[u8] {
        &self.memory.bits
    }

    /// Symbols taken in.
    pub fn count(&self) -> usize {
        self.memory.margins.len()
    }

    /// Likelihood gained a symbol in the last two blocks, over the amplitude.
    pub fn level(&self) -> f32 {
        let last = &self.memory.taken[self.memory.taken.len().saturating_sub(2)..];
        last.iter().map(|t| t.growth).sum::<f32>() / last.len() as f32
    }

    /// Carrier in cycles a sample.
    pub fn carrier(&self) -> f64 {
        let radians = f64::from(self.tracker.carrier) / self.templates.samples_per_symbol;
        self.carrier + radians / std::f64::consts::TAU
    }

    /// Sample at which symbol `k` begins.
    pub fn begin_of(&self, k: usize) -> f64 {
        let Some(block) = self.memory.taken.get(k / BLOCK).or(self.memory.taken.last()) else {
            return self.timing.center();
        };
        let first = (k / BLOCK).min(self.memory.taken.len() - 1) * BLOCK;
        block.center + (k as f64 - first as f64 - 0.5) * block.period
    }

    /// Correlates the symbol that begins at `begin`, in ticks.
    #[inline(always)]
    pub(super) fn correlate(&self, begin: i64) -> Branches {
        correlate(&self.memory.baseband, self.shape, self.templates.width, begin)
    }

    fn symbols_left(&self) -> usize {
        let end = self.samples.len() as f64;
        let part = (end - self.timing.center()) / self.timing.period() + 0.5 - LAST_SYMBOL_PART;
        // As many as have that much of them before the end.
        if part >= 0.0 {
            part as usize + 1
        } else {
            0
        }
    }

    /// Decides all bits that are not yet: nothing is to follow.
    pub fn decide_all(&mut self) {
        self.decide(0);
    }

    /// Decides all bits but the last `lag`.
    fn decide(&mut self, lag: usize) {
        let decided = self.memory.bits.len();
        let until = self.memory.choices.len().saturating_sub(lag);
        if until <= decided {
            return;
        }
        self.memory.bits.resize(until, 0);
        let mut state = self.trellis.best();
        for &choices in self.memory.choices[until..].iter().rev() {
            state = previous(state, choices);
        }
        let bits = self.memory.bits[decided..].iter_mut();
        for (bit, &choices) in bits.zip(&self.memory.choices[decided..until]).rev() {
            *bit = (state >> 1) as u8;
            state = previous(state, choices);
        }
    }

    #[inline(always)]
    fn learn(&mut self) {
        // The symbol after must be known, too.
        let until = self.memory.bits.len().saturating_sub(1);
        if until <= self.learned {
            return;
        }
        let kept = &self.memory.kept;
        let block = (self.learned..until).map(|k| &kept[k % KEPT]);
        let bits = &self.memory.bits[self.learned - 1..=until];
        let seen = self.tracker.learn(block, bits, self.shape);
        if let Some(seen) = seen {
            let then = self.memory.taken[(self.learned + until) / 2 / BLOCK].corrected;
            let error = seen.error - (self.corrected - then);
            let before = self.timing.center();
            self.timing.correct(error, seen.variance);
            self.corrected += (self.timing.center() - before) / self.templates.samples_per_symbol;
        }
        self.learned = until;
    }

    /// Soft values of the bits of symbols `first` to `end`: sign by the bit, size by how much
    /// likelier it is than the other, about 1 without noise.
    pub fn soft(&mut self, first: usize, end: usize) -> Vec<f32> {
        let end = end.min(self.memory.bits.len());
        let mut size = std::mem::take(&mut self.memory.sizes);
        size.clear();
        size.resize(self.memory.margins.len() + 1, f32::MAX);
        let mut state = self.trellis.best();
        let choices = &self.memory.choices;
        let at_most = |size: &mut f32, margin: f32| {
            if margin < *size {
                *size = margin;
            }
        };
        for (k, margins) in self.memory.margins.iter().enumerate().skip(first.max(2)).rev() {
            let margin = margins[state & 3].abs();
            state = previous(state, choices[k]);
            at_most(&mut size[k - 1], margin);
            // What was preferred and what it was preferred to may have another bit before, too.
            let (won, lost) =
                (previous(state, choices[k - 1]), previous(state ^ 2, choices[k - 1]));
            if (won ^ lost) & 2 != 0 {
                at_most(&mut size[k - 2], margin);
            }
        }
        let scale = 1.0 / self.tracker.amplitude().max(f32::MIN_POSITIVE);
        let value = |(&bit, &size): (&u8, &f32)| {
            let sign = if bit == 1 { 1.0 } else { -1.0 };
            sign * (size * scale).clamp(1e-3, 9.0)
        };
        let soft = self.memory.bits[..end].iter().zip(&size).skip(first).map(value).collect();
        self.memory.sizes = size;
        soft
    }
}

/// Symbols of a block to be taken in, the first of which begins at `begin`, in ticks.
struct Symbols<'f, 'a> {
    follower: &'f mut Follower<'a>,
    count: usize,
    begin: i64,
    /// From one to the next.
    step: i64,
}

impl Kernel for Symbols<'_, '_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Symbols { follower, count, mut begin, step } = self;
        let turns = follower.tracker.turns();
        let Memory { baseband, kept, margins, choices: chosen, .. } = &mut *follower.memory;
        let (first, width) = (margins.len(), follower.templates.width);
        margins.resize(first + count, [0.0; 4]);
        chosen.resize(first + count, 0);
        // Apart from the follower, so that it stays in registers.
        let mut trellis = follower.trellis;
        let news = margins[first..].iter_mut().zip(&mut chosen[first..]);
        let mut correlate_next = |kept: &mut [Branches], k: usize| {
            kept[k % KEPT] = correlate(baseband, follower.shape, width, begin);
            begin += step;
        };
        correlate_next(kept, first);
        for (k, (margins, chosen)) in (first..).zip(news) {
            // One ahead and by way of memory: so it goes on beside the trellis, in vectors twice
            // as wide.
            if k + 1 < first + count {
                correlate_next(kept, k + 1);
            }
            *margins = trellis.step(&kept[k % KEPT], &turns);
            *chosen = choices(margins);
        }
        follower.trellis = trellis;
        follower.timing.advance_by(count);
    }
}

/// Correlates the symbol of a burst at `baseband` that begins at `begin`, in ticks, and has `width`
/// samples at most.
#[inline(always)]
fn correlate(baseband: &Baseband, shape: &Shape, width: usize, begin: i64) -> Branches {
    let first = begin.div_euclid(TICKS) + 1;
    let taps = shape.at(first * TICKS - begin, width);
    let n = first as usize;
    Branches::correlate(taps, &baseband.re[n..n + width], &baseband.im[n..n + width])
}

/// What is to be learned of the bits decided.
struct Lesson<'f, 'a>(&'f mut Follower<'a>);

impl Kernel for Lesson<'_, '_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        self.0.learn();
    }
}

/// A place in samples as ticks.
pub(super) fn ticks(samples: f64) -> i64 {
    (samples * TICKS as f64) as i64
}
