// SPDX-License-Identifier: GPL-3.0-or-later
//! Samples that are later than usual: late, or behind others that are missing.

/// Two windows whose least delays differ by no more are alike: nothing waits any more.
const ALIKE_NS: f64 = 0.5e6;
/// Of windows in which nothing was caught up, so many end the doubt.
const MOST_WINDOWS: u32 = 8;
/// A delay this much less than that which stays was seen before samples were lost.
const BEFORE_NS: f64 = 1e6;

/// What was seen since samples were last on time.
#[derive(Debug, Clone)]
pub struct Doubt {
    window_ns: f64,
    window_end_ns: f64,
    /// Least delay of the window before, and of the one that runs.
    before_ns: Option<f64>,
    least_ns: f64,
    /// Windows over in which nothing was caught up.
    windows: u32,
    /// Counts of samples and their delays, both rising: of those seen, all that no later one with
    /// less delay makes superfluous.
    seen: Vec<(u64, f64)>,
}

/// What a doubt comes to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Verdict {
    /// The delay that stays.
    pub delay_ns: f64,
    /// Samples that came before the loss; those after it are not known to.
    pub before: u64,
}

impl Doubt {
    /// Samples are late at `now_ns`; delays are compared over windows of `window_ns`.
    pub fn new(now_ns: f64, window_ns: f64) -> Self {
        Doubt {
            window_ns,
            window_end_ns: now_ns + window_ns,
            before_ns: None,
            least_ns: f64::INFINITY,
            windows: 0,
            seen: Vec::new(),
        }
    }

    /// The newest of `samples` came `delay_ns` late. `settled`: samples of which it is known that
    /// none is missing before them.
    pub fn see(
        &mut self,
        samples: u64,
        delay_ns: f64,
        now_ns: f64,
        settled: u64,
    ) -> Option<Verdict> {
        while self.seen.last().is_some_and(|&(_, delay)| delay >= delay_ns) {
            self.seen.pop();
        }
        self.seen.push((samples, delay_ns));
        self.least_ns = self.least_ns.min(delay_ns);
        if now_ns < self.window_end_ns {
            return None;
        }
        self.window_end_ns = now_ns + self.window_ns;
        let least_ns = std::mem::replace(&mut self.least_ns, f64::INFINITY);
        let before_ns = self.before_ns.replace(least_ns)?;
        self.windows += u32::from(least_ns > before_ns - ALIKE_NS);
        let alike = (least_ns - before_ns).abs() <= ALIKE_NS;
        if !alike && self.windows < MOST_WINDOWS {
            return None;
        }
        let delay_ns = if alike { least_ns.min(before_ns) } else { least_ns };
        let on_time = self.seen.partition_point(|&(_, delay)| delay < delay_ns - BEFORE_NS);
        let before = on_time.checked_sub(1).map_or(settled, |last| self.seen[last].0.max(settled));
        Some(Verdict { delay_ns, before })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: f64 = 1e6;

    /// Sees a delay (ms) every 10 ms, 1000 samples each; windows of 100 ms.
    fn verdict(delays_ms: impl IntoIterator<Item = f64>) -> Option<(usize, Verdict)> {
        let mut doubt = Doubt::new(0.0, 100.0 * MS);
        delays_ms.into_iter().enumerate().find_map(|(k, delay)| {
            let (samples, now_ns) = (1000 * (k as u64 + 1), 10.0 * MS * k as f64);
            Some((k, doubt.see(samples, delay * MS, now_ns, 500)?))
        })
    }

    #[test]
    fn a_delay_that_stays_is_a_loss_behind_the_last_sample_that_came_before() {
        let delays = [5.0, 9.0, 4.0].into_iter().chain(std::iter::repeat(16.4));
        let (at, verdict) = verdict(delays).unwrap();
        assert!(at < 35, "after {at}");
        assert_eq!(verdict, Verdict { delay_ns: 16.4 * MS, before: 3000 });
    }

    #[test]
    fn nothing_is_decided_while_samples_are_caught_up() {
        assert_eq!(verdict((0..200).map(|k| 400.0 - k as f64)), None);
    }

    #[test]
    fn what_never_settles_is_decided_nevertheless() {
        let (at, verdict) = verdict((0..500).map(|k| 20.0 + 2.0 * k as f64)).unwrap();
        assert!((80..120).contains(&at), "after {at}");
        assert!(verdict.delay_ns >= 170.0 * MS, "{verdict:?}");
    }
}
