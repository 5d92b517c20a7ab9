// SPDX-License-Identifier: GPL-3.0-or-later
//! The last samples of a stream, to be averaged over any window.

/// Running sums of a stream: the mean over any window costs two look-ups.
///
/// Sample `n` fills the time from `n - 1/2` to `n + 1/2`; windows may begin and end within it.
pub struct History {
    /// `sums[i]` is the sum of all samples before sample `base + i`.
    sums: Vec<f64>,
    base: u64,
}

impl History {
    /// A history of nothing.
    pub fn new() -> Self {
        History { sums: vec![0.0], base: 0 }
    }

    /// Offset of the sample that comes next.
    pub fn end(&self) -> u64 {
        self.base + self.sums.len() as u64 - 1
    }

    /// Takes the next sample. One that is not a number counts as zero.
    pub fn push(&mut self, sample: f32) {
        let sample = if sample.is_finite() { f64::from(sample) } else { 0.0 };
        let last = self.sums.last().copied().unwrap_or(0.0);
        self.sums.push(last + sample);
    }

    /// Forgets what lies before `offset`, now and then.
    pub fn forget_before(&mut self, offset: u64) {
        let count = offset.saturating_sub(self.base) as usize;
        if count > self.sums.len() / 2 && count > 4096 && count < self.sums.len() {
            self.sums.drain(..count);
            self.base += count as u64;
            let first = self.sums[0];
            for sum in &mut self.sums {
                *sum -= first;
            }
        }
    }

    /// Mean of the stream over `width` samples around `center`; outside what is kept, zeros.
    pub fn mean(&self, center: f64, width: f64) -> f32 {
        ((self.sum_until(center + width / 2.0) - self.sum_until(center - width / 2.0)) / width)
            as f32
    }

    /// Mean of the `width` samples from `first` on, all of them kept.
    pub fn mean_of(&self, first: u64, width: usize) -> f32 {
        let at = (first - self.base) as usize;
        ((self.sums[at + width] - self.sums[at]) / width as f64) as f32
    }

    fn sum_until(&self, time: f64) -> f64 {
        let last = (self.sums.len() - 1) as f64;
        let position = (time + 0.5 - self.base as f64).clamp(0.0, last);
        let index = position as usize;
        match self.sums.get(index + 1) {
            Some(next) => self.sums[index] + (next - self.sums[index]) * (position - index as f64),
            None => self.sums[index],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn means_over_whole_and_broken_windows() {
        let mut history = History::new();
        (0..10_000).for_each(|n| history.push(n as f32));
        assert_eq!(history.mean(100.0, 1.0), 100.0);
        assert_eq!(history.mean(100.0, 5.0), 100.0);
        assert!((history.mean(100.5, 2.0) - 100.5).abs() < 1e-4);
        assert_eq!(history.mean_of(98, 5), 100.0);
        history.forget_before(8_000);
        assert!((history.mean(9_000.0, 5.0) - 9_000.0).abs() < 1e-2);
        assert_eq!(history.end(), 10_000);
    }

    #[test]
    fn what_is_no_number_is_zero() {
        let mut history = History::new();
        [1.0, f32::NAN, f32::INFINITY, 1.0].into_iter().for_each(|x| history.push(x));
        assert_eq!(history.mean(1.5, 4.0), 0.5);
    }
}
