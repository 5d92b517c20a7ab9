// SPDX-License-Identifier: GPL-3.0-or-later
//! Addresses and the rules by which PAN IDs are left out (IEEE 802.15.4-2015, table 7-2).

use super::control::{AddressMode, FrameControl};
use super::error::Error;
use super::reader::Reader;
use std::fmt;

/// A device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Address {
    /// 16 bits, `ffff` for everybody.
    Short(u16),
    /// EUI-64, the manufacturer in the top three octets.
    Extended(u64),
}

impl Address {
    /// Everybody.
    pub const BROADCAST: Address = Address::Short(0xffff);
}

impl fmt::Display for Address {
    /// 4 or 16 hexadecimal digits, the most significant first.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Address::Short(address) => write!(f, "{address:04x}"),
            Address::Extended(address) => write!(f, "{address:016x}"),
        }
    }
}

/// The addressing fields of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Addressing {
    /// PAN ID of the recipient, if the frame carries it.
    pub destination_pan: Option<u16>,
    /// The recipient.
    pub destination: Option<Address>,
    /// PAN ID of the sender, if the frame carries it.
    pub source_pan: Option<u16>,
    /// The sender.
    pub source: Option<Address>,
}

impl Addressing {
    pub(super) fn read(control: FrameControl, reader: &mut Reader) -> Result<Self, Error> {
        let (destination, source) = (control.destination_mode()?, control.source_mode()?);
        let (destination_pan, source_pan) = pans_carried(control, destination, source);
        Ok(Addressing {
            destination_pan: read_pan(destination_pan, "destination PAN ID", reader)?,
            destination: read_address(destination, "destination address", reader)?,
            source_pan: read_pan(source_pan, "source PAN ID", reader)?,
            source: read_address(source, "source address", reader)?,
        })
    }

    /// PAN ID the frame is about: that of the recipient, or of the sender where it has no other.
    pub fn pan_id(&self) -> Option<u16> {
        self.destination_pan.or(self.source_pan)
    }
}

/// Whether the frame carries the PAN ID of the destination and that of the source.
fn pans_carried(
    control: FrameControl,
    destination: AddressMode,
    source: AddressMode,
) -> (bool, bool) {
    use AddressMode::{Extended, None};
    let compressed = control.pan_id_compression();
    if control.version() < 2 {
        let both = destination != None && source != None;
        return (destination != None, source != None && !(both && compressed));
    }
    match (destination, source) {
        (None, None) => (compressed, false),
        (_, None) => (!compressed, false),
        (None, _) => (false, !compressed),
        (Extended, Extended) => (!compressed, false),
        _ => (true, !compressed),
    }
}

fn read_pan(carried: bool, field: &'static str, reader: &mut Reader) -> Result<Option<u16>, Error> {
    carried.then(|| reader.u16(field)).transpose()
}

fn read_address(
    mode: AddressMode,
    field: &'static str,
    reader: &mut Reader,
) -> Result<Option<Address>, Error> {
    Ok(match mode {
        AddressMode::None => None,
        AddressMode::Short => Some(Address::Short(reader.u16(field)?)),
        AddressMode::Extended => Some(Address::Extended(reader.u64(field)?)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Destination mode, source mode, compression; destination PAN carried, source PAN carried.
    type Row = (u16, u16, u16, bool, bool);

    const VERSION_2: [Row; 18] = [
        (0, 0, 0, false, false),
        (0, 0, 1, true, false),
        (2, 0, 0, true, false),
        (3, 0, 0, true, false),
        (2, 0, 1, false, false),
        (3, 0, 1, false, false),
        (0, 2, 0, false, true),
        (0, 3, 0, false, true),
        (0, 2, 1, false, false),
        (0, 3, 1, false, false),
        (3, 3, 0, true, false),
        (3, 3, 1, false, false),
        (2, 2, 0, true, true),
        (2, 2, 1, true, false),
        (2, 3, 0, true, true),
        (2, 3, 1, true, false),
        (3, 2, 0, true, true),
        (3, 2, 1, true, false),
    ];

    const VERSIONS_0_AND_1: [Row; 7] = [
        (0, 0, 0, false, false),
        (2, 0, 0, true, false),
        (0, 3, 0, false, true),
        (3, 3, 0, true, true),
        (3, 3, 1, true, false),
        (2, 3, 0, true, true),
        (2, 3, 1, true, false),
    ];

    fn check(version: u16, rows: &[Row]) {
        for &(destination, source, compression, destination_pan, source_pan) in rows {
            let control = FrameControl(
                1 | compression << 6 | destination << 10 | version << 12 | source << 14,
            );
            let read = Addressing::read(control, &mut Reader::new(&[7; 20])).unwrap();
            let carried = (read.destination_pan.is_some(), read.source_pan.is_some());
            assert_eq!(carried, (destination_pan, source_pan), "{:#06x}", control.0);
            assert_eq!(read.destination.is_some(), destination != 0);
            assert_eq!(read.source.is_some(), source != 0);
        }
    }

    #[test]
    fn pan_ids_in_every_row_of_the_table() {
        check(2, &VERSION_2);
        check(1, &VERSIONS_0_AND_1);
        check(0, &VERSIONS_0_AND_1);
    }

    #[test]
    fn printed_most_significant_digit_first() {
        assert_eq!(Address::Extended(0x000b_1240_f8e2_3410).to_string(), "000b1240f8e23410");
        assert_eq!(Address::BROADCAST.to_string(), "ffff");
        assert_eq!(Address::Short(0x0a).to_string(), "000a");
    }
}
