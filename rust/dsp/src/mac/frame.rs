// SPDX-License-Identifier: GPL-3.0-or-later
//! A whole MAC frame, checked field by field.

use super::address::{Address, Addressing};
use super::control::{FrameControl, FrameType};
use super::error::Error;
use super::ie::{read_header_ies, read_payload_ies, Ie};
use super::kind::Kind;
use super::reader::Reader;
use super::security::Security;

/// An IEEE 802.15.4 MAC frame of version 0, 1 or 2, all of whose fields are there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// The frame control field.
    pub control: FrameControl,
    /// Bits 0 to 2 of it.
    pub frame_type: FrameType,
    /// Sequence number, unless suppressed.
    pub sequence: Option<u8>,
    /// PAN IDs and addresses.
    pub addressing: Addressing,
    /// Auxiliary security header. Version 0 has none, even when secured.
    pub security: Option<Security>,
    /// Header IEs without their termination; never encrypted.
    pub header_ies: Vec<Ie>,
    /// Payload IEs without their termination. Where the frame is encrypted they cannot be told
    /// from the payload and stand there.
    pub payload_ies: Vec<Ie>,
    /// What is behind the header and all IEs, up to the MIC: as sent, encrypted or not.
    pub payload: Vec<u8>,
    /// Message integrity code: 0, 4, 8 or 16 octets.
    pub mic: Vec<u8>,
}

impl Frame {
    /// Reads `mpdu`: the octets from the frame control field up to before the frame check.
    pub fn parse(mpdu: &[u8]) -> Result<Self, Error> {
        let mut reader = Reader::new(mpdu);
        let control = FrameControl(reader.u16("frame control")?);
        let frame_type = control.frame_type()?;
        let version = control.version();
        if version > 2 {
            return Err(Error::Version { version });
        }
        let numbered = !control.sequence_suppressed();
        let sequence = numbered.then(|| reader.u8("sequence number")).transpose()?;
        let addressing = Addressing::read(control, &mut reader)?;
        let secured = control.security_enabled() && version > 0;
        let security = secured.then(|| Security::read(version, &mut reader)).transpose()?;
        let mic_octets = security.as_ref().map_or(0, Security::mic_octets);
        let mic = reader.take_last("message integrity code", mic_octets)?.to_vec();
        let encrypted = security.as_ref().is_some_and(Security::encrypts);
        let (header_ies, payload_ies) = read_ies(control, encrypted, &mut reader)?;
        Ok(Frame {
            control,
            frame_type,
            sequence,
            addressing,
            security,
            header_ies,
            payload_ies,
            payload: reader.take_rest().to_vec(),
            mic,
        })
    }

    /// Name of the frame.
    pub fn kind(&self) -> Kind {
        Kind::of(self)
    }

    /// Whether the payload is, or for all the frame tells may be, encrypted: version 0 does not
    /// say how it is secured.
    pub fn encrypted(&self) -> bool {
        match &self.security {
            Some(security) => security.encrypts(),
            None => self.control.security_enabled(),
        }
    }

    /// A device other than everybody is asked to acknowledge.
    pub fn asks_for_acknowledgement(&self) -> bool {
        let one_recipient = self.addressing.destination.is_some_and(|a| a != Address::BROADCAST);
        self.control.ack_request() && one_recipient
    }

    /// What the standard does not allow in this frame although it can be read; `None` where all
    /// is in order. This is what tells a frame from random octets.
    pub fn irregularity(&self) -> Option<&'static str> {
        let version = self.control.version();
        if self.control.reserved_bits_set() {
            return Some("reserved bit in the frame control field");
        }
        if self.security.as_ref().is_some_and(|s| s.reserved_bits_set(version)) {
            return Some("reserved bit in the security control octet");
        }
        if version == 2 {
            return None;
        }
        self.irregularity_before_version_2()
    }

    fn irregularity_before_version_2(&self) -> Option<&'static str> {
        let (destination, source) = (self.addressing.destination, self.addressing.source);
        let one_address = destination.is_none() || source.is_none();
        match self.frame_type {
            // Nothing but type, frame pending and version may be set.
            FrameType::Acknowledgement if self.control.0 & !0x3010 != 2 => {
                Some("immediate acknowledgement with more than its type")
            }
            FrameType::Acknowledgement if !self.payload.is_empty() => {
                Some("immediate acknowledgement with a payload")
            }
            FrameType::Acknowledgement => None,
            FrameType::Beacon if source.is_none() => Some("beacon without a sender"),
            FrameType::Beacon if destination.is_some() => Some("beacon with a recipient"),
            _ if destination.is_none() && source.is_none() => Some("no address"),
            _ if one_address && self.control.pan_id_compression() => {
                Some("PAN ID compression with one address")
            }
            _ => None,
        }
    }
}

fn read_ies(
    control: FrameControl,
    encrypted: bool,
    reader: &mut Reader,
) -> Result<(Vec<Ie>, Vec<Ie>), Error> {
    if !control.ie_present() {
        return Ok((Vec::new(), Vec::new()));
    }
    let (header_ies, payload_ies_follow) = read_header_ies(reader)?;
    let readable = payload_ies_follow && !encrypted;
    let payload_ies = if readable { read_payload_ies(reader)? } else { Vec::new() };
    Ok((header_ies, payload_ies))
}
