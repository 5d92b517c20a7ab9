// SPDX-License-Identifier: GPL-3.0-or-later
//! How much preamble there was before the first symbol that was taken in.

use num_complex::Complex32;

use super::follower::{ticks, Follower, BLOCK};

/// Symbols that are followed back before the window in which a preamble was found.
pub(super) const WALK_BACK: usize = 64;
/// Symbols of a window before which the preamble may begin.
const WINDOW_DOUBT: usize = 12;
/// Symbols' worth of doubt after which a preamble is over.
const DOUBT_LIMIT: f32 = 4.0;

impl Follower<'_> {
    /// Symbols of alternating preamble before symbol 0 (negative: so many later), `sync` being the
    /// first symbol of the sync word.
    pub fn preamble_before(&mut self, sync: usize) -> i64 {
        let from = sync.min(WINDOW_DOUBT);
        let Some(&block) = self.memory.taken.first() else { return 0 };
        let begin = |k: i64| block.center + (k as f64 - 0.5) * block.period;
        let bit =
            |k: i64| (i64::from(self.memory.bits[from]) + k - from as i64).rem_euclid(2) as u8;
        let value = |k: i64| {
            let (bit, other) = (bit(k), bit(k + 1));
            let branch = usize::from(other << 2 | bit << 1 | other);
            let (re, im) = self.correlate(ticks(begin(k))).of(branch);
            Complex32::new(re, im)
        };
        let known = from as i64..sync.min(from + BLOCK) as i64;
        if known.is_empty() {
            return 0;
        }
        let on = Complex32::from_polar(1.0, self.tracker.carrier);
        let mut turn = Complex32::new(1.0, 0.0);
        let mut reference = Complex32::default();
        for k in known.clone() {
            reference += value(k) * turn.conj();
            turn *= on;
        }
        let scale = (known.end - known.start) as f32 / reference.norm_sqr().max(f32::MIN_POSITIVE);
        let (mut score, mut best, mut first) = (0.0, 0.0, from as i64);
        let mut turn = reference.conj() * scale;
        for k in (-(WALK_BACK as i64)..from as i64).rev() {
            if begin(k) < self.memory.baseband.first() as f64 || score < best - DOUBT_LIMIT {
                break;
            }
            turn *= on;
            score += (value(k) * turn).re - 0.5;
            if score > best {
                (best, first) = (score, k);
            }
        }
        -first
    }
}
