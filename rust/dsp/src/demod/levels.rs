// SPDX-License-Identifier: GPL-3.0-or-later
//! The levels of a transmitter behind the filters of transmitter and receiver.
//!
//! Filters carry a part of each symbol into its neighbours: a symbol `a` (-1 or 1) between `before`
//! and `after` has the value `offset + strength * a + smear * (before + after)`. A Kalman filter
//! follows the three, which drift slowly.

/// Variance by which each of them may drift in a symbol, over that of the noise on a value: with
/// this about the last hundred symbols count.
const DRIFT: f32 = 1e-4;
/// Variance over that of the noise with which offset and strength are known at first, from the few
/// symbols the correlator has seen, and that of the smear, which is not known at all. Much smaller
/// ones cost 0.3 to 0.5 dB with h = 0.5 (`kaifa_bench sensitivity`).
const FIRST_SPREAD: [f32; 3] = [0.05, 0.3, 0.5];
/// Most that can be carried into a neighbour, in parts of the strength: with half of it nothing
/// would be left of alternating symbols.
const MOST_SMEAR: f32 = 0.4;

/// Offset, strength and smear.
#[derive(Debug, Clone)]
pub struct Levels {
    /// The carrier offset.
    pub offset: f32,
    /// What a symbol does to its own value.
    pub strength: f32,
    /// What it does to that of either neighbour.
    smear: f32,
    /// Covariance of the three, over the variance of the noise.
    covariance: [[f32; 3]; 3],
}

impl Levels {
    /// Begins with what the correlator has seen.
    pub fn new(offset: f32, strength: f32) -> Self {
        let mut covariance = [[0.0; 3]; 3];
        (0..3).for_each(|k| covariance[k][k] = FIRST_SPREAD[k]);
        Levels { offset, strength, smear: 0.0, covariance }
    }

    /// `value` in parts of the strength, the offset taken out.
    pub fn normal(&self, value: f32) -> f32 {
        (value - self.offset) / self.strength
    }

    /// Smear in parts of the strength.
    pub fn normal_smear(&self) -> f32 {
        self.smear / self.strength
    }

    /// Distance of `value` from what it should be for `symbol` between `around`, in parts of the
    /// strength.
    pub fn miss(&self, value: f32, symbol: f32, around: [f32; 2]) -> f32 {
        self.normal(value) - symbol - self.normal_smear() * (around[0] + around[1])
    }

    /// Learns from the value of a symbol, its neighbours `around` it.
    pub fn learn(&mut self, value: f32, symbol: f32, around: [f32; 2]) {
        let seen = [1.0, symbol, around[0] + around[1]];
        // A value far off is a click of the discriminator and says nothing.
        let miss = self.miss(value, symbol, around).clamp(-1.0, 1.0) * self.strength;
        let spread = self.covariance.map(|row| (0..3).map(|k| row[k] * seen[k]).sum::<f32>());
        let total = 1.0 + (0..3).map(|k| spread[k] * seen[k]).sum::<f32>();
        for (row, &own) in self.covariance.iter_mut().zip(&spread) {
            row.iter_mut().zip(&spread).for_each(|(c, &other)| *c -= own * other / total);
        }
        (0..3).for_each(|k| self.covariance[k][k] += DRIFT);
        self.offset += spread[0] / total * miss;
        self.strength = (self.strength + spread[1] / total * miss).max(1e-9);
        self.smear += spread[2] / total * miss;
        self.smear = self.smear.clamp(0.0, MOST_SMEAR * self.strength);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn learns_all_three_from_a_preamble_and_a_sync_word() {
        let symbol =
            |k: usize| if k < 64 { k.is_multiple_of(2) } else { 0x904e >> (79 - k) & 1 == 1 };
        let symbols: Vec<f32> = (0..80).map(|k| if symbol(k) { 1.0 } else { -1.0 }).collect();
        // What the correlator takes for strength is nearer to that of alternating symbols.
        let mut levels = Levels::new(0.28, 0.5);
        for (k, near) in symbols.windows(3).enumerate() {
            let noise = [0.05, -0.05, 0.03, -0.03][k % 4];
            let value = 0.3 + 0.8 * near[1] + 0.2 * (near[0] + near[2]) + noise;
            levels.learn(value, near[1], [near[0], near[2]]);
        }
        assert!((levels.offset - 0.3).abs() < 0.05, "{levels:?}");
        assert!((levels.strength - 0.8).abs() < 0.08, "{levels:?}");
        assert!((levels.normal_smear() - 0.25).abs() < 0.05, "{levels:?}");
    }
}
