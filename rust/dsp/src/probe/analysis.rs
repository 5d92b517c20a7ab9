// SPDX-License-Identifier: GPL-3.0-or-later
//! What a region of a recording holds.

use std::ops::Range;

use super::band::Band;
use super::envelope::unsteadiness;
use super::finding::{Confidence, Finding, Modulation};
use super::framing::{find_packet, Alternation, PacketFound};
use super::frequency::Levels;
use super::keyed::Keyed;
use super::regions::Region;
use crate::error::{in_range, Error, Result};
use crate::Complex32;

/// Longest part of a region that is looked at, in samples: a steady signal shows what it is.
const LONGEST: usize = 1 << 21;
/// Confidence in clock and tones from which on a signal is taken for what it looks like.
const LEAST_CLOCK: f64 = 0.5;
const LEAST_TONES: f64 = 0.3;
/// Part of the runs of like symbols that agree with one of two tones by chance.
const CHANCE: f64 = 0.25;
/// Confidence in the clock from which on it is worth while to look for packets.
const LEAST_READABLE: f64 = 0.3;
/// Variance of the power over the square of its mean up to which a signal is steady.
const MOST_UNSTEADY: f64 = 0.5;
/// Where the inner tones of four lie, in parts of the outer ones', and where few symbols lie unless
/// noise has put them there; how many of the symbols have inner tones at least, and from how many
/// symbols that can be told.
const INNER_TONES: Range<f64> = 0.15..0.52;
const BETWEEN_TONES: Range<f64> = 0.52..0.8;
const INNER: f64 = 0.25;
const FEWEST_TRIPLES: usize = 12;

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
        tell_keyed(&mut finding, &keyed);
    }
    Ok(finding)
}

fn tell_keyed(finding: &mut Finding, keyed: &Keyed) {
    let (centers, levels) = (keyed.centers(), keyed.levels);
    finding.symbol_rate_hz = keyed.symbol_rate_hz();
    finding.confidence.symbol_rate = keyed.fitting();
    finding.deviation_hz = levels.deviation();
    finding.confidence.deviation = keyed.agreeing.beyond_chance(CHANCE);
    finding.center_hz = keyed.center_hz + levels.middle();
    let unsteadiness = unsteadiness(&keyed.channel.samples[keyed.on.clone()]);
    finding.modulation = modulation(finding.confidence, &centers, levels, unsteadiness);
    finding.symbols = keyed.symbols();
    if finding.confidence.symbol_rate < LEAST_READABLE {
        return;
    }
    if let Some(alternation) = Alternation::of(&finding.symbols) {
        let soft = |hz: &f64| ((hz - levels.middle()) / levels.deviation()) as f32;
        let soft: Vec<f32> = centers.iter().map(soft).collect();
        tell_packet(finding, alternation, find_packet(&soft, alternation));
    }
}

fn tell_packet(finding: &mut Finding, alternation: Alternation, packet: Option<PacketFound>) {
    let end =
        packet.as_ref().map_or(alternation.end, |packet| packet.first - packet.sync_word.len());
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
    let within =
        |parts: Range<f64>| beyond.iter().filter(|&&hz| parts.contains(&(hz / outer))).count();
    let (inner, between) = (within(INNER_TONES), within(BETWEEN_TONES));
    beyond.len() >= FEWEST_TRIPLES
        && inner as f64 > INNER * beyond.len() as f64
        && inner > 2 * between
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
