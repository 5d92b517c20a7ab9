// SPDX-License-Identifier: GPL-3.0-or-later
//! A packet as it was received.

use super::bits::to_hard;

/// Largest soft value that is believed, as a magnitude: no bit counts for more than two.
const MOST_CERTAIN: f32 = 2.0;

/// Bits after the sync word.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Received {
    /// 0 or 1, in order of time.
    pub bits: Vec<u8>,
    /// As many soft values, finite.
    pub soft: Vec<f32>,
    /// Whether the delimiter says that there is error correction, if it says anything.
    pub coded: Option<bool>,
}

impl Received {
    pub fn new(soft: &[f32], coded: Option<bool>) -> Self {
        Received { bits: to_hard(soft), soft: believed(soft), coded }
    }
}

/// Soft values as far as they are believed.
pub(super) fn believed(soft: &[f32]) -> Vec<f32> {
    let believed = |&value: &f32| {
        if value.is_nan() {
            0.0
        } else {
            value.clamp(-MOST_CERTAIN, MOST_CERTAIN)
        }
    };
    soft.iter().map(believed).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn soft_values_are_finite() {
        let given = [0.5, -1.0, f32::NAN, f32::INFINITY, f32::NEG_INFINITY, -0.0];
        let received = Received::new(&given, None);
        assert_eq!(received.soft, [0.5, -1.0, 0.0, 2.0, -2.0, 0.0]);
        assert_eq!(received.bits, [1, 0, 0, 1, 0, 1]);
    }
}
