// SPDX-License-Identifier: GPL-3.0-or-later
//! What was sent, to hold against what is received.

use std::fmt;

/// The four kinds of packet in the mesh.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Enhanced beacon.
    Beacon,
    /// Secured data for one node, acknowledgement requested.
    Unicast,
    /// Secured data for everybody.
    Broadcast,
    /// Immediate acknowledgement.
    Ack,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            Kind::Beacon => "beacon",
            Kind::Unicast => "unicast",
            Kind::Broadcast => "broadcast",
            Kind::Ack => "ack",
        })
    }
}

/// A transmission in the recording.
#[derive(Debug, Clone, PartialEq)]
pub struct Truth {
    /// First sample of the preamble.
    pub start: u64,
    /// Samples from there to the end of the check.
    pub length: u64,
    /// Centre in Hz, absolute, the node's error included.
    pub frequency_hz: f64,
    /// Channel in Hz.
    pub channel_hz: f64,
    /// Signal power over noise power in 100 kHz, in dB.
    pub snr_db: f64,
    /// Kind of packet.
    pub kind: Kind,
    /// Everything after the sync word, in usual bit order and not whitened.
    pub octets: Vec<u8>,
    /// MAC frame without check.
    pub mpdu: Vec<u8>,
    /// Octets of preamble.
    pub preamble_octets: u32,
    /// EUI-64 of the node that sent it, which an acknowledgement does not give.
    pub sender: u64,
    /// EUI-64 of the node it is for, in unicasts and, though they do not give it, acknowledgements.
    pub recipient: Option<u64>,
    /// Sequence number.
    pub sequence: u8,
}

impl Truth {
    /// Frame control field.
    pub fn frame_control(&self) -> u16 {
        u16::from_le_bytes([self.mpdu[0], self.mpdu[1]])
    }

    /// One line of JSON, without a line end. `source` and `destination` are what the frame itself
    /// says, `null` if it does not.
    pub fn to_json(&self) -> String {
        let quoted = |eui64: u64| format!("\"{eui64:016x}\"");
        let source = match self.kind {
            Kind::Ack => "null".into(),
            _ => quoted(self.sender),
        };
        let destination = match (self.kind, self.recipient) {
            (Kind::Broadcast, _) => "\"ffff\"".into(),
            (Kind::Unicast, Some(recipient)) => quoted(recipient),
            _ => "null".into(),
        };
        format!(
            "{{\"start\": {}, \"length\": {}, \"frequency\": {:?}, \"channel\": {:?}, \
             \"snr_db\": {:?}, \"kind\": \"{}\", \"fcf\": {}, \"octets\": \"{}\", \
             \"mpdu\": \"{}\", \"preamble_octets\": {}, \"source\": {}, \"destination\": {}, \
             \"seq\": {}}}",
            self.start,
            self.length,
            self.frequency_hz,
            self.channel_hz,
            self.snr_db,
            self.kind,
            self.frame_control(),
            hex(&self.octets),
            hex(&self.mpdu),
            self.preamble_octets,
            source,
            destination,
            self.sequence,
        )
    }
}

fn hex(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}
