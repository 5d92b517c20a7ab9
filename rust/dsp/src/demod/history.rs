// SPDX-License-Identifier: GPL-3.0-or-later
//! The last samples of a stream, to be averaged over any window.

/// Steps in a unit: finer than f32 samples need, coarse enough for windows of thousands of samples.
const STEPS: f64 = (1u64 << 32) as f64;
/// Largest sample in units; a discriminator gives no larger ones.
const MOST_UNITS: f64 = (1 << 16) as f64;

/// Running sums of a stream: the mean over any window costs two look-ups.
///
/// Sample `n` fills the time from `n - 1/2` to `n + 1/2`; windows may begin and end within it. The
/// sums are whole numbers, so that a mean is the same to the last bit wherever a sum begins; they
/// wrap around, which their differences do not notice.
pub struct History {
    /// `sums[i]` is the sum of all samples before sample `base + i`, in steps.
    sums: Vec<i64>,
    base: u64,
    /// What the input calls a unit, in steps.
    steps: f64,
}

impl History {
    /// A history of nothing. Samples are of about the size of `unit`.
    pub fn new(unit: f64) -> Self {
        History { sums: vec![0], base: 0, steps: STEPS / unit }
    }

    /// Offset of the sample that comes next.
    pub fn end(&self) -> u64 {
        self.base + self.sums.len() as u64 - 1
    }

    /// Takes the next samples. One that is not a number counts as zero.
    pub fn extend(&mut self, samples: &[f32]) {
        const MOST: f64 = MOST_UNITS * STEPS;
        let mut sum = self.sums.last().copied().unwrap_or(0);
        self.sums.extend(samples.iter().map(|&sample| {
            let sample = if sample.is_finite() { f64::from(sample) } else { 0.0 };
            sum = sum.wrapping_add((sample * self.steps).clamp(-MOST, MOST) as i64);
            sum
        }));
    }

    /// Forgets what lies before `offset`, now and then.
    pub fn forget_before(&mut self, offset: u64) {
        let count = offset.saturating_sub(self.base) as usize;
        if count > self.sums.len() / 2 && count > 4096 && count < self.sums.len() {
            self.sums.drain(..count);
            self.base += count as u64;
        }
    }

    /// Mean of the stream over `width` samples around `center`; outside what is kept, zeros.
    pub fn mean(&self, center: f64, width: f64) -> f32 {
        let (from, after_from) = self.place(center - width / 2.0);
        let (until, after_until) = self.place(center + width / 2.0);
        let whole = self.sums[until].wrapping_sub(self.sums[from]) as f64;
        ((whole + after_until - after_from) / (width * self.steps)) as f32
    }

    /// Means of `width` samples: the first begins with sample `first`, each of the others one
    /// sample later, the last ends before sample `end`. All of them must be kept.
    pub fn means(&self, first: u64, end: u64, width: usize) -> impl Iterator<Item = f32> + '_ {
        let sums = &self.sums[(first - self.base) as usize..=(end - self.base) as usize];
        let scale = 1.0 / (width as f64 * self.steps);
        let ahead = &sums[width.min(sums.len())..];
        sums.iter()
            .zip(ahead)
            .map(move |(from, until)| (until.wrapping_sub(*from) as f64 * scale) as f32)
    }

    /// The sum that stands next before `time`, and what of the sample behind it lies before `time`.
    fn place(&self, time: f64) -> (usize, f64) {
        let last = (self.sums.len() - 1) as f64;
        let position = (time + 0.5 - self.base as f64).clamp(0.0, last);
        let index = position as usize;
        match self.sums.get(index + 1) {
            Some(next) => {
                let sample = next.wrapping_sub(self.sums[index]) as f64;
                (index, sample * (position - index as f64))
            }
            None => (index, 0.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn means_over_whole_and_broken_windows() {
        let mut history = History::new(10.0);
        let samples: Vec<f32> = (0..10_000).map(|n| n as f32).collect();
        history.extend(&samples);
        assert_eq!(history.mean(100.0, 1.0), 100.0);
        assert_eq!(history.mean(100.0, 5.0), 100.0);
        assert!((history.mean(100.5, 2.0) - 100.5).abs() < 1e-4);
        assert_eq!(history.means(98, 105, 5).collect::<Vec<_>>(), [100.0, 101.0, 102.0]);
        assert_eq!(history.means(98, 101, 5).count(), 0);
        let before = history.mean(9_000.3, 5.7);
        history.forget_before(8_000);
        assert_eq!(history.mean(9_000.3, 5.7), before);
        assert_eq!(history.end(), 10_000);
    }

    #[test]
    fn what_is_no_number_is_zero_and_what_is_none_of_a_discriminator_harms_nothing_later() {
        let mut history = History::new(1.0);
        history.extend(&[1.0, f32::NAN, f32::INFINITY, 1.0]);
        assert_eq!(history.mean(1.5, 4.0), 0.5);
        history.extend(&[f32::MAX; 100]);
        history.extend(&[0.1; 100]);
        assert_eq!(history.mean(150.0, 8.0), 0.1);
    }
}
