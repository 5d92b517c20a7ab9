// SPDX-License-Identifier: GPL-3.0-or-later
//! The PHR that announces another mode (IEEE 802.15.4-2015, clause 20, mode switch PHR).
//!
//! It is all there is of its packet: the frame follows as a packet of its own, in the new mode.

/// Generator of its checksum, a BCH(15,11) code: x⁴ + x + 1.
const GENERATOR: u16 = 0b10011;

/// The fields of a mode switch PHR, as sent: the first bit of a field is its most significant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ModeSwitch {
    /// Bits 14 and 13: which mode switch parameters of the receiver are meant. Wi-SUN reserves them.
    pub parameter_entry: u8,
    /// Bit 12: the frame that follows has forward error correction.
    pub fec: bool,
    /// Bit 11: the mode is one of a table of generic PHYs, not of an operating mode.
    pub page: u8,
    /// Bits 10 and 9: kind of modulation.
    pub modulation: u8,
    /// Bits 8 to 5: operating mode.
    pub mode: u8,
}

impl ModeSwitch {
    /// Reads a PHR whose bit 15 is set.
    pub(super) fn read(phr: u16) -> ModeSwitch {
        let field = |low: u32, bits: u32| (phr >> low & ((1 << bits) - 1)) as u8;
        ModeSwitch {
            parameter_entry: field(13, 2),
            fec: field(12, 1) == 1,
            page: field(11, 1),
            modulation: field(9, 2),
            mode: field(5, 4),
        }
    }

    /// Bits 12 to 5 as one number: what Wi-SUN FAN 1.1 calls the PHY mode ID.
    pub fn phy_mode_id(self) -> u8 {
        u8::from(self.fec) << 7 | self.page << 6 | self.modulation << 4 | self.mode
    }
}

impl std::fmt::Display for ModeSwitch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let ModeSwitch { parameter_entry, fec, page, modulation, mode } = *self;
        write!(
            f,
            "mode {mode}, modulation {modulation}, page {page}, {} FEC, parameter entry \
             {parameter_entry} (as Wi-SUN PHY mode ID: {})",
            if fec { "with" } else { "without" },
            self.phy_mode_id(),
        )
    }
}

/// Bits 4 to 0 as they must be behind the others: checksum and parity.
pub(super) fn checksum(phr: u16) -> u16 {
    let mut rest = phr >> 5 << 4;
    for bit in (4..15).rev() {
        if rest >> bit & 1 == 1 {
            rest ^= GENERATOR << (bit - 4);
        }
    }
    let parity = ((phr >> 5).count_ones() + rest.count_ones()) & 1;
    rest << 1 | parity as u16
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From the settings of a Wi-SUN chip: 46337, the first bit sent the least significant, is the
    /// PHR for PHY mode ID 5.
    #[test]
    fn the_phr_of_a_wi_sun_chip() {
        let phr = 46337_u16.reverse_bits();
        let switch = ModeSwitch::read(phr);
        assert_eq!((switch.phy_mode_id(), switch.parameter_entry), (5, 0));
        assert_eq!(checksum(phr), phr & 0x1f);
    }

    #[test]
    fn one_or_two_wrong_bits_do_not_pass() {
        let good = 0x80a0 | checksum(0x80a0);
        for a in 0..16 {
            for b in 0..=a {
                let phr = good ^ 1 << a ^ if a == b { 0 } else { 1 << b };
                assert_ne!(checksum(phr), phr & 0x1f, "{a} {b}");
            }
        }
    }

    #[test]
    fn fields_are_where_they_belong() {
        // 1, entry 10, FEC 1, page 0, modulation 10, mode 0110, and a checksum that does not count.
        let switch = ModeSwitch::read(0b1101_0100_1100_0000);
        let expected =
            ModeSwitch { parameter_entry: 2, fec: true, page: 0, modulation: 2, mode: 6 };
        assert_eq!(switch, expected);
        assert_eq!(switch.phy_mode_id(), 0xa6);
        assert!(switch.to_string().starts_with("mode 6, modulation 2, page 0, with FEC"));
    }
}
