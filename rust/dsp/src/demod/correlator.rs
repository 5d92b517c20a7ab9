// SPDX-License-Identifier: GPL-3.0-or-later
//! Finding the end of a preamble and the sync word behind it.
//!
//! The stream, averaged over a symbol, is compared with what preamble and sync word look like, the
//! mean taken out of both: a carrier offset does not matter, the strength neither. The value is
//! Pearson's correlation coefficient, between -1 and 1.

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

/// A comparison at one sample.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Match {
    /// With the sign of the polarity.
    value: f32,
    phase: PreamblePhase,
}

const NONE: Match = Match { value: 0.0, phase: PreamblePhase::EndsInZero };

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
    previous: Match,
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
            previous: NONE,
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

    /// Compares at sample `n`; a hit is told once its top has passed.
    pub fn at(&mut self, history: &History, n: u64) -> Option<Hit> {
        let now = self.compare(history, n);
        let strength = now.value.abs();
        let window = (1.5 * self.samples_per_symbol) as u64;
        let mut hit = None;
        self.state = match std::mem::replace(&mut self.state, State::Below) {
            State::Below if strength >= THRESHOLD => {
                State::Rising { at: n, best: now, before: self.previous.value.abs(), after: 0.0 }
            }
            State::Below => State::Below,
            State::Rising { best, .. } if strength > best.value.abs() => {
                State::Rising { at: n, best: now, before: self.previous.value.abs(), after: 0.0 }
            }
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
        self.previous = now;
        hit
    }

    /// Centre of the averaged samples from the sample they are counted to: an even number of
    /// samples has its centre between two.
    fn window_center(&self) -> f64 {
        (self.width as f64 - 1.0) / 2.0 - ((self.width - 1) / 2) as f64
    }

    /// Forgets what it has seen: what follows is another signal.
    pub fn reset(&mut self) {
        self.state = State::Below;
        self.previous = NONE;
    }

    fn compare(&self, history: &History, n: u64) -> Match {
        let half = (self.width as u64 - 1) / 2;
        let symbol = |k: usize| history.mean_of(n - self.distances[k] - half, self.width);
        let (mut sum, mut squares, mut preamble, mut sync) = (0.0, 0.0, 0.0, 0.0);
        let mut sign = if self.preamble.is_multiple_of(2) { 1.0 } else { -1.0 };
        for k in 0..self.preamble {
            let y = symbol(k);
            sum += y;
            squares += y * y;
            preamble += sign * y;
            sign = -sign;
        }
        for (k, &expected) in self.sync.iter().enumerate() {
            let y = symbol(self.preamble + k);
            sum += y;
            squares += y * y;
            sync += expected * y;
        }
        let total = self.distances.len() as f32;
        let spread = (squares - sum * sum / total).max(0.0).sqrt();
        let of = |phase: PreamblePhase, product: f32| {
            let (mean, expected_spread) = self.expected[phase as usize];
            let scale = spread * expected_spread;
            // Samples that do not change at all correlate with nothing.
            let value = if scale > 1e-9 { (product - mean * sum) / scale } else { 0.0 };
            Match { value, phase }
        };
        // `preamble` was summed with a sign that makes the last symbol -1.
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
