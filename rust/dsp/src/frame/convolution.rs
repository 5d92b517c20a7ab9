// SPDX-License-Identifier: GPL-3.0-or-later
//! The two convolutional codes of SUN FSK (IEEE 802.15.4-2015, clause 20, forward error
//! correction), rate 1/2 and constraint length 4, and their decoder.
//!
//! A state is the encoder's memory, M0 (the latest) the highest of its three bits.

/// Bits of memory.
pub(super) const MEMORY: usize = 3;
const STATES: usize = 1 << MEMORY;

/// One of the two codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Code {
    /// Neither recursive nor systematic.
    Nrnsc,
    /// Recursive and systematic.
    Rsc,
}

/// What is known of the encoder's memory behind the last pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// All zeros: tail bits came last.
    Zero,
    /// Nothing.
    Open,
}

/// What the decoder makes of pairs.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Decoded {
    /// The most likely bits that went into the encoder.
    pub bits: Vec<u8>,
    /// Sum of the soft values, each with the sign it ought to have: the higher the better it fits.
    pub fit: f32,
}

impl Code {
    /// The memory after `bit`, and the pair that is sent, u1 first.
    fn step(self, state: usize, bit: u8) -> (usize, [u8; 2]) {
        let [m0, m1, m2] = [state >> 2 & 1, state >> 1 & 1, state & 1].map(|m| m as u8);
        let mixed = bit ^ m0 ^ m1 ^ m2;
        let (into, u1, u0) = match self {
            Code::Nrnsc => (bit, 1 ^ bit ^ m1 ^ m2, 1 ^ mixed),
            Code::Rsc => (mixed, mixed ^ m1 ^ m2, bit),
        };
        (usize::from(into) << 2 | state >> 1, [u1, u0])
    }

    /// The input that puts a zero into the memory.
    fn tail(self, state: usize) -> u8 {
        match self {
            Code::Nrnsc => 0,
            Code::Rsc => (state.count_ones() & 1) as u8,
        }
    }

    /// The pairs for `bits`, then for a tail that empties the memory, then for `pad`.
    pub fn encode(self, bits: &[u8], pad: &[u8]) -> Vec<u8> {
        let mut sent = Vec::with_capacity(2 * (bits.len() + MEMORY + pad.len()));
        let mut state = 0;
        let mut send = |state: usize, bit| {
            let (next, pair) = self.step(state, bit);
            sent.extend(pair);
            next
        };
        for &bit in bits {
            state = send(state, bit);
        }
        for _ in 0..MEMORY {
            state = send(state, self.tail(state));
        }
        for &bit in pad {
            state = send(state, bit);
        }
        sent
    }

    /// The most likely input for pairs of soft values, negative for zeros (Viterbi's algorithm).
    /// A value behind the last whole pair is left out.
    pub fn decode(self, soft: &[f32], end: End) -> Decoded {
        let mut fits = [f32::NEG_INFINITY; STATES];
        fits[0] = 0.0;
        let ways = self.ways();
        let mut choices = Vec::with_capacity(soft.len() / 2);
        for pair in soft.chunks_exact(2) {
            let (next, choice) = advance(&ways, &fits, pair);
            fits = next;
            choices.push(choice);
        }
        let last = match end {
            End::Zero => 0,
            // Of equal ones the first, so that the answer is always the same.
            End::Open => {
                (0..STATES).rev().max_by(|&a, &b| fits[a].total_cmp(&fits[b])).unwrap_or(0)
            }
        };
        Decoded { bits: trace_back(&ways, &choices, last), fit: fits[last] }
    }

    /// For each state the two ways into it.
    fn ways(self) -> [[Way; 2]; STATES] {
        let mut ways = [[Way::default(); 2]; STATES];
        for state in 0..STATES {
            for bit in [0, 1] {
                let (next, pair) = self.step(state, bit);
                let signs = pair.map(|bit| if bit == 1 { 1.0 } else { -1.0 });
                ways[next][state & 1] = Way { state, bit, signs };
            }
        }
        ways
    }
}

/// A way into a state: from which, by which input, and what is sent.
#[derive(Debug, Clone, Copy, Default)]
struct Way {
    state: usize,
    bit: u8,
    signs: [f32; 2],
}

/// The best fit of every state after another pair, and in one bit each which way led there.
fn advance(ways: &[[Way; 2]; STATES], fits: &[f32; STATES], pair: &[f32]) -> ([f32; STATES], u8) {
    let mut next = [0.0; STATES];
    let mut choice = 0;
    for (state, into) in ways.iter().enumerate() {
        let [zero, one] =
            into.map(|way| fits[way.state] + way.signs[0] * pair[0] + way.signs[1] * pair[1]);
        choice |= u8::from(one > zero) << state;
        next[state] = if one > zero { one } else { zero };
    }
    (next, choice)
}

fn trace_back(ways: &[[Way; 2]; STATES], choices: &[u8], last: usize) -> Vec<u8> {
    let mut state = last;
    let mut bits: Vec<u8> = Vec::with_capacity(choices.len());
    for choice in choices.iter().rev() {
        let way = ways[state][usize::from(choice >> state & 1)];
        bits.push(way.bit);
        state = way.state;
    }
    bits.reverse();
    bits
}

#[cfg(test)]
mod tests {
    use super::super::bits::to_soft;
    use super::*;

    const BITS: [u8; 21] = [0, 1, 1, 0, 1, 0, 0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 1, 0, 1, 1, 0];
    const CODES: [Code; 2] = [Code::Nrnsc, Code::Rsc];

    #[test]
    fn the_tail_empties_the_memory() {
        for code in CODES {
            for start in 0..STATES {
                let end = (0..MEMORY).fold(start, |state, _| code.step(state, code.tail(state)).0);
                assert_eq!(end, 0);
            }
        }
    }

    #[test]
    fn any_three_of_the_pairs_far_apart_may_be_wrong() {
        for code in CODES {
            let sent = code.encode(&BITS, &[]);
            for first in 0..10 {
                let mut soft = to_soft(&sent);
                for wrong in [first, first + 16, first + 32] {
                    soft[wrong] = -soft[wrong];
                }
                assert_eq!(code.decode(&soft, End::Zero).bits[..BITS.len()], BITS);
            }
        }
    }

    #[test]
    fn the_fit_of_what_was_sent_is_all_of_it() {
        for code in CODES {
            let sent = to_soft(&code.encode(&BITS, &[1, 0, 1]));
            let decoded = code.decode(&sent, End::Open);
            assert_eq!(decoded.fit, sent.len() as f32);
            assert_eq!(decoded.bits[..BITS.len()], BITS);
            assert_eq!(decoded.bits[BITS.len() + MEMORY..], [1, 0, 1]);
        }
    }

    #[test]
    fn nothing_is_made_of_nothing() {
        for code in CODES {
            for end in [End::Zero, End::Open] {
                assert!(code.decode(&[], end).bits.is_empty());
                assert!(code.decode(&[0.3], end).bits.is_empty());
                assert_eq!(code.decode(&[0.0; 6], end).bits.len(), 3);
            }
        }
    }
}
