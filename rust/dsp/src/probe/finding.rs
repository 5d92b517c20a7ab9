// SPDX-License-Identifier: GPL-3.0-or-later
//! What can be found out about a burst.

use super::framing::PacketFound;

/// What a signal is taken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Modulation {
    /// Frequency-shift keying with two tones.
    Fsk2,
    /// Frequency-shift keying with four tones.
    Fsk4,
    /// A steady tone.
    Carrier,
    /// None of these, or too weak to tell.
    Unknown,
}

impl Modulation {
    /// Name for people and files.
    pub fn name(self) -> &'static str {
        match self {
            Modulation::Fsk2 => "2-FSK",
            Modulation::Fsk4 => "4-FSK",
            Modulation::Carrier => "carrier",
            Modulation::Unknown => "unknown",
        }
    }
}

/// How far the pieces of evidence agree, 0 (as by chance) to 1 (all of many do).
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Confidence {
    /// Changes of frequency that fall on the symbol clock.
    pub symbol_rate: f64,
    /// Runs of like symbols that have one of the two tones.
    pub deviation: f64,
    /// 1 less the number of checks that should have passed by accident; 0 where none passed.
    pub framing: f64,
}

/// What was found out about a burst.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// First sample with the signal on, and one past the last, fractional.
    pub start: f64,
    /// One past the last sample, fractional.
    pub end: f64,
    /// Middle between the tones in Hz from the middle of the band; that of the band it occupies
    /// where there are none.
    pub center_hz: f64,
    /// Band in Hz that holds 98 % of the power.
    pub bandwidth_hz: f64,
    /// Power in dB of full scale (|sample| = 1).
    pub magnitude_db: f64,
    /// What it is taken for.
    pub modulation: Modulation,
    /// Symbols a second; 0 if there are none.
    pub symbol_rate_hz: f64,
    /// From the centre to a tone in Hz; 0 if there are none.
    pub deviation_hz: f64,
    /// Alternating symbols up to the first two that are alike: with the sync word known, up to it.
    pub preamble_symbols: usize,
    /// The symbol that the preamble ends with; valid if there is one.
    pub preamble_last: u8,
    /// First symbol like the one before it, behind the preamble; valid if there is one.
    pub sync_break: usize,
    /// All symbols, 1 for the upper tone.
    pub symbols: Vec<u8>,
    /// A packet whose check passes.
    pub packet: Option<PacketFound>,
    /// How sure this is.
    pub confidence: Confidence,
}
