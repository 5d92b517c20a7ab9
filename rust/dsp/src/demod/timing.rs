// SPDX-License-Identifier: GPL-3.0-or-later
//! Tracking the symbol clock of a transmitter.
//!
//! A Kalman filter over two states, the place of the next symbol and the length of a symbol, fed
//! with the place of each zero crossing between unlike symbols. It begins wide, so that it follows
//! clocks that are off by thousands of ppm, and gets narrow as crossings come in.

/// Variance that a symbol adds to the place of the next one, in symbols squared.
const PHASE_WALK: f64 = 1e-6;
/// Variance that a symbol adds to the length of a symbol, relative.
const RATE_WALK: f64 = 1e-11;
/// Standard deviation of clock errors, relative, before anything is known.
const RATE_SPREAD: f64 = 1.5e-3;
/// Largest relative error of a symbol clock that is followed.
const RATE_LIMIT: f64 = 0.02;

/// Place and length of symbols, in samples.
#[derive(Debug, Clone)]
pub struct Timing {
    nominal: f64,
    /// Centre of the current symbol.
    center: f64,
    /// Length of a symbol over nominal, less 1.
    rate: f64,
    /// Covariance of place (in symbols) and rate.
    pp: f64,
    pr: f64,
    rr: f64,
}

impl Timing {
    /// A symbol of about `nominal` samples lies at `center`, give or take `spread` symbols.
    pub fn new(nominal: f64, center: f64, spread: f64) -> Self {
        let (pp, rr) = (spread * spread, RATE_SPREAD * RATE_SPREAD);
        Timing { nominal, center, rate: 0.0, pp, pr: 0.0, rr }
    }

    /// The clock of `other`, as something to begin with and not as something known: what is seen
    /// from here on was seen before.
    pub fn resume(other: &Timing) -> Self {
        Timing { pp: 0.01, pr: 0.0, rr: 2.5e-7, ..other.clone() }
    }

    /// Centre of the current symbol.
    pub fn center(&self) -> f64 {
        self.center
    }

    /// Samples in a symbol as the transmitter sends them.
    pub fn period(&self) -> f64 {
        self.nominal * (1.0 + self.rate)
    }

    /// Error of the transmitter's clock in ppm, positive when its symbols are short.
    pub fn clock_error_ppm(&self) -> f64 {
        (1.0 / (1.0 + self.rate) - 1.0) * 1e6
    }

    /// On to the next symbol.
    pub fn advance(&mut self) {
        self.center += self.period();
        self.predict(1.0);
    }

    /// On by `count` symbols.
    pub fn advance_by(&mut self, count: usize) {
        let n = count as f64;
        // Sums over them of 1, of the symbols before each, and of the pairs before each.
        let (before, pairs) = (n * (n - 1.0) / 2.0, n * (n - 1.0) * (n - 2.0) / 6.0);
        self.center += n * self.period();
        self.pp += 2.0 * (n * self.pr + before * self.rr + pairs * RATE_WALK);
        self.pp += n * self.rr + before * RATE_WALK + n * PHASE_WALK;
        self.pr += n * self.rr + before * RATE_WALK;
        self.rr += n * RATE_WALK;
    }

    /// Back to the symbol before.
    pub fn retreat(&mut self) {
        self.center -= self.period();
        self.predict(-1.0);
    }

    /// The current symbol was seen to lie `error` symbols later, with variance `noise`.
    pub fn correct(&mut self, error: f64, noise: f64) {
        let gain = 1.0 / (self.pp + noise);
        let (place, rate) = (self.pp * gain, self.pr * gain);
        self.center += place * error * self.nominal;
        self.rate = (self.rate + rate * error).clamp(-RATE_LIMIT, RATE_LIMIT);
        self.rr -= rate * self.pr;
        self.pr -= rate * self.pp;
        self.pp -= place * self.pp;
    }

    fn predict(&mut self, direction: f64) {
        self.pp += 2.0 * direction * self.pr + self.rr + PHASE_WALK;
        self.pr += direction * self.rr;
        self.rr += RATE_WALK;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_symbols_at_once_are_as_many_one_by_one() {
        let start = Timing { pp: 0.01, pr: -1e-5, rr: 2.5e-7, ..Timing::new(4.0, 100.0, 0.1) };
        for count in [0, 1, 2, 3, 16, 100] {
            let (mut one_by_one, mut at_once) = (start.clone(), start.clone());
            (0..count).for_each(|_| one_by_one.advance());
            at_once.advance_by(count);
            let parts = |t: &Timing| [t.center, t.pp, t.pr, t.rr];
            for (a, b) in parts(&one_by_one).into_iter().zip(parts(&at_once)) {
                assert!((a - b).abs() <= 1e-12 * a.abs(), "{count}: {one_by_one:?} {at_once:?}");
            }
        }
    }

    #[test]
    fn learns_a_clock_that_is_off_by_thousands_of_ppm() {
        for error_ppm in [-5000.0, -300.0, 40.0, 5000.0] {
            let period = 8.0 / (1.0 + error_ppm * 1e-6);
            let mut timing = Timing::new(8.0, 100.7, 0.2);
            for k in 0..200 {
                let truth = 100.0 + period * k as f64;
                // A fixed pattern of errors of a tenth of a symbol.
                let noise = [0.1, -0.1, 0.06, -0.06][k % 4];
                timing.correct((truth - timing.center()) / 8.0 + noise, 0.01);
                timing.advance();
            }
            assert!((timing.clock_error_ppm() - error_ppm).abs() < 150.0, "{timing:?}");
            assert!((timing.center() - 100.0 - period * 200.0).abs() < 0.3, "{timing:?}");
        }
    }
}
