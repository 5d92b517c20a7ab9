// SPDX-License-Identifier: GPL-3.0-or-later
//! MAC frames laid out as the meters', with random octets where theirs are encrypted.

use rand::RngCore;
use rand_chacha::ChaCha8Rng;

use crate::frame::Encoding;

/// PAN ID of the mesh, made up.
const PAN_ID: u16 = 0x4b46;

/// Octets of a unicast that are not payload: header up to the key index, and MIC.
const UNICAST_OVERHEAD: usize = 27 + MIC_OCTETS;

/// Integrity code at security level 5.
const MIC_OCTETS: usize = 4;

/// Longest payload that every secured frame can carry in this encoding.
pub(super) fn max_payload(encoding: &Encoding) -> usize {
    encoding.max_mpdu() - UNICAST_OVERHEAD
}

/// Data from `source` to `destination` (EUI-64s), secured, acknowledgement requested.
pub(super) fn unicast(
    sequence: u8,
    destination: u64,
    source: u64,
    security: &mut Security,
) -> Vec<u8> {
    let mut mpdu = header([0x69, 0xdc], sequence);
    mpdu.extend(destination.to_le_bytes());
    mpdu.extend(source.to_le_bytes());
    security.append_to(&mut mpdu);
    mpdu
}

/// Data from `source` to everybody, secured.
pub(super) fn broadcast(sequence: u8, source: u64, security: &mut Security) -> Vec<u8> {
    let mut mpdu = header([0x49, 0xd8], sequence);
    mpdu.extend([0xff, 0xff]);
    mpdu.extend(source.to_le_bytes());
    security.append_to(&mut mpdu);
    mpdu
}

/// Enhanced beacon of `source`: header termination IE 1, then an MLME IE that holds a TSCH
/// synchronisation IE with absolute slot number (5 octets of it) and join metric.
pub(super) fn beacon(sequence: u8, source: u64, slot_number: u64, join_metric: u8) -> Vec<u8> {
    let mut mpdu = header([0x00, 0xe2], sequence);
    mpdu.extend(source.to_le_bytes());
    mpdu.extend([0x00, 0x3f, 0x08, 0x88, 0x06, 0x1a]);
    mpdu.extend(&slot_number.to_le_bytes()[..5]);
    mpdu.push(join_metric);
    mpdu
}

/// Immediate acknowledgement.
pub(super) fn ack(sequence: u8) -> Vec<u8> {
    vec![0x02, 0x00, sequence]
}

fn header(frame_control: [u8; 2], sequence: u8) -> Vec<u8> {
    let mut mpdu = frame_control.to_vec();
    mpdu.push(sequence);
    mpdu.extend(PAN_ID.to_le_bytes());
    mpdu
}

/// What securing a frame needs.
pub(super) struct Security<'a> {
    /// Number of the sender's frame, never the same twice.
    pub(super) frame_counter: u32,
    /// Octets of payload.
    pub(super) payload_octets: usize,
    /// Stands for the cipher.
    pub(super) rng: &'a mut ChaCha8Rng,
}

impl Security<'_> {
    /// Auxiliary security header (level 5, key index 1), payload and MIC.
    fn append_to(&mut self, mpdu: &mut Vec<u8>) {
        mpdu.push(0x0d);
        mpdu.extend(self.frame_counter.to_le_bytes());
        mpdu.push(1);
        let start = mpdu.len();
        mpdu.resize(start + self.payload_octets + MIC_OCTETS, 0);
        self.rng.fill_bytes(&mut mpdu[start..]);
    }
}
