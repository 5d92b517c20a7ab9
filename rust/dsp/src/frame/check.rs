// SPDX-License-Identifier: GPL-3.0-or-later
//! The checks that can stand at the end of a packet.

use crc::{Crc, CRC_16_CMS, CRC_16_KERMIT, CRC_16_XMODEM, CRC_32_ISO_HDLC};

static KERMIT: Crc<u16> = Crc::<u16>::new(&CRC_16_KERMIT);
static ISO_HDLC: Crc<u32> = Crc::<u32>::new(&CRC_32_ISO_HDLC);
static CMS: Crc<u16> = Crc::<u16>::new(&CRC_16_CMS);
static XMODEM: Crc<u16> = Crc::<u16>::new(&CRC_16_XMODEM);

/// Octets an MPDU is padded to with zeros for the FCS-32 (IEEE 802.15.4-2015, 7.2, FCS field).
const FCS32_SHORTEST: usize = 4;

/// A frame check sequence or chip CRC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Check {
    /// 802.15.4 FCS of two octets: CRC-16/KERMIT over the MPDU, little-endian.
    Fcs16,
    /// 802.15.4 FCS of four octets: CRC-32 over the MPDU, padded with zeros to four octets for
    /// the calculation alone, little-endian.
    Fcs32,
    /// CRC of the CC11xx and CC12xx packet engines: CRC-16/CMS over length octet and MPDU,
    /// big-endian.
    CrcCms,
    /// CRC-16/XMODEM over length octet and MPDU, big-endian.
    CrcXmodem,
}

impl Check {
    /// Every check.
    pub const ALL: [Check; 4] = [Check::Fcs16, Check::Fcs32, Check::CrcCms, Check::CrcXmodem];

    /// Name for people and files: `fcs16`, `fcs32`, `crc_cms` or `crc_xmodem`.
    pub fn name(self) -> &'static str {
        match self {
            Check::Fcs16 => "fcs16",
            Check::Fcs32 => "fcs32",
            Check::CrcCms => "crc_cms",
            Check::CrcXmodem => "crc_xmodem",
        }
    }

    /// Octets it takes up.
    pub fn octets(self) -> usize {
        match self {
            Check::Fcs32 => 4,
            Check::Fcs16 | Check::CrcCms | Check::CrcXmodem => 2,
        }
    }

    /// The octets of the check, as they are sent, for an MPDU behind `header`: the length octet
    /// or the PHR, which the FCS does not cover and a chip CRC does.
    pub fn compute(self, header: &[u8], mpdu: &[u8]) -> Vec<u8> {
        match self {
            Check::Fcs16 => KERMIT.checksum(mpdu).to_le_bytes().to_vec(),
            Check::Fcs32 => fcs32(mpdu).to_le_bytes().to_vec(),
            Check::CrcCms => chip_crc(&CMS, header, mpdu),
            Check::CrcXmodem => chip_crc(&XMODEM, header, mpdu),
        }
    }
}

fn fcs32(mpdu: &[u8]) -> u32 {
    let mut digest = ISO_HDLC.digest();
    digest.update(mpdu);
    digest.update(&[0; FCS32_SHORTEST][mpdu.len().min(FCS32_SHORTEST)..]);
    digest.finalize()
}

fn chip_crc(crc: &'static Crc<u16>, header: &[u8], mpdu: &[u8]) -> Vec<u8> {
    let mut digest = crc.digest();
    digest.update(header);
    digest.update(mpdu);
    digest.finalize().to_be_bytes().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn catalogue_check_values() {
        let digits = b"123456789";
        assert_eq!(Check::Fcs16.compute(&[], digits), [0x89, 0x21]);
        assert_eq!(Check::Fcs32.compute(&[], digits), [0x26, 0x39, 0xf4, 0xcb]);
        assert_eq!(Check::CrcCms.compute(&digits[..1], &digits[1..]), [0xae, 0xe7]);
        assert_eq!(Check::CrcXmodem.compute(&digits[..1], &digits[1..]), [0x31, 0xc3]);
    }

    #[test]
    fn the_fcs_leaves_the_header_out() {
        assert_eq!(Check::Fcs16.compute(&[9], &[1, 2]), Check::Fcs16.compute(&[], &[1, 2]));
        assert_eq!(Check::Fcs32.compute(&[9], &[1, 2]), Check::Fcs32.compute(&[], &[1, 2]));
        assert_ne!(Check::CrcCms.compute(&[9], &[1, 2]), Check::CrcCms.compute(&[], &[1, 2]));
    }
}
