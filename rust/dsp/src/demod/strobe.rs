// SPDX-License-Identifier: GPL-3.0-or-later
//! Sync and strobe: the stream, its bursts, and the packets in them.

use std::collections::VecDeque;

use super::acquire::{acquire, Acquired, MAX_PREAMBLE_SYMBOLS};
use super::correlator::{Correlator, Hit};
use super::history::History;
use super::packet::{BurstInfo, Packet, PacketEnd, StrobeEvent};
use super::reception::Reception;
use super::segment::Segment;
use super::Config;
use crate::error::Result;

/// Correlation from which on a sync word is believed in the middle of a packet.
const NEXT_SYNC_QUALITY: f32 = 0.85;
/// How much of a symbol must be there at the end of a burst: a recording that ends with a packet
/// ends in its last symbol.
const LAST_SYMBOL_PART: f64 = 0.6;

/// What a [`SyncStrobe`] has seen so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Samples looked at.
    pub samples: u64,
    /// Bursts begun.
    pub bursts: u64,
    /// Sync words found: packets given out.
    pub packets: u64,
    /// Bursts that ended without a sync word.
    pub bursts_without_sync: u64,
}

/// What is waited for.
enum State {
    /// A sync word.
    Search,
    /// The end of a packet, or another sync word.
    Receive(Box<Reception>),
}

/// A boundary that lies ahead.
enum Boundary {
    Start(BurstInfo),
    End,
}

/// Finds preamble and sync word on a discriminator stream and strobes the packet behind them.
///
/// The value of the stream at sample `n` is taken for the frequency between samples `n - 1` and
/// `n`, as a quadrature demodulator gives it.
pub struct SyncStrobe {
    config: Config,
    history: History,
    correlator: Correlator,
    segment: Segment,
    /// First sample of the segment.
    segment_start: u64,
    state: State,
    boundaries: VecDeque<(u64, Boundary)>,
    /// Next sample to be compared.
    next: u64,
    settled: u64,
    counts: Counts,
}

impl SyncStrobe {
    /// An engine that has seen nothing yet. An error names the parameter and its range.
    pub fn new(config: Config) -> Result<Self> {
        let config = config.judged()?;
        Ok(SyncStrobe {
            history: History::new(config.deviation_hz / config.hz_per_unit),
            correlator: Correlator::new(&config),
            segment: Segment::Continuous,
            segment_start: 0,
            state: State::Search,
            boundaries: VecDeque::new(),
            next: 0,
            settled: 0,
            counts: Counts::default(),
            config,
        })
    }

    /// The settings in force.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// A burst starts at stream `offset`, which must not lie before a sample already processed.
    /// From the first burst on, nothing is looked for outside bursts.
    pub fn burst_start(&mut self, offset: u64, info: BurstInfo) {
        self.boundaries.push_back((offset.max(self.next), Boundary::Start(info)));
    }

    /// The sample at stream `offset` is the last of the burst.
    pub fn burst_end(&mut self, offset: u64) {
        self.boundaries.push_back(((offset + 1).max(self.next), Boundary::End));
    }

    /// Looks at the next `samples`; appends marks in order of offset to `events` and packets that
    /// ended to `packets`. Boundaries on `samples` must have been told before.
    pub fn process(
        &mut self,
        samples: &[f32],
        events: &mut Vec<StrobeEvent>,
        packets: &mut Vec<Packet>,
    ) {
        self.counts.samples += samples.len() as u64;
        self.history.extend(samples);
        while let Some(&(offset, _)) = self.boundaries.front() {
            if offset > self.history.end() {
                break;
            }
            self.search_until(offset, events, packets);
            self.close_segment(offset, events, packets);
        }
        let end = self.boundaries.front().map_or(u64::MAX, |b| b.0).min(self.history.end());
        self.search_until(end, events, packets);
        self.settle();
        let needed = self.correlator.reach() + self.lag() + 2 * self.correlator.ahead();
        self.history.forget_before(self.oldest_needed().min(self.next.saturating_sub(needed)));
    }

    /// The stream is over: gives out what is open.
    pub fn finish(&mut self, events: &mut Vec<StrobeEvent>, packets: &mut Vec<Packet>) {
        let end = self.history.end();
        self.search_until(end, events, packets);
        self.end_reception(end, PacketEnd::Level, events, packets);
        self.leave_burst();
        self.boundaries.clear();
        self.settled = end;
    }

