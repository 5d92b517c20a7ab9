// SPDX-License-Identifier: GPL-3.0-or-later
//! Settings of the burst detector, judged.

use crate::error::{in_range, Error, Result};

/// Settings of a [`BurstDetector`](super::BurstDetector).
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    /// Sample rate of the input in Hz, 1e3 to 1e9.
    pub sample_rate_hz: f64,
    /// Frequency of the middle of the input band in Hz, 0 to 1e12.
    pub center_frequency_hz: f64,
    /// Bandwidth of a burst in Hz, over which its energy is judged; at most the sample rate.
    pub burst_bandwidth_hz: f64,
    /// Signal and noise over noise in `burst_bandwidth_hz`, in dB, from which on a burst is seen;
    /// 1 to 60.
    pub threshold_db: f64,
    /// Samples in a Fourier transform, a power of two from 64 to 65536, with at least four bins
    /// in a burst; 0 chooses about 25 bins in a burst.
    pub fft_size: usize,
    /// Time in seconds without energy after which a burst is over; 1e-5 to 1.
    pub hold_s: f64,
    /// A burst longer than this many seconds is closed and counted as truncated; 1e-3 to 60.
    pub max_burst_s: f64,
    /// Half width in Hz of the part around the centre of the band that is not looked at; 0 looks
    /// at all.
    pub dc_mask_hz: f64,
}

impl Default for Config {
    /// Threshold, hold and size of the transform are chosen by the tables of `kaifa_bench detection`:
    /// at 4 dB noise alone fires nothing in ten minutes and weak bursts stay in one piece; 1 ms keeps
    /// an acknowledgement 2 ms after its frame apart.
    fn default() -> Self {
        Config {
            sample_rate_hz: 8e6,
            center_frequency_hz: 872.5e6,
            burst_bandwidth_hz: 100e3,
            threshold_db: 4.0,
            fft_size: 0,
            hold_s: 1.0e-3,
            max_burst_s: 0.2,
            dc_mask_hz: 0.0,
        }
    }
}

/// Bins in a burst that the automatic size of the transform aims at: enough to place its centre,
/// few enough that a block stays short against a burst.
const BINS_PER_BURST: f64 = 25.0;
const MIN_FFT: usize = 64;
const MAX_FFT: usize = 65536;

impl Config {
    /// These settings with `fft_size` resolved, or what is wrong with them.
    pub(super) fn judged(mut self) -> Result<Self> {
        let rate = in_range("sample_rate", self.sample_rate_hz, 1e3, 1e9, "Hz")?;
        in_range("center_frequency", self.center_frequency_hz, 0.0, 1e12, "Hz")?;
        let width = self.burst_bandwidth_hz;
        in_range("burst_bandwidth", width, rate / 16384.0, rate, "Hz")?;
        judged_threshold_db(self.threshold_db)?;
        in_range("hold_time", self.hold_s, 1e-5, 1.0, "s")?;
        in_range("max_burst_time", self.max_burst_s, 1e-3, 60.0, "s")?;
        in_range("dc_mask", self.dc_mask_hz, 0.0, rate / 4.0, "Hz")?;
        let smallest = (4.0 * rate / width).ceil() as usize;
        if self.fft_size == 0 {
            let wanted = (rate / width * BINS_PER_BURST).log2().round().exp2() as usize;
            let smallest = smallest.next_power_of_two();
            self.fft_size = wanted.max(smallest).clamp(MIN_FFT, MAX_FFT);
        } else if !self.fft_size.is_power_of_two()
            || !(MIN_FFT..=MAX_FFT).contains(&self.fft_size)
            || self.fft_size < smallest
        {
            return Err(Error::parameter(
                "fft_size",
                self.fft_size,
                format!(
                    "0, or a power of two from {} to {MAX_FFT} \
                     (at least four bins in burst_bandwidth)",
                    smallest.next_power_of_two().max(MIN_FFT)
                ),
            ));
        }
        Ok(self)
    }
}

/// `threshold_db` if it can be used.
pub(super) fn judged_threshold_db(threshold_db: f64) -> Result<f64> {
    in_range("threshold_db", threshold_db, 1.0, 60.0, "dB")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chooses_about_four_kilohertz_a_bin() {
        for (rate, size) in [(2e6, 512), (4e6, 1024), (8e6, 2048), (1.024e6, 256)] {
            let judged = Config { sample_rate_hz: rate, ..Config::default() }.judged().unwrap();
            assert_eq!(judged.fft_size, size, "{rate}");
        }
    }

    #[test]
    fn names_what_is_wrong() {
        let ok = Config::default();
        for (bad, name) in [
            (Config { sample_rate_hz: f64::NAN, ..ok.clone() }, "sample_rate"),
            (Config { center_frequency_hz: -1.0, ..ok.clone() }, "center_frequency"),
            (Config { burst_bandwidth_hz: 1.0, ..ok.clone() }, "burst_bandwidth"),
            (Config { threshold_db: 0.0, ..ok.clone() }, "threshold_db"),
            (Config { fft_size: 1000, ..ok.clone() }, "fft_size"),
            (Config { fft_size: 64, ..ok.clone() }, "fft_size"),
            (Config { hold_s: 0.0, ..ok.clone() }, "hold_time"),
            (Config { max_burst_s: f64::INFINITY, ..ok.clone() }, "max_burst_time"),
            (Config { dc_mask_hz: 1e9, ..ok.clone() }, "dc_mask"),
        ] {
            let message = bad.judged().unwrap_err().to_string();
            assert!(message.starts_with(name) && message.contains("expected"), "{message}");
        }
    }
}
