// SPDX-License-Identifier: GPL-3.0-or-later
//! Every way in which bits can be read as a packet whose check passes.

use super::attempt::Attempt;
use super::encoding::Encoding;
use super::hypothesis::Hypothesis;
use super::reason::Reason;
use super::received::Received;

/// A packet that was read under one hypothesis as far as to its check.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// Under which it was read.
    pub encoding: Encoding,
    /// Bits from the first to the last of the check.
    pub packet_bits: usize,
    /// Whether the check passed, and not over zeros alone.
    pub passed: bool,
    /// The MPDU is a MAC frame as the standard has it.
    pub is_mac_frame: bool,
    /// The MPDU.
    pub mpdu: Vec<u8>,
}

/// Every hypothesis under which the packet that `soft` begins with, about -1 for a zero and +1 for
/// a one, is there up to its check.
pub fn readings(soft: &[f32]) -> Vec<Reading> {
    let received = Received::new(soft, None);
    let attempts = Hypothesis::ALL.into_iter().map(|h| Attempt::new(h, &received));
    let checked = |attempt: &Attempt| {
        matches!(&attempt.verdict, Ok(_) | Err(Reason::CheckFailed { .. } | Reason::AllZero))
    };
    let reading = |attempt: Attempt| {
        Some(Reading {
            encoding: attempt.encoding?,
            packet_bits: attempt.packet_bits,
            passed: attempt.passed(),
            is_mac_frame: attempt.is_mac_frame(),
            mpdu: attempt.mpdu,
        })
    };
    attempts.filter(checked).filter_map(reading).collect()
}
