// SPDX-License-Identifier: GPL-3.0-or-later
//! Names of frames.

use super::address::Address;
use super::control::FrameType;
use super::frame::Frame;

/// Frame control field published as that of unicasts (`69 dc` on air).
const UNICAST: u16 = 0xdc69;
/// Frame control field published as that of broadcasts (`49 d8` on air).
const BROADCAST: u16 = 0xd849;

/// What a frame is called. The first four are the packet types of the first published capture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// `69 dc`: secured data to one meter, which is to acknowledge.
    Unicast,
    /// `49 d8` to address `ffff`: secured data to everybody.
    Broadcast,
    /// Any beacon; those of the meters are `00 e2`.
    Beacon,
    /// Any acknowledgement; those of the meters are `02 00`.
    Ack,
    /// Any other data frame.
    Data,
    /// A MAC command.
    Command,
    /// Not an 802.15.4 frame that can be read.
    Unknown,
}

impl Kind {
    pub(super) fn of(frame: &Frame) -> Self {
        match (frame.frame_type, frame.control.0) {
            (FrameType::Data, UNICAST) => Kind::Unicast,
            (FrameType::Data, BROADCAST)
                if frame.addressing.destination == Some(Address::BROADCAST) =>
            {
                Kind::Broadcast
            }
            (FrameType::Data, _) => Kind::Data,
            (FrameType::Beacon, _) => Kind::Beacon,
            (FrameType::Acknowledgement, _) => Kind::Ack,
            (FrameType::Command, _) => Kind::Command,
        }
    }

    /// The name in lower case.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Unicast => "unicast",
            Kind::Broadcast => "broadcast",
            Kind::Beacon => "beacon",
            Kind::Ack => "ack",
            Kind::Data => "data",
            Kind::Command => "command",
            Kind::Unknown => "unknown",
        }
    }
}
