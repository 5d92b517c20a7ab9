// SPDX-License-Identifier: GPL-3.0-or-later
//! What the engines that find packets have in common at the wall.

use std::collections::VecDeque;

use kaifa_dsp::demod::{self, Packet, PacketEnd, PreamblePhase};

use crate::bridge::ffi::{self, BurstInfo};
use crate::engine::{Fault, Result};

/// Packets that wait to be taken.
#[derive(Default)]
pub struct Waiting {
    packets: VecDeque<Packet>,
}

impl Waiting {
    /// Puts packets at the end.
    pub fn extend(&mut self, packets: impl Iterator<Item = Packet>) {
        self.packets.extend(packets);
    }

    /// Packets that wait.
    pub fn len(&self) -> usize {
        self.packets.len()
    }

    /// Forgets all.
    pub fn clear(&mut self) {
        self.packets.clear();
    }

    /// What is known of the next.
    pub fn front(&self) -> Result<ffi::Packet> {
        let packet = self.packets.front().ok_or_else(nothing_waits)?;
        Ok(described(packet))
    }

    /// Moves the next into `bits` and `soft`, which have its length.
    pub fn take(&mut self, bits: &mut [u8], soft: &mut [f32]) -> Result<()> {
        let packet = self.packets.pop_front().ok_or_else(nothing_waits)?;
        soft.copy_from_slice(&packet.soft);
        for (bit, &value) in bits.iter_mut().zip(&packet.soft) {
            *bit = u8::from(value > 0.0);
        }
        Ok(())
    }
}

impl From<&BurstInfo> for demod::BurstInfo {
    fn from(info: &BurstInfo) -> Self {
        demod::BurstInfo {
            id: info.key,
            center_frequency_hz: info.center_frequency,
            sample_offset: info.sample_offset,
            onset: info.onset,
            original_rate_hz: info.original_rate,
            rx_time: info.rx_time.into(),
            magnitude_db: info.magnitude_db,
            noise_dbfs_hz: info.noise_dbfs_hz,
            snr_db: info.snr_db,
        }
    }
}

/// All but the bits of a packet.
fn described(packet: &Packet) -> ffi::Packet {
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
        sync_word: packet.sync_word.to_string(),
        sync_symbols: packet.sync_word.length,
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
