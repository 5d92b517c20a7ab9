// SPDX-License-Identifier: GPL-3.0-or-later
//! The burst stream behind the wall.

use kaifa_dsp::stream::{self, Piece};

use crate::bridge::ffi::StreamPiece;
use crate::convert::unsigned;
use crate::engine::{Engine, Result};

/// A [`stream::BurstStream`].
pub struct BurstStream {
    engine: Engine<stream::BurstStream>,
}

/// An empty stream.
pub fn new_burst_stream(gap_samples: i64) -> Result<Box<BurstStream>> {
    let engine =
        Engine::make(|| Ok(stream::BurstStream::new(unsigned("gap_samples", gap_samples)?)?))?;
    Ok(Box::new(BurstStream { engine }))
}

impl BurstStream {
    pub fn push(&mut self, length: usize) -> Result<()> {
        self.engine.run(|stream| stream.push(length))
    }

    pub fn pull(&mut self, room: usize) -> Result<StreamPiece> {
        Ok(match self.engine.run(|stream| stream.pull(room))? {
            Some(Piece::Burst { from, count, ends }) => {
                StreamPiece { is_burst: true, from, count, ends }
            }
            Some(Piece::Gap { count }) => StreamPiece { count, ..StreamPiece::default() },
            None => StreamPiece::default(),
        })
    }

    pub fn waiting_samples(&mut self) -> Result<usize> {
        self.engine.run(|stream| stream.waiting_samples())
    }

    pub fn reset(&mut self) -> Result<()> {
        self.engine.run(stream::BurstStream::reset)
    }

    pub fn cpu_time(&self) -> f64 {
        self.engine.cpu_s()
    }
}
