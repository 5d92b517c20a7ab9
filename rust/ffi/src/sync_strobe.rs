// SPDX-License-Identifier: GPL-3.0-or-later
//! Sync and strobe behind the wall.

use std::f64::consts::TAU;

use kaifa_dsp::demod::{self, Config, Packet, StrobeEvent, SyncWord};

use crate::bridge::ffi::{
    self, BurstInfo, StrobeKind, StrobeTag, SyncStrobeConfig, SyncStrobeCounts,
};
use crate::convert::{framing, unsigned};
use crate::engine::{Engine, Result};
use crate::packets::Waiting;

/// A [`demod::SyncStrobe`] and the packets that wait to be taken.
pub struct SyncStrobe {
    engine: Engine<demod::SyncStrobe>,
    events: Vec<StrobeEvent>,
    finished: Vec<Packet>,
    waiting: Waiting,
}

/// An engine that has seen nothing yet.
pub fn new_sync_strobe(config: &SyncStrobeConfig) -> Result<Box<SyncStrobe>> {
    let engine = Engine::make(|| {
        Ok(demod::SyncStrobe::new(Config {
            sample_rate_hz: config.sample_rate,
            symbol_rate_hz: config.symbol_rate,
            deviation_hz: config.deviation,
            hz_per_unit: config.sample_rate / (TAU * config.demod_gain),
            sync_words: SyncWord::list(&config.sync_word)?,
            sync_max_errors: unsigned("sync_max_errors", config.sync_max_errors)?,
            preamble_min_symbols: unsigned("preamble_min_symbols", config.preamble_min_symbols)?,
            max_packet_bits: unsigned("max_packet_bits", config.max_packet_bits)?,
            framing: framing(&config.framing)?,
        })?)
    })?;
    let (events, finished, waiting) = Default::default();
    Ok(Box::new(SyncStrobe { engine, events, finished, waiting }))
}

impl SyncStrobe {
    pub fn burst_start(&mut self, offset: u64, info: &BurstInfo) -> Result<()> {
        self.engine.run(|strobe| strobe.burst_start(offset, info.into()))
    }

    pub fn burst_end(&mut self, offset: u64) -> Result<()> {
        self.engine.run(|strobe| strobe.burst_end(offset))
    }

    pub fn process(&mut self, samples: &[f32], tags: &mut Vec<StrobeTag>) -> Result<()> {
        let SyncStrobe { engine, events, finished, .. } = self;
        engine.run(|strobe| strobe.process(samples, events, finished))?;
        self.hand_out(tags);
        Ok(())
    }

    pub fn finish(&mut self, tags: &mut Vec<StrobeTag>) -> Result<()> {
        let SyncStrobe { engine, events, finished, .. } = self;
        engine.run(|strobe| strobe.finish(events, finished))?;
        self.hand_out(tags);
        Ok(())
    }

    fn hand_out(&mut self, tags: &mut Vec<StrobeTag>) {
        tags.extend(self.events.drain(..).map(StrobeTag::from));
        self.waiting.extend(self.finished.drain(..));
    }

    pub fn settled(&mut self) -> Result<u64> {
        self.engine.run(|strobe| strobe.settled())
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

    pub fn counts(&mut self) -> Result<SyncStrobeCounts> {
        let counts = self.engine.run(|strobe| strobe.counts())?;
        Ok(SyncStrobeCounts {
            samples: counts.samples,
            bursts: counts.bursts,
            packets: counts.packets,
            bursts_without_sync: counts.bursts_without_sync,
        })
    }

    pub fn reset(&mut self) -> Result<()> {
        self.waiting.clear();
        self.engine.run(demod::SyncStrobe::reset)
    }

    pub fn cpu_time(&self) -> f64 {
        self.engine.cpu_s()
    }
}

impl From<StrobeEvent> for StrobeTag {
    fn from(event: StrobeEvent) -> Self {
        let none = StrobeTag {
            kind: StrobeKind::Preamble,
            offset: event.offset(),
            errors: 0,
            inverted: false,
            soft: 0.0,
            bits: 0,
        };
        match event {
            StrobeEvent::Preamble { .. } => none,
            StrobeEvent::Sync { errors, inverted, .. } => {
                StrobeTag { kind: StrobeKind::Sync, errors, inverted, ..none }
            }
            StrobeEvent::Strobe { soft, .. } => {
                StrobeTag { kind: StrobeKind::Strobe, soft, ..none }
            }
            StrobeEvent::End { bits, .. } => StrobeTag { kind: StrobeKind::End, bits, ..none },
        }
    }
}
