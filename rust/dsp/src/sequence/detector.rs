// SPDX-License-Identifier: GPL-3.0-or-later
//! A burst and the packets in it.

use num_complex::Complex32;

use super::follower::{Follower, Memory, BLOCK};
use super::search::{Lines, Preamble, Search, WINDOW_SYMBOLS};
use super::sync::{Sync, SyncFinder};
use super::templates::Templates;
use super::Config;
use crate::demod::segment::Segment;
use crate::demod::{BurstInfo, Packet, PacketEnd};
use crate::error::{Error, Result};
use crate::frame::PacketLength;
use crate::simd::{widest, Kernel};

/// Level, over that at the sync word, below which there is no signal any more.
const LOST_LEVEL: f32 = 0.65;
/// Symbols behind the last alternating ones after which no sync word comes any more, beside those
/// of the sync word.
const SYNC_PATIENCE: usize = 8;

/// What a [`SequenceDetector`] has seen so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Bursts looked at.
    pub bursts: u64,
    /// Sync words found: packets given out.
    pub packets: u64,
    /// Bursts without a sync word.
    pub bursts_without_sync: u64,
}

/// What belongs to a sample rate.
struct Rate {
    sample_rate_hz: f64,
    templates: Templates,
    search: Search,
}

/// Where a packet began.
struct Begun {
    sync: Sync,
    length: PacketLength,
    level: f32,
    preamble_start: f64,
    preamble_symbols: u32,
}

/// Finds packets in bursts at baseband, many symbols at a time.
pub struct SequenceDetector {
    config: Config,
    rate: Option<Rate>,
    memory: Memory,
    counts: Counts,
}

impl SequenceDetector {
    /// A detector that has seen nothing yet. An error names the parameter and its range.
    pub fn new(config: Config) -> Result<Self> {
        let config = config.judged()?;
        let (rate, memory, counts) = Default::default();
        Ok(SequenceDetector { config, rate, memory, counts })
    }

    /// The settings in force.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// What was seen so far.
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// Forgets what was seen, settings kept.
    pub fn reset(&mut self) {
        self.counts = Counts::default();
    }

    /// Appends the packets of a burst to `packets`. An error says what is wrong with the burst.
    pub fn process(
        &mut self,
        info: &BurstInfo,
        sample_rate_hz: f64,
        samples: &[Complex32],
        packets: &mut Vec<Packet>,
    ) -> Result<()> {
        judged(samples)?;
        if self.rate.as_ref().is_none_or(|rate| rate.sample_rate_hz != sample_rate_hz) {
            let samples_per_symbol = self.config.samples_per_symbol(sample_rate_hz)?;
            let templates = Templates::new(samples_per_symbol, self.config.modulation_index())?;
            let search = Search::new(samples_per_symbol);
            self.rate = Some(Rate { sample_rate_hz, templates, search });
        }
        let Some(rate) = &mut self.rate else { return Ok(()) };
        let before = packets.len();
        let mut pass = Pass {
            config: &self.config,
            segment: Segment::Burst { start: 0, info: info.clone(), packets: 0 },
            sample_rate_hz,
            packets,
        };
        let mut at = 0;
        while let Some((window, preamble)) = find(&mut rate.search, &rate.templates, samples, at) {
            let mut follower =
                Follower::new(samples, &rate.templates, &mut self.memory, &preamble, window);
            at = pass.follow(&mut follower).unwrap_or(window + hop(&rate.templates));
        }
        let found = (packets.len() - before) as u64;
        self.counts.bursts += 1;
        self.counts.packets += found;
        self.counts.bursts_without_sync += u64::from(found == 0);
        Ok(())
    }
}

/// Greatest magnitude of a part of a sample: beyond it squares are no numbers any more.
const LARGEST: f32 = 1e15;

fn judged(samples: &[Complex32]) -> Result<()> {
    let parts = bytemuck::cast_slice(samples);
    if widest(AllFine(parts)) {
        return Ok(());
    }
    let at = parts.iter().position(|&x| !is_fine(x)).unwrap_or_default() / 2;
    let value = format!("{} at {at}", samples[at]);
    Err(Error::parameter("samples", value, format!("parts of -{LARGEST:e} to {LARGEST:e}")))
}

fn is_fine(part: f32) -> bool {
    part.abs() <= LARGEST
}

/// Whether all these are fine.
struct AllFine<'a>(&'a [f32]);

impl Kernel for AllFine<'_> {
    type Output = bool;

    #[inline(always)]
    fn run(self) -> bool {
        // Without a way out in the middle: that is faster, and nearly all bursts are fine.
        self.0.iter().fold(true, |all, &part| all & is_fine(part))
    }
}

/// Samples from one window that is looked at to the next.
fn hop(templates: &Templates) -> usize {
    (WINDOW_SYMBOLS / 2.0 * templates.samples_per_symbol) as usize
}

/// The next preamble from sample `at` on, and the sample its window begins at.
fn find(
    search: &mut Search,
    templates: &Templates,
    samples: &[Complex32],
    mut at: usize,
) -> Option<(usize, Preamble)> {
    let mut best: Option<(usize, Lines)> = None;
    while let Some(window) = samples.get(at..at + search.window()) {
        match (&best, search.look(window)) {
            (None, None) => {}
            (Some((_, best)), Some(seen)) if seen.quality <= best.quality => break,
            (Some(_), None) => break,
            (_, Some(seen)) => best = Some((at, seen)),
        }
        at += hop(templates);
    }
    let (at, lines) = best?;
    let window = &samples[at..at + search.window()];
    Some((at, search.fit(window, lines.carrier, templates)))
}

