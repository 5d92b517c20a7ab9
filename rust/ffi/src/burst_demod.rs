// SPDX-License-Identifier: GPL-3.0-or-later
//! The sequence detector behind the wall.

use kaifa_dsp::demod::{Packet, SyncWord};
use kaifa_dsp::sequence::{Config, SequenceDetector};

use crate::bridge::ffi::{self, BurstDemodConfig, BurstDemodCounts, BurstInfo};
use crate::complex::{samples, Sample};
use crate::convert::{framing, unsigned};
use crate::engine::{Engine, Result};
use crate::packets::Waiting;

/// A [`SequenceDetector`] and the packets that wait to be taken.
pub struct BurstDemod {
    engine: Engine<SequenceDetector>,
    finished: Vec<Packet>,
    waiting: Waiting,
}

/// An engine that has seen nothing yet.
pub fn new_burst_demod(config: &BurstDemodConfig) -> Result<Box<BurstDemod>> {
    let engine = Engine::make(|| {
        Ok(SequenceDetector::new(Config {
            symbol_rate_hz: config.symbol_rate,
            deviation_hz: config.deviation,
            sync_words: SyncWord::list(&config.sync_word)?,
            sync_max_errors: unsigned("sync_max_errors", config.sync_max_errors)?,
            preamble_min_symbols: unsigned("preamble_min_symbols", config.preamble_min_symbols)?,
            max_packet_bits: unsigned("max_packet_bits", config.max_packet_bits)?,
            framing: framing(&config.framing)?,
        })?)
    })?;
    let (finished, waiting) = Default::default();
    Ok(Box::new(BurstDemod { engine, finished, waiting }))
}

impl BurstDemod {
    pub fn process(&mut self, info: &BurstInfo, sample_rate: f64, burst: &[Sample]) -> Result<()> {
        let BurstDemod { engine, finished, waiting } = self;
        let info = info.into();
        let done =
            engine.set(|detector| detector.process(&info, sample_rate, samples(burst), finished));
        waiting.extend(finished.drain(..));
        done
    }

    pub fn waiting(&self) -> usize {
        self.waiting.len()
    }

    pub fn front(&self) -> Result<ffi::Packet> {
        self.waiting.front()
    }

    pub fn take(&mut self, bits: &mut [u8], soft: &mut [f32]) -> Result<()> {
        self.waiting.take(bits, soft)
    }

    pub fn counts(&mut self) -> Result<BurstDemodCounts> {
        let counts = self.engine.run(|detector| detector.counts())?;
        Ok(BurstDemodCounts {
            bursts: counts.bursts,
            packets: counts.packets,
            bursts_without_sync: counts.bursts_without_sync,
        })
    }

    pub fn reset(&mut self) -> Result<()> {
        self.waiting.clear();
        self.engine.run(SequenceDetector::reset)
    }

    pub fn cpu_time(&self) -> f64 {
        self.engine.cpu_s()
    }
}
