// SPDX-License-Identifier: GPL-3.0-or-later
//! Who acknowledges whom: an acknowledgement names nobody, the unicast before it does.

use crate::mac::{Address, Frame, FrameType};
use crate::time::Time;
use std::collections::VecDeque;

/// How long before the end of the unicast the acknowledgement may seem to start, in seconds:
/// both times are estimates.
const EARLIEST_S: f64 = -0.5e-3;
/// How long after the end of the unicast the preamble of its acknowledgement starts at the latest,
/// in seconds.
const LATEST_S: f64 = 20e-3;
/// How far apart two radios on one channel may seem, in Hz: each has its own carrier error.
const SAME_CHANNEL_HZ: f64 = 50e3;
/// Unicasts that are remembered: many more than can be in the air within [`LATEST_S`].
const REMEMBERED: usize = 256;

/// When and where a packet was on the air.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct OnAir {
    /// Start of the preamble.
    pub start: Time,
    /// End of the check.
    pub end: Time,
    /// Centre in Hz.
    pub center_frequency_hz: f64,
}

/// A unicast that is to be acknowledged.
#[derive(Debug, Clone, Copy)]
struct Unicast {
    sequence: u8,
    source: Option<Address>,
    destination: Option<Address>,
    on_air: OnAir,
}

/// The parties of an acknowledgement, as the exchange has them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Parties {
    /// The recipient of the unicast.
    pub source: Option<Address>,
    /// The sender of the unicast.
    pub destination: Option<Address>,
}

/// The latest unicasts that asked for an acknowledgement and have not got one.
#[derive(Debug, Clone, Default)]
pub(super) struct Exchanges {
    waiting: VecDeque<Unicast>,
}

impl Exchanges {
    /// Takes note of `frame`. If it is an acknowledgement, tells whose it is, as far as the
    /// exchange tells.
    pub fn follow(&mut self, frame: &Frame, on_air: OnAir) -> Option<Parties> {
        let sequence = frame.sequence?;
        if frame.frame_type == FrameType::Acknowledgement {
            return self.acknowledged(sequence, on_air);
        }
        if frame.asks_for_acknowledgement() {
            if self.waiting.len() == REMEMBERED {
                self.waiting.pop_front();
            }
            let (source, destination) = (frame.addressing.source, frame.addressing.destination);
            self.waiting.push_back(Unicast { sequence, source, destination, on_air });
        }
        None
    }

    /// The unicast with this sequence number that ended last before the acknowledgement; it is
    /// no longer waiting.
    fn acknowledged(&mut self, sequence: u8, ack: OnAir) -> Option<Parties> {
        let gap = |unicast: &Unicast| ack.start.since(unicast.on_air.end);
        let fits = |unicast: &Unicast| {
            let apart = (ack.center_frequency_hz - unicast.on_air.center_frequency_hz).abs();
            unicast.sequence == sequence
                && (EARLIEST_S..=LATEST_S).contains(&gap(unicast))
                && apart < SAME_CHANNEL_HZ
        };
        let candidates = self.waiting.iter().enumerate().filter(|(_, unicast)| fits(unicast));
        let (index, _) = candidates.min_by(|(_, a), (_, b)| gap(a).total_cmp(&gap(b)))?;
        let unicast = self.waiting.remove(index)?;
        Some(Parties { source: unicast.destination, destination: unicast.source })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const UNICAST: [u8; 21] =
        [0x61, 0xdc, 0x6a, 0xcd, 0xab, 2, 0, 0, 0, 0, 0x12, 0x0b, 0, 1, 0, 0, 0, 0, 0x12, 0x0b, 0];
    const PARTIES: Parties = Parties {
        source: Some(Address::Extended(0x000b_1200_0000_0002)),
        destination: Some(Address::Extended(0x000b_1200_0000_0001)),
    };

    fn on_air(start_s: f64, length_s: f64, center_frequency_hz: f64) -> OnAir {
        let start = Time { seconds: 9, fraction: 0.99 }.plus(start_s);
        OnAir { start, end: start.plus(length_s), center_frequency_hz }
    }

    /// Parties of an acknowledgement with `sequence` that starts `gap_s` after the end of the
    /// unicast and `apart_hz` from it.
    fn acknowledged(sequence: u8, gap_s: f64, apart_hz: f64) -> Option<Parties> {
        let mut exchanges = Exchanges::default();
        let unicast = Frame::parse(&UNICAST).unwrap();
        assert_eq!(exchanges.follow(&unicast, on_air(0.0, 0.02, 871e6)), None);
        let ack = Frame::parse(&[2, 0, sequence]).unwrap();
        let parties = exchanges.follow(&ack, on_air(0.02 + gap_s, 0.004, 871e6 + apart_hz));
        // Nobody acknowledges twice.
        let again = exchanges.follow(&ack, on_air(0.02 + gap_s, 0.004, 871e6 + apart_hz));
        assert_eq!(again, None);
        parties
    }

    #[test]
    fn the_unicast_names_them() {
        assert_eq!(acknowledged(0x6a, 2.2e-3, 10e3), Some(PARTIES));
        assert_eq!(acknowledged(0x6a, -0.4e-3, -40e3), Some(PARTIES));
        assert_eq!(acknowledged(0x6a, 19e-3, 0.0), Some(PARTIES));
    }

    #[test]
    fn another_number_time_or_channel_is_another_exchange() {
        assert_eq!(acknowledged(0x6b, 2.2e-3, 0.0), None);
        assert_eq!(acknowledged(0x6a, -0.7e-3, 0.0), None);
        assert_eq!(acknowledged(0x6a, 21e-3, 0.0), None);
        assert_eq!(acknowledged(0x6a, 2.2e-3, 60e3), None);
    }

    #[test]
    fn the_latest_of_two_unicasts_is_meant() {
        let mut exchanges = Exchanges::default();
        let mut unicast = UNICAST;
        exchanges.follow(&Frame::parse(&unicast).unwrap(), on_air(0.0, 0.02, 871e6));
        unicast[5] = 3;
        exchanges.follow(&Frame::parse(&unicast).unwrap(), on_air(0.0, 0.025, 871e6));
        let ack = Frame::parse(&[2, 0, 0x6a]).unwrap();
        let parties = exchanges.follow(&ack, on_air(0.027, 0.004, 871e6)).unwrap();
        assert_eq!(parties.source, Some(Address::Extended(0x000b_1200_0000_0003)));
        assert_eq!(parties.destination, PARTIES.destination);
    }

    #[test]
    fn memory_is_bounded() {
        let mut exchanges = Exchanges::default();
        let unicast = Frame::parse(&UNICAST).unwrap();
        for second in 0..1000 {
            exchanges.follow(&unicast, on_air(f64::from(second), 0.02, 871e6));
        }
        assert_eq!(exchanges.waiting.len(), REMEMBERED);
    }
}