/// One burst on its way through.
struct Pass<'a> {
    config: &'a Config,
    segment: Segment,
    sample_rate_hz: f64,
    packets: &'a mut Vec<Packet>,
}

impl Pass<'_> {
    /// Follows a transmitter to the end of its packet, or of several without a break; returns the
    /// sample at which to look on, or nothing if there was no sync word.
    fn follow(&mut self, follower: &mut Follower) -> Option<usize> {
        let mut finder = SyncFinder::new(self.config);
        let mut begun: Option<Begun> = None;
        loop {
            let mut more = follower.block();
            if let Some(begun) = &begun {
                more &= follower.level() > LOST_LEVEL * begun.level;
            }
            if !more {
                follower.decide_all();
            }
            while let Some(sync) = finder.next(follower.bits(), begun.is_some()) {
                if let Some(begun) = begun.take() {
                    // The last bits of the packet may alternate, too: only what must be preamble
                    // is none of it.
                    let preamble = sync.alternating.min(self.config.preamble_min_symbols as usize);
                    let end = (sync.first - preamble).max(begun.sync.end);
                    self.finish(follower, &begun, end, PacketEnd::NextSync);
                }
                begun = Some(self.begin(follower, sync));
            }
            match &mut begun {
                None => {
                    let patience = self.config.sync_bits() + SYNC_PATIENCE;
                    if !more || finder.symbols_without_preamble() > patience {
                        return None;
                    }
                }
                Some(packet) => {
                    self.read_length(follower, packet);
                    if let Some((end, why)) = self.over(follower, packet, more) {
                        let packet = begun.take()?;
                        self.finish(follower, &packet, end, why);
                        let lost = follower.count().saturating_sub(2 * BLOCK).max(packet.sync.end);
                        let resume = if why == PacketEnd::Level { lost } else { end };
                        return Some(follower.begin_of(resume).max(0.0) as usize);
                    }
                }
            }
        }
    }

    fn begin(&self, follower: &mut Follower, sync: Sync) -> Begun {
        let before = match sync.alternating < sync.first {
            // It begins within what is decided already.
            true => sync.alternating as i64,
            false => sync.first as i64 + follower.preamble_before(sync.first),
        };
        let first = sync.first as i64 - before;
        let start = match usize::try_from(first) {
            Ok(first) => follower.begin_of(first),
            Err(_) => follower.begin_of(0) + first as f64 * follower.timing.period(),
        };
        let onset = self.segment.onset(self.sample_rate_hz);
        Begun {
            length: PacketLength::new(self.config.framing, sync.word.bits),
            level: follower.level(),
            preamble_start: start.max(onset).max(0.0),
            preamble_symbols: before.max(0) as u32,
            sync,
        }
    }

    fn read_length(&self, follower: &mut Follower, begun: &mut Begun) {
        let first = begun.sync.end;
        let end = begun.length.wanted().map(|wanted| first + wanted);
        if let Some(end) = end.filter(|&end| end <= follower.bits().len()) {
            begun.length.read(&upright(follower, begun.sync, end));
        }
    }

    /// Whether and why the packet is over, and the symbol behind its last.
    fn over(&self, follower: &Follower, begun: &Begun, more: bool) -> Option<(usize, PacketEnd)> {
        let first = begun.sync.end;
        let bits = follower.bits().len().saturating_sub(first);
        if let Some(told) = begun.length.bits().filter(|&told| bits >= told) {
            return Some((first + told, PacketEnd::Length));
        }
        if bits >= self.config.max_packet_bits {
            return Some((first + self.config.max_packet_bits, PacketEnd::Limit));
        }
        (!more).then_some((first + bits, PacketEnd::Level))
    }

    fn finish(&mut self, follower: &mut Follower, begun: &Begun, end: usize, why: PacketEnd) {
        let rate = self.sample_rate_hz;
        let place = self.segment.place(begun.preamble_start, rate);
        self.packets.push(Packet {
            soft: upright(follower, begun.sync, end),
            burst: self.segment.burst(),
            sample_start: place.sample,
            time: place.time,
            center_frequency_hz: place.frequency_hz + follower.carrier() * rate,
            preamble_symbols: begun.preamble_symbols,
            preamble_phase: begun.sync.phase,
            inverted: begun.sync.inverted,
            sync_word: begun.sync.word,
            sync_errors: begun.sync.errors,
            deviation_hz: self.config.deviation_hz * f64::from(1.0 + follower.tracker.deviation),
            symbol_rate_hz: rate / follower.timing.period(),
            clock_error_ppm: follower.timing.clock_error_ppm(),
            end: why,
        });
    }
}

/// Soft values from behind the sync word up to symbol `end`, polarity put right.
fn upright(follower: &mut Follower, sync: Sync, end: usize) -> Vec<f32> {
    let mut soft = follower.soft(sync.end, end);
    if sync.inverted {
        soft.iter_mut().for_each(|soft| *soft = -*soft);
    }
    soft
}
