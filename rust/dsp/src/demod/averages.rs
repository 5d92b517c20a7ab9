// SPDX-License-Identifier: GPL-3.0-or-later
//! The stream averaged over a symbol, around every sample.

use super::history::History;

/// Averages that are taken at once.
pub const LANES: usize = 8;

/// Means of a symbol's length of samples: each is made once and looked at by many comparisons.
pub struct Averages {
    /// Around each sample from `from` on, and [`LANES`] zeros behind what is known.
    values: Vec<f32>,
    from: u64,
    /// Samples in a mean.
    width: usize,
}

impl Averages {
    /// Nothing known yet.
    pub fn new(width: usize) -> Self {
        Averages { values: vec![0.0; LANES], from: 0, width }
    }

    /// Sees to it that what is around samples `first` to `until` is known.
    pub fn extend(&mut self, history: &History, first: u64, until: u64) {
        let known = self.values.len() - LANES;
        let unneeded = (first.saturating_sub(self.from) as usize).min(known);
        if first < self.from || unneeded == known {
            self.values.clear();
            self.from = first;
        } else {
            self.values.truncate(known);
            // Moving what is kept costs as much as averaging it: not each time.
            if unneeded > known / 2 {
                self.values.drain(..unneeded);
                self.from += unneeded as u64;
            }
        }
        let half = (self.width as u64 - 1) / 2;
        let next = self.from + self.values.len() as u64;
        if next < until {
            let (begin, end) = (next - half, until - half + self.width as u64 - 1);
            self.values.extend(history.means(begin, end, self.width));
        }
        self.values.resize(self.values.len() + LANES, 0.0);
    }

    /// Means around sample `n` and the samples behind it; zeros where they are not known.
    pub fn around(&self, n: u64) -> &[f32] {
        let at = (n - self.from) as usize;
        &self.values[at..at + LANES]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn means_are_the_same_however_far_one_goes_at_a_time() {
        let samples: Vec<f32> = (0..6_000u32).map(|n| (n * n % 97) as f32).collect();
        let mut history = History::new(1.0);
        history.extend(&samples);
        for step in [1, 7, 900] {
            let mut averages = Averages::new(8);
            for first in (300..4_000).step_by(step) {
                let until = first + 250 + step as u64;
                averages.extend(&history, first, until);
                let last = averages.around(until - 1)[0];
                assert_eq!(last, history.mean(until as f64 - 0.5, 8.0), "{step} {first}");
            }
        }
    }
}
