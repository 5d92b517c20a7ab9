// SPDX-License-Identifier: GPL-3.0-or-later
//! Symbols to soft bits: the two levels of a transmitter, its carrier offset and its clock.

use super::history::History;
use super::timing::Timing;

/// Part of a symbol that is averaged for its value: noise against the neighbours' share.
const SYMBOL_WIDTH: f64 = 0.8;
/// Part of a symbol that is averaged around a crossing.
const CROSSING_WIDTH: f64 = 0.5;
/// Share by which a symbol moves the estimate of offset and strength.
const LEVEL_SHARE: f32 = 1.0 / 64.0;
/// Share by which a symbol moves the estimate of the error of soft bits.
const ERROR_SHARE: f32 = 1.0 / 32.0;

/// Follows a transmitter through its packet.
#[derive(Debug, Clone)]
pub struct Slicer {
    /// Place of the current symbol.
    pub timing: Timing,
    /// Value between the two levels: the carrier offset.
    pub offset: f32,
    /// Half the distance of the two levels.
    pub strength: f32,
    /// Mean squared distance of soft bits from -1 and 1.
    pub error: f32,
    /// Soft value of the symbol before and what it was.
    last: Option<(f32, f32)>,
}

impl Slicer {
    /// Begins at `timing` with these levels.
    pub fn new(timing: Timing, offset: f32, strength: f32) -> Self {
        Slicer { timing, offset, strength, error: 0.1, last: None }
    }

    /// Soft value of the current symbol, about -1 or 1.
    pub fn soft(&self, history: &History) -> f32 {
        self.soft_before(history, f64::INFINITY)
    }

    /// Soft value of the current symbol from what of it lies before sample `end`.
    pub fn soft_before(&self, history: &History, end: f64) -> f32 {
        let half = SYMBOL_WIDTH / 2.0 * self.timing.period();
        let first = self.timing.center() - half;
        // Sample n fills the time up to n + 1/2.
        let last = (self.timing.center() + half).min(end - 0.5).max(first + 1.0);
        let value = history.mean((first + last) / 2.0, last - first);
        (value - self.offset) / self.strength
    }

    /// Learns levels from the current symbol, known or believed to be `symbol` (-1 or 1).
    ///
    /// The offset is learned where one symbol follows an unlike one: what a filter takes away from
    /// short pulses it takes from both alike, while runs would pull the offset to their side.
    pub fn learn_levels(&mut self, soft: f32, symbol: f32) {
        // A symbol in doubt says little about the levels.
        let miss = (soft - symbol).clamp(-1.0, 1.0);
        self.error += ERROR_SHARE * (miss * miss - self.error);
        if let Some((other, _)) = self.last.filter(|&(_, last)| last != symbol) {
            let middle = (0.5 * (soft + other)).clamp(-1.0, 1.0);
            self.offset += LEVEL_SHARE * middle * self.strength;
        }
        self.last = Some((soft, symbol));
        self.strength *= 1.0 + LEVEL_SHARE * miss * symbol;
    }

    /// Learns timing from the crossing between the current symbol and the next (`forward`) or the
    /// one before, which is unlike it; `rising` in time.
    pub fn learn_timing(&mut self, history: &History, forward: bool, rising: bool) {
        let period = self.timing.period();
        let half = if forward { period / 2.0 } else { -period / 2.0 };
        let at = history.mean(self.timing.center() + half, CROSSING_WIDTH * period);
        let value = f64::from((at - self.offset) / self.strength);
        // On a rising crossing a value above zero means that the true crossing is earlier. Between
        // the centres of two symbols the averaged signal goes from -1 to 1.
        let error = if rising { -value } else { value } / 2.0;
        let noise = 0.25 * f64::from(self.error) + 0.002;
        self.timing.correct(error.clamp(-0.5, 0.5), noise);
    }
}
