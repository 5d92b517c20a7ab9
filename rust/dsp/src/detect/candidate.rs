// SPDX-License-Identifier: GPL-3.0-or-later
//! Energy over the width of a burst: where it stands out, and where its centre is.

/// Bins that one steady tone fills through the Hann window.
const TONE_BINS: usize = 4;
/// Share of the energy in those bins from which on a signal is a steady tone. The preamble of FSK
/// with modulation index 1/2 has 0.81 of its power in one line, with index 1 0.41.
const TONE_SHARE: f32 = 0.88;
/// Mean excess of the other bins, in floors, up to which they are taken for noise.
const NOISE_EXCESS: f32 = 0.5;

/// A place in the band where a burst may have started.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Candidate {
    /// Bin in the middle of the width that holds most.
    pub bin: usize,
    /// Mean ratio to the floor over the width.
    pub energy: f32,
}

/// Searches rows of ratios to the noise floor; keeps its buffers.
pub struct Search {
    width: usize,
    prefix: Vec<f64>,
    energy: Vec<f32>,
}

impl Search {
    /// A search for bursts `width` bins wide in rows of `bins`.
    pub fn new(bins: usize, width: usize) -> Self {
        Search { width, prefix: vec![0.0; bins + 1], energy: vec![0.0; bins] }
    }

    /// Appends to `found` each local maximum of the mean ratio over a burst's width that is above
    /// the `threshold` of its bin and not a steady tone.
    pub fn find(&mut self, ratios: &[f32], threshold: &[f32], found: &mut Vec<Candidate>) {
        let (bins, half) = (ratios.len(), self.width / 2);
        let mut sum = 0.0;
        for (prefix, &ratio) in self.prefix[1..].iter_mut().zip(ratios) {
            sum += f64::from(ratio);
            *prefix = sum;
        }
        for k in 0..bins {
            let (low, high) = (k.saturating_sub(half), (k + half + 1).min(bins));
            self.energy[k] = ((self.prefix[high] - self.prefix[low]) / self.width as f64) as f32;
        }
        let mut k = 0;
        while k < bins {
            if self.energy[k] > threshold[k] && self.is_peak(k) {
                let (low, high) = (k.saturating_sub(half), (k + half + 1).min(bins));
                if !is_tone(&ratios[low..high]) {
                    found.push(Candidate { bin: k, energy: self.energy[k] });
                }
                k += self.width;
            } else {
                k += 1;
            }
        }
    }

    fn is_peak(&self, k: usize) -> bool {
        let half = self.width / 2;
        let low = k.saturating_sub(half);
        let high = (k + half + 1).min(self.energy.len());
        let here = self.energy[k];
        self.energy[low..k].iter().all(|&e| e < here)
            && self.energy[k..high].iter().all(|&e| e <= here)
    }
}

/// Whether nearly all that stands out of the floor in `ratios` is one steady tone.
fn is_tone(ratios: &[f32]) -> bool {
    let total: f32 = ratios.iter().map(|r| r - 1.0).sum();
    let strongest = ratios
        .windows(TONE_BINS.min(ratios.len()))
        .map(|w| w.iter().map(|r| r - 1.0).sum::<f32>())
        .fold(0.0, f32::max);
    let others = ratios.len().saturating_sub(TONE_BINS) as f32;
    strongest > TONE_SHARE * total || total - strongest < NOISE_EXCESS * others
}

/// Mean ratio of `powers` to the floor in `bins`.
pub fn energy_at(powers: &[f32], inverse_floor: &[f32], bins: std::ops::Range<usize>) -> f32 {
    let count = bins.len().max(1) as f32;
    let sum: f32 = powers[bins.clone()]
        .iter()
        .zip(&inverse_floor[bins])
        .map(|(power, inverse)| power * inverse)
        .sum();
    sum / count
}

/// Centre of energy, in bins and fractions, of what stands out of the floor around `start`.
///
/// The two tones of FSK weigh the same over a preamble, so this is the carrier. The window moves
/// with the estimate, so that a start beside the centre does not pull it.
pub fn centroid(ratios: &[f32], start: f64, width: f64) -> f64 {
    // A window that just holds both tones would lose one of them to a small error of its place.
    let width = 1.3 * width;
    let mut center = start;
    for _ in 0..6 {
        let low = (center - width / 2.0).round().max(0.0) as usize;
        let high = ((center + width / 2.0).round() as usize + 1).min(ratios.len());
        let (mut mass, mut moment) = (0.0, 0.0);
        for (k, &ratio) in ratios.iter().enumerate().take(high).skip(low) {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn search(ratios: &[f32], blocked: &[bool]) -> Vec<usize> {
        let mut found = Vec::new();
        let threshold: Vec<f32> =
            blocked.iter().map(|&b| if b { f32::INFINITY } else { 2.0 }).collect();
        Search::new(ratios.len(), 25).find(ratios, &threshold, &mut found);
        found.iter().map(|c| c.bin).collect()
    }

    fn two_tones(center: usize, level: f32, ratios: &mut [f32]) {
        for tone in [center - 6, center + 6] {
            ratios[tone - 1..=tone + 1].iter_mut().for_each(|r| *r += level);
        }
    }

    #[test]
    fn two_tones_are_one_burst_with_its_centre_between() {
        let mut ratios = vec![1.0; 512];
        two_tones(300, 20.0, &mut ratios);
        let found = search(&ratios, &[false; 512]);
        assert_eq!(found.len(), 1);
        let center = centroid(&ratios, found[0] as f64, 25.0);
        assert!((center - 300.0).abs() < 0.5, "{center}");
    }

    #[test]
    fn neighbours_two_widths_apart_are_two_bursts_and_a_skirt_is_none() {
        let mut ratios = vec![1.0; 512];
        two_tones(200, 1e4, &mut ratios);
        two_tones(250, 20.0, &mut ratios);
        assert_eq!(search(&ratios, &[false; 512]).len(), 2);
        let mut skirts: Vec<f32> =
            (0..512).map(|k| 1.0 + 1e6 / (1.0 + (k as f32 - 200.0).powi(4))).collect();
        two_tones(200, 1e6, &mut skirts);
        let blocked: Vec<bool> = (0..512).map(|k: i32| (k - 200).abs() < 25).collect();
        assert!(search(&skirts, &blocked).is_empty());
    }

    #[test]
    fn a_steady_tone_is_no_burst() {
        let mut ratios = vec![1.0; 512];
        ratios[99..102].fill(1000.0);
        assert!(search(&ratios, &[false; 512]).is_empty());
    }

    #[test]
    fn the_edges_of_the_band_count() {
        for center in [8, 503] {
            let mut ratios = vec![1.0; 512];
            two_tones(center, 40.0, &mut ratios);
            assert_eq!(search(&ratios, &[false; 512]).len(), 1);
        }
    }
}
