// SPDX-License-Identifier: GPL-3.0-or-later
//! A busy band in memory, and the clock that what is done with it is timed by.

use kaifa_dsp::sim::{modulate, ModulatorConfig};
use kaifa_dsp::Complex32;
use rand::Rng;
use rustix::time::{clock_gettime, ClockId};

use crate::signals::{fill_noise, generator, TestFrame};

/// Sample rate of the band.
pub const SAMPLE_RATE_HZ: f64 = 10e6;
/// 32 MB: more than the caches hold.
pub const SAMPLES: usize = 4 << 20;
const CHANNEL_HZ: f64 = 400e3;
const GAP_S: f64 = 3e-3;
const SNR_DB: f64 = 20.0;

/// What `work` gives, and the processor time of this thread that it takes: what else the machine
/// does counts less than by the clock.
pub fn timed<T>(work: impl FnOnce() -> T) -> (T, f64) {
    let now = || {
        let time = clock_gettime(ClockId::ThreadCPUTime);
        time.tv_sec as f64 + time.tv_nsec as f64 * 1e-9
    };
    let began = now();
    let done = work();
    (done, now() - began)
}

/// Noise of power 1 with `channels` channels that send frame after frame.
pub fn busy_band(channels: usize) -> Vec<Complex32> {
    let mut samples = vec![Complex32::default(); SAMPLES];
    fill_noise(&mut generator(1), 1.0, &mut samples);
    let amplitude = (10f64.powf(SNR_DB / 10.0) * 100e3 / SAMPLE_RATE_HZ).sqrt() as f32;
    let gap = (GAP_S * SAMPLE_RATE_HZ) as usize;
    for channel in 0..channels {
        let mut rng = generator(100 + channel as u64);
        let place = (channel as f64 + 0.5 - channels as f64 / 2.0) * CHANNEL_HZ;
        let config = ModulatorConfig {
            sample_rate_hz: SAMPLE_RATE_HZ,
            carrier_offset_hz: place + rng.random_range(-5e3..5e3),
            gaussian_bt: Some(0.5),
            amplitude,
            ..ModulatorConfig::default()
        };
        // The noise floor has settled before anything comes.
        let mut at = 2 * gap + rng.random_range(0..5 * gap);
        while at < samples.len() {
            let burst = modulate(&TestFrame::random(&mut rng).bits, &config);
            let burst = burst.expect("the settings are in range");
            for (sum, sample) in samples[at..].iter_mut().zip(&burst) {
                *sum += sample;
            }
            at += burst.len() + gap;
        }
    }
    samples
}
