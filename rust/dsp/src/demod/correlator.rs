// SPDX-License-Identifier: GPL-3.0-or-later
//! Finding the end of a preamble and the sync word behind it: tops of the correlation.

use super::averages::{Averages, LANES};
use super::comparison::{Comparison, Match};
use super::history::History;
use super::sync_word::SyncWord;
use super::{Config, PreamblePhase};

/// Correlation from which on a sync word is believed. The coefficient of `n` symbols of noise has
/// standard deviation 1 / sqrt(n - 1), so for 32 symbols this is 4.2 of them.
const THRESHOLD: f32 = 0.75;

/// A sync word found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hit {
    /// Centre of the last symbol of the sync word, in samples and fractions of the stream.
    pub last_symbol: f64,
    /// Correlation, 0 to 1.
    pub quality: f32,
    /// Which sync word it is.
    pub sync_word: SyncWord,
    /// How the preamble ran into the sync word, polarity put right.
    pub phase: PreamblePhase,
    /// Ones are the lower tone.
    pub inverted: bool,
}

/// What the correlator waits for.
#[derive(Debug, Clone, Copy, PartialEq)]
enum State {
    /// A correlation above the threshold.
    Below,
    /// The top: `best` at sample `at`, `before` and `after` its neighbours in size.
    Rising { at: u64, best: Match, before: f32, after: f32 },
}

/// Slides the expected symbols along the stream.
pub struct Correlator {
    samples_per_symbol: f64,
    width: usize,
    comparison: Comparison,
    state: State,
    averages: Averages,
}

impl Correlator {
    /// A correlator for judged settings.
    pub fn new(config: &Config) -> Self {
        let samples_per_symbol = config.samples_per_symbol();
        let width = samples_per_symbol.round() as usize;
        Correlator {
            samples_per_symbol,
            width,
            comparison: Comparison::new(config),
            state: State::Below,
            averages: Averages::new(width),
        }
    }

    /// Symbols that are compared.
    pub fn symbols_compared(&self) -> usize {
        self.comparison.symbols()
    }

    /// Samples before sample `n` that a comparison at `n` looks at.
    pub fn reach(&self) -> u64 {
        self.comparison.reach() + self.width as u64
    }

    /// Samples after sample `n` that must be there for a comparison at `n`.
    pub fn ahead(&self) -> u64 {
        self.width as u64 / 2 + 1
    }

    /// Compares at the samples from `from` up to but not including `until`, which go on where the
    /// last ones ended. Returns at the first hit, with the sample after it: a hit is told once its
    /// top has passed.
    pub fn search(&mut self, history: &History, from: u64, until: u64) -> Option<(Hit, u64)> {
        if from >= until {
            return None;
        }
        self.averages.extend(history, from - self.comparison.reach() - 1, until);
        let mut n = from;
        while n < until {
            let count = LANES.min((until - n) as usize);
            let sums = self.comparison.sums(&self.averages, n);
            if self.state != State::Below || self.comparison.any_above(&sums, THRESHOLD) {
                for lane in 0..count {
                    if let Some(hit) = self.step(n + lane as u64, self.comparison.best(&sums, lane))
                    {
                        return Some((hit, n + lane as u64 + 1));
                    }
                }
            }
            n += count as u64;
        }
        None
    }

    /// Takes the comparison at sample `n`.
    fn step(&mut self, n: u64, now: Match) -> Option<Hit> {
        let strength = now.value.abs();
        let window = (1.5 * self.samples_per_symbol) as u64;
        let mut hit = None;
        self.state = match std::mem::replace(&mut self.state, State::Below) {
            State::Below if strength >= THRESHOLD => self.rising(n, now),
            State::Below => State::Below,
            State::Rising { best, .. } if strength > best.value.abs() => self.rising(n, now),
            State::Rising { at, best, before, after } => {
                let after = if n == at + 1 { strength } else { after };
                if n >= at + window {
                    hit = Some(Hit {
                        last_symbol: at as f64
                            + self.window_center()
                            + vertex(before, best.value.abs(), after),
                        quality: best.value.abs(),
                        sync_word: best.sync_word,
                        phase: best.phase,
                        inverted: best.value < 0.0,
                    });
                    State::Below
                } else {
                    State::Rising { at, best, before, after }
                }
            }
        };
        hit
    }

    /// A top at sample `n`, until a higher one comes.
    fn rising(&self, n: u64, best: Match) -> State {
        let sums = self.comparison.sums(&self.averages, n - 1);
        let before = self.comparison.best(&sums, 0).value.abs();
        State::Rising { at: n, best, before, after: 0.0 }
    }

    /// Centre of the averaged samples from the sample they are counted to: an even number of
    /// samples has its centre between two.
    fn window_center(&self) -> f64 {
        (self.width as f64 - 1.0) / 2.0 - ((self.width - 1) / 2) as f64
    }

    /// Forgets what it has seen: what follows is another signal.
    pub fn reset(&mut self) {
        self.state = State::Below;
    }
}

/// Place of the top of the parabola through three neighbours, from the middle one.
fn vertex(before: f32, top: f32, after: f32) -> f64 {
    let bend = f64::from(before) - 2.0 * f64::from(top) + f64::from(after);
    if bend >= 0.0 {
        return 0.0;
    }
    (0.5 * (f64::from(before) - f64::from(after)) / bend).clamp(-0.5, 0.5)
}
