// SPDX-License-Identifier: GPL-3.0-or-later
//! When a signal is on, and whether its strength is steady.

use super::channel::Channel;
use crate::Complex32;

/// Part of the power of the burst under which it is taken for off. Averaged over however long a
/// time, half of it is reached at the edge.
const OFF: f64 = 0.5;
/// Part of the samples that may have more than the power of the burst.
const ABOVE: f64 = 0.1;

/// Samples between which the signal is on: those at the ends where its power, averaged over
/// `window_s`, is half of what it has.
pub(super) fn on(channel: &Channel, window_s: f64) -> std::ops::Range<usize> {
    let half = ((window_s * channel.sample_rate_hz / 2.0) as usize).max(1);
    let mut sums = vec![0.0];
    for sample in &channel.samples {
        sums.push(sums[sums.len() - 1] + f64::from(sample.norm_sqr()));
    }
    let count = channel.samples.len();
    let at = |n: usize| {
        let (from, to) = (n.saturating_sub(half), (n + half + 1).min(count));
        (sums[to] - sums[from]) / (to - from) as f64
    };
    let powers: Vec<f64> = (0..count).map(at).collect();
    let mut sorted = powers.clone();
    sorted.sort_by(f64::total_cmp);
    let usual = sorted.get((count as f64 * (1.0 - ABOVE)) as usize).copied().unwrap_or(0.0);
    let over = |power: &f64| *power > OFF * usual;
    let start = powers.iter().position(over).unwrap_or(0);
    let end = powers.iter().rposition(over).map_or(0, |last| last + 1);
    start..end.max(start)
}

/// Variance of the power over the square of its mean: 0 for a steady signal, 1 for noise.
pub(super) fn unsteadiness(samples: &[Complex32]) -> f64 {
    let powers = || samples.iter().map(|sample| f64::from(sample.norm_sqr()));
    let count = samples.len().max(1) as f64;
    let mean = powers().sum::<f64>() / count;
    let square = powers().map(|power| power * power).sum::<f64>() / count;
    if mean > 0.0 {
        square / (mean * mean) - 1.0
    } else {
        0.0
    }
}
