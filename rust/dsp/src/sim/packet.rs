// SPDX-License-Identifier: GPL-3.0-or-later
//! A packet on the air: preamble, sync word, and the MAC frame in its framing.

use super::config::Radio;
use crate::demod::PreamblePhase;
use crate::error::Result;
use crate::frame::bits::{unpack, BitOrder};
use crate::frame::{delimiter, encode, plain_octets, Encoding};

/// Start-of-frame delimiter, uncoded, of IEEE 802.15.4g SUN FSK.
pub const SYNC_WORD: u16 = delimiter::UNCODED[0];

/// `octets` octets of alternating bits and [`SYNC_WORD`], in order of time.
pub fn preamble_and_sync(octets: u32, phase: PreamblePhase) -> Vec<u8> {
    preamble_and(SYNC_WORD, octets, phase)
}

fn preamble_and(sync_word: u16, octets: u32, phase: PreamblePhase) -> Vec<u8> {
    let octet = match phase {
        PreamblePhase::EndsInZero => 0xaa,
        PreamblePhase::EndsInOne => 0x55,
    };
    let mut sent = vec![octet; octets as usize];
    sent.extend(sync_word.to_be_bytes());
    unpack(&sent, BitOrder::MsbFirst)
}

/// The delimiter that goes with `encoding`: another one tells of error correction.
fn sync_word_of(encoding: &Encoding) -> u16 {
    match encoding.fec {
        None => SYNC_WORD,
        Some(_) => delimiter::CODED[0],
    }
}

/// A MAC frame made ready to be sent.
pub(super) struct Packet {
    /// Everything from the preamble to the check.
    pub(super) bits: Vec<u8>,
    /// What follows the sync word, each octet in its usual bit order, without error correction and
    /// whitening.
    pub(super) octets: Vec<u8>,
}

impl Packet {
    pub(super) fn new(radio: &Radio, preamble_octets: u32, mpdu: &[u8]) -> Result<Self> {
        let sync_word = sync_word_of(&radio.encoding);
        let mut bits = preamble_and(sync_word, preamble_octets, radio.preamble_phase);
        bits.extend(encode(&radio.encoding, mpdu)?);
        Ok(Packet { bits, octets: plain_octets(&radio.encoding, mpdu)? })
    }
}
