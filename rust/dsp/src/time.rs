// SPDX-License-Identifier: GPL-3.0-or-later
//! Exact time of a sample, re-anchored at every `rx_time` tag.

/// A point in time: whole seconds and the fraction, as GNU Radio's `rx_time` has them.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Time {
    /// Whole seconds since the Unix epoch, or since the start of the stream if nobody knows the date.
    pub seconds: u64,
    /// Fraction of a second, 0 up to but not including 1.
    pub fraction: f64,
}

impl Time {
    /// This time moved by `seconds`, which may be negative; never before 0.
    pub fn plus(self, seconds: f64) -> Self {
        let whole = seconds.floor();
        let fraction = self.fraction + (seconds - whole);
        let carry = if fraction >= 1.0 { 1 } else { 0 };
        let total = i128::from(self.seconds) + whole as i128 + carry;
        if total < 0 {
            return Time::default();
        }
        Time { seconds: total as u64, fraction: fraction - carry as f64 }
    }

    /// Seconds from `earlier` to this time.
    pub fn since(self, earlier: Time) -> f64 {
        (self.seconds as f64 - earlier.seconds as f64) + (self.fraction - earlier.fraction)
    }
}

/// An anchor that is later than counting says by more tells that samples are missing there.
const BREAK_S: f64 = 1e-3;

/// Translates sample offsets to time by the latest anchor at or before the sample.
#[derive(Debug, Clone)]
pub struct Timebase {
    sample_rate_hz: f64,
    /// In order of offset; the first stands for everything before it, too.
    anchors: Vec<(u64, Time)>,
    /// The first anchor was given, and does not only stand for the time that nobody knows.
    is_first_given: bool,
}

impl Timebase {
    /// Sample 0 is at time 0 until an anchor says otherwise.
    pub fn new(sample_rate_hz: f64) -> Self {
        Timebase { sample_rate_hz, anchors: vec![(0, Time::default())], is_first_given: false }
    }

    /// From sample `offset` on, `time` holds. Anchors may come in any order.
    pub fn anchor(&mut self, offset: u64, time: Time) {
        let at = self.anchors.partition_point(|&(o, _)| o < offset);
        self.is_first_given |= offset == 0;
        match self.anchors.get_mut(at) {
            Some(same) if same.0 == offset => same.1 = time,
            _ => self.anchors.insert(at, (offset, time)),
        }
    }

    /// Time of sample `offset`.
    pub fn at(&self, offset: u64) -> Time {
        let after = self.anchors.partition_point(|&(o, _)| o <= offset);
        let (from, time) = self.anchors[after.saturating_sub(1)];
        time.plus((offset as f64 - from as f64) / self.sample_rate_hz)
    }

    /// First sample from `from` on, before `until`, in front of which others are missing: its time
    /// is later than counting from the anchor before says. Where it is earlier somebody knows the
    /// time better, and nothing is missing.
    pub fn break_in(&self, from: u64, until: u64) -> Option<u64> {
        let known = if self.is_first_given { 0 } else { 1 };
        self.anchors.get(known..)?.windows(2).find_map(|pair| {
            let [(before, time), (offset, told)] = [pair[0], pair[1]];
            let counted_s = (offset - before) as f64 / self.sample_rate_hz;
            let is_break = told.since(time) - counted_s > BREAK_S;
            (is_break && (from..until).contains(&offset)).then_some(offset)
        })
    }

    /// Forgets anchors that no sample at or after `offset` needs.
    pub fn forget_before(&mut self, offset: u64) {
        let after = self.anchors.partition_point(|&(o, _)| o <= offset).saturating_sub(1);
        self.is_first_given |= after > 0;
        self.anchors.drain(..after);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn follows_every_anchor_and_not_only_the_first() {
        let mut base = Timebase::new(1e6);
        base.anchor(0, Time { seconds: 100, fraction: 0.75 });
        base.anchor(1_000_000, Time { seconds: 500, fraction: 0.0 });
        assert_eq!(base.at(500_000), Time { seconds: 101, fraction: 0.25 });
        assert_eq!(base.at(1_000_001).seconds, 500);
        base.forget_before(1_000_000);
        assert_eq!(base.at(1_500_000), Time { seconds: 500, fraction: 0.5 });
    }

    #[test]
    fn a_time_later_than_counting_says_is_a_break() {
        let mut base = Timebase::new(1e6);
        let time = |seconds, fraction| Time { seconds, fraction };
        base.anchor(1000, time(100, 0.0));
        assert_eq!(base.break_in(0, 10_000), None, "before it nobody knew the time");
        base.anchor(2000, time(100, 0.0015));
        base.anchor(3000, time(100, 0.0045));
        base.anchor(5000, time(50, 0.0));
        base.anchor(9000, time(50, 0.5));
        assert_eq!(base.break_in(0, 10_000), Some(3000));
        assert_eq!(base.break_in(3001, 9000), None);
        assert_eq!(base.break_in(3001, 9001), Some(9000));
        base.forget_before(2500);
        assert_eq!(base.break_in(0, 10_000), Some(3000));
    }

    #[test]
    fn moves_backwards_across_a_second() {
        let t = Time { seconds: 7, fraction: 0.25 }.plus(-0.5);
        assert_eq!(t, Time { seconds: 6, fraction: 0.75 });
        assert_eq!(Time::default().plus(-3.0), Time::default());
    }

    #[test]
    fn a_year_of_samples_keeps_microseconds() {
        let base = Timebase::new(10e6);
        let n = 365 * 86400 * 10_000_000_u64 + 1;
        let t = base.at(n);
        assert_eq!(t.seconds, 365 * 86400);
        assert!((t.fraction - 1e-7).abs() < 1e-6);
    }
}
