// SPDX-License-Identifier: GPL-3.0-or-later
//! Textbook receivers that know timing and carrier, to compare with and to prove the Eb/N0 right.
//!
//! Each symbol is decided by the largest magnitude of the correlation with everything that can have
//! been sent in a window around it (Osborne and Luntz, "Coherent and noncoherent detection of
//! CPFSK", IEEE Trans. Commun. 22(8), 1974; the magnitude in place of the Bessel function).

use kaifa_dsp::sim::{modulate, ModulatorConfig};
use kaifa_dsp::Complex32;

use crate::air::noise_power;
use crate::radio::Radio;
use crate::signals::{fill_noise, generator, TestFrame, PREAMBLE_OCTETS};

const SAMPLES_PER_SYMBOL: usize = 8;
/// Symbols on each side of a window whose pulses reach into it.
const REACH: usize = 1;
/// Preamble and sync word.
const KNOWN_BITS: usize = 8 * PREAMBLE_OCTETS as usize + 16;

/// A receiver that looks at `window` symbols, an odd number, for each.
pub struct Reference {
    modulator: ModulatorConfig,
    window: usize,
    /// Everything that can be sent in a window, and the bit in its middle.
    waveforms: Vec<(u8, Vec<Complex32>)>,
}

impl Reference {
    /// A receiver for transmitters of kind `radio`.
    pub fn new(radio: &Radio, window: usize) -> Self {
        let modulator = ModulatorConfig {
            sample_rate_hz: SAMPLES_PER_SYMBOL as f64 * radio.symbol_rate_hz,
            symbol_rate_hz: radio.symbol_rate_hz,
            deviation_hz: radio.deviation_hz,
            gaussian_bt: radio.gaussian_bt,
            ..ModulatorConfig::default()
        };
        // Without a filter no pulse reaches beyond its symbol.
        let reach = if radio.gaussian_bt.is_some() { REACH } else { 0 };
        let count = window + 2 * reach;
        let waveform = |pattern: usize| {
            let bits: Vec<u8> = (0..count).map(|k| (pattern >> k & 1) as u8).collect();
            let all = modulate(&bits, &modulator).expect("the settings are in range");
            let inner = reach * SAMPLES_PER_SYMBOL..(reach + window) * SAMPLES_PER_SYMBOL;
            (bits[count / 2], all[inner].to_vec())
        };
        let waveforms = (0..1 << count).map(waveform).collect();
        Reference { modulator, window, waveforms }
    }

    /// Frames of `frames` in which at least one bit behind the sync word is wrong.
    pub fn lost(&self, frames: usize, ebn0_db: f64, seed: u64) -> usize {
        let (mut contents, mut noise) = (generator(seed), generator(seed + 1));
        let rate = self.modulator.sample_rate_hz;
        let power = noise_power(self.modulator.symbol_rate_hz, rate, ebn0_db);
        let wrong = |_: &usize| {
            let bits = TestFrame::random(&mut contents).bits;
            let mut samples = modulate(&bits, &self.modulator).expect("the settings are in range");
            let mut added = vec![Complex32::default(); samples.len()];
            fill_noise(&mut noise, power, &mut added);
            samples.iter_mut().zip(&added).for_each(|(s, n)| *s += n);
            // The last symbols have no window around them; what is before them speaks for them.
            let side = self.window / 2;
            (KNOWN_BITS..bits.len() - side).any(|k| self.decide(&samples, k - side) != bits[k])
        };
        (0..frames).filter(wrong).count()
    }

    /// The bit in the middle of the window that begins with symbol `first`.
    fn decide(&self, samples: &[Complex32], first: usize) -> u8 {
        let begin = first * SAMPLES_PER_SYMBOL;
        let seen = &samples[begin..begin + self.window * SAMPLES_PER_SYMBOL];
        let mut best = (0, -1.0);
        for (bit, waveform) in &self.waveforms {
            let sum: Complex32 = seen.iter().zip(waveform).map(|(s, w)| s * w.conj()).sum();
            if sum.norm_sqr() > best.1 {
                best = (*bit, sum.norm_sqr());
            }
        }
        best.0
    }
}
