// SPDX-License-Identifier: GPL-3.0-or-later
//! Data whitening: both alignments of one PN9 sequence, x⁹ + x⁵ + 1 from all ones.

use super::bits::{unpack, BitOrder};

/// What is added to the bits of a packet to break up long runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Whitening {
    /// Nothing.
    None,
    /// PN9 from the first bit of the PSDU on (IEEE 802.15.4-2015, clause 20, SUN FSK PHY, data
    /// whitening).
    Pn9,
    /// PN9 as the packet engines of TI's CC11xx align it: the sequence starts nine bits earlier,
    /// is taken by octets with the bits of each the other way round, and covers everything after
    /// the sync word: length, data and check (TI design note DN509).
    Cc11xx,
}

impl Whitening {
    /// Every whitening.
    pub const ALL: [Whitening; 3] = [Whitening::None, Whitening::Pn9, Whitening::Cc11xx];

    /// Name for people and files: `none`, `pn9` or `cc11xx`.
    pub fn name(self) -> &'static str {
        match self {
            Whitening::None => "none",
            Whitening::Pn9 => "pn9",
            Whitening::Cc11xx => "cc11xx",
        }
    }

    /// Adds the sequence to `bits`, the first of which is the first that is whitened. Doing it
    /// twice restores them.
    pub fn apply(self, bits: &mut [u8]) {
        match self {
            Whitening::None => {}
            Whitening::Pn9 => add(bits, pn9().skip(9)),
            Whitening::Cc11xx => {
                let octets: Vec<u8> = cc11xx_octets().take(bits.len().div_ceil(8)).collect();
                add(bits, unpack(&octets, BitOrder::MsbFirst).into_iter());
            }
        }
    }
}

fn add(bits: &mut [u8], sequence: impl Iterator<Item = u8>) {
    for (bit, white) in bits.iter_mut().zip(sequence) {
        *bit ^= white;
    }
}

/// The bits that leave the low end of the register.
fn pn9() -> impl Iterator<Item = u8> {
    let mut register = 0x1ff_u16;
    std::iter::repeat_with(move || {
        let out = (register & 1) as u8;
        let top = (register ^ register >> 5) & 1;
        register = register >> 1 | top << 8;
        out
    })
}

fn cc11xx_octets() -> impl Iterator<Item = u8> {
    let mut bits = pn9();
    std::iter::from_fn(move || {
        Some(bits.by_ref().take(8).enumerate().fold(0, |octet, (n, bit)| octet | bit << n))
    })
}

#[cfg(test)]
mod tests {
    use super::super::bits::pack;
    use super::*;

    fn first_octets(whitening: Whitening) -> Vec<u8> {
        let mut bits = [0; 64];
        whitening.apply(&mut bits);
        pack(&bits, BitOrder::MsbFirst)
    }

    #[test]
    fn the_sequence_of_the_standard() {
        let expected = [0x0f, 0x70, 0xb3, 0x6f, 0x43, 0x98, 0x48, 0xae];
        assert_eq!(first_octets(Whitening::Pn9), expected);
    }

    #[test]
    fn the_sequence_of_the_cc11xx() {
        let expected = [0xff, 0xe1, 0x1d, 0x9a, 0xed, 0x85, 0x33, 0x24];
        assert_eq!(first_octets(Whitening::Cc11xx), expected);
    }

    #[test]
    fn repeats_after_511_bits() {
        let mut bits = [0; 1022];
        Whitening::Pn9.apply(&mut bits);
        assert_eq!(bits[..511], bits[511..]);
        assert_eq!(bits[..511].iter().filter(|&&bit| bit == 1).count(), 256);
    }
}
