// SPDX-License-Identifier: GPL-3.0-or-later
//! The frequency pulse of a symbol, as its integral.

use crate::error::{in_range, Result};

/// Steps a symbol in the table; with linear interpolation the phase is right to 1e-5 turns.
const STEPS: usize = 256;

/// Standard deviations after which the Gaussian is cut off.
const TAIL: f64 = 3.7;

/// Integral of the pulse with which one symbol moves the frequency: 0 from `reach` symbols before
/// the symbol on, 1 from `reach` symbols after it.
pub(crate) struct Pulse {
    reach: usize,
    /// [`STEPS`] a symbol, from `-reach` to `1 + reach`.
    integral: Vec<f64>,
}

impl Pulse {
    /// The pulse of GFSK for a bandwidth-time product `bt`, 3 dB bandwidth by symbol time; `None`
    /// is full deviation from the beginning of the symbol to its end.
    pub(crate) fn new(bt: Option<f64>) -> Result<Self> {
        let Some(bt) = bt else {
            let integral = (0..=STEPS).map(|step| step as f64 / STEPS as f64).collect();
            return Ok(Pulse { reach: 0, integral });
        };
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
        Ok(Pulse { reach, integral })
    }

    /// Symbols by which the pulse reaches into those before and after its own.
    pub(crate) fn reach(&self) -> usize {
        self.reach
    }

    /// Sum of `levels`, each times the integral of its pulse up to `time`, 0 to 1, in the symbol
    /// in the middle of them: `2 reach + 1` in order.
    pub(crate) fn weigh(&self, levels: &[f64], time: f64) -> f64 {
        let position = time * STEPS as f64;
        let step = (position as usize).min(STEPS - 1);
        let part = position - step as f64;
        // The earlier a symbol, the further its pulse has come.
        let mut sum = 0.0;
        for (level, pulse) in levels.iter().rev().zip(self.integral[step..].chunks(STEPS)) {
            sum += level * (pulse[0] + (pulse[1] - pulse[0]) * part);
        }
        sum
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

    /// The integral of the pulse of a symbol up to `time` after its beginning.
    fn integral(pulse: &Pulse, time: f64) -> f64 {
        let reach = pulse.reach() as f64;
        let middle = time.floor().clamp(-reach, reach);
        let mut levels = vec![0.0; 2 * pulse.reach() + 1];
        levels[(reach - middle) as usize] = 1.0;
        pulse.weigh(&levels, (time - middle).clamp(0.0, 1.0))
    }

    #[test]
    fn goes_from_nothing_to_one_and_is_half_in_the_middle() {
        for bt in [None, Some(0.2), Some(0.5), Some(2.0)] {
            let pulse = Pulse::new(bt).unwrap();
            assert!(integral(&pulse, -9.0).abs() < 1e-6);
            assert!((integral(&pulse, 9.0) - 1.0).abs() < 1e-12);
            assert!((integral(&pulse, 0.5) - 0.5).abs() < 1e-3, "{bt:?}");
        }
    }

    #[test]
    fn a_gaussian_has_the_bandwidth_asked_for() {
        for bt in [0.3, 0.5] {
            let pulse = Pulse::new(Some(bt)).unwrap();
            // Magnitude at `bt` cycles a symbol, the rectangle's own taken out.
            let (mut re, mut im) = (0.0, 0.0);
            for i in -4000..5000 {
                let (from, to) = (f64::from(i) / 1000.0, f64::from(i + 1) / 1000.0);
                let area = integral(&pulse, to) - integral(&pulse, from);
                let (sin, cos) = (std::f64::consts::PI * bt * (from + to)).sin_cos();
                re += area * cos;
                im -= area * sin;
            }
            let x = std::f64::consts::PI * bt;
            let magnitude = re.hypot(im) / (x.sin() / x);
            assert!((magnitude - 0.5f64.sqrt()).abs() < 0.01, "{magnitude}");
        }
    }

    #[test]
    fn refuses_a_filter_that_is_none() {
        let message = Pulse::new(Some(0.0)).err().unwrap().to_string();
        assert!(message.contains("gaussian_bt"), "{message}");
    }
}
