// SPDX-License-Identifier: GPL-3.0-or-later
//! The samples that are still there.

use crate::Complex32;

/// Samples from an offset on, and how to find blocks and bins in them.
#[derive(Clone, Copy)]
pub struct Window<'a> {
    /// Offset of the first sample.
    pub begin: u64,
    /// The samples.
    pub samples: &'a [Complex32],
    /// Samples in a block.
    pub block: usize,
    /// Sample rate in Hz.
    pub sample_rate_hz: f64,
}

impl<'a> Window<'a> {
    /// These samples as far as they are at offsets `from..until`: what is looked at must not depend
    /// on how much of the past and future happens to be there.
    pub fn limited(self, from: u64, until: u64) -> Self {
        let begin = from.max(self.begin);
        let place = |offset: u64| {
            usize::try_from(offset.saturating_sub(self.begin))
                .unwrap_or(usize::MAX)
                .min(self.samples.len())
        };
        let (low, high) = (place(begin), place(until));
        Window { begin, samples: &self.samples[low.min(high)..high], ..self }
    }

    /// The samples from block `from` to block `until` and fractions, and the offset of the first.
    pub fn blocks(&self, from: f64, until: f64) -> (u64, &'a [Complex32]) {
        let place = |block: f64| {
            let offset = (block * self.block as f64).round() - self.begin as f64;
            (offset.max(0.0) as usize).min(self.samples.len())
        };
        let (low, high) = (place(from), place(until));
        (self.begin + low as u64, &self.samples[low..high.max(low)])
    }

    /// Frequency of bin `bin` and fractions in Hz from the middle of the band.
    pub fn hz(&self, bin: f64) -> f64 {
        (bin / self.block as f64 - 0.5) * self.sample_rate_hz
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_outside_are_cut() {
        let samples: Vec<Complex32> = (0..100).map(|n| Complex32::new(n as f32, 0.0)).collect();
        let window = Window { begin: 50, samples: &samples, block: 10, sample_rate_hz: 1e3 };
        let first = |w: &Window, from, until| {
            let (at, part) = w.blocks(from, until);
            (at, part.len(), part.first().map(|x| x.re))
        };
        assert_eq!(first(&window, 6.5, 8.0), (65, 15, Some(15.0)));
        assert_eq!(first(&window, -1.0, 5.5), (50, 5, Some(0.0)));
        assert_eq!(first(&window, 20.0, 21.0), (150, 0, None));
        let limited = window.limited(60, 70);
        assert_eq!(first(&limited, 0.0, 99.0), (60, 10, Some(10.0)));
        assert_eq!(first(&window.limited(0, 55), 0.0, 99.0), (50, 5, Some(0.0)));
        assert_eq!(first(&window.limited(900, 55), 0.0, 99.0).1, 0);
        assert_eq!((window.hz(5.0), window.hz(0.0)), (0.0, -500.0));
    }
}
