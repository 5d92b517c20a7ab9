// SPDX-License-Identifier: GPL-3.0-or-later
//! Sync and strobe behind the wall.

use std::collections::VecDeque;
use std::f64::consts::TAU;

use kaifa_dsp::demod::{self, Config, Packet, PacketEnd, PreamblePhase, StrobeEvent};
use kaifa_dsp::{error, Error};

use crate::bridge::ffi::{
    self, BurstInfo, StrobeKind, StrobeTag, SyncStrobeConfig, SyncStrobeCounts,
};
use crate::convert::{framing, unsigned};
use crate::engine::{Engine, Fault, Result};

/// A [`demod::SyncStrobe`] and the packets that wait to be taken.
pub struct SyncStrobe {
    engine: Engine<demod::SyncStrobe>,
    events: Vec<StrobeEvent>,
    finished: Vec<Packet>,
    waiting: VecDeque<Packet>,
}

/// An engine that has seen nothing yet.
pub fn new_sync_strobe(config: &SyncStrobeConfig) -> Result<Box<SyncStrobe>> {
    let engine = Engine::make(|| {
        let (sync_word, sync_bits) = sync_word(&config.sync_word)?;
        Ok(demod::SyncStrobe::new(Config {
            sample_rate_hz: config.sample_rate,
            symbol_rate_hz: config.symbol_rate,
            deviation_hz: config.deviation,
            hz_per_unit: config.sample_rate / (TAU * config.demod_gain),
            sync_word,
            sync_bits,
            sync_max_errors: unsigned("sync_max_errors", config.sync_max_errors)?,
            preamble_min_symbols: unsigned("preamble_min_symbols", config.preamble_min_symbols)?,
            max_packet_bits: unsigned("max_packet_bits", config.max_packet_bits)?,
            framing: framing(&config.framing)?,
        })?)
    })?;
    let (events, finished, waiting) = Default::default();
    Ok(Box::new(SyncStrobe { engine, events, finished, waiting }))
}

/// A sync word written in hexadecimal digits, and its number of bits.
fn sync_word(text: &str) -> error::Result<(u64, u32)> {
    let digits = text.len() as u32;
    let all_hex = text.bytes().all(|octet| octet.is_ascii_hexdigit());
    match u64::from_str_radix(text, 16) {
        Ok(word) if all_hex && (2..=16).contains(&digits) => Ok((word, 4 * digits)),
        _ => Err(Error::parameter("sync_word", format!("{text:?}"), "2 to 16 hexadecimal digits")),
    }
}

impl SyncStrobe {
    pub fn burst_start(&mut self, offset: u64, info: &BurstInfo) -> Result<()> {
        let info = demod::BurstInfo {
            id: info.key,
            center_frequency_hz: info.center_frequency,
            sample_offset: info.sample_offset,
            onset: info.onset,
            original_rate_hz: info.original_rate,
            rx_time: info.rx_time.into(),
            magnitude_db: info.magnitude_db,
            noise_dbfs_hz: info.noise_dbfs_hz,
            snr_db: info.snr_db,
        };
        self.engine.run(|strobe| strobe.burst_start(offset, info))
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

    pub fn front(&mut self) -> Result<ffi::Packet> {
        let packet = self.waiting.front().ok_or_else(nothing_waits)?;
        let sync_bits = self.engine.run(|strobe| strobe.config().sync_bits)?;
        Ok(described(packet, sync_bits))
    }

    pub fn take(&mut self, bits: &mut [u8], soft: &mut [f32]) -> Result<()> {
        let packet = self.waiting.pop_front().ok_or_else(nothing_waits)?;
        soft.copy_from_slice(&packet.soft);
        for (bit, &value) in bits.iter_mut().zip(&packet.soft) {
            *bit = u8::from(value > 0.0);
        }
        Ok(())
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

/// All but the bits of a packet behind a sync word of `sync_bits`.
fn described(packet: &Packet, sync_bits: u32) -> ffi::Packet {
    ffi::Packet {
        has_burst: packet.burst.is_some(),
        burst_key: packet.burst.as_ref().map_or(0, |burst| burst.id),
        length: packet.soft.len(),
        sample_start: packet.sample_start,
        rx_time: packet.time.into(),
        center_frequency: packet.center_frequency_hz,
        preamble_symbols: packet.preamble_symbols,
        preamble_phase: match packet.preamble_phase {
            PreamblePhase::EndsInZero => "ends_in_zero".to_owned(),
            PreamblePhase::EndsInOne => "ends_in_one".to_owned(),
        },
        inverted: packet.inverted,
        sync_errors: packet.sync_errors,
        sync_symbols: sync_bits,
        deviation: packet.deviation_hz,
        clock_error_ppm: packet.clock_error_ppm,
        packet_end: match packet.end {
            PacketEnd::Length => "length",
            PacketEnd::Level => "level",
            PacketEnd::Limit => "limit",
            PacketEnd::NextSync => "next_sync",
        }
        .to_owned(),
    }
}

fn nothing_waits() -> Fault {
    Fault::Panic("asked for a packet when none waits".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sync_word_has_as_many_bits_as_its_digits() {
        assert_eq!(sync_word("904e"), Ok((0x904e, 16)));
        assert_eq!(sync_word("007a0e"), Ok((0x7a0e, 24)));
        assert_eq!(sync_word("ffffffffffffffff"), Ok((u64::MAX, 64)));
    }

    #[test]
    fn a_bad_sync_word_is_named() {
        for text in ["", "9", "+904e", "0x90", "904e904e904e904e9", "90 4e", "é"] {
            let message = sync_word(text).unwrap_err().to_string();
            assert!(message.starts_with("sync_word is ") && message.contains("hexadecimal"));
        }
    }
}
