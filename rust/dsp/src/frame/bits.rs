// SPDX-License-Identifier: GPL-3.0-or-later
//! Bits to octets and back, in either order.

/// Which bit of an octet is sent first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BitOrder {
    /// Most significant bit first: byte-oriented packet engines, and the SUN FSK PHR.
    MsbFirst,
    /// Least significant bit first: the SUN FSK PSDU.
    LsbFirst,
}

/// Octets from `bits` (0 or 1, in order of time). Bits behind the last whole octet are left out.
pub fn pack(bits: &[u8], order: BitOrder) -> Vec<u8> {
    bits.chunks_exact(8).map(|octet| pack_octet(octet, order)).collect()
}

fn pack_octet(bits: &[u8], order: BitOrder) -> u8 {
    let msb_first = bits.iter().fold(0, |octet, bit| octet << 1 | bit & 1);
    match order {
        BitOrder::MsbFirst => msb_first,
        BitOrder::LsbFirst => msb_first.reverse_bits(),
    }
}

/// The bits of `octets`, 0 or 1, in order of time.
pub fn unpack(octets: &[u8], order: BitOrder) -> Vec<u8> {
    let bits = octets.iter().flat_map(|&octet| {
        let msb_first = match order {
            BitOrder::MsbFirst => octet,
            BitOrder::LsbFirst => octet.reverse_bits(),
        };
        (0..8).rev().map(move |shift| msb_first >> shift & 1)
    });
    bits.collect()
}

/// The number whose bits are `bits`, the first the most significant.
pub fn number(bits: &[u8]) -> usize {
    bits.iter().fold(0, |n, &bit| n << 1 | usize::from(bit & 1))
}

/// Soft values of bits that are certain: -1 for a zero, 1 for a one.
pub fn to_soft(bits: &[u8]) -> Vec<f32> {
    bits.iter().map(|&bit| if bit & 1 == 1 { 1.0 } else { -1.0 }).collect()
}

/// The bits that soft values are nearest to.
pub fn to_hard(soft: &[f32]) -> Vec<u8> {
    soft.iter().map(|&value| u8::from(value >= 0.0)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders() {
        let bits = [0, 1, 1, 0, 1, 0, 0, 1, 1];
        assert_eq!(pack(&bits, BitOrder::MsbFirst), [0x69]);
        assert_eq!(pack(&bits, BitOrder::LsbFirst), [0x96]);
        assert_eq!(unpack(&[0x69], BitOrder::MsbFirst), bits[..8]);
        assert_eq!(unpack(&[0x96], BitOrder::LsbFirst), bits[..8]);
        assert_eq!(number(&bits), 0x69 * 2 + 1);
        assert_eq!(to_hard(&to_soft(&bits)), bits);
    }
}
