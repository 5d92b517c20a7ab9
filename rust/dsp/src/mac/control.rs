// SPDX-License-Identifier: GPL-3.0-or-later
//! The frame control field (IEEE 802.15.4-2015, 7.2.1).

use super::error::Error;

/// What a frame is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FrameType {
    /// Type 0.
    Beacon,
    /// Type 1.
    Data,
    /// Type 2.
    Acknowledgement,
    /// Type 3.
    Command,
}

/// How an address is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddressMode {
    /// Mode 0: not at all, nor, in versions 0 and 1, its PAN ID.
    None,
    /// Mode 2: 16 bits.
    Short,
    /// Mode 3: 64 bits.
    Extended,
}

/// View of a frame control field: every value is kept as it came, readings are made on demand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FrameControl(pub u16);

impl FrameControl {
    fn bit(self, n: u32) -> bool {
        self.0 >> n & 1 == 1
    }

    fn two_bits(self, n: u32) -> u8 {
        (self.0 >> n & 3) as u8
    }

    /// Bits 0 to 2. Types 4 to 7 are reserved or lay their frame control field out otherwise.
    pub fn frame_type(self) -> Result<FrameType, Error> {
        match (self.0 & 7) as u8 {
            0 => Ok(FrameType::Beacon),
            1 => Ok(FrameType::Data),
            2 => Ok(FrameType::Acknowledgement),
            3 => Ok(FrameType::Command),
            frame_type => Err(Error::FrameType { frame_type }),
        }
    }

    /// Bit 3: an auxiliary security header follows (in version 0: security of the 2003 edition).
    pub fn security_enabled(self) -> bool {
        self.bit(3)
    }

    /// Bit 4: the sender has more for the recipient.
    pub fn frame_pending(self) -> bool {
        self.bit(4)
    }

    /// Bit 5: the sender asks for an acknowledgement.
    pub fn ack_request(self) -> bool {
        self.bit(5)
    }

    /// Bit 6: a PAN ID is left out; which one depends on the version.
    pub fn pan_id_compression(self) -> bool {
        self.bit(6)
    }

    /// Bit 8, version 2 only: there is no sequence number.
    pub fn sequence_suppressed(self) -> bool {
        self.version() == 2 && self.bit(8)
    }

    /// Bit 9, version 2 only: information elements follow the header.
    pub fn ie_present(self) -> bool {
        self.version() == 2 && self.bit(9)
    }

    /// Bits 10 and 11.
    pub fn destination_mode(self) -> Result<AddressMode, Error> {
        address_mode(self.two_bits(10), "destination address")
    }

    /// Bits 12 and 13: 0 for the 2003 edition, 1 for 2006, 2 for 2015 and later, 3 reserved.
    pub fn version(self) -> u8 {
        self.two_bits(12)
    }

    /// Bits 14 and 15.
    pub fn source_mode(self) -> Result<AddressMode, Error> {
        address_mode(self.two_bits(14), "source address")
    }

    /// Whether a bit is set that this version reserves.
    pub fn reserved_bits_set(self) -> bool {
        self.bit(7) || self.version() < 2 && (self.bit(8) || self.bit(9))
    }
}

fn address_mode(mode: u8, field: &'static str) -> Result<AddressMode, Error> {
    match mode {
        0 => Ok(AddressMode::None),
        2 => Ok(AddressMode::Short),
        3 => Ok(AddressMode::Extended),
        _ => Err(Error::AddressMode { field }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_unicast_word() {
        let fcf = FrameControl(u16::from_le_bytes([0x69, 0xdc]));
        assert_eq!(fcf.frame_type(), Ok(FrameType::Data));
        assert!(fcf.security_enabled() && fcf.ack_request() && fcf.pan_id_compression());
        assert!(!fcf.frame_pending() && !fcf.reserved_bits_set());
        assert_eq!(fcf.version(), 1);
        assert_eq!(fcf.destination_mode(), Ok(AddressMode::Extended));
        assert_eq!(fcf.source_mode(), Ok(AddressMode::Extended));
    }

    #[test]
    fn the_published_beacon_word() {
        let fcf = FrameControl(u16::from_le_bytes([0x00, 0xe2]));
        assert_eq!(fcf.frame_type(), Ok(FrameType::Beacon));
        assert_eq!(fcf.version(), 2);
        assert!(fcf.ie_present() && !fcf.sequence_suppressed());
        assert_eq!(fcf.destination_mode(), Ok(AddressMode::None));
    }

    #[test]
    fn reserved_values_are_named() {
        assert_eq!(FrameControl(0x0005).frame_type(), Err(Error::FrameType { frame_type: 5 }));
        let mode = FrameControl(0x0400).destination_mode().unwrap_err();
        assert_eq!(mode.to_string(), "destination address mode is 1, which is reserved");
        assert!(FrameControl(0x0080).reserved_bits_set());
        assert!(FrameControl(0x1200).reserved_bits_set());
        assert!(!FrameControl(0x2200).reserved_bits_set());
    }
}
