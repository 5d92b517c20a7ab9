// SPDX-License-Identifier: GPL-3.0-or-later
//! The steady delay of samples.

/// By how much the clocks of a radio and a computer may drift apart: 50 ppm each.
const MOST_DRIFT: f64 = 100e-6;

/// Least delay seen, in ns, which rises no faster than clocks drift apart.
#[derive(Debug, Clone)]
pub struct Baseline {
    delay_ns: f64,
    at_ns: f64,
}

impl Baseline {
    /// The first delay seen, at `now_ns`.
    pub fn new(delay_ns: f64, now_ns: f64) -> Self {
        Baseline { delay_ns, at_ns: now_ns }
    }

    /// The steady delay at `now_ns`, not before the last time given.
    pub fn at(&self, now_ns: f64) -> f64 {
        self.delay_ns + MOST_DRIFT * (now_ns - self.at_ns)
    }

    /// Takes in a delay that was seen at `now_ns`.
    pub fn see(&mut self, delay_ns: f64, now_ns: f64) {
        *self = Baseline::new(delay_ns.min(self.at(now_ns)), now_ns);
    }

    /// From now on every delay is longer by `ns`.
    pub fn raise(&mut self, ns: f64) {
        self.delay_ns += ns;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn falls_at_once_and_rises_slowly() {
        let mut baseline = Baseline::new(1e6, 0.0);
        baseline.see(4e5, 1e9);
        assert_eq!(baseline.at(1e9), 4e5);
        baseline.see(9e5, 2e9);
        assert_eq!(baseline.at(2e9), 5e5);
        baseline.raise(1e6);
        assert_eq!(baseline.at(3e9), 1.6e6);
    }
}
