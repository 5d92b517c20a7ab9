// SPDX-License-Identifier: GPL-3.0-or-later
//! From a frequency discriminator to packets of bits.

use crate::error::Result;
use crate::time::Time;

/// Settings of a [`SyncStrobe`].
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    /// Sample rate of the input in Hz.
    pub sample_rate_hz: f64,
    /// Symbols a second.
    pub symbol_rate_hz: f64,
    /// Nominal deviation in Hz, from the centre to one tone.
    pub deviation_hz: f64,
    /// Hz of deviation for an input value of 1: for GNU Radio's quadrature demodulator
    /// `sample_rate / (2 pi gain)`.
    pub hz_per_unit: f64,
    /// Sync word, first bit sent is the most significant of the `sync_bits` lowest.
    pub sync_word: u64,
    /// Bits in the sync word, 8 to 64.
    pub sync_bits: u32,
    /// Bits of the sync word that may be wrong.
    pub sync_max_errors: u32,
    /// Alternating symbols before the sync word that are asked for.
    pub preamble_min_symbols: u32,
    /// Longest packet in bits after the sync word.
    pub max_packet_bits: usize,
    /// Framing that tells the end of a packet; `None` when it is not known.
    pub framing: Option<crate::frame::Framing>,
}

/// Metadata of the burst the samples come from: the value of a `burst_start` tag.
#[derive(Debug, Clone, PartialEq)]
pub struct BurstInfo {
    /// Identity given by the tagger.
    pub id: u64,
    /// Frequency in Hz, absolute, that lies at 0 Hz in the burst.
    pub center_frequency_hz: f64,
    /// Input sample of the original recording, fractional, of the first sample of the burst.
    pub sample_offset: f64,
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
    /// Wrong bits in the sync word.
    pub sync_errors: u32,
    /// Measured deviation in Hz.
    pub deviation_hz: f64,
    /// Measured symbol clock error in parts per million, positive when symbols are short.
    pub clock_error_ppm: f64,
    /// Why it ended.
    pub end: PacketEnd,
}

/// What a [`SyncStrobe`] has seen so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Samples looked at.
    pub samples: u64,
    /// Bursts begun.
    pub bursts: u64,
    /// Sync words found: packets given out.
    pub packets: u64,
    /// Bursts that ended without a sync word.
    pub bursts_without_sync: u64,
}

/// Finds preamble and sync word on a discriminator stream and strobes the packet behind them.
pub struct SyncStrobe {
    config: Config,
}

impl SyncStrobe {
    /// An engine that has seen nothing yet.
    pub fn new(config: Config) -> Result<Self> {
        Ok(SyncStrobe { config })
    }
    /// The settings in force.
    pub fn config(&self) -> &Config {
        &self.config
    }
    /// A burst starts at stream `offset`, which must not lie before a sample already processed.
    pub fn burst_start(&mut self, _offset: u64, _info: BurstInfo) {
        unimplemented!()
    }
    /// The sample at stream `offset` is the last of the burst.
    pub fn burst_end(&mut self, _offset: u64) {
        unimplemented!()
    }
    /// Looks at the next `samples`; appends marks in order of offset to `events` and packets that
    /// ended to `packets`.
    pub fn process(
        &mut self,
        _samples: &[f32],
        _events: &mut Vec<StrobeEvent>,
        _packets: &mut Vec<Packet>,
    ) {
        unimplemented!()
    }
    /// The stream is over: gives out what is open.
    pub fn finish(&mut self, _events: &mut Vec<StrobeEvent>, _packets: &mut Vec<Packet>) {
        unimplemented!()
    }
    /// All events before this offset have been given out.
    pub fn settled(&self) -> u64 {
        unimplemented!()
    }
    /// What was seen so far.
    pub fn counts(&self) -> Counts {
        unimplemented!()
    }
    /// Back to the state of a new engine, settings kept.
    pub fn reset(&mut self) {
        unimplemented!()
    }
}
