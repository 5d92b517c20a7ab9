// SPDX-License-Identifier: GPL-3.0-or-later
//! What comes in with a burst and what comes out as a packet.

use super::sync_word::SyncWord;
use crate::time::Time;

/// Metadata of the burst the samples come from: the value of a `burst_start` tag.
#[derive(Debug, Clone, PartialEq)]
pub struct BurstInfo {
    /// Identity given by the tagger.
    pub id: u64,
    /// Frequency in Hz, absolute, that lies at 0 Hz in the burst.
    pub center_frequency_hz: f64,
    /// Input sample of the original recording, fractional, of the first sample of the burst.
    pub sample_offset: f64,
    /// Sample of the original recording, fractional, at which the energy of the burst sets in: no
    /// preamble starts before it.
    pub onset: f64,
    /// Samples of the original recording per second.
    pub original_rate_hz: f64,
    /// Time of the first sample of the burst.
    pub rx_time: Time,
    /// Power of the burst in dB of full scale.
    pub magnitude_db: f64,
    /// Noise density in dB of full scale per Hz.
    pub noise_dbfs_hz: f64,
    /// Power of the burst over noise in its bandwidth, in dB.
    pub snr_db: f64,
}

/// A mark on a sample of the stream, for eyes and for later blocks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum StrobeEvent {
    /// First sample of the preamble.
    Preamble {
        /// Offset in the stream.
        offset: u64,
    },
    /// First sample of the sync word.
    Sync {
        /// Offset in the stream.
        offset: u64,
        /// Bits of it that were wrong.
        errors: u32,
        /// Ones are the lower tone.
        inverted: bool,
    },
    /// A sampling instant.
    Strobe {
        /// Offset in the stream.
        offset: u64,
        /// Soft value, about -1 for a zero and +1 for a one.
        soft: f32,
    },
    /// The packet ends here.
    End {
        /// Offset in the stream.
        offset: u64,
        /// Bits in it.
        bits: u32,
    },
}

impl StrobeEvent {
    /// The same mark, not before `earliest`.
    pub(super) fn not_before(mut self, earliest: u64) -> Self {
        let (StrobeEvent::Preamble { offset }
        | StrobeEvent::Sync { offset, .. }
        | StrobeEvent::Strobe { offset, .. }
        | StrobeEvent::End { offset, .. }) = &mut self;
        *offset = (*offset).max(earliest);
        self
    }

    /// Sample of the stream the mark stands on.
    pub fn offset(&self) -> u64 {
        match *self {
            StrobeEvent::Preamble { offset }
            | StrobeEvent::Sync { offset, .. }
            | StrobeEvent::Strobe { offset, .. }
            | StrobeEvent::End { offset, .. } => offset,
        }
    }
}

/// Why a packet ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PacketEnd {
    /// Its length field said so.
    Length,
    /// The burst, or the signal in it, was over.
    Level,
    /// The longest packet allowed was reached.
    Limit,
    /// Another sync word came.
    NextSync,
}

/// The two ways in which a preamble can run into the sync word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PreamblePhase {
    /// The last two bits before the sync word are `10` (as in `aa904e`).
    EndsInZero,
    /// The last two bits before the sync word are `01` (as in `55904e`).
    EndsInOne,
}

impl PreamblePhase {
    /// The last symbol before the sync word, -1 or 1.
    pub(super) fn last_symbol(self) -> f32 {
        match self {
            PreamblePhase::EndsInZero => -1.0,
            PreamblePhase::EndsInOne => 1.0,
        }
    }
}

/// Bits after a sync word, and all that is known about how they were received.
#[derive(Debug, Clone, PartialEq)]
pub struct Packet {
    /// Soft value of each bit after the sync word, about -1 for a zero and +1 for a one, polarity
    /// already put right.
    pub soft: Vec<f32>,
    /// The burst it came in; `None` if the stream had no burst tags.
    pub burst: Option<BurstInfo>,
    /// Sample of the original recording, fractional, at which the preamble starts.
    pub sample_start: f64,
    /// Time at which the preamble starts.
    pub time: Time,
    /// Centre of the packet in Hz, absolute: that of the burst and the offset measured.
    pub center_frequency_hz: f64,
    /// Symbols of preamble.
    pub preamble_symbols: u32,
    /// How the preamble ran into the sync word.
    pub preamble_phase: PreamblePhase,
    /// Ones were the lower tone.
    pub inverted: bool,
    /// The sync word before it.
    pub sync_word: SyncWord,
    /// Wrong bits in the sync word.
    pub sync_errors: u32,
    /// Measured deviation in Hz.
    pub deviation_hz: f64,
    /// Symbols a second, measured.
    pub symbol_rate_hz: f64,
    /// Measured symbol clock error in parts per million, positive when symbols are short.
    pub clock_error_ppm: f64,
    /// Why it ended.
    pub end: PacketEnd,
}
