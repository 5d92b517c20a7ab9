// SPDX-License-Identifier: GPL-3.0-or-later
//! What a count of agreeing pieces of evidence is worth.

/// Standard deviations by which a share may be better than what is behind it.
const Z: f64 = 1.96;

/// So many pieces of evidence agree, of so many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Share {
    pub part: usize,
    pub of: usize,
}

impl Share {
    /// The share that is there with a probability of 97.5 % at least (E. B. Wilson, "Probable
    /// inference, the law of succession, and statistical inference", JASA 22, 1927): few pieces of
    /// evidence are worth less than many.
    pub fn at_least(self) -> f64 {
        if self.of == 0 {
            return 0.0;
        }
        let (n, p) = (self.of as f64, self.part as f64 / self.of as f64);
        let spread = (p * (1.0 - p) / n + Z * Z / (4.0 * n * n)).sqrt();
        ((p + Z * Z / (2.0 * n) - Z * spread) / (1.0 + Z * Z / n)).max(0.0)
    }

    /// 1 for a share of all, 0 for what chance alone gives or less.
    pub fn beyond_chance(self, chance: f64) -> f64 {
        ((self.at_least() - chance) / (1.0 - chance)).clamp(0.0, 1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_are_worth_less_than_many_and_chance_is_worth_nothing() {
        let share = |part, of| Share { part, of }.beyond_chance(0.5);
        assert!(share(1000, 1000) > 0.99);
        assert!(share(10, 10) < 0.5 && share(10, 10) > 0.3);
        assert_eq!(share(550, 1100), 0.0);
        assert_eq!(share(0, 0), 0.0);
    }
}
