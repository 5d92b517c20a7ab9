// SPDX-License-Identifier: GPL-3.0-or-later
//! Symbol after symbol behind a preamble: the trellis, and what keeps it in step.

use num_complex::Complex32;

use super::baseband::Baseband;
use super::search::Preamble;
use super::templates::{Shape, Templates, TICKS};
use super::tracker::Tracker;
use super::trellis::{previous, Branches, Trellis};
use crate::demod::timing::Timing;

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
struct Taken {
    /// Centre of its first symbol, in samples.
    center: f64,
    /// Samples in a symbol.
    period: f64,
    /// Corrections of the clock up to then, in symbols.
    corrected: f64,
    /// Likelihood gained a symbol.
    growth: f32,
}

/// Follows a transmitter through a burst.
pub struct Follower<'a> {
    samples: &'a [Complex32],
    templates: &'a Templates,
    shape: &'a Shape,
    baseband: &'a mut Baseband,
    trellis: Trellis,
    pub tracker: Tracker,
    pub timing: Timing,
    corrected: f64,
    kept: Vec<Branches>,
    margins: Vec<[f32; 4]>,
    taken: Vec<Taken>,
    /// Bits decided, of all symbols from the first on.
    pub bits: Vec<u8>,
    learned: usize,
    carrier: f64,
}

