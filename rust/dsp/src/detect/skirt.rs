// SPDX-License-Identifier: GPL-3.0-or-later
//! What a strong burst leaves beside its channel.
//!
//! FSK without a filter is heard far beside its channel, and there hides weak bursts or looks like
//! such. It is so on both sides alike: what lies on one side tells what to expect on the other.

use std::ops::Range;

/// Most that FSK of a bandwidth leaves one bandwidth away, over its own strength: of all modulation
/// indices h = 1 is within a decibel of leaving most, data 1/630 of it, four times as much where all
/// symbols change and the lines fall together. It falls with the fourth power of the distance.
const MOST: f32 = 4.0 / 630.0;
/// From how many bandwidths from its centre on that holds.
const FROM: f64 = 0.75;
/// Part of the noise floor below which it does not matter: with what noise adds it must stay below
/// every threshold, for at its end a skirt that is not taken out looks like a burst.
const LEAST: f32 = 0.5;

/// How much more of a skirt is taken out than is expected: it is alike on both sides, not the same.
pub const MARGIN: f32 = 1.5;

/// The skirt of one burst.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Skirt {
    /// Centre of the burst in bins.
    center: f64,
    /// Bins over which a burst is judged.
    width: f64,
    /// Most of it one width away, in floors.
    most: f32,
    /// Bins from the centre to where it does not matter any more.
    reach: f64,
}

impl Skirt {
    /// The skirt of a burst around bin `center` with `level` times the power of the floor in `width`
    /// bins; none if it does not matter.
    pub fn new(center: f64, width: f64, level: f32) -> Option<Self> {
        let most = MOST * level;
        let reach = width * f64::from(most / LEAST).sqrt().sqrt();
        (reach > width).then_some(Skirt { center, width, most, reach })
    }

    /// Those of the bins `within` that it reaches, below the burst and above.
    pub fn bins(&self, within: Range<usize>) -> [Range<usize>; 2] {
        let place = |at: f64| (at.max(0.0).ceil() as usize).clamp(within.start, within.end);
        let (near, far) = (FROM * self.width, self.reach);
        let [low, high] = [self.center - far, self.center - near].map(place);
        let [from, until] = [self.center + near, self.center + far].map(place);
        [low..high, from..until]
    }

    /// Whether it matters around bin `center`.
    pub fn reaches(&self, center: f64) -> bool {
        (FROM * self.width..=self.reach).contains(&(center - self.center).abs())
    }

    /// Most that it leaves around bin `center`, in floors.
    pub fn most_at(&self, center: f64) -> f32 {
        self.most / ((center - self.center) / self.width).powi(4) as f32
    }

    /// What it leaves in `bins` of `total`, in floors, as the mean `ratio` to the floor of those on
    /// its other side tells.
    pub fn expected(
        &self,
        bins: Range<usize>,
        total: usize,
        ratio: impl FnOnce(Range<usize>) -> f32,
    ) -> f32 {
        let (first, last) = (bins.start as f64, bins.end as f64 - 1.0);
        let mirror = |bin: f64| (2.0 * self.center - bin).round();
        let (low, high) = (mirror(last), mirror(first));
        if low < 0.0 || high >= total as f64 {
            return 0.0;
        }
        let most = self.most_at((first + last) / 2.0);
        (ratio(low as usize..high as usize + 1) - 1.0).clamp(0.0, most)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BINS: usize = 512;

    /// Of a burst 25 bins wide at bin 200.
    fn skirt(level: f32) -> Skirt {
        Skirt::new(200.0, 25.0, level).unwrap()
    }

    #[test]
    fn a_burst_that_is_not_strong_has_none() {
        assert_eq!(Skirt::new(200.0, 25.0, 20.0), None);
        // Four widths to either side, and nothing of the burst itself.
        assert_eq!(skirt(20_000.0).bins(0..BINS), [101..182, 219..300]);
        assert_eq!(skirt(20_000.0).bins(210..220), [210..210, 219..220]);
    }

    #[test]
    fn the_other_side_tells_how_much_there_is() {
        let expected = |bins: Range<usize>, ratio: f32| {
            let (first, last) = (bins.start, bins.end);
            skirt(20_000.0).expected(bins, BINS, |mirror| {
                assert_eq!(mirror, 401 - last..401 - first);
                ratio
            })
        };
        assert_eq!(expected(246..254, 3.5), 2.5);
        assert_eq!(expected(246..254, 0.7), 0.0);
        // A signal there is not taken for a skirt.
        let (near, far) = (expected(246..254, 1e4), expected(296..304, 1e4));
        assert!((near / far - 16.0).abs() < 0.5, "{near} {far}");
        assert!((near - 8.0).abs() < 0.3, "{near}");
    }

    #[test]
    fn outside_the_band_nothing_is_known() {
        let skirt = Skirt::new(50.0, 25.0, 20_000.0).unwrap();
        assert_eq!(skirt.expected(130..138, BINS, |_| panic!("no such bins")), 0.0);
    }
}
