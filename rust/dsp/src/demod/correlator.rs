// SPDX-License-Identifier: GPL-3.0-or-later
//! Finding the end of a preamble and the sync word behind it.
//!
//! The stream, averaged over a symbol, is compared with what preamble and sync word look like, the
//! mean taken out of both: a carrier offset does not matter, the strength neither. The value is
//! Pearson's correlation coefficient, between -1 and 1.

use super::averages::{Averages, LANES};
use super::history::History;
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
    /// How the preamble ran into the sync word, polarity put right.
    pub phase: PreamblePhase,
    /// Ones are the lower tone.
    pub inverted: bool,
}

/// What comparisons at [`LANES`] samples in a row are made of.
#[derive(Debug, Clone, Copy)]
struct Sums {
    /// Of the values of all symbols.
    all: [f32; LANES],
    /// Of their squares.
    squares: [f32; LANES],
    /// Of the preamble, with a sign that makes its last symbol -1.
    preamble: [f32; LANES],
    /// Of the sync word times what is expected.
    sync: [f32; LANES],
}

/// A comparison at one sample.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Match {
    /// With the sign of the polarity.
    value: f32,
    phase: PreamblePhase,
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
    preamble: usize,
    sync: Vec<f32>,
    /// How far before the last symbol each symbol lies, in samples, in order of time.
    distances: Vec<u64>,
    /// For each phase: mean and deviation of the expected symbols.
    expected: [(f32, f32); 2],
    state: State,
    averages: Averages,
}

impl Correlator {
    /// A correlator for judged settings.
    pub fn new(config: &Config) -> Self {
        let samples_per_symbol = config.samples_per_symbol();
        let sync = config.sync_symbols();
        let preamble = config.preamble_min_symbols as usize;
        let total = preamble + sync.len();
        let mut correlator = Correlator {
            samples_per_symbol,
            width: samples_per_symbol.round() as usize,
            preamble,
            distances: (0..total)
                .map(|k| ((total - 1 - k) as f64 * samples_per_symbol).round() as u64)
                .collect(),
            expected: [(0.0, 0.0); 2],
            state: State::Below,
            averages: Averages::new(samples_per_symbol.round() as usize),
            sync,
        };
        for phase in [PreamblePhase::EndsInZero, PreamblePhase::EndsInOne] {
            let symbols = correlator.symbols(phase);
            let mean = symbols.iter().sum::<f32>() / total as f32;
            let spread: f32 = symbols.iter().map(|s| (s - mean) * (s - mean)).sum();
            correlator.expected[phase as usize] = (mean, spread.sqrt());
        }
        correlator
    }

    /// Symbols that are compared.
    pub fn symbols_compared(&self) -> usize {
        self.distances.len()
    }

    /// Samples before sample `n` that a comparison at `n` looks at.
    pub fn reach(&self) -> u64 {
        self.distances[0] + self.width as u64
    }

    /// Samples after sample `n` that must be there for a comparison at `n`.
    pub fn ahead(&self) -> u64 {
        self.width as u64 / 2 + 1
    }

    /// The expected symbols, preamble and sync word, in order of time.
    fn symbols(&self, phase: PreamblePhase) -> Vec<f32> {
        let last = phase.last_symbol();
        let preamble = (0..self.preamble).map(|k| {
            if (self.preamble - 1 - k).is_multiple_of(2) {
                last
            } else {
                -last
            }
        });
        preamble.chain(self.sync.iter().copied()).collect()
    }

    /// Compares at the samples from `from` up to but not including `until`, which go on where the
    /// last ones ended. Returns at the first hit, with the sample after it: a hit is told once its
    /// top has passed.
    pub fn search(&mut self, history: &History, from: u64, until: u64) -> Option<(Hit, u64)> {
        if from >= until {
            return None;
        }
        self.averages.extend(history, from - self.distances[0] - 1, until);
        let mut n = from;
        while n < until {
            let count = LANES.min((until - n) as usize);
            let sums = self.sums(n);
            if self.state != State::Below || self.any_above(&sums) {
                for lane in 0..count {
                    if let Some(hit) = self.step(n + lane as u64, self.compare(&sums, lane)) {
                        return Some((hit, n + lane as u64 + 1));
                    }
                }
            }
            n += count as u64;
        }
        None
    }

    fn sums(&self, n: u64) -> Sums {
        let near = |distance: u64| self.averages.around(n - distance);
        let zeros = [0.0; LANES];
        let mut sums = Sums { all: zeros, squares: zeros, preamble: zeros, sync: zeros };
        let (preamble, sync) = self.distances.split_at(self.preamble);
        let mut sign = if self.preamble.is_multiple_of(2) { 1.0 } else { -1.0 };
        for &distance in preamble {
            for (lane, y) in near(distance).iter().enumerate() {
                sums.all[lane] += y;
                sums.squares[lane] += y * y;
                sums.preamble[lane] += sign * y;
            }
            sign = -sign;
        }
        for (&distance, &expected) in sync.iter().zip(&self.sync) {
            for (lane, y) in near(distance).iter().enumerate() {
                sums.all[lane] += y;
                sums.squares[lane] += y * y;
                sums.sync[lane] += expected * y;
            }
        }
        sums
    }

    /// Whether one of the comparisons may be above the threshold; without roots and quotients.
    fn any_above(&self, sums: &Sums) -> bool {
        let total = self.distances.len() as f32;
        let [(zero_mean, zero_spread), (one_mean, one_spread)] = self.expected;
        let mut any = false;
        for lane in 0..LANES {
            let (all, sync, preamble) = (sums.all[lane], sums.sync[lane], sums.preamble[lane]);
            // A little less than the threshold, for rounding.
            let least = 0.999 * THRESHOLD * THRESHOLD * (sums.squares[lane] - all * all / total);
            let zero = sync + preamble - zero_mean * all;
            let one = sync - preamble - one_mean * all;
            any |= zero * zero >= least * zero_spread * zero_spread
                || one * one >= least * one_spread * one_spread;
        }
        any
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
        let before = self.compare(&self.sums(n - 1), 0).value.abs();
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

    fn compare(&self, sums: &Sums, lane: usize) -> Match {
        let (sum, squares) = (sums.all[lane], sums.squares[lane]);
        let (preamble, sync) = (sums.preamble[lane], sums.sync[lane]);
        let total = self.distances.len() as f32;
        let spread = (squares - sum * sum / total).max(0.0).sqrt();
        let of = |phase: PreamblePhase, product: f32| {
            let (mean, expected_spread) = self.expected[phase as usize];
            let scale = spread * expected_spread;
            // Samples that do not change at all correlate with nothing.
            let value = if scale > 1e-9 { (product - mean * sum) / scale } else { 0.0 };
            Match { value, phase }
        };
        let zero = of(PreamblePhase::EndsInZero, sync + preamble);
        let one = of(PreamblePhase::EndsInOne, sync - preamble);
        if zero.value.abs() >= one.value.abs() {
            zero
        } else {
            one
        }
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
