// SPDX-License-Identifier: GPL-3.0-or-later
//! Laying bursts one after the other in a linear stream.

use std::collections::VecDeque;

use crate::error::{Error, Result};

/// Most zeros that can stand between two bursts.
pub const MAX_GAP_SAMPLES: usize = 1 << 24;

/// What comes next in the stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece {
    /// Samples of the burst that has waited longest.
    Burst {
        /// The first of them, counted in the burst.
        from: usize,
        /// How many.
        count: usize,
        /// The last of them is the last of the burst, which then waits no more.
        ends: bool,
    },
    /// Zeros behind a burst.
    Gap {
        /// How many.
        count: usize,
    },
}

/// Turns bursts into one linear stream: each burst, then `gap_samples` zeros.
///
/// It keeps the order; the samples stay with its caller, so that none is copied to wait. Nothing is
/// dropped and nothing is made up: with no burst waiting the stream stands still.
pub struct BurstStream {
    gap_samples: usize,
    /// Lengths of the bursts that wait, the first of them perhaps sent in part.
    waiting: VecDeque<usize>,
    state: State,
    waiting_samples: usize,
}

/// What the next sample of the stream is.
enum State {
    /// A sample of the first burst waiting, if there is one.
    Burst { sent: usize },
    /// One of the zeros after a burst.
    Gap { left: usize },
}

impl BurstStream {
    /// A stream with `gap_samples` zeros after each burst.
    pub fn new(gap_samples: usize) -> Result<Self> {
        if gap_samples > MAX_GAP_SAMPLES {
            return Err(Error::parameter(
                "gap_samples",
                gap_samples,
                format!("0 to {MAX_GAP_SAMPLES} samples"),
            ));
        }
        let (waiting, state) = (VecDeque::new(), State::Burst { sent: 0 });
        Ok(BurstStream { gap_samples, waiting, state, waiting_samples: 0 })
    }

    /// Puts a burst of `length` samples at the end of the queue. One without samples leaves no
    /// trace.
    pub fn push(&mut self, length: usize) {
        if length > 0 {
            self.waiting_samples += length;
            self.waiting.push_back(length);
        }
    }

    /// Samples of bursts that wait to be sent, zeros not counted.
    pub fn waiting_samples(&self) -> usize {
        self.waiting_samples
    }

    /// What to send next where there is room for `room` samples; nothing when there is none, or
    /// when no burst waits.
    pub fn pull(&mut self, room: usize) -> Option<Piece> {
        if let State::Gap { left: 0 } = self.state {
            self.state = State::Burst { sent: 0 };
        }
        if room == 0 {
            return None;
        }
        match self.state {
            State::Burst { sent } => {
                let length = *self.waiting.front()?;
                let count = room.min(length - sent);
                let ends = sent + count == length;
                self.waiting_samples -= count;
                self.state = State::Burst { sent: sent + count };
                if ends {
                    self.waiting.pop_front();
                    self.state = State::Gap { left: self.gap_samples };
                }
                Some(Piece::Burst { from: sent, count, ends })
            }
            State::Gap { left } => {
                let count = room.min(left);
                self.state = State::Gap { left: left - count };
                Some(Piece::Gap { count })
            }
        }
    }

    /// Back to an empty stream.
    pub fn reset(&mut self) {
        self.waiting.clear();
        self.state = State::Burst { sent: 0 };
        self.waiting_samples = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// What a caller sends who has room for `steps` samples at a time, over and over: of each
    /// sample the number of its burst, from 1, and its own; of a zero (0, 0).
    fn run(lengths: &[usize], gap: usize, steps: &[usize]) -> Vec<(usize, usize)> {
        let mut stream = BurstStream::new(gap).unwrap();
        lengths.iter().for_each(|&length| stream.push(length));
        let (mut all, mut burst) = (Vec::new(), 1);
        for &step in steps.iter().cycle() {
            let mut room = step;
            while let Some(piece) = stream.pull(room) {
                let before = all.len();
                match piece {
                    Piece::Burst { from, count, ends } => {
                        all.extend((from..from + count).map(|n| (burst, n)));
                        burst += usize::from(ends);
                    }
                    Piece::Gap { count } => all.extend(vec![(0, 0); count]),
                }
                room -= all.len() - before;
            }
            if room == step {
                break;
            }
        }
        assert_eq!(stream.waiting_samples(), 0);
        all
    }

    #[test]
    fn bursts_follow_each_other_with_zeros_between() {
        let zero = (0, 0);
        let expected = [(1, 0), (1, 1), zero, zero, zero, (2, 0), zero, zero, zero];
        assert_eq!(run(&[2, 0, 1], 3, &[100]), expected);
    }

    #[test]
    fn refuses_a_gap_without_end() {
        let message = BurstStream::new(MAX_GAP_SAMPLES + 1).err().unwrap().to_string();
        assert!(message.contains("gap_samples") && message.contains("expected 0 to"), "{message}");
    }

    proptest! {
        #[test]
        fn the_sizes_of_the_pieces_do_not_matter(
            lengths in prop::collection::vec(0usize..40, 0..8),
            gap in 0usize..20,
            steps in prop::collection::vec(1usize..30, 1..6),
        ) {
            prop_assert_eq!(run(&lengths, gap, &[10_000]), run(&lengths, gap, &steps));
        }
    }
}
