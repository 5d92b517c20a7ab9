// SPDX-License-Identifier: GPL-3.0-or-later
//! Preamble, sync word and framing, from the symbols of a burst.
//!
//! Where the preamble ends and how long the sync word is nobody says. So a packet is tried at every
//! bit behind the preamble, under every hypothesis there is, in either polarity: where a check
//! passes the sync word ends.

use crate::frame::{readings, Encoding, Reading};

/// Alternating symbols that make a preamble.
const SHORTEST_PREAMBLE: usize = 12;
/// Bits of a sync word that may go on with the alternation of the preamble.
const HIDDEN: usize = 7;
/// Longest sync word that is looked for.
const LONGEST_SYNC: usize = 64;
/// Lengths of sync words; one is the shortest of these with alternating
/// symbols before it.
const SYNC_BITS: [usize; 5] = [16, 24, 32, 48, 64];
/// Symbols that alternate before a sync word.
const ALTERNATING_BEFORE: usize = 8;
/// Bits of burst that may follow the last of a packet, or be missing there for a reading that is
/// taken to end with the burst.
const TAIL: usize = 24;

/// Alternating symbols before the first two that are alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Alternation {
    pub first: usize,
    /// The first symbol that is like the one before it.
    pub end: usize,
}

impl Alternation {
    /// The preamble in `bits`: the longest alternation that begins in the first half.
    pub fn of(bits: &[u8]) -> Option<Alternation> {
        let mut best = Alternation { first: 0, end: 0 };
        let mut first = 0;
        for run in bits.chunk_by(|a, b| a != b) {
            let longer = run.len() > best.end - best.first;
            if longer && first <= bits.len() / 2 {
                best = Alternation { first, end: first + run.len() };
            }
            first += run.len();
        }
        let all = best.end == bits.len();
        (best.end - best.first >= SHORTEST_PREAMBLE && !all).then_some(best)
    }
}

/// A packet found in a burst.
#[derive(Debug, Clone, PartialEq)]
pub struct PacketFound {
    /// Framing, check, whitening and error correction.
    pub encoding: Encoding,
    /// Ones are the lower tone.
    pub inverted: bool,
    /// First symbol behind the sync word.
    pub first: usize,
    /// Bits of the sync word, 0 or 1.
    pub sync_word: Vec<u8>,
    /// The MPDU.
    pub mpdu: Vec<u8>,
    /// The packet ends where the burst does.
    pub fills_burst: bool,
    /// The MPDU is an IEEE 802.15.4 MAC frame without an irregularity.
    pub is_mac_frame: bool,
    /// How sure it is that the check did not pass by accident, 0 to 1.
    pub confidence: f64,
}

/// The packet behind an alternation, `soft` being about -1 for the lower and 1 for the upper tone.
pub(super) fn find_packet(soft: &[f32], alternation: Alternation) -> Option<PacketFound> {
    let mut tried = Vec::new();
    for inverted in [false, true] {
        let sign = if inverted { -1.0 } else { 1.0 };
        let signed: Vec<f32> = soft.iter().map(|value| sign * value).collect();
        let last = (alternation.end + LONGEST_SYNC).min(soft.len());
        for first in (alternation.end + SYNC_BITS[0] - HIDDEN).min(last)..last {
            let found = readings(&signed[first..]);
            tried.extend(found.into_iter().map(|reading| Tried { first, inverted, reading }));
        }
    }
    let passed = tried.iter().filter(|tried| tried.reading.passed);
    let best = passed.min_by_key(|tried| tried.rank(soft.len()))?;
    Some(best.packet(soft, alternation, &tried))
}

/// Length of the sync word that ends with the bits `before` a packet.
fn sync_bits(before: &[u8]) -> Option<usize> {
    let alternates = |end: usize| {
        let preamble = end.checked_sub(ALTERNATING_BEFORE).map(|from| &before[from..end]);
        preamble.is_some_and(|bits| bits.windows(2).all(|pair| pair[0] != pair[1]))
    };
    SYNC_BITS.into_iter().find(|&bits| before.len().checked_sub(bits).is_some_and(alternates))
}

/// A reading, where it was tried.
struct Tried {
    first: usize,
    inverted: bool,
    reading: Reading,
}

impl Tried {
    fn fills(&self, symbols: usize) -> bool {
        symbols - (self.first + self.reading.packet_bits) <= TAIL
    }

    /// Smaller is better.
    fn rank(&self, symbols: usize) -> (bool, bool, bool, usize, bool) {
        let short_check = self.reading.encoding.check.octets() < 4;
        let fills = self.fills(symbols);
        (!fills, !self.reading.is_mac_frame, short_check, self.first, self.inverted)
    }

    fn packet(&self, soft: &[f32], alternation: Alternation, all: &[Tried]) -> PacketFound {
        let fills_burst = self.fills(soft.len());
        let rivals = all.iter().filter(|other| other.fills(soft.len()) == fills_burst).count();
        let check_bits = 8 * self.reading.encoding.check.octets() as i32;
        let accidents = rivals as f64 * 0.5f64.powi(check_bits);
        let bit = |value: &f32| u8::from((*value >= 0.0) != self.inverted);
        let before: Vec<u8> = soft[..self.first].iter().map(bit).collect();
        let sync_bits = sync_bits(&before).unwrap_or(self.first - alternation.end);
        PacketFound {
            encoding: self.reading.encoding,
            inverted: self.inverted,
            first: self.first,
            sync_word: before[before.len().saturating_sub(sync_bits)..].to_vec(),
            mpdu: self.reading.mpdu.clone(),
            fills_burst,
            is_mac_frame: self.reading.is_mac_frame,
            confidence: (1.0 - accidents).max(0.0),
        }
    }
}