    /// All events before this offset have been given out.
    pub fn settled(&self) -> u64 {
        self.settled
    }

    /// What was seen so far.
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// Back to the state of a new engine, settings kept.
    pub fn reset(&mut self) {
        // The settings were judged when they were made.
        if let Ok(new) = SyncStrobe::new(self.config.clone()) {
            *self = new;
        }
    }

    /// Samples by which reception stays behind the search, so that a sync word is known before the
    /// symbols it is made of are taken for those of the packet before.
    fn lag(&self) -> u64 {
        let symbols = self.correlator.symbols_compared() as f64 + 4.0;
        (symbols * self.config.samples_per_symbol()).ceil() as u64
    }

    /// Compares at all samples whose surroundings lie before `end`.
    fn search_until(&mut self, end: u64, events: &mut Vec<StrobeEvent>, packets: &mut Vec<Packet>) {
        if self.segment == Segment::Gap {
            self.next = end;
            return;
        }
        let until = end.saturating_sub(self.correlator.ahead() - 1);
        // Before that there are symbols of which a part lies before the segment.
        let first = self.segment_start + self.correlator.reach();
        while self.next < until {
            let from = self.next.max(first).min(until);
            let hit = self.correlator.search(&self.history, from, until);
            self.next = hit.map_or(until, |(_, next)| next);
            // What was received before the hit was seen may have ended the packet.
            let lag = self.lag() + u64::from(hit.is_some());
            let until = (self.next - 1).saturating_sub(lag) as f64;
            // The symbols that one is judged by are within the lag.
            self.receive_until(until, 1.0, f64::INFINITY, events, packets);
            if let Some((hit, n)) = hit {
                self.found(hit, n - 1, events, packets);
            }
        }
    }

    fn found(
        &mut self,
        hit: Hit,
        n: u64,
        events: &mut Vec<StrobeEvent>,
        packets: &mut Vec<Packet>,
    ) {
        let acquired = acquire(
            &self.history,
            &hit,
            self.config.samples_per_symbol(),
            self.config.preamble_min_symbols,
            self.segment.onset(self.config.sample_rate_hz).max(self.oldest_needed() as f64),
        );
        let allowed = match self.state {
            State::Search => acquired.sync_errors <= self.config.sync_max_errors,
            // The data of a packet come near to a preamble and a sync word now and then.
            State::Receive(_) => {
                acquired.sync_errors == 0
                    && hit.quality >= NEXT_SYNC_QUALITY
                    && acquired.alternates(self.config.preamble_min_symbols)
            }
        };
        // Words with an error are many, and noise comes upon one of them now and then.
        let least = match acquired.sync_errors {
            0 => self.config.preamble_min_symbols / 2,
            _ => self.config.preamble_min_symbols,
        };
        if !allowed || acquired.preamble_symbols < least {
            return;
        }
        self.end_reception(n, PacketEnd::NextSync, events, packets);
        self.announce(&hit, &acquired, events);
        let reception = Reception::new(hit, acquired, self.config.framing);
        self.state = State::Receive(Box::new(reception));
    }

    /// Marks preamble, sync word and the symbols in them.
    fn announce(&mut self, hit: &Hit, acquired: &Acquired, events: &mut Vec<StrobeEvent>) {
        let place = |at: f64| at.round().max(0.0) as u64;
        let mut marks = vec![
            StrobeEvent::Preamble { offset: place(acquired.preamble_start) },
            StrobeEvent::Sync {
                offset: place(acquired.sync_start),
                errors: acquired.sync_errors,
                inverted: hit.inverted,
            },
        ];
        let sign = if hit.inverted { -1.0 } else { 1.0 };
        marks.extend(acquired.strobes.iter().map(|&(center, soft)| StrobeEvent::Strobe {
            offset: place(center),
            soft: sign * soft,
        }));
        marks.sort_by_key(StrobeEvent::offset);
        for mark in marks {
            self.mark(mark, events);
        }
    }

    /// Gives out a mark, in order.
    fn mark(&mut self, mark: StrobeEvent, events: &mut Vec<StrobeEvent>) {
        let mark = mark.not_before(self.settled);
        self.settled = mark.offset();
        events.push(mark);
    }

