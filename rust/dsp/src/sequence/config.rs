// SPDX-License-Identifier: GPL-3.0-or-later
//! Settings of the sequence detector, judged.

use crate::demod::sync_word::{judge, SyncWord};
use crate::error::{in_range, whole, Result};
use crate::frame::Framing;

/// Samples in a symbol, fewest and most.
pub const SAMPLES_PER_SYMBOL: (f64, f64) = (3.5, 32.0);
/// Modulation index (twice the deviation over the symbol rate), least and greatest. Wider signals
/// turn too fast within a symbol for the few samples there are, and gain nothing from the phase.
pub const MODULATION_INDEX: (f64, f64) = (0.25, 2.0);

/// Settings of a [`SequenceDetector`](super::SequenceDetector).
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    /// Symbols a second, 1 to 1e8.
    pub symbol_rate_hz: f64,
    /// Nominal deviation in Hz, from the centre to one tone, 1/8 to 1 of the symbol rate.
    pub deviation_hz: f64,
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
        Config {
            symbol_rate_hz: 50e3,
            deviation_hz: 25e3,
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
        let symbols = in_range("symbol_rate", self.symbol_rate_hz, 1.0, 1e8, "Hz")?;
        let (least, most) = MODULATION_INDEX;
        in_range(
            "deviation",
            self.deviation_hz,
            symbols * least / 2.0,
            symbols * most / 2.0,
            "Hz",
        )?;
        judge(&self.sync_words, self.sync_max_errors)?;
        whole("preamble_min_symbols", self.preamble_min_symbols as usize, 8, 64, "symbols")?;
        whole("max_packet_bits", self.max_packet_bits, 8, 65536, "bits")?;
        Ok(self)
    }

    /// Bits in a sync word.
    pub(super) fn sync_bits(&self) -> usize {
        self.sync_words.first().map_or(0, |word| word.length as usize)
    }

    /// Samples in a symbol at this sample rate, if they are neither too few nor too many.
    pub(super) fn samples_per_symbol(&self, sample_rate_hz: f64) -> Result<f64> {
        let (least, most) = SAMPLES_PER_SYMBOL;
        let symbols = self.symbol_rate_hz;
        in_range("sample_rate", sample_rate_hz, symbols * least, symbols * most, "Hz")?;
        Ok(sample_rate_hz / symbols)
    }

    /// Twice the deviation over the symbol rate.
    pub(super) fn modulation_index(&self) -> f64 {
        2.0 * self.deviation_hz / self.symbol_rate_hz
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_what_is_wrong() {
        let ok = Config::default();
        for (bad, name) in [
            (Config { symbol_rate_hz: f64::NAN, ..ok.clone() }, "symbol_rate"),
            (Config { deviation_hz: 80e3, ..ok.clone() }, "deviation"),
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
        let message = ok.samples_per_symbol(100e3).unwrap_err().to_string();
        assert!(message.starts_with("sample_rate"), "{message}");
    }
}
