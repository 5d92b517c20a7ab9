// SPDX-License-Identifier: GPL-3.0-or-later
//! One packet read under one hypothesis.

use super::bits::{pack, BitOrder};
use super::encoding::{octets_after_length, whitened_from, Encoding};
use super::hypothesis::Hypothesis;
use super::phr::Phr;
use super::reason::Reason;
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
    /// Reads `bits` as `hypothesis` has it.
    pub fn new(hypothesis: Hypothesis, bits: &[u8]) -> Attempt {
        let (encoding, mpdu, packet_bits, verdict) = match read_header(hypothesis, bits) {
            Err(reason) => (None, Vec::new(), bits.len(), Err(reason)),
            Ok((encoding, octets)) => {
                let (mpdu, verdict) = read_body(encoding, octets, bits);
                let end = encoding.framing.header_bits() + 8 * octets;
                (Some(encoding), mpdu, end.min(bits.len()), verdict)
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
fn read_header(hypothesis: Hypothesis, bits: &[u8]) -> Result<(Encoding, usize), Reason> {
    let no_length = Reason::NoLength { available_bits: bits.len() };
    match hypothesis {
        Hypothesis::LengthOctet(encoding) => {
            let mut length = bits.get(..8).ok_or(no_length)?.to_vec();
            encoding.whitening.apply(&mut length);
            Ok((encoding, octets_after_length(encoding.framing, &length)))
        }
        Hypothesis::Phr(framing) => {
            let phr = Phr::read(bits).ok_or(no_length)?;
            if phr.mode_switch() {
                return Err(Reason::ModeSwitch);
            }
            let (check, whitening) = (phr.check(), phr.whitening());
            Ok((Encoding { framing, check, whitening }, phr.octets()))
        }
    }
}

/// The MPDU, as far as there is one, and whether its check passes.
fn read_body(
    encoding: Encoding,
    octets: usize,
    bits: &[u8],
) -> (Vec<u8>, Result<Encoding, Reason>) {
    let shortest = SHORTEST_MPDU + encoding.check.octets();
    if octets < shortest {
        return (Vec::new(), Err(Reason::BadLength { octets, shortest }));
    }
    let needed_bits = encoding.framing.header_bits() + 8 * octets;
    let mut clear = bits[..needed_bits.min(bits.len())].to_vec();
    encoding.whitening.apply(&mut clear[whitened_from(encoding.framing)..]);
    let (header, body) = clear.split_at(encoding.framing.header_bits());
    let mut mpdu = pack(body, encoding.framing.bit_order());
    let received = mpdu.split_off(mpdu.len().min(octets - encoding.check.octets()));
    if bits.len() < needed_bits {
        let reason = Reason::TooShort { needed_bits, available_bits: bits.len() };
        return (mpdu, Err(reason));
    }
    let computed = encoding.check.compute(&pack(header, BitOrder::MsbFirst), &mpdu);
    let verdict = if received != computed {
        Err(Reason::CheckFailed { received, computed })
    } else if mpdu.iter().all(|&octet| octet == 0) {
        Err(Reason::AllZero)
    } else {
        Ok(encoding)
    };
    (mpdu, verdict)
}
