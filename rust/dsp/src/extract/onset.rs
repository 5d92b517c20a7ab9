// SPDX-License-Identifier: GPL-3.0-or-later
//! The sample at which the energy of a burst sets in.

use num_complex::Complex32;

/// Part of the burst, from its front, in which the onset is looked for: the tagger's margin and
/// its error are in it.
const SEARCHED: f64 = 0.5;
/// Share of its power from which on a transmitter counts as on: a ramp is not yet signal.
const ON_SHARE: f32 = 0.75;
/// Longest time searched, in seconds.
const SEARCHED_S: f64 = 2.5e-3;

/// Index of the sample before which there is only noise: the place that parts the front of the
/// burst best into a part below and a part above three quarters of its power.
///
/// A frequency discriminator knows nothing of strength, and the narrow filter in front of it lets a
/// preamble ring on before its start; this place bounds it.
pub fn onset(samples: &[Complex32], sample_rate_hz: f64) -> usize {
    let most = (SEARCHED_S * sample_rate_hz).min(SEARCHED * samples.len() as f64) as usize;
    if most < 8 {
        return 0;
    }
    let level = median_power(samples);
    let powers: Vec<f32> = samples[..most].iter().map(|x| x.norm_sqr()).collect();
    // Below: the quietest sixteenth of what is searched, less than the margin of the tagger.
    let quiet = quietest(&powers, (most / 64).max(1));
    // Nothing of it is quiet: the burst was up before its first sample.
    if quiet > 0.5 * level {
        return 0;
    }
    let threshold = quiet + ON_SHARE * (level - quiet);
    let (mut sum, mut best, mut at) = (0.0, 0.0, most);
    for (n, &power) in powers.iter().enumerate().rev() {
        // A click must not count for more than signal does.
        sum += power.min(2.0 * level) - threshold;
        if sum > best {
            (best, at) = (sum, n);
        }
    }
    if at == most {
        0
    } else {
        at
    }
}

/// Median of the power, of about this many samples spread over the burst.
fn median_power(samples: &[Complex32]) -> f32 {
    const LOOKED_AT: usize = 256;
    let step = (samples.len() / LOOKED_AT).max(1);
    let mut powers: Vec<f32> = samples.iter().step_by(step).map(|x| x.norm_sqr()).collect();
    let middle = powers.len() / 2;
    *powers.select_nth_unstable_by(middle, f32::total_cmp).1
}

/// Least mean of `4 * part` of the `powers` that follow each other, looked for in steps of `part`.
fn quietest(powers: &[f32], part: usize) -> f32 {
    let sums: Vec<f32> = powers.chunks_exact(part).map(|powers| powers.iter().sum()).collect();
    let least = sums.windows(4).map(|four| four.iter().sum::<f32>()).fold(f32::MAX, f32::min);
    least / (4 * part) as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{Rng, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    #[test]
    fn finds_the_start_in_noise() {
        let mut rng = ChaCha8Rng::seed_from_u64(5);
        for (amplitude, tolerance) in [(1.0f32, 2), (0.3, 6)] {
            for start in [0, 80, 200] {
                let samples: Vec<Complex32> = (0..4000)
                    .map(|n| {
                        let noise =
                            Complex32::new(rng.random::<f32>() - 0.5, rng.random::<f32>() - 0.5);
                        let on = if n >= start { amplitude } else { 0.0 };
                        noise * 0.2 + Complex32::from_polar(on, n as f32 * 0.3)
                    })
                    .collect();
                let found = onset(&samples, 400e3);
                assert!(found.abs_diff(start) <= tolerance, "{amplitude} {start}: {found}");
            }
        }
    }

    #[test]
    fn nothing_and_zeros_have_no_onset() {
        assert_eq!(onset(&[], 400e3), 0);
        assert_eq!(onset(&[Complex32::default(); 1000], 400e3), 0);
    }
}
