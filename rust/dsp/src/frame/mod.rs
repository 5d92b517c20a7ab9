// SPDX-License-Identifier: GPL-3.0-or-later
//! From the bits after the sync word to a checked MAC frame.

pub mod bits;
mod check;
mod encoding;
mod whitening;

pub use check::Check;
pub use encoding::{encode, packet_bits, Encoding, Framing};
pub use whitening::Whitening;

use crate::error::Result;
use crate::time::Time;

/// What the parser is told of a packet.
#[derive(Debug, Clone, PartialEq)]
pub struct PacketBits {
    /// Bits after the sync word, 0 or 1, in order of time.
    pub bits: Vec<u8>,
    /// Time at which the preamble starts.
    pub time: Time,
    /// Centre in Hz, absolute.
    pub center_frequency_hz: f64,
    /// Seconds from the start of the preamble to the first bit after the sync word.
    pub header_s: f64,
    /// Symbols a second.
    pub symbol_rate_hz: f64,
}

/// Settings of a [`FrameParser`].
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    /// The framing, or `None` to find it out from the checks that pass.
    pub framing: Option<Framing>,
}

/// Finds the framing, checks, and reads the MAC header.
pub struct FrameParser {
    config: Config,
}

impl FrameParser {
    /// A parser that has seen nothing yet.
    pub fn new(config: Config) -> Result<Self> {
        Ok(FrameParser { config })
    }
}
