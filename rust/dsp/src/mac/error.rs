// SPDX-License-Identifier: GPL-3.0-or-later
//! Why octets are not a MAC frame.

/// The first thing in a MAC frame that could not be read. Offsets count octets from the frame
/// control field.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The frame ends inside a field.
    #[error("{field} at octet {offset} needs {needed} octets, {available} are left")]
    Truncated {
        /// The field.
        field: &'static str,
        /// Where it starts.
        offset: usize,
        /// Octets it takes up.
        needed: usize,
        /// Octets there are from `offset` on.
        available: usize,
    },
    /// A frame type whose layout is another one, or that is reserved.
    #[error("frame type {frame_type} is not beacon, data, acknowledgement or command (0 to 3)")]
    FrameType {
        /// Bits 0 to 2 of the frame control field.
        frame_type: u8,
    },
    /// The reserved frame version.
    #[error("frame version {version} is reserved, expected 0 to 2")]
    Version {
        /// Bits 12 and 13 of the frame control field.
        version: u8,
    },
    /// The reserved address mode.
    #[error("{field} mode is 1, which is reserved")]
    AddressMode {
        /// Which address.
        field: &'static str,
    },
    /// A header IE where a payload IE is due, or the other way round.
    #[error("descriptor {descriptor:#06x} at octet {offset} is not that of a {expected} IE")]
    IeType {
        /// What stood there.
        descriptor: u16,
        /// Where.
        offset: usize,
        /// `header` or `payload`.
        expected: &'static str,
    },
}
