// SPDX-License-Identifier: GPL-3.0-or-later
//! Settings of sync and strobe, judged.

use super::sync_word::{judge, SyncWord};
use crate::error::{in_range, whole, Result};
use crate::frame::Framing;

/// Settings of a [`SyncStrobe`](super::SyncStrobe).
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    /// Sample rate of the input in Hz, 1e3 to 1e9.
    pub sample_rate_hz: f64,
    /// Symbols a second; 4 to 200 samples each.
    pub symbol_rate_hz: f64,
    /// Nominal deviation in Hz, from the centre to one tone, 1/20 to 10 of the symbol rate.
    pub deviation_hz: f64,
    /// Hz of deviation for an input value of 1: for GNU Radio's quadrature demodulator
    /// `sample_rate / (2 pi gain)`; above 0.
    pub hz_per_unit: f64,
    /// Sync words that are looked for at once, 1 to 8 of them, all of one length.
    pub sync_words: Vec<SyncWord>,
    /// Bits of a sync word that may be wrong, 0 to a quarter of them.
    pub sync_max_errors: u32,
    /// Alternating symbols before the sync word that are asked for, 8 to 64.
    pub preamble_min_symbols: u32,
    /// Longest packet in bits after the sync word, 8 to 65536.
    pub max_packet_bits: usize,
    /// Framing that tells the end of a packet; `None` when it is not known.
    pub framing: Option<Framing>,
}

impl Default for Config {
    fn default() -> Self {
        let sample_rate_hz = 400e3;
        Config {
            sample_rate_hz,
            symbol_rate_hz: 50e3,
            deviation_hz: 25e3,
            hz_per_unit: sample_rate_hz / std::f64::consts::TAU,
            sync_words: SyncWord::standard(),
            sync_max_errors: 1,
            preamble_min_symbols: 16,
            // PHR and the longest PSDU of IEEE 802.15.4g.
            max_packet_bits: 8 * (2 + 2047),
            framing: None,
        }
    }
}

impl Config {
    /// These settings, or what is wrong with them.
    pub(super) fn judged(self) -> Result<Self> {
        let rate = in_range("sample_rate", self.sample_rate_hz, 1e3, 1e9, "Hz")?;
        let symbols = in_range("symbol_rate", self.symbol_rate_hz, rate / 200.0, rate / 4.0, "Hz")?;
        in_range("deviation", self.deviation_hz, symbols / 20.0, symbols * 10.0, "Hz")?;
        in_range("demod_gain", rate / (std::f64::consts::TAU * self.hz_per_unit), 1e-9, 1e9, "")?;
        judge(&self.sync_words, self.sync_max_errors)?;
        whole("preamble_min_symbols", self.preamble_min_symbols as usize, 8, 64, "symbols")?;
        whole("max_packet_bits", self.max_packet_bits, 8, 65536, "bits")?;
        Ok(self)
    }

    /// Samples in a symbol.
    pub(super) fn samples_per_symbol(&self) -> f64 {
        self.sample_rate_hz / self.symbol_rate_hz
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_what_is_wrong() {
        let ok = Config::default();
        for (bad, name) in [
            (Config { sample_rate_hz: -1.0, ..ok.clone() }, "sample_rate"),
            (Config { symbol_rate_hz: 200e3, ..ok.clone() }, "symbol_rate"),
            (Config { deviation_hz: 0.0, ..ok.clone() }, "deviation"),
            (Config { hz_per_unit: 0.0, ..ok.clone() }, "demod_gain"),
            (
                Config { sync_words: vec![SyncWord { bits: 0xaa904e, length: 16 }], ..ok.clone() },
                "sync_word",
            ),
            (Config { sync_max_errors: 5, ..ok.clone() }, "sync_max_errors"),
            (Config { preamble_min_symbols: 0, ..ok.clone() }, "preamble_min_symbols"),
            (Config { max_packet_bits: 0, ..ok.clone() }, "max_packet_bits"),
        ] {
            let message = bad.judged().unwrap_err().to_string();
            assert!(message.starts_with(name) && message.contains("expected"), "{message}");
        }
    }
}
