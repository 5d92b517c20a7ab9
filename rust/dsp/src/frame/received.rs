// SPDX-License-Identifier: GPL-3.0-or-later
//! A packet as it was received.

use super::bits::to_hard;

/// Bits after the sync word.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Received<'a> {
    /// 0 or 1, in order of time.
    pub bits: Vec<u8>,
    /// As many soft values, any numbers or none.
    pub soft: &'a [f32],
    /// Whether the delimiter says that there is error correction, if it says anything.
    pub coded: Option<bool>,
}

impl<'a> Received<'a> {
    pub fn new(soft: &'a [f32], coded: Option<bool>) -> Self {
        Received { bits: to_hard(soft), soft, coded }
    }
}
