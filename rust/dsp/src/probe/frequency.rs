// SPDX-License-Identifier: GPL-3.0-or-later
//! Frequency against time, and the two levels it has.

use super::channel::Channel;
use crate::Complex32;

/// Frequency in Hz at every sample, averaged over `window_s` around it.
///
/// The products of neighbours are summed before their angle is taken: where noise takes the
/// magnitude away and turns the phase about, little is summed.
pub(super) fn frequency_hz(channel: &Channel, window_s: f64) -> Vec<f32> {
    let half = (window_s * channel.sample_rate_hz / 2.0).round() as usize;
    let products: Vec<Complex32> =
        channel.samples.windows(2).map(|pair| pair[1] * pair[0].conj()).collect();
    let mut sums = vec![num_complex::Complex64::default()];
    for product in &products {
        let sum = sums[sums.len() - 1];
        sums.push(sum + num_complex::Complex64::new(product.re.into(), product.im.into()));
    }
    let hz_per_radian = channel.sample_rate_hz / std::f64::consts::TAU;
    let at = |n: usize| {
        let sum = sums[(n + half + 1).min(products.len())] - sums[n.saturating_sub(half)];
        (sum.arg() * hz_per_radian) as f32
    };
    (0..products.len()).map(at).collect()
}

/// The two levels around which values lie, lower first.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Levels {
    pub low: f64,
    pub high: f64,
}

impl Levels {
    /// Of values that are not all the same: the means of two clusters (Lloyd's algorithm).
    pub fn of(values: &[f32]) -> Levels {
        let mut sorted: Vec<f64> = values.iter().map(|&value| value.into()).collect();
        sorted.sort_by(f64::total_cmp);
        let at = |part: f64| sorted[(part * (sorted.len() - 1) as f64) as usize];
        let mut levels = Levels { low: at(0.1), high: at(0.9) };
        for _ in 0..20 {
            let split = sorted.partition_point(|&value| value < levels.middle());
            if split == 0 || split == sorted.len() {
                break;
            }
            levels = Levels { low: median(&sorted[..split]), high: median(&sorted[split..]) };
        }
        levels
    }

    pub fn middle(self) -> f64 {
        (self.low + self.high) / 2.0
    }

    /// Half of the way from one to the other.
    pub fn deviation(self) -> f64 {
        (self.high - self.low) / 2.0
    }
}

fn median(sorted: &[f64]) -> f64 {
    sorted[sorted.len() / 2]
}
