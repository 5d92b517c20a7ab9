// SPDX-License-Identifier: GPL-3.0-or-later
//! How long a packet is, while it is on its way in.

use super::bits::to_hard;
use super::coded;
use super::delimiter;
use super::encoding::{octets_after_length, Framing};
use super::phr::Phr;

/// What is known of the length of a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PacketLength {
    /// Its header will tell it and is not all there.
    Awaited(Framing),
    /// Bits from the first after the sync word to the last of the check.
    Told(usize),
    /// Nothing tells it: the packet ends where the signal does.
    Untold,
}

impl PacketLength {
    /// Of a packet behind a sync word of these bits, the framing being told or not: one of the
    /// standard's coded delimiters tells framing E.
    pub fn new(framing: Option<Framing>, sync_word: u64) -> Self {
        let coded = delimiter::coded(sync_word) == Some(true);
        let framing = framing.or(coded.then_some(Framing::E));
        framing.map_or(PacketLength::Untold, PacketLength::Awaited)
    }

    /// How many bits must be there to [read](Self::read) it, if there is anything to read.
    pub fn wanted(self) -> Option<usize> {
        match self {
            PacketLength::Awaited(framing) => Some(seen_in(framing)),
            PacketLength::Told(_) | PacketLength::Untold => None,
        }
    }

    /// Reads it from the soft values after the sync word, as many as are wanted or more.
    pub fn read(&mut self, soft: &[f32]) {
        if let PacketLength::Awaited(framing) = *self {
            *self = packet_bits(framing, soft).map_or(PacketLength::Untold, PacketLength::Told);
        }
    }

    /// The length, once it is told.
    pub fn bits(self) -> Option<usize> {
        match self {
            PacketLength::Told(bits) => Some(bits),
            PacketLength::Awaited(_) | PacketLength::Untold => None,
        }
    }
}

/// Bits on the air from which the length is told.
fn seen_in(framing: Framing) -> usize {
    match framing {
        Framing::A | Framing::B | Framing::C | Framing::D => framing.header_bits(),
        Framing::E => coded::PHR_SEEN_IN,
    }
}

/// Bits of the packet whose soft values, from the first after the sync word, begin so, header and
/// check included; `None` where that cannot be told.
///
/// A PHR that announces a mode switch ends the packet; a coded one leaves the end open. The length
/// octet of CC11xx-whitened packets is itself whitened and not understood here: the end of such
/// packets must be found from the level.
pub fn packet_bits(framing: Framing, soft: &[f32]) -> Option<usize> {
    if framing == Framing::E {
        return coded::packet_bits(soft);
    }
    let header = to_hard(soft.get(..framing.header_bits())?);
    let octets = match framing {
        Framing::A | Framing::B => octets_after_length(framing, &header),
        Framing::C | Framing::D | Framing::E => {
            Phr::read(&header).filter(|phr| !phr.mode_switch()).map_or(0, Phr::octets)
        }
    };
    Some(header.len() + 8 * octets)
}

#[cfg(test)]
mod tests {
    use super::super::bits::{to_soft, unpack, BitOrder};
    use super::super::{encode, Check, Encoding, Fec, Whitening};
    use super::*;

    fn soft(octets: &[u8]) -> Vec<f32> {
        to_soft(&unpack(octets, BitOrder::MsbFirst))
    }

    #[test]
    fn is_known_as_soon_as_the_header_is_there() {
        assert_eq!(packet_bits(Framing::A, &soft(&[5])[..7]), None);
        assert_eq!(packet_bits(Framing::A, &soft(&[5])), Some(48));
        assert_eq!(packet_bits(Framing::B, &soft(&[3])), Some(48));
        assert_eq!(packet_bits(Framing::C, &soft(&[0x10])), None);
        assert_eq!(packet_bits(Framing::C, &soft(&[0x10, 0x05])), Some(56));
        assert_eq!(packet_bits(Framing::D, &soft(&[0x08, 0x07, 0xff])), Some(72));
        assert_eq!(packet_bits(Framing::D, &soft(&[0x80, 0x07])), Some(16));
    }

    #[test]
    fn of_coded_packets_from_the_first_blocks() {
        for fec in Fec::ALL {
            for whitening in [Whitening::None, Whitening::Pn9] {
                for octets in [3, 20, 500] {
                    let (framing, check) = (Framing::E, Check::Fcs32);
                    let encoding = Encoding { framing, check, whitening, fec: Some(fec) };
                    let mpdu: Vec<u8> = (0..octets).map(|n| (n * 37 % 251) as u8).collect();
                    let bits = to_soft(&encode(&encoding, &mpdu).unwrap());
                    let mut length = PacketLength::new(None, 0x6f4e);
                    let wanted = length.wanted().unwrap();
                    assert_eq!(packet_bits(Framing::E, &bits[..wanted - 1]), None);
                    length.read(&bits[..wanted]);
                    assert_eq!(length, PacketLength::Told(bits.len()), "{encoding}");
                }
            }
        }
    }

    #[test]
    fn what_is_told_goes_before_what_the_delimiter_says() {
        assert_eq!(PacketLength::new(None, 0x904e), PacketLength::Untold);
        assert_eq!(PacketLength::new(None, 0x632d), PacketLength::Awaited(Framing::E));
        let a = PacketLength::Awaited(Framing::A);
        assert_eq!(PacketLength::new(Some(Framing::A), 0x6f4e), a);
        assert_eq!(PacketLength::new(Some(Framing::A), 0x904e), a);
    }
}
