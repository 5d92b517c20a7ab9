// SPDX-License-Identifier: GPL-3.0-or-later
//! How a packet is read where several hypotheses would do, or none.

use super::attempt::Attempt;
use super::check::Check;
use super::encoding::Framing;
use super::hypothesis::Hypothesis;
use super::reason::Reason;
use super::received::Received;

/// The best reading of a packet.
pub(super) struct Choice {
    pub attempt: Attempt,
    /// How many other readings' checks passed.
    pub rivals: usize,
}

/// Reads a packet under every hypothesis that `framing` (if it is told) and the delimiter admit, and
/// takes the best.
///
/// Where the check of the `locked` hypothesis passes, no other is asked. Where not, a passed check
/// goes before a failed one, a MAC frame before what is none, 32 bits of check before 16, and then
/// the order of [`Hypothesis::ALL`].
///
/// A damaged packet passes one of so many 16-bit checks about once in ten thousand. So behind a
/// lock, a 16-bit check that passes under another hypothesis counts only with a MAC frame.
///
/// Of rejects such a coincidence is taken first, then the locked hypothesis, then what begins as a
/// MAC frame, then what could be read furthest.
pub(super) fn choose(
    framing: Option<Framing>,
    locked: Option<Hypothesis>,
    received: &Received,
) -> Choice {
    let admitted = |hypothesis: &Hypothesis| hypothesis.admitted(framing, received.coded);
    let expected = locked.filter(admitted).map(|hypothesis| Attempt::new(hypothesis, received));
    if let Some(attempt) = expected.filter(Attempt::passed) {
        return Choice { attempt, rivals: 0 };
    }
    let tried = Hypothesis::ALL
        .into_iter()
        .filter(admitted)
        .map(|hypothesis| doubted(Attempt::new(hypothesis, received), locked));
    let mut attempts: Vec<Attempt> = tried.collect();
    // Stable: what ranks equal stays in the order of the hypotheses.
    attempts.sort_by_key(|attempt| rank(attempt, locked));
    let passed = attempts.iter().filter(|attempt| attempt.passed()).count();
    Choice { attempt: attempts.swap_remove(0), rivals: passed.saturating_sub(1) }
}

/// The attempt, rejected if it passed by chance for all one can tell.
fn doubted(mut attempt: Attempt, locked: Option<Hypothesis>) -> Attempt {
    let other = locked.is_some_and(|locked| locked != attempt.hypothesis);
    match attempt.verdict {
        Ok(encoding) if other && encoding.check != Check::Fcs32 && !attempt.is_mac_frame() => {
            attempt.verdict = Err(Reason::Coincidence(encoding));
        }
        _ => {}
    }
    attempt
}

/// Smaller is better.
fn rank(attempt: &Attempt, locked: Option<Hypothesis>) -> (bool, bool, bool, u8) {
    let is_locked = locked == Some(attempt.hypothesis);
    match &attempt.verdict {
        Ok(encoding) => (false, !attempt.is_mac_frame(), encoding.check != Check::Fcs32, 0),
        Err(Reason::Coincidence(_)) => (true, false, false, 0),
        Err(reason) => (true, !is_locked, !attempt.is_mac_frame(), shortfall(reason)),
    }
}

/// How early the reading of a packet ended: the later, the more its reason has to say.
fn shortfall(reason: &Reason) -> u8 {
    match reason {
        Reason::Coincidence(_) => 0,
        Reason::AllZero => 1,
        Reason::CheckFailed { .. } => 2,
        Reason::ModeSwitch(_) => 3,
        Reason::TooShort { .. } => 4,
        Reason::BadModeSwitch { .. } => 5,
        Reason::BadLength { .. } => 6,
        Reason::NoLength { .. } => 7,
    }
}
