// SPDX-License-Identifier: GPL-3.0-or-later
//! What stands between the start-of-frame delimiter and the MAC frame, and how to write it.

use super::bits::{number, unpack, BitOrder};
use super::check::Check;
use super::fec::Fec;
use super::phr::Phr;
use super::whitening::Whitening;
use crate::error::{Error, Result};

/// Framings A to E: how the length of a packet is told and in which order its bits are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Framing {
    /// Length octet that counts the FCS, octets most significant bit first.
    A,
    /// Length octet that does not count the chip's CRC-16, most significant bit first.
    B,
    /// 16-bit PHR, octets most significant bit first.
    C,
    /// 16-bit PHR and octets least significant bit first: IEEE 802.15.4g SUN FSK.
    D,
    /// As D, with forward error correction of PHR and octets.
    E,
}

impl Framing {
    /// Every framing.
    pub const ALL: [Framing; 5] = [Framing::A, Framing::B, Framing::C, Framing::D, Framing::E];

    /// Name for people and files: one letter.
    pub fn name(self) -> &'static str {
        match self {
            Framing::A => "A",
            Framing::B => "B",
            Framing::C => "C",
            Framing::D => "D",
            Framing::E => "E",
        }
    }

    /// Bits before the MPDU: the length octet or the PHR, as it is before error correction.
    pub fn header_bits(self) -> usize {
        match self {
            Framing::A | Framing::B => 8,
            Framing::C | Framing::D | Framing::E => Phr::BITS,
        }
    }

    /// In which order the bits of the MPDU's octets are sent.
    pub fn bit_order(self) -> BitOrder {
        match self {
            Framing::A | Framing::B | Framing::C => BitOrder::MsbFirst,
            Framing::D | Framing::E => BitOrder::LsbFirst,
        }
    }

    /// Adds `whitening` to what is there of a packet, or removes it: `bits` are those on the air.
    pub(super) fn whiten(self, whitening: Whitening, bits: &mut [u8]) {
        let from = match self {
            // The length octet is covered, the PHR is not.
            Framing::A | Framing::B => 0,
            Framing::C | Framing::D => Phr::BITS,
            // Two bits on the air for each of the PHR; those interleaved with them are its own.
            Framing::E => 2 * Phr::BITS,
        };
        let from = from.min(bits.len());
        whitening.apply(&mut bits[from..]);
    }

    /// Most octets that its length field lets follow the header, check included.
    fn max_octets(self) -> usize {
        match self {
            Framing::A => 255,
            Framing::B => 255 + Check::CrcCms.octets(),
            Framing::C | Framing::D | Framing::E => Phr::MAX_OCTETS,
        }
    }
}

impl std::str::FromStr for Framing {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        let found = Framing::ALL.into_iter().find(|framing| framing.name() == name);
        found.ok_or_else(|| Error::parameter("framing", name, "A, B, C, D or E"))
    }
}

/// Octets, check included, behind a length octet whose bits these are.
pub(super) fn octets_after_length(framing: Framing, length: &[u8]) -> usize {
    let uncounted = if framing == Framing::B { Check::CrcCms.octets() } else { 0 };
    number(length) + uncounted
}

/// Everything that has to be known to read or write a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Encoding {
    /// Length field and bit order.
    pub framing: Framing,
    /// What follows the MPDU.
    pub check: Check,
    /// What was added to the bits.
    pub whitening: Whitening,
    /// Forward error correction, which makes framing E.
    pub fec: Option<Fec>,
}

impl Encoding {
    /// Whether there is such a thing: a chip CRC in framing B and an FCS in all others, CC11xx
    /// whitening with a length octet and PN9 behind a PHR, error correction in framing E.
    pub fn exists(self) -> bool {
        let fcs = matches!(self.check, Check::Fcs16 | Check::Fcs32);
        let not = match self.framing {
            Framing::A | Framing::B => Whitening::Pn9,
            Framing::C | Framing::D | Framing::E => Whitening::Cc11xx,
        };
        fcs == (self.framing != Framing::B)
            && self.whitening != not
            && self.fec.is_some() == (self.framing == Framing::E)
    }

