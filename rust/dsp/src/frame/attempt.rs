// SPDX-License-Identifier: GPL-3.0-or-later
//! One packet read under one hypothesis.

use super::bits::{pack, BitOrder};
use super::coded;
use super::encoding::{octets_after_length, Encoding, Framing};
use super::fec::Fec;
use super::hypothesis::Hypothesis;
use super::phr::Phr;
use super::reason::Reason;
use super::received::Received;
use crate::mac;

/// Octets of the shortest MPDU that is taken for one: a frame control field.
const SHORTEST_MPDU: usize = 2;

/// What came of it.
#[derive(Debug, Clone)]
pub(super) struct Attempt {
    pub hypothesis: Hypothesis,
    /// Under which it was read; `None` where the header that should tell it did not.
    pub encoding: Option<Encoding>,
    /// Octets of the MPDU, as far as they were received.
    pub mpdu: Vec<u8>,
    /// Bits from the sync word to the end of the check, or of what was received.
    pub packet_bits: usize,
    /// The encoding under which the check passed, or why it did not.
    pub verdict: Result<Encoding, Reason>,
    /// The MPDU as a MAC frame.
    pub mac: Result<mac::Frame, mac::Error>,
}

impl Attempt {
    /// Reads a packet as `hypothesis` has it.
    pub fn new(hypothesis: Hypothesis, received: &Received) -> Attempt {
        let available = received.bits.len();
        let (encoding, mpdu, packet_bits, verdict) = match read_header(hypothesis, received) {
            Err(reason) => (None, Vec::new(), available, Err(reason)),
            Ok((encoding, octets)) => {
                let (mpdu, verdict) = read_body(encoding, octets, received);
                (Some(encoding), mpdu, encoding.sent_bits(octets).min(available), verdict)
            }
        };
        let mac = mac::Frame::parse(&mpdu);
        Attempt { hypothesis, encoding, mpdu, packet_bits, verdict, mac }
    }

    pub fn passed(&self) -> bool {
        self.verdict.is_ok()
    }

    /// The MPDU is a MAC frame as the standard has it, every field of it there.
    pub fn is_mac_frame(&self) -> bool {
        self.mac.as_ref().is_ok_and(|frame| frame.irregularity().is_none())
    }
}

/// The encoding and the octets, check included, that follow the header.
fn read_header(hypothesis: Hypothesis, received: &Received) -> Result<(Encoding, usize), Reason> {
    let no_length = Reason::NoLength { available_bits: received.bits.len() };
    match hypothesis {
        Hypothesis::LengthOctet(encoding) => {
            let mut length = received.bits.get(..8).ok_or(no_length)?.to_vec();
            encoding.framing.whiten(encoding.whitening, &mut length);
            Ok((encoding, octets_after_length(encoding.framing, &length)))
        }
        Hypothesis::Phr(framing) => {
            let phr = Phr::read(&received.bits).ok_or(no_length)?.of_packet()?;
            Ok((encoding(framing, phr, None), phr.octets()))
        }
        Hypothesis::Coded(fec) => {
            let phr = coded::read_phr(fec, received.soft).ok_or(no_length)?.of_packet()?;
            Ok((encoding(Framing::E, phr, Some(fec)), phr.octets()))
        }
    }
}

fn encoding(framing: Framing, phr: Phr, fec: Option<Fec>) -> Encoding {
    Encoding { framing, check: phr.check(), whitening: phr.whitening(), fec }
}

/// The MPDU, as far as there is one, and whether its check passes.
fn read_body(
    encoding: Encoding,
    octets: usize,
    received: &Received,
) -> (Vec<u8>, Result<Encoding, Reason>) {
    let shortest = SHORTEST_MPDU + encoding.check.octets();
    if octets < shortest {
        return (Vec::new(), Err(Reason::BadLength { octets, shortest }));
    }
    let clear = clear_bits(encoding, octets, received);
    let (header, body) = clear.split_at(encoding.framing.header_bits().min(clear.len()));
    let mut mpdu = pack(body, encoding.framing.bit_order());
    let sent_check = mpdu.split_off(mpdu.len().min(octets - encoding.check.octets()));
    let (needed_bits, available_bits) = (encoding.sent_bits(octets), received.bits.len());
    if available_bits < needed_bits {
        return (mpdu, Err(Reason::TooShort { needed_bits, available_bits }));
    }
    let computed = encoding.check.compute(&pack(header, BitOrder::MsbFirst), &mpdu);
    let verdict = if sent_check != computed {
        Err(Reason::CheckFailed { received: sent_check, computed })
    } else if mpdu.iter().all(|&octet| octet == 0) {
        Err(Reason::AllZero)
    } else {
        Ok(encoding)
    };
    (mpdu, verdict)
}

/// The bits of header and body, as far as they were received, without whitening and error
/// correction.
fn clear_bits(encoding: Encoding, octets: usize, received: &Received) -> Vec<u8> {
    if let Some(fec) = encoding.fec {
        return coded::read_bits(fec, encoding.whitening, octets, received.soft);
    }
    let bits = &received.bits[..encoding.sent_bits(octets).min(received.bits.len())];
    let mut clear = bits.to_vec();
    encoding.framing.whiten(encoding.whitening, &mut clear);
    clear
}
