// SPDX-License-Identifier: GPL-3.0-or-later
//! Sizes of the transforms and the response of the filter.

use num_complex::Complex32;
use rustfft::FftPlanner;

use super::Config;

/// Attenuation of what the decimation would fold onto the burst, in dB.
const STOPBAND_DB: f64 = 65.0;
/// Width of the transition of the filter over the bandwidth of a burst.
const TRANSITION: f64 = 0.5;
/// A block is this many times its overlap, at least: the overlap is work done twice.
const BLOCK_OVER_OVERLAP: usize = 8;

/// How a wide band becomes bursts at a low rate.
///
/// A block of `block` samples overlaps the one before by `2 * margin`. Of the `small` outputs a
/// burst makes of a block the first and the last `small_margin` are wrapped around and left out.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// Samples in a forward transform.
    pub block: usize,
    /// Bins, and samples, in an inverse transform.
    pub small: usize,
    /// Input samples at each end of a block that the filter wraps around.
    pub margin: usize,
    /// Outputs that belong to the margin.
    pub small_margin: usize,
    /// Response of the filter at the `small` bins around 0 Hz, in the order of a transform, scaled
    /// for an inverse transform without normalisation.
    pub response: Vec<f32>,
}

impl Plan {
    /// The plan for judged settings.
    pub fn new(config: &Config) -> Self {
        let rate = config.sample_rate_hz;
        let transition_hz = TRANSITION * config.bandwidth_hz;
        let cutoff = (config.bandwidth_hz + transition_hz) / 2.0 / rate;
        let half = kaiser_half_length(STOPBAND_DB, transition_hz / rate);
        let (p, q) = ratio(config.output_rate_hz / rate);
        // Blocks and margins are multiples of q, so that outputs fall on one grid for ever.
        let margin = half.next_multiple_of(q);
        let mut unit = 1;
        while q * unit < BLOCK_OVER_OVERLAP * 2 * margin {
            unit *= 2;
        }
        let (block, small) = (q * unit, p * unit);
        Plan {
            block,
            small,
            margin,
            small_margin: margin / q * p,
            response: response(&low_pass(half, cutoff), block, small),
        }
    }

    /// New input samples in a block.
    pub fn hop(&self) -> usize {
        self.block - 2 * self.margin
    }

    /// Outputs a burst makes of a block.
    pub fn small_hop(&self) -> usize {
        self.small - 2 * self.small_margin
    }

    /// Input samples for each output.
    pub fn decimation(&self) -> f64 {
        self.block as f64 / self.small as f64
    }
}

/// `value`, 0 to 1, as p / q: exact if q needs not be above 1024, else the nearest with q 1024.
fn ratio(value: f64) -> (usize, usize) {
    for q in 1..=1024_usize {
        let p = (value * q as f64).round();
        if p >= 1.0 && (p / q as f64 / value - 1.0).abs() < 1e-9 {
            return (p as usize, q);
        }
    }
    let (mut p, mut q) = ((value * 1024.0).round().max(1.0) as usize, 1024);
    while p % 2 == 0 && q % 2 == 0 {
        (p, q) = (p / 2, q / 2);
    }
    (p, q)
}

/// Taps on each side of the middle one of a Kaiser window filter (Kaiser, 1974) with this
/// attenuation and transition, the latter in parts of the sample rate.
fn kaiser_half_length(attenuation_db: f64, transition: f64) -> usize {
    let length = (attenuation_db - 7.95) / (2.285 * std::f64::consts::TAU * transition);
    ((length / 2.0).ceil() as usize).max(1)
}

fn low_pass(half: usize, cutoff: f64) -> Vec<f64> {
    use std::f64::consts::PI;
    let beta = 0.1102 * (STOPBAND_DB - 8.7);
    let taps: Vec<f64> = (0..=2 * half)
        .map(|n| {
            let t = n as f64 - half as f64;
            let sinc =
                if t == 0.0 { 2.0 * cutoff } else { (2.0 * PI * cutoff * t).sin() / (PI * t) };
            let x = t / half as f64;
            sinc * bessel_i0(beta * (1.0 - x * x).max(0.0).sqrt())
        })
        .collect();
    let sum: f64 = taps.iter().sum();
    taps.iter().map(|t| t / sum).collect()
}

/// Modified Bessel function of the first kind and order 0, by its series.
fn bessel_i0(x: f64) -> f64 {
    let (mut term, mut sum, mut k) = (1.0, 1.0, 1.0);
    while term > 1e-12 * sum {
        term *= (x / (2.0 * k)).powi(2);
        sum += term;
        k += 1.0;
    }
    sum
}

/// Zero-phase response of symmetric `taps` at the `small` bins around 0 Hz of a transform of
/// `block`: with it outputs stand where their inputs stood.
fn response(taps: &[f64], block: usize, small: usize) -> Vec<f32> {
    let half = taps.len() / 2;
    let mut padded = vec![Complex32::default(); block];
    for (n, &tap) in taps.iter().enumerate() {
        padded[(n + block - half) % block] = Complex32::new(tap as f32, 0.0);
    }
    FftPlanner::new().plan_fft_forward(block).process(&mut padded);
    (0..small)
        .map(|k| {
            let bin = if k < small.div_ceil(2) { k } else { block - small + k };
            padded[bin].re / block as f32
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(rate: f64, output: f64) -> Plan {
        Plan::new(&Config { sample_rate_hz: rate, output_rate_hz: output, ..Config::default() })
    }

    #[test]
    fn ratios_of_whole_numbers_are_exact() {
        for (rate, output) in [(2e6, 4e5), (8e6, 4e5), (1.024e6, 4e5), (2.4e6, 4e5), (4e5, 4e5)] {
            let plan = plan(rate, output);
            assert!((rate / plan.decimation() - output).abs() < 1e-6, "{rate}: {plan:?}");
            assert_eq!(plan.margin * plan.small, plan.small_margin * plan.block);
            assert!(plan.hop() > plan.block / 2);
        }
        let odd = plan(2_345_678.9, 4e5);
        assert!((2_345_678.9 / odd.decimation() / 4e5 - 1.0).abs() < 0.01);
    }

    #[test]
    fn passes_the_burst_and_stops_what_would_fold() {
        for (rate, output) in [(8e6, 4e5), (10e6, 2e5)] {
            judge_response(rate, output);
        }
    }

    fn judge_response(rate: f64, output: f64) {
        let plan = plan(rate, output);
        let bin_hz = rate / plan.block as f64;
        for (k, &gain) in plan.response.iter().enumerate() {
            let bin = if k < plan.small / 2 { k as f64 } else { k as f64 - plan.small as f64 };
            let hz = (bin * bin_hz).abs();
            let db = 20.0 * f64::from((gain * plan.block as f32).abs().max(1e-9)).log10();
            if hz < 48e3 {
                assert!(db.abs() < 0.1, "{hz} Hz: {db} dB");
            } else if hz > 102e3 {
                assert!(db < -60.0, "{hz} Hz: {db} dB");
            }
        }
    }
}
