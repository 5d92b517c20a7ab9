// SPDX-License-Identifier: GPL-3.0-or-later
//! Information elements (IEEE 802.15.4-2015, 7.4).

use super::error::Error;
use super::reader::Reader;

/// Element id that ends the header IEs: payload IEs follow.
const HEADER_TERMINATION_1: u8 = 0x7e;
/// Element id that ends the header IEs: the payload follows.
const HEADER_TERMINATION_2: u8 = 0x7f;
/// Group id that ends the payload IEs.
const PAYLOAD_TERMINATION: u8 = 0xf;

/// An information element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ie {
    /// Element id of a header IE (0 to 255) or group id of a payload IE (0 to 15).
    pub id: u8,
    /// What is in it.
    pub content: Vec<u8>,
}

/// Reads header IEs up to and with their termination, or to the end of the frame, and tells
/// whether payload IEs follow.
pub(super) fn read_header_ies(reader: &mut Reader) -> Result<(Vec<Ie>, bool), Error> {
    let mut ies = Vec::new();
    while !reader.is_empty() {
        let ie = read_header_ie(reader)?;
        match ie.id {
            HEADER_TERMINATION_1 => return Ok((ies, true)),
            HEADER_TERMINATION_2 => return Ok((ies, false)),
            _ => ies.push(ie),
        }
    }
    Ok((ies, false))
}

fn read_header_ie(reader: &mut Reader) -> Result<Ie, Error> {
    let offset = reader.offset();
    let descriptor = reader.u16("header IE descriptor")?;
    if descriptor >> 15 != 0 {
        return Err(Error::IeType { descriptor, offset, expected: "header" });
    }
    let content = reader.take("header IE content", usize::from(descriptor & 0x7f))?.to_vec();
    Ok(Ie { id: (descriptor >> 7) as u8, content })
}

/// Reads payload IEs up to and with their termination, or to the end of the frame.
pub(super) fn read_payload_ies(reader: &mut Reader) -> Result<Vec<Ie>, Error> {
    let mut ies = Vec::new();
    while !reader.is_empty() {
        let ie = read_payload_ie(reader)?;
        if ie.id == PAYLOAD_TERMINATION {
            break;
        }
        ies.push(ie);
    }
    Ok(ies)
}

fn read_payload_ie(reader: &mut Reader) -> Result<Ie, Error> {
    let offset = reader.offset();
    let descriptor = reader.u16("payload IE descriptor")?;
    if descriptor >> 15 != 1 {
        return Err(Error::IeType { descriptor, offset, expected: "payload" });
    }
    let content = reader.take("payload IE content", usize::from(descriptor & 0x7ff))?.to_vec();
    Ok(Ie { id: (descriptor >> 11 & 0xf) as u8, content })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn header_ies_end_at_their_termination() {
        let mut reader = Reader::new(&[0x04, 0x0d, 1, 0, 2, 3, 0x00, 0x3f, 9]);
        let (ies, more) = read_header_ies(&mut reader).unwrap();
        assert_eq!(ies, [Ie { id: 0x1a, content: vec![1, 0, 2, 3] }]);
        assert!(more);
        assert_eq!(reader.take_rest(), [9]);

        let mut reader = Reader::new(&[0x80, 0x3f, 9]);
        assert_eq!(read_header_ies(&mut reader), Ok((vec![], false)));
        assert_eq!(reader.take_rest(), [9]);
    }

    #[test]
    fn payload_ies_end_at_their_termination() {
        let mut reader = Reader::new(&[0x02, 0x90, 5, 6, 0x00, 0xf8, 9]);
        let ies = read_payload_ies(&mut reader).unwrap();
        assert_eq!(ies, [Ie { id: 2, content: vec![5, 6] }]);
        assert_eq!(reader.take_rest(), [9]);
    }

    #[test]
    fn either_list_may_end_with_the_frame() {
        let (ies, more) = read_header_ies(&mut Reader::new(&[0x01, 0x0d, 1])).unwrap();
        assert_eq!((ies.len(), more), (1, false));
        assert_eq!(read_payload_ies(&mut Reader::new(&[0x01, 0x90, 1])).unwrap().len(), 1);
    }

    #[test]
    fn wrong_kind_and_missing_content_are_told_apart() {
        let kind = read_payload_ies(&mut Reader::new(&[0x04, 0x0d])).unwrap_err();
        assert_eq!(kind, Error::IeType { descriptor: 0x0d04, offset: 0, expected: "payload" });
        let short = read_header_ies(&mut Reader::new(&[0x04, 0x0d, 1])).unwrap_err();
        let expected = "header IE content at octet 2 needs 4 octets, 1 are left";
        assert_eq!(short.to_string(), expected);
    }
}
