// SPDX-License-Identifier: GPL-3.0-or-later
//! The sync words among bits decided.

use super::Config;
use crate::demod::{PreamblePhase, SyncWord};

/// Alternating symbols that tell of a preamble, when only a sync word is waited for.
const TELLING: u32 = 8;

/// Of either phase, for the opposite is as near.
const ALTERNATING: u64 = u64::MAX / 3;

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
    /// Which it is.
    pub word: SyncWord,
    /// Bits of it that are wrong.
    pub errors: u32,
}

/// Goes along the bits decided.
pub struct SyncFinder {
    words: Vec<SyncWord>,
    length: usize,
    max_errors: u32,
    preamble: u32,
    /// Bits looked at.
    next: usize,
    /// The last of them, youngest lowest.
    recent: u64,
    /// How many of the last in a row alternate.
    run: u32,
    without: usize,
    /// One past the last bit that ended a run as long as a preamble.
    preamble_end: usize,
    /// No word is as near to alternating bits as it need be.
    skips_alternating: bool,
}

impl SyncFinder {
    /// A finder at the first bit.
    pub fn new(config: &Config) -> Self {
        let alternating = |word: &SyncWord| word.compare(ALTERNATING).0 <= config.sync_max_errors;
        SyncFinder {
            skips_alternating: !config.sync_words.iter().any(alternating),
            words: config.sync_words.clone(),
            length: config.sync_bits(),
            max_errors: config.sync_max_errors,
            preamble: config.preamble_min_symbols,
            next: 0,
            recent: 0,
            run: 0,
            without: 0,
            preamble_end: 0,
        }
    }

    /// Bits since the last that ended a run of alternating ones.
    pub fn symbols_without_preamble(&self) -> usize {
        self.without
    }

    /// Goes on over `bits`, the same as before and more, to the next sync word. In the middle of a
    /// packet it must be without error and behind a whole preamble.
    pub fn next(&mut self, bits: &[u8], within: bool) -> Option<Sync> {
        for &bit in bits.get(self.next..).unwrap_or_default() {
            self.take(bit);
            // Data of a packet seldom alternate for so long: nothing more to look at.
            let far = within && self.preamble_end + self.length < self.next;
            let alternates = self.skips_alternating && self.run as usize >= self.length;
            if far || alternates {
                continue;
            }
            if let Some(sync) = self.here(bits, within) {
                return Some(sync);
            }
        }
        None
    }

    /// On by a bit.
    #[inline]
    fn take(&mut self, bit: u8) {
        self.next += 1;
        let alternates = u64::from(bit) != (self.recent & 1);
        self.recent = self.recent << 1 | u64::from(bit);
        self.run = if alternates { self.run + 1 } else { 1 };
        self.without = if self.run >= TELLING { 0 } else { self.without + 1 };
        if self.run >= self.preamble {
            self.preamble_end = self.next;
        }
    }

    /// The word that the last bits come nearest to, of equal ones the first, if no more than
    /// `max_errors` are wrong.
    fn word(&self, max_errors: u32) -> Option<SyncWord> {
        let words = self.words.iter().map(|word| (word.compare(self.recent).0, *word));
        let (errors, word) = words.min_by_key(|&(errors, _)| errors)?;
        (errors <= max_errors).then_some(word)
    }

    fn here(&self, bits: &[u8], within: bool) -> Option<Sync> {
        let word = self.word(if within { 0 } else { self.max_errors })?;
        let (errors, inverted) = word.compare(self.recent);
        let first = self.next.checked_sub(self.length)?;
        // What lies before the first bit looked at was alternating, or it would not be looked at.
        let wanted = match (within, errors) {
            (true, _) => self.preamble,
            (false, 0) => self.preamble * 3 / 4,
            // Words with an error are many, and noise comes upon one of them now and then.
            (false, _) => self.preamble * 3 / 2,
        } as usize;
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
        Some(Sync { first, end: self.next, alternating, phase, inverted, word, errors })
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
