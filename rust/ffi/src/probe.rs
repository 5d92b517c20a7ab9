// SPDX-License-Identifier: GPL-3.0-or-later
//! The probe behind the wall.

use kaifa_dsp::probe::{self, Finding, Modulation, PacketFound, Region};

use crate::bridge::ffi::{ProbeFinding, ProbeRegion};
use crate::complex::{samples, Sample};
use crate::engine::{catch, Result};

pub fn find_regions(recording: &[Sample], sample_rate: f64) -> Result<Vec<ProbeRegion>> {
    let found = catch(|| probe::find_regions(samples(recording), sample_rate))??;
    Ok(found.into_iter().map(ProbeRegion::from).collect())
}

pub fn probe_region(
    recording: &[Sample],
    sample_rate: f64,
    region: &ProbeRegion,
) -> Result<ProbeFinding> {
    let region = Region::from(region);
    let finding = catch(|| probe::probe_region(samples(recording), sample_rate, &region))??;
    Ok(finding.into())
}

impl From<Region> for ProbeRegion {
    fn from(region: Region) -> Self {
        ProbeRegion {
            start: region.start as u64,
            end: region.end as u64,
            low: region.low_hz,
            high: region.high_hz,
        }
    }
}

impl From<&ProbeRegion> for Region {
    fn from(region: &ProbeRegion) -> Self {
        Region {
            start: region.start as usize,
            end: region.end as usize,
            low_hz: region.low,
            high_hz: region.high,
        }
    }
}

impl From<Finding> for ProbeFinding {
    fn from(finding: Finding) -> Self {
        let known = ProbeFinding {
            start: finding.start,
            end: finding.end,
            center: finding.center_hz,
            bandwidth: finding.bandwidth_hz,
            magnitude_db: finding.magnitude_db,
            modulation: Modulation::name(finding.modulation).to_owned(),
            symbol_rate: finding.symbol_rate_hz,
            symbol_rate_confidence: finding.confidence.symbol_rate,
            deviation: finding.deviation_hz,
            deviation_confidence: finding.confidence.deviation,
            preamble_symbols: finding.preamble_symbols,
            preamble_last: finding.preamble_last,
            sync_break: finding.sync_break,
            symbols: finding.symbols,
            framing_confidence: finding.confidence.framing,
            ..ProbeFinding::default()
        };
        match finding.packet {
            Some(packet) => with_packet(known, packet),
            None => known,
        }
    }
}

fn with_packet(finding: ProbeFinding, packet: PacketFound) -> ProbeFinding {
    let encoding = packet.encoding;
    ProbeFinding {
        has_packet: true,
        framing: encoding.framing.name().to_owned(),
        check: encoding.check.name().to_owned(),
        whitening: encoding.whitening.name().to_owned(),
        fec: encoding.fec.map_or("", |fec| fec.name()).to_owned(),
        inverted: packet.inverted,
        packet_first: packet.first,
        sync_word: packet.sync_word,
        mpdu: packet.mpdu,
        fills_burst: packet.fills_burst,
        is_mac_frame: packet.is_mac_frame,
        ..finding
    }
}
