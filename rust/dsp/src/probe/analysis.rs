// SPDX-License-Identifier: GPL-3.0-or-later
//! What a region of a recording holds.

use std::ops::Range;

use super::channel::{cut, Channel};
use super::clock::{changes, Clock, TOLERANCE};
use super::envelope::{on, unsteadiness};
use super::framing::{find_packet, Alternation, PacketFound};
use super::frequency::{frequency_hz, Levels};
use super::plateau::tones;
use super::regions::{occupied, Region};
use super::share::Share;
use crate::error::{in_range, Error, Result};
use crate::Complex32;
use rustfft::FftPlanner;

/// Longest part of a region that is looked at, in samples: a steady signal shows what it is.
const LONGEST: usize = 1 << 21;
/// Bins of the fine spectrum of a region, and the part of its power that may lie outside its band
/// on either side.
const FINE_BINS: usize = 512;
const OUTSIDE: f64 = 0.01;
/// Symbol rates in parts of the occupied bandwidth: wide apart tones, and close ones.
const RATES: Range<f64> = 0.12..2.5;
/// Over how long the frequency is averaged at first, by the occupied bandwidth: for wide apart
/// tones, and for close ones.
const WINDOWS: [f64; 2] = [0.3, 0.8];
/// How much further than usual the frequency goes where pulses are shaped softly.
const SOFT: f64 = 1.5;
/// Symbols over which the power is averaged to see when the signal is on.
const ON_SYMBOLS: f64 = 4.0;

/// Bins of the fine spectrum that a line takes.
const LINE_BINS: f64 = 5.0;
/// Confidence in clock and tones from which on a signal is taken for what it looks like.
const LEAST_CLOCK: f64 = 0.5;
const LEAST_TONES: f64 = 0.3;
/// Confidence in the clock from which on it is worth while to look for packets.
const LEAST_READABLE: f64 = 0.3;
/// Variance of the power over the square of its mean up to which a signal is steady.
const MOST_UNSTEADY: f64 = 0.5;
/// Where the inner tones of four lie, in parts of the outer ones', how many of the symbols have
/// them at least, and from how many symbols that can be told.
const INNER_TONES: Range<f64> = 0.15..0.55;
const INNER: f64 = 0.25;
const FEWEST_TRIPLES: usize = 12;

/// What a signal is taken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Modulation {
    /// Frequency-shift keying with two tones.
    Fsk2,
    /// Frequency-shift keying with four tones.
    Fsk4,
    /// A steady tone.
    Carrier,
    /// None of these, or too weak to tell.
    Unknown,
}

impl Modulation {
    /// Name for people and files.
    pub fn name(self) -> &'static str {
        match self {
            Modulation::Fsk2 => "2-FSK",
            Modulation::Fsk4 => "4-FSK",
            Modulation::Carrier => "carrier",
            Modulation::Unknown => "unknown",
        }
    }
}

/// How far the pieces of evidence agree, 0 (as by chance) to 1 (all of many do).
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Confidence {
    /// Changes of frequency that fall on the symbol clock.
    pub symbol_rate: f64,
    /// Runs of like symbols that have one of the two tones.
    pub deviation: f64,
    /// 1 less the number of checks that should have passed by accident; 0 where none passed.
    pub framing: f64,
}

/// What was found out about a burst.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// First sample with the signal on, and one past the last, fractional.
    pub start: f64,
    /// One past the last sample, fractional.
    pub end: f64,
    /// Middle between the tones in Hz from the middle of the band; that of the band it occupies
    /// where there are none.
    pub center_hz: f64,
    /// Band in Hz that holds 98 % of the power.
    pub bandwidth_hz: f64,
    /// Power in dB of full scale (|sample| = 1).
    pub magnitude_db: f64,
    /// What it is taken for.
    pub modulation: Modulation,
    /// Symbols a second; 0 if there are none.
    pub symbol_rate_hz: f64,
    /// From the centre to a tone in Hz; 0 if there are none.
    pub deviation_hz: f64,
    /// Alternating symbols up to the first two that are alike: with the sync word known, up to it.
    pub preamble_symbols: usize,
    /// The symbol that the preamble ends with; valid if there is one.
    pub preamble_last: u8,
    /// First symbol like the one before it, behind the preamble; valid if there is one.
    pub sync_break: usize,
    /// All symbols, 1 for the upper tone.
    pub symbols: Vec<u8>,
    /// A packet whose check passes.
    pub packet: Option<PacketFound>,
    /// How sure this is.
    pub confidence: Confidence,
}

