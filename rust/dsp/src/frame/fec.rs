// SPDX-License-Identifier: GPL-3.0-or-later
//! Forward error correction of SUN FSK: code, tail, padding and interleaver (IEEE 802.15.4-2015,
//! clause 20).

use super::convolution::{Code, Decoded, End, MEMORY};

/// Pairs of coded bits that are interleaved with each other.
const BLOCK_PAIRS: usize = 16;
/// Bits of such a block: as many as a coded PHR has.
pub(super) const BLOCK_BITS: usize = 2 * BLOCK_PAIRS;

/// What fills up the last block: all of it where PHR and PSDU have an even number of octets, the
/// first five bits where odd. The decoder does not look at it.
const PAD: [u8; 13] = [0, 1, 0, 1, 1, 0, 0, 0, 0, 1, 0, 1, 1];

/// How PHR and PSDU are protected, both together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fec {
    /// Non-recursive and non-systematic code, always interleaved.
    Nrnsc,
    /// Recursive and systematic code, interleaved.
    RscInterleaved,
    /// Recursive and systematic code, in the order of the encoder.
    Rsc,
}

impl Fec {
    /// Every kind of it.
    pub const ALL: [Fec; 3] = [Fec::Nrnsc, Fec::RscInterleaved, Fec::Rsc];

    /// Name for people and files: `nrnsc`, `rsc_interleaved` or `rsc`.
    pub fn name(self) -> &'static str {
        match self {
            Fec::Nrnsc => "nrnsc",
            Fec::RscInterleaved => "rsc_interleaved",
            Fec::Rsc => "rsc",
        }
    }

    fn code(self) -> Code {
        match self {
            Fec::Nrnsc => Code::Nrnsc,
            Fec::RscInterleaved | Fec::Rsc => Code::Rsc,
        }
    }

    fn interleaved(self) -> bool {
        self != Fec::Rsc
    }

    /// Bits that are sent for `bits` of PHR and PSDU, whole octets.
    pub(super) fn sent_bits(self, bits: usize) -> usize {
        2 * (bits + MEMORY + pad(bits).len())
    }

    /// What is sent for the bits of PHR and PSDU, whole octets.
    pub(super) fn protect(self, bits: &[u8]) -> Vec<u8> {
        let mut sent = self.code().encode(bits, pad(bits.len()));
        if self.interleaved() {
            interleave(&mut sent);
        }
        sent
    }

    /// The most likely `bits` bits of PHR and PSDU, from all that was sent for them.
    pub(super) fn restore(self, soft: Vec<f32>, bits: usize) -> Vec<u8> {
        let mut pairs = self.in_order(soft);
        pairs.truncate(2 * (bits + MEMORY));
        let mut restored = self.code().decode(&pairs, End::Zero).bits;
        restored.truncate(bits);
        restored
    }

    /// The most likely first bits of PHR and PSDU, from the first of what was sent for them.
    pub(super) fn restore_beginning(self, soft: Vec<f32>) -> Decoded {
        self.code().decode(&self.in_order(soft), End::Open)
    }

    /// The pairs in the order of the encoder. What does not fill a block has no place and is left
    /// out.
    fn in_order(self, mut soft: Vec<f32>) -> Vec<f32> {
        if self.interleaved() {
            soft.truncate(soft.len() / BLOCK_BITS * BLOCK_BITS);
            interleave(&mut soft);
        }
        soft
    }
}

fn pad(bits: usize) -> &'static [u8] {
    let blocks = (bits + MEMORY).div_ceil(BLOCK_PAIRS);
    &PAD[..(blocks * BLOCK_PAIRS - bits - MEMORY).min(PAD.len())]
}

/// Changes the places of the pairs in each block. Doing it twice restores them.
fn interleave<T: Copy>(values: &mut [T]) {
    for block in values.chunks_exact_mut(BLOCK_BITS) {
        let before = block.to_vec();
        for (k, pair) in before.chunks_exact(2).enumerate() {
            let place = 15 - 4 * (k % 4) - k / 4;
            block[2 * place..2 * place + 2].copy_from_slice(pair);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::bits::to_soft;
    use super::*;

    #[test]
    fn what_is_sent_fills_blocks() {
        for octets in 3..200 {
            let bits = vec![1; 8 * octets];
            for fec in Fec::ALL {
                let sent = fec.protect(&bits);
                assert_eq!(sent.len(), fec.sent_bits(bits.len()));
                assert_eq!(sent.len() % BLOCK_BITS, 0);
                assert_eq!(fec.restore(to_soft(&sent), bits.len()), bits);
                let beginning = to_soft(&sent[..BLOCK_BITS]);
                assert_eq!(fec.restore_beginning(beginning).bits.len(), BLOCK_PAIRS);
            }
        }
    }

    #[test]
    fn interleaving_twice_changes_nothing() {
        let order: Vec<usize> = (0..2 * BLOCK_BITS).collect();
        let mut places = order.clone();
        interleave(&mut places);
        assert_eq!(places[..4], [30, 31, 22, 23]);
        interleave(&mut places);
        assert_eq!(places, order);
    }
}
