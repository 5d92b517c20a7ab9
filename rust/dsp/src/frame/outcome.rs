// SPDX-License-Identifier: GPL-3.0-or-later
//! What becomes of a packet: a checked frame or a reject.

use super::attempt::Attempt;
use super::encoding::Encoding;
use super::exchange::Parties;
use super::reason::Reason;
use crate::mac::{self, Ie, Kind, Security};
use std::collections::BTreeMap;

/// What became of a packet.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// The check passed.
    Frame(Box<Frame>),
    /// It did not, or there was none.
    Reject(Box<Reject>),
}

/// A packet whose check passed.
#[derive(Debug, Clone, PartialEq)]
pub struct Frame {
    /// Framing, check and whitening under which it passed.
    pub encoding: Encoding,
    /// MAC frame from the frame control field up to before the check.
    pub mpdu: Vec<u8>,
    /// Octets as received, from the length field up to and with the check: bits in order of time,
    /// the first the most significant, whitening not removed.
    pub octets: Vec<u8>,
    /// Why the MPDU could not be read as a MAC frame. Then `kind` is unknown, and all below is
    /// empty.
    pub mac_error: Option<mac::Error>,
    /// What the standard does not allow in the MAC frame although it could be read.
    pub irregularity: Option<&'static str>,
    /// Name of the frame.
    pub kind: Kind,
    /// Sequence number, unless suppressed.
    pub sequence: Option<u8>,
    /// PAN ID of the recipient, or of the sender where the frame carries no other.
    pub pan_id: Option<u16>,
    /// The sender: 4 or 16 hexadecimal digits, the most significant first.
    pub source: Option<String>,
    /// The recipient: 4 or 16 hexadecimal digits, the most significant first.
    pub destination: Option<String>,
    /// The frame does not name its sender: it is an acknowledgement, and `source` is the recipient
    /// of the unicast before it.
    pub source_inferred: bool,
    /// The frame does not name its recipient: it is an acknowledgement, and `destination` is the
    /// sender of the unicast before it.
    pub destination_inferred: bool,
    /// The auxiliary security header, if there is one.
    pub security: Option<Security>,
    /// Payload is, or in version 0 may be, encrypted.
    pub encrypted: bool,
    /// Header IEs.
    pub header_ies: Vec<Ie>,
    /// Payload IEs, where they are in clear.
    pub payload_ies: Vec<Ie>,
    /// What is behind the header and all IEs, up to the MIC.
    pub payload: Vec<u8>,
    /// Message integrity code.
    pub mic: Vec<u8>,
}

impl Frame {
    /// The frame of an attempt that passed under `encoding`.
    pub(super) fn new(
        attempt: Attempt,
        encoding: Encoding,
        octets: Vec<u8>,
        parties: Option<Parties>,
    ) -> Self {
        let unread = Frame::unread(encoding, attempt.mpdu, octets);
        match attempt.mac {
            Err(error) => Frame { mac_error: Some(error), ..unread },
            Ok(mac) => unread.with_mac(mac).with_parties(parties),
        }
    }

    fn unread(encoding: Encoding, mpdu: Vec<u8>, octets: Vec<u8>) -> Self {
        Frame {
            encoding,
            mpdu,
            octets,
            mac_error: None,
            irregularity: None,
            kind: Kind::Unknown,
            sequence: None,
            pan_id: None,
            source: None,
            destination: None,
            source_inferred: false,
            destination_inferred: false,
            security: None,
            encrypted: false,
            header_ies: Vec::new(),
            payload_ies: Vec::new(),
            payload: Vec::new(),
            mic: Vec::new(),
        }
    }

    fn with_mac(self, mac: mac::Frame) -> Self {
        Frame {
            irregularity: mac.irregularity(),
            kind: mac.kind(),
            sequence: mac.sequence,
            pan_id: mac.addressing.pan_id(),
            source: mac.addressing.source.map(|address| address.to_string()),
            destination: mac.addressing.destination.map(|address| address.to_string()),
            encrypted: mac.encrypted(),
            security: mac.security,
            header_ies: mac.header_ies,
            payload_ies: mac.payload_ies,
            payload: mac.payload,
            mic: mac.mic,
            ..self
        }
    }

    /// Fills in who is not named.
    fn with_parties(mut self, parties: Option<Parties>) -> Self {
        let Some(parties) = parties else { return self };
        if self.source.is_none() {
            self.source = parties.source.map(|address| address.to_string());
            self.source_inferred = self.source.is_some();
        }
        if self.destination.is_none() {
            self.destination = parties.destination.map(|address| address.to_string());
            self.destination_inferred = self.destination.is_some();
        }
        self
    }
}

/// A packet that is no checked frame.
#[derive(Debug, Clone, PartialEq)]
pub struct Reject {
    /// Why.
    pub reason: Reason,
    /// All bits received in whole octets: in order of time, the first the most significant.
    pub octets: Vec<u8>,
    /// The most likely encoding, where there is one: it is in use or was told, or there is the
    /// header of a MAC frame under it.
    pub encoding: Option<Encoding>,
    /// MAC frame under that encoding, as far as it was received. Not checked.
    pub mpdu: Vec<u8>,
}

/// What a [`super::FrameParser`] has seen so far.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Counts {
    /// Packets whose check passed.
    pub frames: u64,
    /// Of these, those that passed under more than one hypothesis.
    pub ambiguous: u64,
    /// Packets whose length field could be followed to its end, those that passed included.
    pub with_length: u64,
    /// Rejects by [`Reason::code`].
    pub rejects: BTreeMap<&'static str, u64>,
}