    /// Receives symbols of which at least this `part` lies before `until`; the signal ends at `end`.
    fn receive_until(
        &mut self,
        until: f64,
        part: f64,
        end: f64,
        events: &mut Vec<StrobeEvent>,
        packets: &mut Vec<Packet>,
    ) {
        while let State::Receive(reception) = &mut self.state {
            if reception.part_before(until) < part {
                return;
            }
            let (mark, over) = reception.symbol(&self.history, &self.config, end);
            let taken = reception.taken_until().min(until as u64);
            self.mark(mark, events);
            if let Some(why) = over {
                self.finish_packet(taken, why, events, packets);
            }
        }
    }

    /// A packet that is on its way ends before sample `end`.
    fn end_reception(
        &mut self,
        end: u64,
        why: PacketEnd,
        events: &mut Vec<StrobeEvent>,
        packets: &mut Vec<Packet>,
    ) {
        if why == PacketEnd::Level {
            self.receive_until(end as f64, LAST_SYMBOL_PART, end as f64, events, packets);
        }
        let at = match &self.state {
            State::Receive(reception) => reception.taken_until().min(end),
            State::Search => return,
        };
        self.finish_packet(at, why, events, packets);
    }

    fn finish_packet(
        &mut self,
        offset: u64,
        why: PacketEnd,
        events: &mut Vec<StrobeEvent>,
        packets: &mut Vec<Packet>,
    ) {
        let State::Receive(reception) = std::mem::replace(&mut self.state, State::Search) else {
            return;
        };
        let bits = reception.soft.len() as u32;
        self.mark(StrobeEvent::End { offset, bits }, events);
        if let Segment::Burst { packets, .. } = &mut self.segment {
            *packets += 1;
        }
        self.counts.packets += 1;
        packets.push(self.packet(*reception, why));
    }

    fn packet(&self, reception: Reception, end: PacketEnd) -> Packet {
        let config = &self.config;
        // The frequency between two samples stands on the later one.
        let start = reception.acquired.preamble_start - 0.5;
        let offset_hz = f64::from(reception.acquired.offset) * config.hz_per_unit;
        let place = self.segment.place(start, config.sample_rate_hz);
        Packet {
            burst: self.segment.burst(),
            sample_start: place.sample,
            time: place.time,
            center_frequency_hz: place.frequency_hz + offset_hz,
            preamble_symbols: reception.acquired.preamble_symbols,
            preamble_phase: reception.hit.phase,
            inverted: reception.hit.inverted,
            sync_word: reception.hit.sync_word,
            sync_errors: reception.acquired.sync_errors,
            deviation_hz: reception.deviation() * config.hz_per_unit,
            symbol_rate_hz: config.sample_rate_hz / reception.slicer.timing.period(),
            clock_error_ppm: reception.slicer.timing.clock_error_ppm(),
            soft: reception.soft,
            end,
        }
    }

    /// The segment ends before sample `offset`, where the next boundary lies.
    fn close_segment(
        &mut self,
        offset: u64,
        events: &mut Vec<StrobeEvent>,
        packets: &mut Vec<Packet>,
    ) {
        self.end_reception(offset, PacketEnd::Level, events, packets);
        self.leave_burst();
        self.correlator.reset();
        self.next = offset;
        self.segment_start = offset;
        self.segment = match self.boundaries.pop_front() {
            Some((start, Boundary::Start(info))) => {
                self.counts.bursts += 1;
                Segment::Burst { start, info, packets: 0 }
            }
            _ => Segment::Gap,
        };
    }

    fn leave_burst(&mut self) {
        if let Segment::Burst { packets: 0, .. } = self.segment {
            self.counts.bursts_without_sync += 1;
        }
        self.segment = Segment::Gap;
    }

    /// First sample that something still to come may look at or mark.
    fn oldest_needed(&self) -> u64 {
        let longest = f64::from(MAX_PREAMBLE_SYMBOLS) * self.config.samples_per_symbol();
        self.segment_start.max(self.next.saturating_sub(longest as u64 + self.correlator.reach()))
    }

    fn settle(&mut self) {
        let settled = match (&self.segment, &self.state) {
            (Segment::Gap, _) => self.next,
            (_, State::Search) => self.oldest_needed(),
            (_, State::Receive(_)) => self.settled,
        };
        self.settled = self.settled.max(settled);
    }
}
