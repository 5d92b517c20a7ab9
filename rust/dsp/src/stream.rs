// SPDX-License-Identifier: GPL-3.0-or-later
//! Laying bursts one after the other in a linear stream.

use std::collections::VecDeque;

use crate::error::{Error, Result};
use crate::Complex32;

/// Most zeros that can stand between two bursts.
pub const MAX_GAP_SAMPLES: usize = 1 << 24;

/// First or last sample of a burst in the stream; `key` is the caller's name for the burst.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// The sample at `offset` of the stream is the first of burst `key`.
    First {
        /// The caller's name for the burst.
        key: u64,
        /// Offset in the stream.
        offset: u64,
    },
    /// The sample at `offset` of the stream is the last of burst `key`.
    Last {
        /// The caller's name for the burst.
        key: u64,
        /// Offset in the stream.
        offset: u64,
    },
}

/// Turns bursts into one linear stream: each burst, then `gap_samples` zeros.
///
/// Nothing is dropped and nothing is made up: with no burst waiting the stream stands still.
pub struct BurstStream {
    gap_samples: usize,
    waiting: VecDeque<(u64, Vec<Complex32>)>,
    state: State,
    offset: u64,
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
        Ok(BurstStream {
            gap_samples,
            waiting: VecDeque::new(),
            state: State::Burst { sent: 0 },
            offset: 0,
            waiting_samples: 0,
        })
    }

    /// Puts a burst at the end of the queue. A burst without samples leaves no trace.
    pub fn push(&mut self, key: u64, samples: Vec<Complex32>) {
        if !samples.is_empty() {
            self.waiting_samples += samples.len();
            self.waiting.push_back((key, samples));
        }
    }

    /// Samples of bursts that wait to be sent, zeros not counted.
    pub fn waiting_samples(&self) -> usize {
        self.waiting_samples
    }

    /// Fills `out` as far as there is something to send; appends the marks to `marks` and returns
    /// the number of samples written.
    pub fn pull(&mut self, out: &mut [Complex32], marks: &mut Vec<Mark>) -> usize {
        let mut written = 0;
        while written < out.len() {
            let room = &mut out[written..];
            let count = match self.state {
                State::Burst { sent } => {
                    let Some((key, samples)) = self.waiting.front() else { break };
                    let count = room.len().min(samples.len() - sent);
                    room[..count].copy_from_slice(&samples[sent..sent + count]);
                    if sent == 0 {
                        marks.push(Mark::First { key: *key, offset: self.offset });
                    }
                    if sent + count == samples.len() {
                        let offset = self.offset + count as u64 - 1;
                        marks.push(Mark::Last { key: *key, offset });
                        self.waiting.pop_front();
                        self.state = State::Gap { left: self.gap_samples };
                    } else {
                        self.state = State::Burst { sent: sent + count };
                    }
                    self.waiting_samples -= count;
                    count
                }
                State::Gap { left } => {
                    let count = room.len().min(left);
                    room[..count].fill(Complex32::default());
                    self.state = if count == left {
                        State::Burst { sent: 0 }
                    } else {
                        State::Gap { left: left - count }
                    };
                    count
                }
            };
            written += count;
            self.offset += count as u64;
        }
        written
    }

    /// Back to an empty stream at offset 0.
    pub fn reset(&mut self) {
        self.waiting.clear();
        self.state = State::Burst { sent: 0 };
        self.offset = 0;
        self.waiting_samples = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn run(lengths: &[usize], gap: usize, steps: &[usize]) -> (Vec<f32>, Vec<Mark>) {
        let mut stream = BurstStream::new(gap).unwrap();
        for (key, &length) in lengths.iter().enumerate() {
            stream.push(key as u64, vec![Complex32::new(key as f32 + 1.0, 0.0); length]);
        }
        let (mut all, mut marks) = (Vec::new(), Vec::new());
        for &step in steps.iter().cycle() {
            let mut out = vec![Complex32::new(-1.0, 0.0); step];
            let n = stream.pull(&mut out, &mut marks);
            all.extend(out[..n].iter().map(|x| x.re));
            if n == 0 {
                break;
            }
        }
        assert_eq!(stream.waiting_samples(), 0);
        (all, marks)
    }

    #[test]
    fn bursts_follow_each_other_with_zeros_between() {
        let (all, marks) = run(&[2, 1], 3, &[100]);
        assert_eq!(all, [1., 1., 0., 0., 0., 2., 0., 0., 0.]);
        assert_eq!(
            marks,
            [
                Mark::First { key: 0, offset: 0 },
                Mark::Last { key: 0, offset: 1 },
                Mark::First { key: 1, offset: 5 },
                Mark::Last { key: 1, offset: 5 },
            ]
        );
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