    /// Longest MPDU in octets.
    pub fn max_mpdu(self) -> usize {
        self.framing.max_octets() - self.check.octets()
    }

    fn header(self, mpdu: &[u8]) -> Vec<u8> {
        let counted = mpdu.len() + self.check.octets();
        match self.framing {
            Framing::A => vec![counted as u8],
            Framing::B => vec![mpdu.len() as u8],
            Framing::C | Framing::D | Framing::E => {
                Phr::new(self.check, self.whitening, counted).to_octets()
            }
        }
    }

    /// Bits on the air of a header and the `octets` behind it, check included.
    pub(super) fn sent_bits(self, octets: usize) -> usize {
        let bits = self.framing.header_bits() + 8 * octets;
        self.fec.map_or(bits, |fec| fec.sent_bits(bits))
    }
}

impl std::fmt::Display for Encoding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Encoding { framing, check, whitening, fec } = self;
        write!(f, "framing {} {} whitening {}", framing.name(), check.name(), whitening.name())?;
        fec.map_or(Ok(()), |fec| write!(f, " fec {}", fec.name()))
    }
}

/// The octets, each in its usual bit order and as they are before error correction and whitening,
/// that follow the sync word of a packet with `mpdu`: a MAC frame from its frame control field up
/// to before the check.
///
/// # Errors
/// An encoding that does not exist, and an MPDU that is empty or longer than the length field
/// can say.
pub fn plain_octets(encoding: &Encoding, mpdu: &[u8]) -> Result<Vec<u8>> {
    if !encoding.exists() {
        return Err(Error::parameter(
            "encoding",
            encoding,
            "fcs16 or fcs32 with framing A, C, D or E, crc_cms or crc_xmodem with B; \
             cc11xx whitening with A or B, pn9 with C, D or E; fec with E",
        ));
    }
    if mpdu.is_empty() || mpdu.len() > encoding.max_mpdu() {
        let expected = format!("1 to {} octets", encoding.max_mpdu());
        return Err(Error::parameter("mpdu", format!("{} octets", mpdu.len()), expected));
    }
    let header = encoding.header(mpdu);
    let check = encoding.check.compute(&header, mpdu);
    Ok([header.as_slice(), mpdu, &check].concat())
}

/// The bits, 0 or 1 in order of time, that follow the sync word of a packet with `mpdu`.
///
/// # Errors
/// As [`plain_octets`].
pub fn encode(encoding: &Encoding, mpdu: &[u8]) -> Result<Vec<u8>> {
    let octets = plain_octets(encoding, mpdu)?;
    let (header, body) = octets.split_at(encoding.framing.header_bits() / 8);
    let mut bits = unpack(header, BitOrder::MsbFirst);
    bits.extend(unpack(body, encoding.framing.bit_order()));
    if let Some(fec) = encoding.fec {
        bits = fec.protect(&bits);
    }
    encoding.framing.whiten(encoding.whitening, &mut bits);
    Ok(bits)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACK: [u8; 3] = [0x02, 0x00, 0x6a];

    #[test]
    fn what_does_not_exist_is_refused() {
        let (framing, check) = (Framing::B, Check::Fcs16);
        let no_such = Encoding { framing, check, whitening: Whitening::None, fec: None };
        assert!(encode(&no_such, &ACK).unwrap_err().to_string().contains("crc_cms"));
        let a = Encoding { framing: Framing::A, ..no_such };
        assert!(encode(&a, &[0; 253]).is_ok());
        assert!(encode(&a, &[0; 254]).unwrap_err().to_string().contains("1 to 253 octets"));
        assert!(encode(&a, &[]).is_err());
        let unprotected = Encoding { framing: Framing::E, ..no_such };
        assert!(encode(&unprotected, &ACK).unwrap_err().to_string().contains("fec with E"));
        let d = Encoding { framing: Framing::D, fec: Some(Fec::Nrnsc), ..no_such };
        assert!(encode(&d, &ACK).is_err());
    }

    #[test]
    fn framings_by_name() {
        assert_eq!("D".parse::<Framing>().unwrap(), Framing::D);
        assert!("F".parse::<Framing>().unwrap_err().to_string().contains("A, B, C, D or E"));
    }
}