/// What `region` of `samples` holds.
///
/// # Errors
/// A rate outside 1e3 to 1e9 Hz, and a region that is not within the samples or has no width.
pub fn probe_region(
    samples: &[Complex32],
    sample_rate_hz: f64,
    region: &Region,
) -> Result<Finding> {
    in_range("sample_rate", sample_rate_hz, 1e3, 1e9, "Hz")?;
    let inside = samples.get(region.start..region.end).filter(|samples| samples.len() >= 2);
    let inside = inside.ok_or_else(|| {
        let given = format!("samples {} to {}", region.start, region.end);
        Error::parameter("region", given, format!("two or more of {}", samples.len()))
    })?;
    let width_hz = in_range(
        "bandwidth",
        region.high_hz - region.low_hz,
        sample_rate_hz / 65536.0,
        sample_rate_hz,
        "Hz",
    )?;
    let inside = &inside[..inside.len().min(LONGEST)];
    let band = Band::of(inside, sample_rate_hz, (region.low_hz + region.high_hz) / 2.0, width_hz);
    let per_sample = sample_rate_hz / band.channel.sample_rate_hz;
    let at = |sample: usize| region.start as f64 + sample as f64 * per_sample;
    let mut finding = Finding {
        start: at(band.on.start),
        end: at(band.on.end),
        center_hz: band.center_hz,
        bandwidth_hz: band.width_hz,
        magnitude_db: band.magnitude_db(),
        modulation: Modulation::Unknown,
        symbol_rate_hz: 0.0,
        deviation_hz: 0.0,
        preamble_symbols: 0,
        preamble_last: 0,
        sync_break: 0,
        symbols: Vec::new(),
        packet: None,
        confidence: Confidence::default(),
    };
    if band.is_line {
        finding.modulation = Modulation::Carrier;
    } else if let Some(keyed) = Keyed::of(inside, sample_rate_hz, &band) {
        keyed.tell(&mut finding);
    }
    Ok(finding)
}

/// The band that a signal occupies, and the signal in it.
struct Band {
    channel: Channel,
    on: Range<usize>,
    center_hz: f64,
    width_hz: f64,
    /// All of it is one line.
    is_line: bool,
}

impl Band {
    /// Looked for around `center_hz` in a band somewhat wider than `width_hz`.
    fn of(samples: &[Complex32], sample_rate_hz: f64, center_hz: f64, width_hz: f64) -> Band {
        let edges = (0.6 * width_hz, 0.9 * width_hz);
        let channel = cut(samples, sample_rate_hz, center_hz, edges, 4.0 * width_hz);
        let on = on(&channel, 4.0 / width_hz);
        let bin_hz = channel.sample_rate_hz / FINE_BINS as f64;
        let powers = fine_spectrum(&channel.samples[on.clone()], (edges.0 / bin_hz) as usize);
        let (low, high) = occupied(&powers, OUTSIDE);
        let bins = (high - low + 1) as f64;
        let middle = (low + high) as f64 / 2.0 - (powers.len() / 2) as f64;
        Band {
            center_hz: center_hz + middle * bin_hz,
            width_hz: bins * bin_hz,
            is_line: bins <= LINE_BINS,
            channel,
            on,
        }
    }

    fn magnitude_db(&self) -> f64 {
        let samples = &self.channel.samples[self.on.clone()];
        let sum: f64 = samples.iter().map(|sample| f64::from(sample.norm_sqr())).sum();
        10.0 * (sum / samples.len().max(1) as f64).max(1e-30).log10()
    }
}

/// Mean power in the bins up to `reach` on either side of the middle, less what noise has.
fn fine_spectrum(samples: &[Complex32], reach: usize) -> Vec<f64> {
    let reach = reach.min(FINE_BINS / 2 - 1);
    let fft = FftPlanner::new().plan_fft_forward(FINE_BINS);
    let mut powers = vec![0.0; 2 * reach + 1];
    let mut at = 0;
    while at == 0 || at + FINE_BINS <= samples.len() {
        let mut block = vec![Complex32::default(); FINE_BINS];
        for (n, (to, from)) in block.iter_mut().zip(&samples[at..]).enumerate() {
            let turns = n as f64 / FINE_BINS.min(samples.len()) as f64;
            *to = from * (0.5 - 0.5 * (std::f64::consts::TAU * turns).cos()) as f32;
        }
        fft.process(&mut block);
        for (i, power) in powers.iter_mut().enumerate() {
            *power += f64::from(block[(i + FINE_BINS - reach) % FINE_BINS].norm_sqr());
        }
        at += FINE_BINS / 2;
    }
    let mut sorted = powers.clone();
    sorted.sort_by(f64::total_cmp);
    let noise = sorted[sorted.len() / 10];
    powers.iter().map(|power| (power - 1.5 * noise).max(0.0)).collect()
}

