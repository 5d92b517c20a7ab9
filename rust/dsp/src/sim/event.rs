// SPDX-License-Identifier: GPL-3.0-or-later
//! What waits to happen in the mesh.

use std::cmp::Ordering;

use super::truth::Kind;

/// Who sends what where; nodes by their index.
#[derive(Clone, Copy)]
pub(super) struct Plan {
    pub(super) kind: Kind,
    pub(super) sender: usize,
    pub(super) recipient: Option<usize>,
    pub(super) channel_hz: f64,
    /// Given for an acknowledgement: that of the unicast.
    pub(super) sequence: Option<u8>,
}

/// Something that happens at a time.
pub(super) struct Event {
    pub(super) time_s: f64,
    /// Order of events at the same time.
    pub(super) serial: u64,
    pub(super) what: What,
}

pub(super) enum What {
    /// A node wants to send its beacon.
    Beacon { node: usize },
    /// Somebody wants to send data to somebody.
    Unicast,
    /// Somebody wants to send data to everybody.
    Broadcast,
    /// The recipient of a unicast answers; nodes and channel have been kept for it.
    Ack(Plan),
}

impl Ord for Event {
    fn cmp(&self, other: &Self) -> Ordering {
        self.time_s.total_cmp(&other.time_s).then(self.serial.cmp(&other.serial))
    }
}

impl PartialOrd for Event {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Event {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Event {}
