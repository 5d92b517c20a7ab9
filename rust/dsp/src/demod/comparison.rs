// SPDX-License-Identifier: GPL-3.0-or-later
//! What preamble and sync word look like, compared with the stream at several samples in a row.
//!
//! The mean is taken out of both: a carrier offset does not matter, the strength neither. The value
//! is Pearson's correlation coefficient, between -1 and 1.

use super::averages::{Averages, LANES};
use super::sync_word::{SyncWord, MOST_SYNC_WORDS};
use super::{Config, PreamblePhase};

/// Sums that comparisons at [`LANES`] samples in a row are made of.
#[derive(Debug, Clone, Copy)]
pub struct Sums {
    /// Of the values of all symbols.
    all: [f32; LANES],
    /// Of their squares.
    squares: [f32; LANES],
    /// Of the preamble, with a sign that makes its last symbol -1.
    preamble: [f32; LANES],
    /// Of each sync word times what is expected.
    sync: [[f32; LANES]; MOST_SYNC_WORDS],
}

/// A comparison at one sample.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Match {
    /// With the sign of the polarity.
    pub value: f32,
    /// How the preamble runs into the sync word.
    pub phase: PreamblePhase,
    /// The sync word.
    pub sync_word: SyncWord,
}

/// What is looked for behind a preamble.
struct Expected {
    word: SyncWord,
    symbols: Vec<f32>,
    /// For each phase: mean and deviation of the symbols of preamble and sync word.
    moments: [(f32, f32); 2],
}

/// Compares the expected symbols with averages of the stream.
pub struct Comparison {
    preamble: usize,
    /// How far before the last symbol each symbol lies, in samples, in order of time.
    distances: Vec<u64>,
    expected: Vec<Expected>,
}

impl Comparison {
    /// For judged settings.
    pub fn new(config: &Config) -> Self {
        let preamble = config.preamble_min_symbols as usize;
        let total = preamble + config.sync_words.first().map_or(0, |word| word.length as usize);
        let distance = |k: usize| ((total - 1 - k) as f64 * config.samples_per_symbol()).round();
        Comparison {
            preamble,
            distances: (0..total).map(|k| distance(k) as u64).collect(),
            expected: config.sync_words.iter().map(|&word| Expected::new(word, preamble)).collect(),
        }
    }

    /// Symbols that are compared.
    pub fn symbols(&self) -> usize {
        self.distances.len()
    }

    /// How far before the last symbol the first lies, in samples.
    pub fn reach(&self) -> u64 {
        self.distances[0]
    }

    /// Sums for sample `n` and those behind it.
    pub fn sums(&self, averages: &Averages, n: u64) -> Sums {
        let near = |distance: u64| averages.around(n - distance);
        let zeros = [0.0; LANES];
        let (mut all, mut squares, mut alternating) = (zeros, zeros, zeros);
        let (preamble, sync) = self.distances.split_at(self.preamble);
        let mut sign = if self.preamble.is_multiple_of(2) { 1.0 } else { -1.0 };
        for &distance in preamble {
            for (lane, y) in near(distance).iter().enumerate() {
                all[lane] += y;
                squares[lane] += y * y;
                alternating[lane] += sign * y;
            }
            sign = -sign;
        }
        for &distance in sync {
            for (lane, y) in near(distance).iter().enumerate() {
                all[lane] += y;
                squares[lane] += y * y;
            }
        }
        let mut sums = Sums { all, squares, preamble: alternating, sync: [zeros; MOST_SYNC_WORDS] };
        for (expected, sum) in self.expected.iter().zip(&mut sums.sync) {
            let mut product = zeros;
            for (&distance, symbol) in sync.iter().zip(&expected.symbols) {
                for (lane, y) in near(distance).iter().enumerate() {
                    product[lane] += symbol * y;
                }
            }
            *sum = product;
        }
        sums
    }

    /// Whether one of the comparisons may be above the threshold; without roots and quotients.
    pub fn any_above(&self, sums: &Sums, threshold: f32) -> bool {
        let total = self.distances.len() as f32;
        let mut any = false;
        for (expected, sync) in self.expected.iter().zip(&sums.sync) {
            let [(zero_mean, zero_spread), (one_mean, one_spread)] = expected.moments;
            for lane in 0..LANES {
                let (all, sync, preamble) = (sums.all[lane], sync[lane], sums.preamble[lane]);
                // A little less than the threshold, for rounding.
                let least =
                    0.999 * threshold * threshold * (sums.squares[lane] - all * all / total);
                let zero = sync + preamble - zero_mean * all;
                let one = sync - preamble - one_mean * all;
                any |= zero * zero >= least * zero_spread * zero_spread
                    || one * one >= least * one_spread * one_spread;
            }
        }
        any
    }

    /// The best of the comparisons at one sample, of equal ones the first.
    pub fn best(&self, sums: &Sums, lane: usize) -> Match {
        let (sum, squares) = (sums.all[lane], sums.squares[lane]);
        let total = self.distances.len() as f32;
        let spread = (squares - sum * sum / total).max(0.0).sqrt();
        let of = |expected: &Expected, phase: PreamblePhase, product: f32| {
            let (mean, expected_spread) = expected.moments[phase as usize];
            let scale = spread * expected_spread;
            // Samples that do not change at all correlate with nothing.
            let value = if scale > 1e-9 { (product - mean * sum) / scale } else { 0.0 };
            Match { value, phase, sync_word: expected.word }
        };
        let matches = self.expected.iter().zip(&sums.sync).flat_map(|(expected, sync)| {
            let (preamble, sync) = (sums.preamble[lane], sync[lane]);
            let zero = of(expected, PreamblePhase::EndsInZero, sync + preamble);
            [zero, of(expected, PreamblePhase::EndsInOne, sync - preamble)]
        });
        let better = |best: Match, other: Match| {
            if other.value.abs() > best.value.abs() {
                other
            } else {
                best
            }
        };
        matches.reduce(better).expect("settings are judged: there is a sync word")
    }
}

impl Expected {
    fn new(word: SyncWord, preamble: usize) -> Self {
        let sync = word.symbols();
        let moments = [PreamblePhase::EndsInZero, PreamblePhase::EndsInOne].map(|phase| {
            let last = phase.last_symbol();
            let preamble = (1..=preamble).rev().map(|k| if k % 2 == 1 { last } else { -last });
            let symbols: Vec<f32> = preamble.chain(sync.iter().copied()).collect();
            let mean = symbols.iter().sum::<f32>() / symbols.len() as f32;
            let spread: f32 = symbols.iter().map(|s| (s - mean) * (s - mean)).sum();
            (mean, spread.sqrt())
        });
        Expected { word, symbols: sync, moments }
    }
}
