// SPDX-License-Identifier: GPL-3.0-or-later
//! From the bridge's types to the engines', and back.

use kaifa_dsp::detect::{BurstEnd, BurstEvent, BurstStart};
use kaifa_dsp::frame::Framing;
use kaifa_dsp::{error, time, Error};

use crate::bridge::ffi;

/// `value` as an unsigned number; a negative one is refused under the name of the parameter.
pub fn unsigned<T: TryFrom<i64>>(name: &'static str, value: i64) -> error::Result<T> {
    T::try_from(value).map_err(|_| Error::parameter(name, value, "a whole number, 0 or more"))
}

/// A framing by its letter, small or capital; `None` for `auto`.
pub fn framing(text: &str) -> error::Result<Option<Framing>> {
    if text == "auto" {
        return Ok(None);
    }
    let refused = |_| Error::parameter("framing", format!("{text:?}"), "auto, a, b, c, d or e");
    text.to_ascii_uppercase().parse().map(Some).map_err(refused)
}

impl From<time::Time> for ffi::Time {
    fn from(time: time::Time) -> Self {
        ffi::Time { seconds: time.seconds, fraction: time.fraction }
    }
}

impl From<ffi::Time> for time::Time {
    fn from(time: ffi::Time) -> Self {
        time::Time { seconds: time.seconds, fraction: time.fraction }
    }
}

impl From<BurstStart> for ffi::BurstTag {
    fn from(start: BurstStart) -> Self {
        ffi::BurstTag {
            is_start: true,
            id: start.id,
            offset: start.sample_offset,
            truncated: false,
            rx_time: start.rx_time.into(),
            center_frequency: start.center_frequency_hz,
            relative_frequency: start.relative_frequency_hz,
            sample_rate: start.sample_rate_hz,
            bandwidth: start.bandwidth_hz,
            magnitude_db: start.magnitude_db,
            noise_dbfs_hz: start.noise_dbfs_hz,
            snr_db: start.snr_db,
        }
    }
}

impl From<BurstEnd> for ffi::BurstTag {
    fn from(end: BurstEnd) -> Self {
        ffi::BurstTag {
            is_start: false,
            id: end.id,
            offset: end.sample_offset,
            truncated: end.truncated,
            rx_time: time::Time::default().into(),
            center_frequency: 0.0,
            relative_frequency: 0.0,
            sample_rate: 0.0,
            bandwidth: 0.0,
            magnitude_db: 0.0,
            noise_dbfs_hz: 0.0,
            snr_db: 0.0,
        }
    }
}

impl From<BurstEvent> for ffi::BurstTag {
    fn from(event: BurstEvent) -> Self {
        match event {
            BurstEvent::Start(start) => start.into(),
            BurstEvent::End(end) => end.into(),
        }
    }
}

impl From<&ffi::BurstTag> for BurstEvent {
    fn from(tag: &ffi::BurstTag) -> Self {
        if !tag.is_start {
            let (id, sample_offset, truncated) = (tag.id, tag.offset, tag.truncated);
            return BurstEvent::End(BurstEnd { id, sample_offset, truncated });
        }
        BurstEvent::Start(BurstStart {
            id: tag.id,
            sample_offset: tag.offset,
            rx_time: tag.rx_time.into(),
            center_frequency_hz: tag.center_frequency,
            relative_frequency_hz: tag.relative_frequency,
            sample_rate_hz: tag.sample_rate,
            bandwidth_hz: tag.bandwidth,
            magnitude_db: tag.magnitude_db,
            noise_dbfs_hz: tag.noise_dbfs_hz,
            snr_db: tag.snr_db,
        })
    }
}
