// SPDX-License-Identifier: GPL-3.0-or-later
//! How much the delays of samples differ while nothing is wrong.

/// Delays above the steady one, in ns.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Measured {
    /// Longest that a sample waited for those that came with it: the length of a transfer.
    pub transfer_ns: f64,
    /// Longest that even the last of a window was late by.
    pub jitter_ns: f64,
}

/// Collects delays by windows and gives what they are like.
#[derive(Debug, Clone)]
pub struct Spread {
    window_ns: f64,
    window_end_ns: f64,
    least_ns: f64,
    most_ns: f64,
    collected: Option<Measured>,
}

impl Spread {
    /// Nothing seen yet; windows are `window_ns` long.
    pub fn new(window_ns: f64) -> Self {
        Spread {
            window_ns,
            window_end_ns: f64::NEG_INFINITY,
            least_ns: f64::INFINITY,
            most_ns: 0.0,
            collected: None,
        }
    }

    /// A sample came at `now_ns`, `late_ns` later than the steady delay.
    pub fn see(&mut self, late_ns: f64, now_ns: f64) {
        if now_ns >= self.window_end_ns {
            self.end_window();
            self.window_end_ns = now_ns + self.window_ns;
        }
        self.least_ns = self.least_ns.min(late_ns);
        self.most_ns = self.most_ns.max(late_ns);
    }

    /// What was measured since the last time this was asked; nothing if no window is over.
    pub fn take(&mut self) -> Option<Measured> {
        self.collected.take()
    }

    /// The calmest window tells the length of a transfer, for what waits behind a busy computer is
    /// longer; the worst one tells the jitter.
    fn end_window(&mut self) {
        if self.least_ns.is_finite() {
            let seen = Measured { transfer_ns: self.most_ns, jitter_ns: self.least_ns.max(0.0) };
            let so_far = self.collected.unwrap_or(seen);
            self.collected = Some(Measured {
                transfer_ns: so_far.transfer_ns.min(seen.transfer_ns),
                jitter_ns: so_far.jitter_ns.max(seen.jitter_ns),
            });
        }
        (self.least_ns, self.most_ns) = (f64::INFINITY, 0.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn transfers_and_jitter_are_told_apart() {
        let mut spread = Spread::new(100.0);
        assert_eq!(spread.take(), None);
        for step in 0..41 {
            let busy = if step < 10 { 50.0 } else { 0.0 };
            let late = [16.0, 8.0, 0.25][step % 3] + busy * f64::from(step % 3 == 0);
            spread.see(late, 10.0 * step as f64);
        }
        assert_eq!(spread.take(), Some(Measured { transfer_ns: 16.0, jitter_ns: 0.25 }));
        assert_eq!(spread.take(), None);
    }
}