impl<'a> Follower<'a> {
    /// Begins at the preamble found in the window from sample `window` on.
    pub fn new(
        samples: &'a [Complex32],
        templates: &'a Templates,
        baseband: &'a mut Baseband,
        preamble: &Preamble,
        window: usize,
    ) -> Self {
        let period = templates.samples_per_symbol;
        let first = window.saturating_sub((WALK_BACK as f64 * period) as usize + templates.width);
        baseband.tune(preamble.carrier, first, samples.len());
        // The first symbol that begins in the window.
        let begin = preamble.one_starts - (preamble.one_starts / period).floor() * period;
        let center = window as f64 + begin + period / 2.0;
        Follower {
            samples,
            templates,
            shape: &templates.shapes[preamble.shape],
            baseband,
            trellis: Trellis::default(),
            tracker: Tracker::new(templates.modulation_index),
            timing: Timing::new(period, center, TIMING_SPREAD),
            corrected: 0.0,
            kept: vec![Branches::default(); KEPT],
            margins: Vec::new(),
            taken: Vec::new(),
            bits: Vec::new(),
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
        self.baseband.turn_until(self.samples, until as usize + self.templates.width + 1);
        let turns = self.tracker.turns();
        let (mut begin, step) = (ticks(center - 0.5 * period), ticks(period));
        self.margins.reserve(count);
        for _ in 0..count {
            let branches = self.correlate(begin);
            self.kept[self.margins.len() % KEPT] = branches;
            self.margins.push(self.trellis.step(&branches, &turns));
            self.timing.advance();
            begin += step;
        }
        let growth = self.trellis.settle() / count as f32;
        self.taken.push(Taken { center, period, corrected: self.corrected, growth });
        self.decide(LAG);
        self.learn();
        true
    }

    /// Symbols taken in.
    pub fn count(&self) -> usize {
        self.margins.len()
    }

    /// Likelihood gained a symbol in the last two blocks, over the amplitude.
    pub fn level(&self) -> f32 {
        let last = &self.taken[self.taken.len().saturating_sub(2)..];
        last.iter().map(|t| t.growth).sum::<f32>() / last.len() as f32
    }

    /// Carrier in cycles a sample.
    pub fn carrier(&self) -> f64 {
        let radians = f64::from(self.tracker.carrier) / self.templates.samples_per_symbol;
        self.carrier + radians / std::f64::consts::TAU
    }

    /// Sample at which symbol `k` begins.
    pub fn begin_of(&self, k: usize) -> f64 {
        let Some(block) = self.taken.get(k / BLOCK).or(self.taken.last()) else {
            return self.timing.center();
        };
        let first = (k / BLOCK).min(self.taken.len() - 1) * BLOCK;
        block.center + (k as f64 - first as f64 - 0.5) * block.period
    }

    /// Correlates the symbol that begins at `begin`, in ticks.
    #[inline]
    fn correlate(&self, begin: i64) -> Branches {
        let first = begin.div_euclid(TICKS) + 1;
        let width = self.templates.width;
        let taps = self.shape.at(first * TICKS - begin, width);
        let n = first as usize;
        let (re, im) = (&self.baseband.re[n..n + width], &self.baseband.im[n..n + width]);
        Branches::correlate(taps, re, im)
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
        let (count, decided) = (self.margins.len(), self.bits.len());
        let until = count.saturating_sub(lag);
        if until <= decided {
            return;
        }
        self.bits.resize(until, 0);
        let mut state = self.trellis.best();
        for k in (decided..count).rev() {
            if k < until {
                self.bits[k] = (state >> 1) as u8;
            }
            state = previous(state, &self.margins[k]);
        }
    }

    fn learn(&mut self) {
        // The symbol after must be known, too.
        let until = self.bits.len().saturating_sub(1);
        if until <= self.learned {
            return;
        }
        let kept = &self.kept;
        let block = (self.learned..until).map(|k| &kept[k % KEPT]);
        let bits = &self.bits[self.learned - 1..=until];
        let seen = self.tracker.learn(block, bits, self.shape);
        if let Some(seen) = seen {
            let then = self.taken[(self.learned + until) / 2 / BLOCK].corrected;
            let error = seen.error - (self.corrected - then);
            let before = self.timing.center();
            self.timing.correct(error, seen.variance);
            self.corrected += (self.timing.center() - before) / self.templates.samples_per_symbol;
        }
        self.learned = until;
    }

    /// Soft values of the bits of symbols `first` to `end`: sign by the bit, size by how much
    /// likelier it is than the other, about 1 without noise.
    pub fn soft(&self, first: usize, end: usize) -> Vec<f32> {
        let end = end.min(self.bits.len());
        let mut size = vec![f32::MAX; self.margins.len() + 1];
        let mut state = self.trellis.best();
        for k in (first.max(2)..self.margins.len()).rev() {
            let margin = self.margins[k][state & 3];
            let before = previous(state, &self.margins[k]);
            let loser = before ^ 2;
            let (won, lost) = (&self.margins[k - 1][before & 3], &self.margins[k - 1][loser & 3]);
            size[k - 1] = size[k - 1].min(margin.abs());
            if (*won > 0.0) != (*lost > 0.0) {
                size[k - 2] = size[k - 2].min(margin.abs());
            }
            state = before;
        }
        let scale = 1.0 / self.tracker.amplitude().max(f32::MIN_POSITIVE);
        let sign = |bit: u8| if bit == 1 { 1.0 } else { -1.0 };
        let value = |k: usize| sign(self.bits[k]) * (size[k] * scale).clamp(1e-3, 9.0);
        (first..end).map(value).collect()
    }

    /// Symbols of alternating preamble before symbol 0 (negative: so many later), `sync` being the
    /// first symbol of the sync word.
    pub fn preamble_before(&mut self, sync: usize) -> i64 {
        let from = sync.min(WINDOW_DOUBT);
        let Some(&block) = self.taken.first() else { return 0 };
        let begin = |k: i64| block.center + (k as f64 - 0.5) * block.period;
        let bit = |k: i64| (i64::from(self.bits[from]) + k - from as i64).rem_euclid(2) as u8;
        let value = |k: i64| {
            let (bit, other) = (bit(k), bit(k + 1));
            let branch = usize::from(other << 2 | bit << 1 | other);
            let (re, im) = self.correlate(ticks(begin(k))).of(branch);
            Complex32::new(re, im)
                * Complex32::from_polar(1.0, -self.tracker.carrier * (k - from as i64) as f32)
        };
        let known = from as i64..sync.min(from + BLOCK) as i64;
        if known.is_empty() {
            return 0;
        }
        let reference: Complex32 = known.clone().map(value).sum();
        let scale = (known.end - known.start) as f32 / reference.norm_sqr().max(f32::MIN_POSITIVE);
        let (mut score, mut best, mut first) = (0.0, 0.0, from as i64);
        for k in (-(WALK_BACK as i64)..from as i64).rev() {
            if begin(k) < self.baseband.first() as f64 || score < best - DOUBT_LIMIT {
                break;
            }
            score += (value(k) * reference.conj()).re * scale - 0.5;
            if score > best {
                (best, first) = (score, k);
            }
        }
        -first
    }
}

/// Symbols that are followed back before the window in which a preamble was found.
const WALK_BACK: usize = 64;
/// Symbols of a window before which the preamble may begin.
const WINDOW_DOUBT: usize = 12;
/// Symbols' worth of doubt after which a preamble is over.
const DOUBT_LIMIT: f32 = 4.0;

/// A place in samples as ticks.
fn ticks(samples: f64) -> i64 {
    (samples * TICKS as f64) as i64
}
