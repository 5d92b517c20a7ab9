// SPDX-License-Identifier: GPL-3.0-or-later
//! The sync word among bits decided.

use super::Config;
use crate::demod::PreamblePhase;

/// Alternating symbols that tell of a preamble, when only a sync word is waited for.
const TELLING: u32 = 8;

/// A sync word found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sync {
    /// Its first symbol.
    pub first: usize,
    /// The symbol behind its last.
    pub end: usize,
    /// Alternating symbols before it.
    pub alternating: usize,
    /// How they ran into it, polarity put right.
    pub phase: PreamblePhase,
    /// Ones are the lower tone.
    pub inverted: bool,
    /// Bits of it that are wrong.
    pub errors: u32,
}

/// Goes along the bits decided.
pub struct SyncFinder {
    word: u64,
    mask: u64,
    length: u32,
    max_errors: u32,
    preamble: u32,
    /// Bits looked at.
    next: usize,
    /// The last of them, youngest lowest.
    recent: u64,
    /// How many of the last in a row alternate.
    run: u32,
    without: usize,
}

impl SyncFinder {
    /// A finder at the first bit.
    pub fn new(config: &Config) -> Self {
        SyncFinder {
            word: config.sync_word,
            mask: u64::MAX >> (64 - config.sync_bits),
            length: config.sync_bits,
            max_errors: config.sync_max_errors,
            preamble: config.preamble_min_symbols,
            next: 0,
            recent: 0,
            run: 0,
            without: 0,
        }
    }

    /// Bits since the last that ended a run of alternating ones.
    pub fn symbols_without_preamble(&self) -> usize {
        self.without
    }

    /// Goes on over `bits`, the same as before and more, to the next sync word. In the middle of a
    /// packet it must be without error and behind a whole preamble.
    pub fn next(&mut self, bits: &[u8], within: bool) -> Option<Sync> {
        while let Some(&bit) = bits.get(self.next) {
            self.next += 1;
            let alternates = u64::from(bit) != (self.recent & 1);
            self.recent = self.recent << 1 | u64::from(bit);
            self.run = if alternates { self.run + 1 } else { 1 };
            self.without = if self.run >= TELLING { 0 } else { self.without + 1 };
            if let Some(sync) = self.here(bits, within) {
                return Some(sync);
            }
        }
        None
    }

    fn here(&self, bits: &[u8], within: bool) -> Option<Sync> {
        let differs = (self.recent ^ self.word) & self.mask;
        if within && differs != 0 && differs != self.mask {
            return None;
        }
        let wrong = differs.count_ones();
        let inverted = 2 * wrong > self.length;
        let errors = if inverted { self.length - wrong } else { wrong };
        if errors > self.max_errors {
            return None;
        }
        let first = self.next.checked_sub(self.length as usize)?;
        // What lies before the first bit looked at was alternating, or it would not be looked at.
        let wanted = if within { self.preamble } else { self.preamble * 3 / 4 } as usize;
        let alternating = alternating_before(&bits[..first]);
        if alternating < wanted {
            return None;
        }
        // Among the data of a packet chance is given no room: a long packet has many bits.
        if within && bits[first - wanted..first].windows(2).any(|pair| pair[0] == pair[1]) {
            return None;
        }
        let last = bits[first - 1] ^ u8::from(inverted);
        let phase = if last == 1 { PreamblePhase::EndsInOne } else { PreamblePhase::EndsInZero };
        Some(Sync { first, end: self.next, alternating, phase, inverted, errors })
    }
}

/// Symbols' worth of doubt after which a preamble is over.
const DOUBT_LIMIT: i32 = 12;

/// How many of the last of `bits` alternate, but for a few.
fn alternating_before(bits: &[u8]) -> usize {
    let Some(&last) = bits.last() else { return 0 };
    let (mut score, mut best, mut count) = (0, 0, 0);
    for (k, &bit) in bits.iter().rev().enumerate() {
        let fits = usize::from(bit ^ last) == k % 2;
        score += if fits { 1 } else { -4 };
        if score > best {
            (best, count) = (score, k + 1);
        }
        if score < best - DOUBT_LIMIT {
            break;
        }
    }
    count
}
