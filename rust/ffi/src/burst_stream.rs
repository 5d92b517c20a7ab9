// SPDX-License-Identifier: GPL-3.0-or-later
//! The burst stream behind the wall.

use kaifa_dsp::stream::{self, Mark};

use crate::bridge::ffi::StreamMark;
use crate::complex::{samples, samples_mut, Sample};
use crate::convert::unsigned;
use crate::engine::{Engine, Result};

/// A [`stream::BurstStream`] and the marks on their way out of it.
pub struct BurstStream {
    engine: Engine<stream::BurstStream>,
    marks: Vec<Mark>,
}

/// An empty stream.
pub fn new_burst_stream(gap_samples: i64) -> Result<Box<BurstStream>> {
    let engine =
        Engine::make(|| Ok(stream::BurstStream::new(unsigned("gap_samples", gap_samples)?)?))?;
    Ok(Box::new(BurstStream { engine, marks: Vec::new() }))
}

impl BurstStream {
    pub fn push(&mut self, key: u64, burst: &[Sample]) -> Result<()> {
        self.engine.run(|stream| stream.push(key, samples(burst).to_vec()))
    }

    pub fn pull(&mut self, output: &mut [Sample], out: &mut Vec<StreamMark>) -> Result<usize> {
        let marks = &mut self.marks;
        let written = self.engine.run(|stream| stream.pull(samples_mut(output), marks))?;
        out.extend(marks.drain(..).map(|mark| match mark {
            Mark::First { key, offset } => StreamMark { is_first: true, key, offset },
            Mark::Last { key, offset } => StreamMark { is_first: false, key, offset },
        }));
        Ok(written)
    }

    pub fn waiting_samples(&mut self) -> Result<usize> {
        self.engine.run(|stream| stream.waiting_samples())
    }

    pub fn reset(&mut self) -> Result<()> {
        self.marks.clear();
        self.engine.run(stream::BurstStream::reset)
    }

    pub fn cpu_time(&self) -> f64 {
        self.engine.cpu_s()
    }
}
