// SPDX-License-Identifier: GPL-3.0-or-later
//! A packet on the air: preamble, sync word, and the MAC frame in its framing.

use super::config::Radio;
use crate::demod::PreamblePhase;
use crate::error::Result;
use crate::frame::bits::{pack, unpack, BitOrder};
use crate::frame::{encode, Encoding, Framing};

/// Start-of-frame delimiter, uncoded, of IEEE 802.15.4g SUN FSK.
pub const SYNC_WORD: u16 = 0x904e;

/// `octets` octets of alternating bits and [`SYNC_WORD`], in order of time.
pub fn preamble_and_sync(octets: u32, phase: PreamblePhase) -> Vec<u8> {
    let octet = match phase {
        PreamblePhase::EndsInZero => 0xaa,
        PreamblePhase::EndsInOne => 0x55,
    };
    let mut sent = vec![octet; octets as usize];
    sent.extend(SYNC_WORD.to_be_bytes());
    unpack(&sent, BitOrder::MsbFirst)
}

/// A MAC frame made ready to be sent.
pub(super) struct Packet {
    /// Everything from the preamble to the check.
    pub(super) bits: Vec<u8>,
    /// What follows the sync word, each octet in its usual bit order and without whitening.
    pub(super) octets: Vec<u8>,
}

impl Packet {
    pub(super) fn new(radio: &Radio, preamble_octets: u32, mpdu: &[u8]) -> Result<Self> {
        let mut bits = preamble_and_sync(preamble_octets, radio.preamble_phase);
        let encoded = encode(&radio.encoding, mpdu)?;
        let octets = plain_octets(&radio.encoding, &encoded);
        bits.extend(encoded);
        Ok(Packet { bits, octets })
    }
}

/// The octets of an encoded frame, whitening taken off again.
fn plain_octets(encoding: &Encoding, encoded: &[u8]) -> Vec<u8> {
    let mut bits = encoded.to_vec();
    let header_bits = encoding.framing.header_bits();
    match encoding.framing {
        // The PHR is never whitened, the length octet is.
        Framing::C | Framing::D => encoding.whitening.apply(&mut bits[header_bits..]),
        Framing::A | Framing::B => encoding.whitening.apply(&mut bits),
    }
    let (header, body) = bits.split_at(header_bits);
    [pack(header, BitOrder::MsbFirst), pack(body, encoding.framing.bit_order())].concat()
}
