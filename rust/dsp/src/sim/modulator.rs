// SPDX-License-Identifier: GPL-3.0-or-later
//! Binary FSK with continuous phase, rectangular or Gaussian pulses.

use super::phasor::phasor;
use crate::error::{in_range, Error, Result};
use crate::pulse::Pulse;
use crate::Complex32;

/// Settings of a [`Modulator`].
#[derive(Debug, Clone, PartialEq)]
pub struct ModulatorConfig {
    /// Sample rate of the output in Hz.
    pub sample_rate_hz: f64,
    /// Nominal symbols a second, at most half the sample rate.
    pub symbol_rate_hz: f64,
    /// Deviation in Hz: a 1 is sent at `carrier_offset_hz + deviation_hz`, a 0 as far below.
    pub deviation_hz: f64,
    /// Bandwidth-time product of the Gaussian filter, 0.2 to 5; `None` sends rectangular pulses.
    pub gaussian_bt: Option<f64>,
    /// Error of the symbol clock in parts per million, positive when symbols are short.
    pub clock_error_ppm: f64,
    /// Centre of the signal in Hz from the middle of the output band.
    pub carrier_offset_hz: f64,
    /// How long before the first sample the first symbol begins, in samples, 0 to 1.
    pub timing_samples: f64,
    /// Phase in turns with which the first symbol begins.
    pub initial_phase_turns: f64,
    /// Magnitude of the samples.
    pub amplitude: f32,
}

impl Default for ModulatorConfig {
    /// 50 kbit/s with 25 kHz deviation at 8 samples a symbol, without any error.
    fn default() -> Self {
        ModulatorConfig {
            sample_rate_hz: 400e3,
            symbol_rate_hz: 50e3,
            deviation_hz: 25e3,
            gaussian_bt: None,
            clock_error_ppm: 0.0,
            carrier_offset_hz: 0.0,
            timing_samples: 0.0,
            initial_phase_turns: 0.0,
            amplitude: 1.0,
        }
    }
}

impl ModulatorConfig {
    fn validate(&self) -> Result<()> {
        in_range("sample_rate_hz", self.sample_rate_hz, 1.0, 1e10, "Hz")?;
        let nyquist = self.sample_rate_hz / 2.0;
        in_range("symbol_rate_hz", self.symbol_rate_hz, 1e-3, nyquist, "Hz")?;
        in_range("deviation_hz", self.deviation_hz, 0.0, nyquist, "Hz")?;
        in_range("clock_error_ppm", self.clock_error_ppm, -1e5, 1e5, "ppm")?;
        in_range("carrier_offset_hz", self.carrier_offset_hz, -nyquist, nyquist, "Hz")?;
        in_range("timing_samples", self.timing_samples, 0.0, 1.0, "samples")?;
        in_range("initial_phase_turns", self.initial_phase_turns, -1e6, 1e6, "turns")?;
        in_range("amplitude", f64::from(self.amplitude), 0.0, 1e30, "of full scale")?;
        Ok(())
    }

    fn symbols_per_sample(&self) -> f64 {
        self.symbol_rate_hz * (1.0 + self.clock_error_ppm * 1e-6) / self.sample_rate_hz
    }
}

/// Sends bits sample by sample.
///
/// The phase of each sample is computed in closed form from the number of the sample, in f64, so
/// that no error piles up and the pieces in which the samples are asked for do not matter.
pub struct Modulator {
    /// +1 and -1, with as many zeros at either end as the pulse reaches beyond its symbol.
    levels: Vec<f64>,
    pulse: Pulse,
    amplitude: f32,
    symbols_per_sample: f64,
    /// Turns of phase of a whole symbol sent as 1.
    turns_per_symbol: f64,
    carrier_turns_per_sample: f64,
    timing_samples: f64,
    initial_phase_turns: f64,
    next_sample: u64,
    length: u64,
    /// The symbol the next sample falls into, or one before it.
    symbol: usize,
    /// Sum of the levels whose pulses are over when `symbol` begins.
    past: f64,
}

impl Modulator {
    /// A modulator at the first of `bits`, which are 0 or 1 in order of time.
    ///
    /// # Errors
    /// A setting out of its range, or a bit that is neither 0 nor 1.
    pub fn new(bits: &[u8], config: &ModulatorConfig) -> Result<Self> {
        config.validate()?;
        if let Some(bad) = bits.iter().find(|&&b| b > 1) {
            return Err(Error::parameter("bits", bad, "0 or 1"));
        }
        let pulse = Pulse::new(config.gaussian_bt)?;
        let symbols_per_sample = config.symbols_per_sample();
        let samples = bits.len() as f64 / symbols_per_sample - config.timing_samples;
        Ok(Modulator {
            levels: padded_levels(bits, pulse.reach()),
            pulse,
            amplitude: config.amplitude,
            symbols_per_sample,
            turns_per_symbol: config.deviation_hz / (config.sample_rate_hz * symbols_per_sample),
            carrier_turns_per_sample: config.carrier_offset_hz / config.sample_rate_hz,
            timing_samples: config.timing_samples,
            initial_phase_turns: config.initial_phase_turns,
            next_sample: 0,
            length: samples.ceil().max(0.0) as u64,
            symbol: 0,
            past: 0.0,
        })
    }

    /// Samples the whole transmission takes.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// Adds the next samples to `out` and returns how many there were: `out.len()` or, at the end
    /// of the transmission, fewer.
    pub fn add_to(&mut self, out: &mut [Complex32]) -> usize {
        let left = usize::try_from(self.length - self.next_sample).unwrap_or(usize::MAX);
        let count = out.len().min(left);
        for sample in &mut out[..count] {
            *sample += self.next();
        }
        count
    }

    fn next(&mut self) -> Complex32 {
        let elapsed = self.next_sample as f64 + self.timing_samples;
        self.next_sample += 1;
        let turns = self.initial_phase_turns
            + elapsed * self.carrier_turns_per_sample
            + self.turns_per_symbol * self.level_integral(elapsed * self.symbols_per_sample);
        phasor(turns) * self.amplitude
    }

    /// Integral of the shaped symbol levels from the beginning to `time`, in symbols.
    fn level_integral(&mut self, time: f64) -> f64 {
        let symbol = time as usize;
        while self.symbol < symbol {
            self.past += self.levels[self.symbol];
            self.symbol += 1;
        }
        let near = &self.levels[symbol..symbol + 2 * self.pulse.reach() + 1];
        self.past + self.pulse.weigh(near, time - symbol as f64)
    }
}

fn padded_levels(bits: &[u8], reach: usize) -> Vec<f64> {
    let mut levels = vec![0.0; reach];
    levels.extend(bits.iter().map(|&bit| if bit == 1 { 1.0 } else { -1.0 }));
    // One more, for a last sample that rounding puts on the end of the last symbol.
    levels.resize(levels.len() + reach + 1, 0.0);
    levels
}

/// The whole transmission of `bits`: complex baseband, `config.amplitude` in magnitude.
///
/// # Errors
/// As [`Modulator::new`].
pub fn modulate(bits: &[u8], config: &ModulatorConfig) -> Result<Vec<Complex32>> {
    let mut modulator = Modulator::new(bits, config)?;
    let mut samples = vec![Complex32::default(); modulator.length() as usize];
    modulator.add_to(&mut samples);
    Ok(samples)
}
