// SPDX-License-Identifier: GPL-3.0-or-later
//! The frequency pulse of a symbol, as its integral.

use crate::error::{in_range, Result};

/// Steps a symbol in the table; with linear interpolation the phase is right to 1e-5 rad.
const STEPS: usize = 256;

/// Standard deviations after which the Gaussian is cut off.
const TAIL: f64 = 4.0;

/// Integral of the pulse with which one symbol moves the frequency: 0 long before the symbol and
/// 1 long after it, time in symbols from the beginning of the symbol.
pub(super) enum Pulse {
    /// Full deviation from 0 to 1.
    Rectangular,
    /// The same through a Gaussian filter (GFSK), from `-reach` to `1 + reach`.
    Gaussian { reach: usize, integral: Vec<f64> },
}

impl Pulse {
    /// The pulse for a bandwidth-time product `bt`, 3 dB bandwidth by symbol time.
    pub(super) fn new(bt: Option<f64>) -> Result<Self> {
        let Some(bt) = bt else { return Ok(Pulse::Rectangular) };
        in_range("gaussian_bt", bt, 0.2, 5.0, "cycles a symbol")?;
        let sigma = 2f64.ln().sqrt() / (std::f64::consts::TAU * bt);
        let reach = (TAIL * sigma).ceil() as usize;
        let steps = (1 + 2 * reach) * STEPS;
        let density = |i: usize| {
            let time = i as f64 / STEPS as f64 - reach as f64;
            (-0.5 * (time / sigma).powi(2)).exp()
        };
        let cumulative = integrate((0..=steps).map(density));
        let frequency = |i: usize| cumulative[i] - cumulative[i.saturating_sub(STEPS)];
        let integral = integrate((0..=steps).map(frequency));
        Ok(Pulse::Gaussian { reach, integral })
    }

    /// Symbols by which the pulse reaches into those before and after its own.
    pub(super) fn reach(&self) -> usize {
        match self {
            Pulse::Rectangular => 0,
            Pulse::Gaussian { reach, .. } => *reach,
        }
    }

    /// The integral up to `time`.
    pub(super) fn integral(&self, time: f64) -> f64 {
        match self {
            Pulse::Rectangular => time.clamp(0.0, 1.0),
            Pulse::Gaussian { reach, integral } => {
                let position = ((time + *reach as f64) * STEPS as f64).max(0.0);
                let index = position as usize;
                match integral.get(index..index + 2) {
                    Some(pair) => pair[0] + (pair[1] - pair[0]) * (position - index as f64),
                    None => 1.0,
                }
            }
        }
    }
}

/// Running integral by the trapezoidal rule, scaled to end at 1.
fn integrate(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut previous = 0.0;
    let mut sum = 0.0;
    let mut running: Vec<f64> = values
        .map(|value| {
            sum += (previous + value) / 2.0;
            previous = value;
            sum
        })
        .collect();
    running.iter_mut().for_each(|x| *x /= sum);
    running
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn goes_from_nothing_to_one_and_is_half_in_the_middle() {
        for bt in [None, Some(0.3), Some(0.5), Some(2.0)] {
            let pulse = Pulse::new(bt).unwrap();
            assert_eq!(pulse.integral(-9.0), 0.0);
            assert_eq!(pulse.integral(9.0), 1.0);
            assert!((pulse.integral(0.5) - 0.5).abs() < 1e-3, "{bt:?}");
        }
    }

    #[test]
    fn a_gaussian_has_the_bandwidth_asked_for() {
        let bt = 0.5;
        let pulse = Pulse::new(Some(bt)).unwrap();
        // Magnitude at `cycles` a symbol of the frequency pulse, the rectangle's own taken out.
        let magnitude = |cycles: f64| {
            let (mut re, mut im) = (0.0, 0.0);
            for i in -4000..5000 {
                let (a, b) = (f64::from(i) / 1000.0, f64::from(i + 1) / 1000.0);
                let area = pulse.integral(b) - pulse.integral(a);
                let (s, c) = (std::f64::consts::TAU * cycles * a).sin_cos();
                re += area * c;
                im -= area * s;
            }
            let x = std::f64::consts::PI * cycles;
            re.hypot(im) / (x.sin() / x)
        };
        assert!((magnitude(bt) - 0.5f64.sqrt()).abs() < 0.01, "{}", magnitude(bt));
    }

    #[test]
    fn refuses_a_filter_that_is_none() {
        let message = Pulse::new(Some(0.0)).err().unwrap().to_string();
        assert!(message.contains("gaussian_bt"), "{message}");
    }
}
