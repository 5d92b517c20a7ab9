// SPDX-License-Identifier: GPL-3.0-or-later
//! Symbols to values: the levels of a transmitter and its clock, followed together.

use super::history::History;
use super::levels::Levels;
use super::timing::Timing;

/// Part of a symbol that is averaged for its value: noise against the neighbours' share. From 0.6 to
/// 1 the frames lost hardly change.
const SYMBOL_WIDTH: f64 = 0.8;
/// Part of a symbol that is averaged around a crossing.
const CROSSING_WIDTH: f64 = 0.5;
/// Share by which a symbol moves the estimate of the error of values.
const ERROR_SHARE: f32 = 1.0 / 32.0;

/// Follows a transmitter through its packet.
#[derive(Debug, Clone)]
pub struct Slicer {
    /// Place of the current symbol.
    pub timing: Timing,
    /// What values are made of.
    pub levels: Levels,
    /// Mean squared distance of values from what they should be, in parts of the strength squared.
    pub error: f32,
}

impl Slicer {
    /// Begins at `timing` with these levels.
    pub fn new(timing: Timing, levels: Levels) -> Self {
        Slicer { timing, levels, error: 0.1 }
    }

    /// Value of the current symbol, in units of the input.
    pub fn value(&self, history: &History) -> f32 {
        self.value_ahead(history, 0.0, f64::INFINITY)
    }

    /// Value of the symbol `ahead` of the current one, from what of it lies before sample `end`.
    pub fn value_ahead(&self, history: &History, ahead: f64, end: f64) -> f32 {
        let center = self.timing.center() + ahead * self.timing.period();
        let half = SYMBOL_WIDTH / 2.0 * self.timing.period();
        let first = center - half;
        // Sample n fills the time up to n + 1/2.
        let last = (center + half).min(end - 0.5).max(first + 1.0);
        history.mean((first + last) / 2.0, last - first)
    }

    /// Learns levels from the `value` of a symbol, known or believed, between two others.
    pub fn learn_levels(&mut self, value: f32, symbol: f32, around: [f32; 2]) {
        // A symbol in doubt says little about the levels.
        let miss = self.levels.miss(value, symbol, around).clamp(-1.0, 1.0);
        self.error += ERROR_SHARE * (miss * miss - self.error);
        self.levels.learn(value, symbol, around);
    }

    /// Learns timing from the crossing between the current symbol and the next (`forward`) or the
    /// one before, which is unlike it; `rising` in time.
    pub fn learn_timing(&mut self, history: &History, forward: bool, rising: bool) {
        let period = self.timing.period();
        let half = if forward { period / 2.0 } else { -period / 2.0 };
        let at = history.mean(self.timing.center() + half, CROSSING_WIDTH * period);
        let value = f64::from(self.levels.normal(at));
        // On a rising crossing a value above zero means that the true crossing is earlier. Between
        // the centres of two symbols the averaged signal goes from -1 to 1.
        let error = if rising { -value } else { value } / 2.0;
        let noise = 0.25 * f64::from(self.error) + 0.002;
        self.timing.correct(error.clamp(-0.5, 0.5), noise);
    }
}