/// A signal whose frequency changes between levels in time with a clock.
struct Keyed {
    channel: Channel,
    center_hz: f64,
    clock: Clock,
    /// Around which the frequency lies, from `center_hz`.
    levels: Levels,
    frequency: Vec<f32>,
    on: Range<usize>,
}

impl Keyed {
    fn of(samples: &[Complex32], sample_rate_hz: f64, band: &Band) -> Option<Keyed> {
        let width_hz = band.width_hz;
        let edges = (0.75 * width_hz, 1.25 * width_hz);
        let channel = cut(samples, sample_rate_hz, band.center_hz, edges, 8.0 * width_hz);
        let rates = RATES.start * width_hz..RATES.end * width_hz;
        let while_on = on(&channel, ON_SYMBOLS / width_hz);
        let first_looks = WINDOWS.iter().filter_map(|window| {
            let window_s = window / width_hz;
            Keyed::in_channel(channel.clone(), while_on.clone(), band.center_hz, window_s, rates.clone())
        });
        let surest = |a: &Keyed, b: &Keyed| a.fitting().total_cmp(&b.fitting());
        let mut keyed = first_looks.max_by(surest)?;
        for _ in 0..2 {
            // With the filter that is the signal's own.
            let rate = keyed.symbol_rate_hz();
            let deviation = keyed.reach_hz().min(width_hz / 2.0);
            let edge = deviation + (0.3 * rate).max(0.2 * (deviation + rate / 2.0));
            let edges = (edge, edge + rate / 2.0);
            let center_hz = keyed.center_hz + keyed.levels.middle();
            let least_hz = (8.0 * rate).max(4.0 * edges.1);
            let channel = cut(samples, sample_rate_hz, center_hz, edges, least_hz);
            let near = 0.9 * rate..1.1 * rate;
            let while_on = on(&channel, ON_SYMBOLS / rate);
            keyed = Keyed::in_channel(channel, while_on, center_hz, 0.5 / rate, near)?;
        }
        Some(keyed)
    }

    fn in_channel(
        channel: Channel,
        on: Range<usize>,
        center_hz: f64,
        window_s: f64,
        rates_hz: Range<f64>,
    ) -> Option<Keyed> {
        let frequency = frequency_hz(&channel, window_s);
        let inside = frequency.get(on.clone()).or(frequency.get(on.start..))?;
        if inside.is_empty() {
            return None;
        }
        let levels = Levels::of(inside);
        let changes: Vec<f64> =
            changes(inside, levels).iter().map(|time| time + on.start as f64).collect();
        let rate = channel.sample_rate_hz;
        let clock = Clock::of(&changes, rate / rates_hz.end..rate / rates_hz.start)?;
        Some(Keyed { channel, center_hz, clock, levels, frequency, on })
    }

    fn symbol_rate_hz(&self) -> f64 {
        self.channel.sample_rate_hz / self.clock.period
    }

    /// How well the changes of frequency fit the clock.
    fn fitting(&self) -> f64 {
        let fitting = Share { part: self.clock.fitting, of: self.clock.changes };
        fitting.beyond_chance(2.0 * TOLERANCE)
    }

    /// How far from the middle the frequency goes: the deviation, unless pulses are shaped so softly
    /// that most symbols do not come near it.
    fn reach_hz(&self) -> f64 {
        let on = self.on.start..self.on.end.min(self.frequency.len());
        let mut sorted = self.frequency[on].to_vec();
        sorted.sort_by(f32::total_cmp);
        let at = |part: f64| f64::from(sorted[(part * (sorted.len() - 1) as f64) as usize]);
        let (usual, seldom) = (self.levels.deviation(), (at(0.9) - at(0.1)) / 2.0);
        if seldom > SOFT * usual {
            seldom
        } else {
            usual
        }
    }

