// SPDX-License-Identifier: GPL-3.0-or-later
//! Where the middle of a burst is in frequency.

use std::ops::Range;

/// Bins in which the Hann window leaves at least 0.96 of a steady tone.
const TONE_BINS: usize = 3;
/// Share of the energy in those bins from which on a signal is a steady tone. The preamble of FSK
/// with modulation index 1/2 has 0.81 of its power in one line, with index 1 0.41.
const TONE_SHARE: f32 = 0.88;
/// Mean excess of the other bins, in floors, up to which they are taken for noise.
const NOISE_EXCESS: f32 = 0.65;

/// The whole number nearest to `place`, 0 if that is below. It is asked for all the time, and
/// `round()` is a call on processors without SSE 4.1, for which all of this is compiled.
pub fn nearest(place: f64) -> usize {
    (place + 0.5) as usize
}

/// The bins within half a `width` of `center`, clipped to the band.
pub fn around(center: f64, width: f64, total_bins: usize) -> Range<usize> {
    let low = nearest(center - width / 2.0);
    let high = (nearest(center + width / 2.0) + 1).min(total_bins);
    low.min(high)..high
}

/// Whether nearly all that stands out of the floor in `ratios` is one steady tone.
pub fn is_tone(ratios: &[f32]) -> bool {
    let total: f32 = ratios.iter().map(|r| r - 1.0).sum();
    let strongest = ratios
        .windows(TONE_BINS.min(ratios.len()))
        .map(|w| w.iter().map(|r| r - 1.0).sum::<f32>())
        .fold(0.0, f32::max);
    let others = ratios.len().saturating_sub(TONE_BINS) as f32;
    strongest > TONE_SHARE * total || total - strongest < NOISE_EXCESS * others
}

/// Centre of a burst in bins and fractions, from the `ratios` of bins to the floor, seen about
/// `start`.
///
/// FSK is symmetric about its carrier: over a preamble the two tones weigh the same. The centre of
/// energy is near it, the best axis of symmetry closer.
pub fn center(ratios: &[f32], start: f64, width: f64) -> f64 {
    let rough = centroid(ratios, start, width);
    axis(ratios, rough, width)
}

/// Centre of energy of what stands out of the floor around `start`. The window moves with the
/// estimate, so that a start beside the centre does not pull it.
fn centroid(ratios: &[f32], start: f64, width: f64) -> f64 {
    // A window that just holds both tones would lose one of them to a small error of its place.
    let width = 1.3 * width;
    let mut center = start;
    for _ in 0..6 {
        let (mut mass, mut moment) = (0.0, 0.0);
        let bins = around(center, width, ratios.len());
        for (k, &ratio) in bins.clone().zip(&ratios[bins]) {
            let excess = f64::from(ratio) - 1.0;
            mass += excess;
            moment += excess * (k as f64 - center);
        }
        if mass <= 0.0 {
            break;
        }
        // No single step may leave the burst: noise alone would.
        let step = (moment / mass).clamp(-width / 4.0, width / 4.0);
        center = (center + step).clamp(start - width / 2.0, start + width / 2.0);
        if step.abs() < 0.01 {
            break;
        }
    }
    center.clamp(0.0, ratios.len() as f64 - 1.0)
}

/// The axis about which the spectrum near `rough` is most like its mirror image: where its
/// convolution with itself is largest.
fn axis(ratios: &[f32], rough: f64, width: f64) -> f64 {
    let bins = around(rough, 1.3 * width, ratios.len());
    let excess: Vec<f64> = ratios[bins.clone()].iter().map(|&r| f64::from(r) - 1.0).collect();
    // Twice the centre, so that it falls on bins and between two.
    let likeness = |twice: usize| -> f64 {
        let sum = twice - 2 * bins.start;
        let low = (sum + 1).saturating_sub(excess.len());
        let high = sum.min(excess.len() - 1);
        if low > high {
            return 0.0;
        }
        let upper = excess[low..=high].iter().rev();
        excess[low..=high].iter().zip(upper).map(|(a, b)| a * b).sum()
    };
    // Each tone is symmetric, too: stay nearer to the middle than to a tone.
    let reach = (width / 12.0).max(1.0);
    let first = ((2.0 * (rough - reach)).round().max(2.0 * bins.start as f64 + 1.0)) as usize;
    let last = ((2.0 * (rough + reach)).round() as usize).min(2 * bins.end - 3);
    if first > last {
        return rough;
    }
    let likenesses: Vec<f64> = (first - 1..=last + 1).map(likeness).collect();
    let peak = likenesses.windows(3).enumerate().filter(|(_, w)| w[1] > w[0] && w[1] >= w[2]);
    let Some((k, near)) = peak.max_by(|a, b| a.1[1].total_cmp(&b.1[1])) else { return rough };
    let [before, here, after] = [near[0], near[1], near[2]].map(|l| l.max(1e-9).ln());
    let curvature = before - 2.0 * here + after;
    let offset = if curvature < 0.0 { 0.5 * (before - after) / curvature } else { 0.0 };
    ((first + k) as f64 + offset.clamp(-0.5, 0.5)) / 2.0
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Power of a tone in the bin `offset` bins away, behind a Hann window.
    fn lobe(offset: f64) -> f32 {
        let sinc = |x: f64| {
            let x = std::f64::consts::PI * x;
            if x.abs() < 1e-9 {
                1.0
            } else {
                x.sin() / x
            }
        };
        let amplitude = sinc(offset) + 0.5 * (sinc(offset - 1.0) + sinc(offset + 1.0));
        (amplitude * amplitude) as f32
    }

    #[test]
    fn the_centre_of_two_tones_is_between_them() {
        for (width, deviation) in [(25.0, 6.4), (10.0, 2.56)] {
            for place in 0..20 {
                let middle = 300.0 + f64::from(place) / 20.0;
                let tones = [middle - deviation, middle + deviation];
                let ratios: Vec<f32> = (0..512)
                    .map(|k| 1.0 + tones.iter().map(|t| 40.0 * lobe(f64::from(k) - t)).sum::<f32>())
                    .collect();
                let found = center(&ratios, 298.0, width);
                assert!((found - middle).abs() < 0.05, "{found} for {middle} of {width}");
            }
        }
    }

    #[test]
    fn noise_alone_and_the_edges_give_a_bin_of_the_band() {
        for ratios in [vec![1.0f32; 64], vec![0.5; 64], vec![9.0; 64]] {
            for start in [0.0, 1.0, 32.0, 63.0] {
                let found = center(&ratios, start, 5.0);
                assert!((0.0..64.0).contains(&found), "{found} from {start}");
            }
        }
    }

    #[test]
    fn a_steady_tone_is_told() {
        let tone: Vec<f32> = (0..25).map(|k| 1.0 + 1000.0 * lobe(f64::from(k) - 12.3)).collect();
        assert!(is_tone(&tone));
        let two: Vec<f32> = (0..25)
            .map(|k| 1.0 + 13.0 * (lobe(f64::from(k) - 6.0) + lobe(f64::from(k) - 18.0)))
            .collect();
        assert!(!is_tone(&two));
    }

    #[test]
    fn widths_are_clipped_to_the_band() {
        assert_eq!(around(2.0, 10.0, 100), 0..8);
        assert_eq!(around(98.0, 10.0, 100), 93..100);
    }
}
