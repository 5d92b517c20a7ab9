// SPDX-License-Identifier: GPL-3.0-or-later
//! The engine: packets of bits in, checked frames and rejects out.

use std::borrow::Cow;

use super::attempt::Attempt;
use super::bits::{pack, BitOrder};
use super::choice::choose;
use super::delimiter;
use super::encoding::{Encoding, Framing};
use super::exchange::{Exchanges, OnAir};
use super::lock::Lock;
use super::outcome::{Counts, Frame, Outcome, Reject};
use super::reason::Reason;
use super::received::Received;
use crate::error::{Error, Result};
use crate::time::Time;

/// What the parser is told of a packet.
#[derive(Debug, Clone, PartialEq)]
pub struct PacketBits<'a> {
    /// Soft values of the bits after the sync word in order of time, about -1 for a zero and +1 for
    /// a one. There may be more than the packet has.
    pub soft: Cow<'a, [f32]>,
    /// The sync word, where it is known: the standard's delimiters tell whether there is error
    /// correction behind them.
    pub sync_word: Option<u64>,
    /// Time at which the preamble starts.
    pub time: Time,
    /// Centre in Hz, absolute.
    pub center_frequency_hz: f64,
    /// Seconds from the start of the preamble to the first bit after the sync word.
    pub header_s: f64,
    /// Symbols a second.
    pub symbol_rate_hz: f64,
}

impl PacketBits<'_> {
    /// When and where the first `bits` of it were on the air; `None` if its times are no numbers.
    fn on_air(&self, bits: usize) -> Option<OnAir> {
        let length_s = self.header_s + bits as f64 / self.symbol_rate_hz;
        let end = self.time.plus(if length_s.is_finite() { length_s } else { return None });
        Some(OnAir { start: self.time, end, center_frequency_hz: self.center_frequency_hz })
    }
}

/// Settings of a [`FrameParser`].
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    /// The framing, or `None` to find it out from the checks that pass.
    pub framing: Option<Framing>,
    /// Checked frames under one hypothesis after which others are doubted, at least 1.
    pub lock_after: u64,
}

impl Default for Config {
    /// Framing to be found out, locked after 3 checked frames.
    fn default() -> Self {
        Config { framing: None, lock_after: 3 }
    }
}

/// Finds the framing, checks, and reads the MAC header.
///
/// The outcome depends on the packets before and their order, and on nothing else.
#[derive(Debug, Clone)]
pub struct FrameParser {
    config: Config,
    lock: Lock,
    exchanges: Exchanges,
    counts: Counts,
}

impl FrameParser {
    /// A parser that has seen nothing yet.
    ///
    /// # Errors
    /// `lock_after` is 0.
    pub fn new(config: Config) -> Result<Self> {
        if config.lock_after == 0 {
            return Err(Error::parameter("lock_after", 0, "at least 1 frame"));
        }
        let lock = Lock::new(config.lock_after);
        Ok(FrameParser { config, lock, exchanges: Exchanges::default(), counts: Counts::default() })
    }

    /// The settings in force.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Tells the framing, or with `None` that it is to be found out anew. What was found out so
    /// far is forgotten.
    pub fn set_framing(&mut self, framing: Option<Framing>) {
        self.config.framing = framing;
        self.lock = Lock::new(self.config.lock_after);
    }

    /// The framing found out, once enough frames were checked.
    pub fn locked_framing(&self) -> Option<Framing> {
        self.lock.locked().map(|hypothesis| hypothesis.framing())
    }

    /// What was seen so far.
    pub fn counts(&self) -> &Counts {
        &self.counts
    }

    /// Back to the state of a new parser, settings kept.
    pub fn reset(&mut self) {
        self.lock = Lock::new(self.config.lock_after);
        self.exchanges = Exchanges::default();
        self.counts = Counts::default();
    }

    /// Reads a packet.
    pub fn process(&mut self, packet: &PacketBits) -> Outcome {
        let coded = packet.sync_word.and_then(delimiter::coded);
        let received = Received::new(&packet.soft, coded);
        let choice = choose(self.config.framing, self.lock.locked(), &received);
        let attempt = choice.attempt;
        match attempt.verdict.clone() {
            Ok(encoding) => {
                self.counts.ambiguous += u64::from(choice.rivals > 0);
                let octets = pack(&received.bits[..attempt.packet_bits], BitOrder::MsbFirst);
                let on_air = packet.on_air(attempt.packet_bits);
                Outcome::Frame(Box::new(self.accept(attempt, encoding, octets, on_air)))
            }
            Err(reason) => {
                let octets = pack(&received.bits, BitOrder::MsbFirst);
                Outcome::Reject(Box::new(self.reject(attempt, reason, octets)))
            }
        }
    }

    fn accept(
        &mut self,
        attempt: Attempt,
        encoding: Encoding,
        octets: Vec<u8>,
        on_air: Option<OnAir>,
    ) -> Frame {
        self.counts.frames += 1;
        self.counts.with_length += 1;
        self.lock.vote(attempt.hypothesis);
        let parties = match (&attempt.mac, on_air) {
            (Ok(mac), Some(on_air)) => self.exchanges.follow(mac, on_air),
            _ => None,
        };
        Frame::new(attempt, encoding, octets, parties)
    }

    fn reject(&mut self, attempt: Attempt, reason: Reason, octets: Vec<u8>) -> Reject {
        *self.counts.rejects.entry(reason.code()).or_default() += 1;
        self.counts.with_length += u64::from(reason.has_length());
        let expected =
            self.config.framing.is_some() || self.lock.locked() == Some(attempt.hypothesis);
        let passed = matches!(reason, Reason::Coincidence(_));
        let likely = expected || passed || attempt.is_mac_frame();
        Reject {
            reason,
            octets,
            encoding: attempt.encoding.filter(|_| likely),
            mpdu: if likely { attempt.mpdu } else { Vec::new() },
        }
    }
}
