// SPDX-License-Identifier: GPL-3.0-or-later
//! One packet on its way in.

use super::acquire::Acquired;
use super::correlator::Hit;
use super::decision::Surroundings;
use super::history::History;
use super::packet::{PacketEnd, StrobeEvent};
use super::slicer::Slicer;
use super::Config;
use crate::frame::{Framing, PacketLength};

/// Mean squared error of soft bits from which on there is no signal any more: noise stays above it
/// most of the time, a signal that can be read below.
const LOST_ERROR: f32 = 0.28;

/// Largest value, in parts of the strength, that a neighbour is given: beyond are clicks of the
/// discriminator and noise behind the end of a burst.
const MOST_VALUE: f32 = 2.5;

/// A packet of which some bits are in.
#[derive(Debug, Clone)]
pub struct Reception {
    pub hit: Hit,
    pub acquired: Acquired,
    pub slicer: Slicer,
    pub soft: Vec<f32>,
    length: PacketLength,
    /// The two symbols before the current one.
    before: [f32; 2],
    /// Value of the last of them.
    value_before: f32,
    /// Sum and count of levels in the middle of three like symbols: there the filters have settled.
    level: (f64, u32),
}

impl Reception {
    /// Begins behind the sync word; `framing` is that which was told.
    pub fn new(hit: Hit, acquired: Acquired, framing: Option<Framing>) -> Self {
        let mut slicer = acquired.slicer.clone();
        slicer.timing.advance();
        let sync = hit.sync_word.symbols();
        let sign = if hit.inverted { -1.0 } else { 1.0 };
        Reception {
            hit,
            slicer,
            soft: Vec::new(),
            length: PacketLength::new(framing, hit.sync_word.bits),
            before: [2, 1].map(|k| sign * sync[sync.len() - k]),
            value_before: acquired.last_value,
            level: (0.0, 0),
            acquired,
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
        let value = self.slicer.value_ahead(history, 0.0, end);
        let soft = self.surroundings(history, value, end).soft();
        let symbol = if soft < 0.0 { -1.0 } else { 1.0 };
        let offset = self.slicer.timing.center().round() as u64;
        let [before2, before] = self.before;
        self.slicer.learn_levels(self.value_before, before, [before2, symbol]);
        if symbol != before {
            self.slicer.learn_timing(history, false, symbol > before);
        } else if before == before2 {
            self.level.0 += f64::from((self.value_before - self.slicer.levels.offset).abs());
            self.level.1 += 1;
        }
        (self.before, self.value_before) = ([before, symbol], value);
        let upright = if self.hit.inverted { -soft } else { soft };
        self.soft.push(upright);
        self.slicer.timing.advance();
        (StrobeEvent::Strobe { offset, soft: upright }, self.over(config))
    }

    /// What the current symbol, of this `value`, is judged from; nothing at or behind sample `end`
    /// is looked at.
    fn surroundings(&self, history: &History, value: f32, end: f64) -> Surroundings {
        let levels = &self.slicer.levels;
        let ahead = |symbols: f64| {
            let value = self.slicer.value_ahead(history, symbols, end);
            levels.normal(value).clamp(-MOST_VALUE, MOST_VALUE)
        };
        let there = self.part_before(end);
        // Of the symbol behind the next one the sign is enough.
        let behind = || if there >= 3.0 { ahead(2.0).signum() } else { 0.0 };
        let after = (there >= 2.0).then(|| (ahead(1.0), behind()));
        Surroundings {
            before: self.before,
            value_before: levels.normal(self.value_before),
            value: levels.normal(value),
            after,
            smear: levels.normal_smear(),
        }
    }

    /// Measured deviation, in units of the input.
    pub fn deviation(&self) -> f64 {
        match self.level {
            (sum, count) if count >= 4 => sum / f64::from(count),
            _ => f64::from(self.slicer.levels.strength),
        }
    }

    fn over(&mut self, config: &Config) -> Option<PacketEnd> {
        if self.length.wanted().is_some_and(|wanted| self.soft.len() >= wanted) {
            self.length.read(&self.soft);
        }
        if self.length.bits().is_some_and(|told| self.soft.len() >= told) {
            Some(PacketEnd::Length)
        } else if self.soft.len() >= config.max_packet_bits {
            Some(PacketEnd::Limit)
        } else if self.slicer.error > LOST_ERROR {
            Some(PacketEnd::Level)
        } else {
            None
        }
    }
}
