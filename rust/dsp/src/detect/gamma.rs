// SPDX-License-Identifier: GPL-3.0-or-later
//! The distribution of averaged powers of noise.

/// Quantile `p`, up to one half, of the mean of `n` exponential variables of mean 1 (Wilson and
/// Hilferty, 1931).
pub fn quantile(n: f64, p: f64) -> f64 {
    // Standard normal quantile, Abramowitz and Stegun 26.2.23.
    let t = (-2.0 * p.ln()).sqrt();
    let z = -(t
        - (2.515517 + 0.802853 * t + 0.010328 * t * t)
            / (1.0 + 1.432788 * t + 0.189269 * t * t + 0.001308 * t * t * t));
    let s = 1.0 / (9.0 * n);
    (1.0 - s + z * s.sqrt()).powi(3)
}

/// Mean of the mean of `n` exponential variables of mean 1, given that it is below `limit`.
pub fn truncated_mean(n: usize, limit: f64) -> f64 {
    // Distribution function of the Erlang distribution.
    let below = |shape: usize| {
        let x = n as f64 * limit;
        let mut term = 1.0;
        let mut sum = 1.0;
        for i in 1..shape {
            term *= x / i as f64;
            sum += term;
        }
        1.0 - (-x).exp() * sum
    };
    below(n + 1) / below(n)
}

/// Independent powers that `bins` neighbouring bins of one block are worth: behind a Hann window a
/// bin's power correlates by 4/9 with the next one's and by 1/36 with that of the one after.
pub fn looks(bins: usize) -> f64 {
    let n = bins as f64;
    let correlated = 2.0 * (4.0 / 9.0 * (n - 1.0) + 1.0 / 36.0 * (n - 2.0).max(0.0));
    n * n / (n + correlated)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantile_and_truncated_mean_agree_with_their_definitions() {
        assert!((quantile(1.0, 0.4) - 0.5108).abs() < 0.02);
        assert!((quantile(100.0, 0.4) - 0.972).abs() < 0.01);
        let exact = (1.0 - 4.0 * (-3.0f64).exp()) / (1.0 - (-3.0f64).exp());
        assert!((truncated_mean(1, 3.0) - exact).abs() < 1e-12);
    }

    #[test]
    fn neighbouring_bins_are_worth_less_than_their_number() {
        assert_eq!(looks(1), 1.0);
        assert!((looks(1000) / 1000.0 - 1.0 / 1.944).abs() < 1e-3);
    }
}
