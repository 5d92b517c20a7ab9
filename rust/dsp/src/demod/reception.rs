// SPDX-License-Identifier: GPL-3.0-or-later
//! One packet on its way in.

use super::acquire::Acquired;
use super::correlator::Hit;
use super::history::History;
use super::packet::{PacketEnd, StrobeEvent};
use super::slicer::Slicer;
use super::Config;
use crate::frame::packet_bits;

/// Mean squared error of soft bits from which on there is no signal any more: noise stays above it
/// most of the time, a signal that can be read below.
const LOST_ERROR: f32 = 0.28;

/// A packet of which some bits are in.
#[derive(Debug, Clone)]
pub struct Reception {
    pub hit: Hit,
    pub acquired: Acquired,
    pub slicer: Slicer,
    pub soft: Vec<f32>,
    bits: Vec<u8>,
    previous: f32,
    /// Sum and count of levels in the middle of three like symbols: there the filters have settled.
    level: (f64, u32),
    /// Value of the symbol before, and whether it was like the one before it.
    candidate: Option<f32>,
}

impl Reception {
    /// Begins behind the sync word, whose last symbol is `last` in the polarity of the signal.
    pub fn new(hit: Hit, acquired: Acquired, last: f32) -> Self {
        let mut slicer = acquired.slicer.clone();
        slicer.timing.advance();
        Reception {
            hit,
            acquired,
            slicer,
            soft: Vec::new(),
            bits: Vec::new(),
            previous: last,
            level: (0.0, 0),
            candidate: None,
        }
    }

    /// How much of the current symbol lies before sample `end`, in symbols.
    pub fn part_before(&self, end: f64) -> f64 {
        (end - self.slicer.timing.center()) / self.slicer.timing.period() + 0.5
    }

    /// First sample after the last symbol taken.
    pub fn taken_until(&self) -> u64 {
        let timing = &self.slicer.timing;
        (timing.center() - timing.period() / 2.0).round().max(0.0) as u64
    }

    /// Takes the current symbol, from what of it lies before sample `end`, and stands on the next;
    /// tells whether and why the packet is over.
    pub fn symbol(
        &mut self,
        history: &History,
        config: &Config,
        end: f64,
    ) -> (StrobeEvent, Option<PacketEnd>) {
        let soft = self.slicer.soft_before(history, end);
        let symbol = if soft < 0.0 { -1.0 } else { 1.0 };
        let offset = self.slicer.timing.center().round() as u64;
        self.slicer.learn_levels(soft, symbol);
        if symbol != self.previous {
            self.slicer.learn_timing(history, false, symbol > self.previous);
        }
        self.watch_level(soft, symbol);
        self.previous = symbol;
        let upright = if self.hit.inverted { -soft } else { soft };
        self.soft.push(upright);
        self.bits.push(u8::from(upright >= 0.0));
        self.slicer.timing.advance();
        (StrobeEvent::Strobe { offset, soft: upright }, self.over(config))
    }

    /// Measured deviation, in units of the input.
    pub fn deviation(&self) -> f64 {
        match self.level {
            (sum, count) if count >= 4 => sum / f64::from(count),
            _ => f64::from(self.slicer.strength),
        }
    }

    fn over(&self, config: &Config) -> Option<PacketEnd> {
        let expected = config.framing.and_then(|framing| packet_bits(framing, &self.bits));
        if expected.is_some_and(|bits| self.bits.len() >= bits) {
            Some(PacketEnd::Length)
        } else if self.bits.len() >= config.max_packet_bits {
            Some(PacketEnd::Limit)
        } else if self.slicer.error > LOST_ERROR {
            Some(PacketEnd::Level)
        } else {
            None
        }
    }

    fn watch_level(&mut self, soft: f32, symbol: f32) {
        if symbol == self.previous {
            if let Some(middle) = self.candidate.replace(soft) {
                self.level.0 += f64::from(middle.abs() * self.slicer.strength);
                self.level.1 += 1;
            }
        } else {
            self.candidate = None;
        }
    }
}
