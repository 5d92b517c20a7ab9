// SPDX-License-Identifier: GPL-3.0-or-later
//! The auxiliary security header (IEEE 802.15.4-2015, 9.4).

use super::error::Error;
use super::reader::Reader;

/// How a frame is secured, and with which key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Security {
    /// The security control octet as it came.
    pub control: u8,
    /// Counter of the sender, unless suppressed.
    pub frame_counter: Option<u32>,
    /// Who named the key: 0, 4 or 8 octets in the order sent.
    pub key_source: Vec<u8>,
    /// Which key of that source; not there in key identifier mode 0.
    pub key_index: Option<u8>,
}

impl Security {
    /// Reads the header of a frame of `version`, which is 1 or 2.
    pub(super) fn read(version: u8, reader: &mut Reader) -> Result<Self, Error> {
        let control = reader.u8("security control")?;
        let suppressed = version == 2 && control >> 5 & 1 == 1;
        let counter = (!suppressed).then(|| reader.u32("frame counter")).transpose()?;
        let (source_octets, indexed) = match control >> 3 & 3 {
            0 => (0, false),
            1 => (0, true),
            2 => (4, true),
            _ => (8, true),
        };
        Ok(Security {
            control,
            frame_counter: counter,
            key_source: reader.take("key source", source_octets)?.to_vec(),
            key_index: indexed.then(|| reader.u8("key index")).transpose()?,
        })
    }

    /// Security level, 0 to 7: 4 and above encrypt, the lower two bits tell the length of the
    /// MIC.
    pub fn level(&self) -> u8 {
        self.control & 7
    }

    /// Key identifier mode, 0 to 3.
    pub fn key_id_mode(&self) -> u8 {
        self.control >> 3 & 3
    }

    /// The absolute slot number is in the nonce (version 2).
    pub fn asn_in_nonce(&self) -> bool {
        self.control >> 6 & 1 == 1
    }

    /// Payload IEs and payload are encrypted.
    pub fn encrypts(&self) -> bool {
        self.level() >= 4
    }

    /// Octets of message integrity code: 0, 4, 8 or 16.
    pub fn mic_octets(&self) -> usize {
        [0, 4, 8, 16][usize::from(self.level() & 3)]
    }

    /// Whether a bit is set that `version` of the frame reserves.
    pub fn reserved_bits_set(&self, version: u8) -> bool {
        let reserved = if version == 2 { 0x80 } else { 0xe0 };
        self.control & reserved != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(version: u8, octets: &[u8]) -> Result<(Security, usize), Error> {
        let mut reader = Reader::new(octets);
        Security::read(version, &mut reader).map(|security| (security, reader.offset()))
    }

    #[test]
    fn level_5_with_key_index_as_the_meters_have_it() {
        let (security, length) = read(1, &[0x0d, 7, 0, 0, 0, 1, 9]).unwrap();
        assert_eq!((security.level(), security.key_id_mode(), length), (5, 1, 6));
        assert_eq!((security.frame_counter, security.key_index), (Some(7), Some(1)));
        assert_eq!(security.mic_octets(), 4);
        assert!(security.encrypts());
    }

    #[test]
    fn every_key_identifier_mode() {
        for (mode, length) in [(0, 5_usize), (1, 6), (2, 10), (3, 14)] {
            let (security, taken) = read(1, &[mode << 3; 20]).unwrap();
            assert_eq!((taken, security.key_source.len()), (length, length.saturating_sub(6)));
            assert_eq!(security.key_index.is_some(), mode > 0);
        }
    }

    #[test]
    fn the_counter_can_be_suppressed_in_version_2_alone() {
        assert_eq!(read(2, &[0x62]).unwrap().0.frame_counter, None);
        assert!(read(2, &[0x62]).unwrap().0.asn_in_nonce());
        let error = read(1, &[0x62]).unwrap_err();
        let expected = "frame counter at octet 1 needs 4 octets, 0 are left";
        assert_eq!(error.to_string(), expected);
        assert!(read(1, &[0x62; 9]).unwrap().0.reserved_bits_set(1));
    }
}
