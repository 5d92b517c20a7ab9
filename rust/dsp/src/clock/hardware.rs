// SPDX-License-Identifier: GPL-3.0-or-later
//! The clock of a radio, as its `rx_time` tags tell it.

use crate::time::{Time, Timebase};

/// What tags may contradict the count of samples by, in s: rounding, ...
const LEAST_STEP_S: f64 = 20e-6;
/// ... and a clock that is not quite that of the samples, for each second between tags.
const STEP_PER_S: f64 = 1e-7;

/// Holds the time of samples that tags tell against their count.
#[derive(Debug, Clone)]
pub struct HardwareClock {
    sample_rate_hz: f64,
    timebase: Option<Timebase>,
    last: u64,
}

impl HardwareClock {
    /// No tag came yet.
    pub fn new(sample_rate_hz: f64) -> Self {
        HardwareClock { sample_rate_hz, timebase: None, last: 0 }
    }

    /// A tag says that sample `offset` was taken at `time`; tags come in order. Gives the samples
    /// that are missing before it, in seconds: 0 if none is, or the clock was set back.
    pub fn tag(&mut self, offset: u64, time: Time) -> f64 {
        let rate = self.sample_rate_hz;
        let timebase = self.timebase.get_or_insert_with(|| {
            let mut new = Timebase::new(rate);
            new.anchor(offset, time);
            new
        });
        let step_s = time.since(timebase.at(offset));
        let between_s = offset.saturating_sub(self.last) as f64 / rate;
        timebase.anchor(offset, time);
        timebase.forget_before(offset);
        self.last = offset;
        if step_s > LEAST_STEP_S + STEP_PER_S * between_s {
            step_s
        } else {
            0.0
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_jump_is_a_loss_of_its_size() {
        let mut clock = HardwareClock::new(8e6);
        let time = |seconds, fraction| Time { seconds, fraction };
        assert_eq!(clock.tag(100, time(1_800_000_000, 0.5)), 0.0);
        assert_eq!(clock.tag(8_000_100, time(1_800_000_001, 0.5)), 0.0);
        let lost = clock.tag(8_000_200, time(1_800_000_001, 0.5 + (100.0 + 363.0) / 8e6));
        assert!((lost * 8e6 - 363.0).abs() < 2.0, "{lost}");
        assert_eq!(clock.tag(8_000_300, time(5, 0.0)), 0.0, "set back");
        assert_eq!(clock.tag(8_000_300 + 8, time(5, 1e-6)), 0.0);
    }
}
