// SPDX-License-Identifier: GPL-3.0-or-later
//! Cutting a band out of samples: to 0 Hz, filtered, at a rate of its own.

use rustfft::FftPlanner;

use crate::Complex32;

/// Samples of a band at 0 Hz.
#[derive(Clone)]
pub(super) struct Channel {
    pub samples: Vec<Complex32>,
    pub sample_rate_hz: f64,
}

/// The band around `center_hz`: flat to `edge_hz` on either side, then falling like a cosine to
/// nothing at `stop_hz`. The rate is that of `samples` times a power of two, at least
/// `least_rate_hz`.
pub(super) fn cut(
    samples: &[Complex32],
    sample_rate_hz: f64,
    center_hz: f64,
    (edge_hz, stop_hz): (f64, f64),
    least_rate_hz: f64,
) -> Channel {
    let size = samples.len().next_power_of_two().max(2);
    let ratio = (least_rate_hz.max(2.0 * stop_hz) / sample_rate_hz).log2().ceil().exp2();
    let small = ((size as f64 * ratio) as usize).max(2);
    let ratio = small as f64 / size as f64;
    let mut spectrum = samples.to_vec();
    spectrum.resize(size, Complex32::default());
    let mut planner = FftPlanner::new();
    planner.plan_fft_forward(size).process(&mut spectrum);
    let bin_hz = sample_rate_hz / size as f64;
    let center = (center_hz / bin_hz).round() as i64;
    let mut cut = vec![Complex32::default(); small];
    let reach = ((stop_hz / bin_hz) as i64).min(small as i64 / 2 - 1).min(size as i64 / 2 - 1);
    for offset in -reach..=reach {
        let from = (center + offset).rem_euclid(size as i64) as usize;
        let to = offset.rem_euclid(small as i64) as usize;
        let gain = edge((offset as f64 * bin_hz).abs(), edge_hz, stop_hz);
        cut[to] = spectrum[from] * (gain / size as f64) as f32;
    }
    planner.plan_fft_inverse(small).process(&mut cut);
    cut.truncate((samples.len() as f64 * ratio) as usize);
    // The bin nearest to the centre lies at 0 Hz now; what is left is turned away.
    let rest = (center_hz - center as f64 * bin_hz) / (sample_rate_hz * ratio);
    for (n, sample) in cut.iter_mut().enumerate() {
        let turns = (rest * n as f64).fract();
        *sample *= Complex32::from_polar(1.0, (-std::f64::consts::TAU * turns) as f32);
    }
    Channel { samples: cut, sample_rate_hz: sample_rate_hz * ratio }
}

fn edge(hz: f64, edge_hz: f64, stop_hz: f64) -> f64 {
    let part = (hz - edge_hz) / (stop_hz - edge_hz);
    0.5 + 0.5 * (std::f64::consts::PI * part.clamp(0.0, 1.0)).cos()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tone(hz: f64, rate_hz: f64, count: usize) -> Vec<Complex32> {
        let turns = |n: usize| (hz / rate_hz * n as f64).fract() * std::f64::consts::TAU;
        (0..count).map(|n| Complex32::from_polar(1.0, turns(n) as f32)).collect()
    }

    #[test]
    fn a_tone_comes_to_where_it_belongs_and_another_is_gone() {
        let rate_hz = 1e6;
        for (least_hz, expected_hz) in [(60e3, 62.5e3), (1.9e6, 2e6)] {
            let samples = tone(123_456.0, rate_hz, 5000);
            let kept = cut(&samples, rate_hz, 123e3, (10e3, 15e3), least_hz);
            assert_eq!(kept.sample_rate_hz, expected_hz);
            let middle = &kept.samples[kept.samples.len() / 4..kept.samples.len() * 3 / 4];
            let pairs = middle.windows(2).map(|pair| pair[1] * pair[0].conj());
            let hz = f64::from(pairs.sum::<Complex32>().arg()) / std::f64::consts::TAU;
            assert!((hz * expected_hz - 456.0).abs() < 5.0, "{hz}");
            assert!((middle[middle.len() / 2].norm() - 1.0).abs() < 0.02);
            let gone = cut(&samples, rate_hz, 160e3, (10e3, 15e3), least_hz);
            assert!(gone.samples[gone.samples.len() / 2].norm() < 0.01);
        }
    }
}
