// SPDX-License-Identifier: GPL-3.0-or-later
//! Settings of the burst extractor, judged.

use crate::error::{in_range, Result};

/// Settings of a [`BurstExtractor`](super::BurstExtractor).
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    /// Sample rate of the input in Hz, 1e3 to 1e9.
    pub sample_rate_hz: f64,
    /// Sample rate in Hz at which bursts leave, at most that of the input and at least 1/2000 of
    /// it. The nearest rate that can be made is used and reported; it is exact wherever the ratio
    /// of the two is one of small whole numbers.
    pub output_rate_hz: f64,
    /// Width in Hz of the part around the centre of a burst that passes unharmed; what lies
    /// further out than this from the centre is gone. 1/20 to 2/3 of the output rate.
    pub bandwidth_hz: f64,
    /// A burst without an end is cut after this many seconds, 1e-3 to 60.
    pub max_burst_s: f64,
}

impl Default for Config {
    fn default() -> Self {
        Config { sample_rate_hz: 8e6, output_rate_hz: 400e3, bandwidth_hz: 100e3, max_burst_s: 0.5 }
    }
}

impl Config {
    /// These settings, or what is wrong with them.
    pub(super) fn judged(self) -> Result<Self> {
        let rate = in_range("sample_rate", self.sample_rate_hz, 1e3, 1e9, "Hz")?;
        let output = in_range("output_rate", self.output_rate_hz, rate / 2000.0, rate, "Hz")?;
        in_range("bandwidth", self.bandwidth_hz, output / 20.0, output / 1.5, "Hz")?;
        in_range("max_burst_time", self.max_burst_s, 1e-3, 60.0, "s")?;
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_what_is_wrong() {
        let ok = Config::default();
        for (bad, name) in [
            (Config { sample_rate_hz: 0.0, ..ok.clone() }, "sample_rate"),
            (Config { output_rate_hz: 9e6, ..ok.clone() }, "output_rate"),
            (Config { output_rate_hz: f64::NAN, ..ok.clone() }, "output_rate"),
            (Config { bandwidth_hz: 390e3, ..ok.clone() }, "bandwidth"),
            (Config { max_burst_s: -1.0, ..ok.clone() }, "max_burst_time"),
        ] {
            let message = bad.judged().unwrap_err().to_string();
            assert!(message.starts_with(name) && message.contains("expected"), "{message}");
        }
    }
}