    /// Where the first symbol begins.
    fn first(&self) -> f64 {
        self.clock.first_after(self.on.start as f64)
    }

    /// Frequency in the middle of each symbol.
    fn centers(&self) -> Vec<f64> {
        let first = self.first();
        // One more than there seem to be: a symbol that is none does no harm behind a packet.
        let count = ((self.on.end as f64 - first) / self.clock.period) as usize + 1;
        let at = |k: usize| {
            let place = first + (k as f64 + 0.5) * self.clock.period;
            let before = (place as usize).min(self.frequency.len() - 1);
            let after = (before + 1).min(self.frequency.len() - 1);
            let (a, b) = (f64::from(self.frequency[before]), f64::from(self.frequency[after]));
            a + (b - a) * place.fract()
        };
        (0..count).map(at).collect()
    }

    /// Writes down what was found out.
    fn tell(&self, finding: &mut Finding) {
        let centers = self.centers();
        let symbols: Vec<u8> =
            centers.iter().map(|&hz| u8::from(hz >= self.levels.middle())).collect();
        finding.symbol_rate_hz = self.symbol_rate_hz();
        finding.confidence.symbol_rate = self.fitting();
        let tones = tones(&self.channel, &self.clock, self.first() + 0.5, &symbols);
        let levels = tones.as_ref().map_or(self.levels, |tones| tones.levels);
        finding.confidence.deviation = tones.map_or(0.0, |tones| tones.agreeing.beyond_chance(0.25));
        finding.deviation_hz = levels.deviation();
        finding.center_hz = self.center_hz + levels.middle();
        let on = &self.channel.samples[self.on.clone()];
        finding.modulation = modulation(finding.confidence, &centers, levels, unsteadiness(on));
        let soft: Vec<f32> = centers
            .iter()
            .map(|hz| ((hz - self.levels.middle()) / self.levels.deviation()) as f32)
            .collect();
        finding.symbols = symbols;
        if finding.confidence.symbol_rate < LEAST_READABLE {
            return;
        }
        if let Some(alternation) = Alternation::of(&finding.symbols) {
            let packet = find_packet(&soft, alternation);
            tell_packet(finding, alternation, packet);
        }
    }
}

fn tell_packet(finding: &mut Finding, alternation: Alternation, packet: Option<PacketFound>) {
    let end = packet.as_ref().map_or(alternation.end, |packet| packet.first - packet.sync_word.len());
    let end = end.min(alternation.end);
    let before = &finding.symbols[..end];
    let alternating = before.windows(2).rev().take_while(|pair| pair[0] != pair[1]).count();
    finding.preamble_symbols = if before.is_empty() { 0 } else { alternating + 1 };
    let inverted = packet.as_ref().is_some_and(|packet| packet.inverted);
    finding.preamble_last = before.last().map_or(0, |&last| last ^ u8::from(inverted));
    finding.sync_break = alternation.end;
    finding.confidence.framing = packet.as_ref().map_or(0.0, |packet| packet.confidence);
    finding.packet = packet;
}

/// Whether many symbols that lie between two on the same side of the middle, and have their full
/// deviation therefore, have far less than others.
fn has_inner_tones(centers: &[f64], middle_hz: f64) -> bool {
    let same_side = |three: &&[f64]| {
        three.iter().all(|hz| *hz > middle_hz) || three.iter().all(|hz| *hz < middle_hz)
    };
    let triples = centers.windows(3).filter(same_side);
    let mut beyond: Vec<f64> = triples.map(|three| (three[1] - middle_hz).abs()).collect();
    beyond.sort_by(f64::total_cmp);
    let Some(&outer) = beyond.get(beyond.len() * 9 / 10) else { return false };
    let inner = beyond.iter().filter(|&&hz| INNER_TONES.contains(&(hz / outer))).count();
    beyond.len() >= FEWEST_TRIPLES && inner as f64 > INNER * beyond.len() as f64
}

fn modulation(
    confidence: Confidence,
    centers: &[f64],
    levels: Levels,
    unsteadiness: f64,
) -> Modulation {
    if confidence.symbol_rate < LEAST_CLOCK || unsteadiness > MOST_UNSTEADY {
        return Modulation::Unknown;
    }
    if has_inner_tones(centers, levels.middle()) {
        Modulation::Fsk4
    } else if confidence.deviation >= LEAST_TONES {
        Modulation::Fsk2
    } else {
        Modulation::Unknown
    }
}
