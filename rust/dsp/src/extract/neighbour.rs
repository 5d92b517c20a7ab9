// SPDX-License-Identifier: GPL-3.0-or-later
//! What a much stronger neighbour leaves in a burst, and taking it out.
//!
//! FSK without a filter changes its frequency at once, and every such corner of its phase is heard
//! far beside its channel, on both sides alike: a signal of constant strength bends at right angles
//! to its phasor, so that what a corner leaves above the carrier is the conjugate of what it leaves
//! below, turned by twice the phase of the corner. That phase is seen in the neighbour's own band,
//! so the band that lies on its other side tells what it leaves in this one. How much of that is
//! taken out, and with which phase, is fitted: a neighbour that leaves nothing takes nothing along.

use std::ops::Range;

use num_complex::Complex32;

use super::bank::Bank;
use super::plan::Plan;
use super::tuning::Tuning;
use crate::detect::BurstStart;

/// Power in a band one bandwidth away over that of the transmitter: of all FSK of a bandwidth, that
/// with h = 1 is within a decibel of leaving most. It falls with the fourth power of the distance.
const SKIRT_DB: f64 = -28.0;
/// Below the noise, or below the burst, by so much it does not matter.
const UNDER_NOISE_DB: f64 = 9.0;
const UNDER_BURST_DB: f64 = 20.0;
/// Corners of a kind from which on there is enough to fit to.
const LEAST_CORNERS: usize = 16;

/// A stronger burst beside one, as long as both are up.
#[derive(Debug)]
pub struct Neighbour {
    /// The stronger one.
    pub id: u64,
    /// The band on its other side.
    mirror: Tuning,
    /// Output at which both are up.
    first: u64,
    /// The stronger one and the band on its other side from there on.
    own: Vec<Complex32>,
    mirrored: Vec<Complex32>,
}

/// A place at which a frequency changes.
struct Corner {
    /// Sample, fractional.
    at: f32,
    /// Twice the phase.
    turn: Complex32,
    /// The frequency is higher behind it.
    rises: bool,
}

impl Neighbour {
    /// `strong` as a neighbour of `weak`, if what it may leave there matters and can be told in a
    /// band sampled at `sample_rate_hz`.
    pub fn of(
        weak: &BurstStart,
        strong: &BurstStart,
        plan: &Plan,
        sample_rate_hz: f64,
    ) -> Option<Self> {
        let width = strong.bandwidth_hz;
        let distance = weak.relative_frequency_hz - strong.relative_frequency_hz;
        // Nearly all others end here: farther than a width away a skirt is lower than there.
        if distance.abs() < width
            || strong.magnitude_db + SKIRT_DB <= weak.magnitude_db - UNDER_BURST_DB
        {
            return None;
        }
        let skirt_db = strong.magnitude_db + SKIRT_DB - 40.0 * (distance.abs() / width).log10();
        let noise_db = weak.noise_dbfs_hz + 10.0 * width.log10();
        let matters =
            skirt_db > noise_db - UNDER_NOISE_DB && skirt_db > weak.magnitude_db - UNDER_BURST_DB;
        let mirror_hz = strong.relative_frequency_hz - distance;
        let in_band = mirror_hz.abs() <= (sample_rate_hz - width) / 2.0;
        (matters && in_band).then(|| Neighbour {
            id: strong.id,
            mirror: Tuning::new(plan, mirror_hz, sample_rate_hz),
            first: 0,
            own: Vec::new(),
            mirrored: Vec::new(),
        })
    }

    /// Both are up at the outputs `wanted` of block `block`, where the stronger one is `own`.
    pub fn listen(&mut self, bank: &mut Bank, block: u64, wanted: Range<usize>, own: &[Complex32]) {
        if self.own.is_empty() {
            self.first = block * bank.plan().small_hop() as u64 + wanted.start as u64;
        }
        self.own.extend_from_slice(own);
        bank.synthesise(&self.mirror, block, wanted, &mut self.mirrored);
    }

    /// Takes out of the weaker burst, whose `samples` begin at output `first`, what this one leaves
    /// in it. Pulses of the filter last about `pulse` samples.
    pub fn take_out(&self, samples: &mut [Complex32], first: u64, pulse: f32) {
        let Some(samples) = samples.get_mut(self.first.saturating_sub(first) as usize..) else {
            return;
        };
        let (corners, count) = (corners(&self.own), samples.len().min(self.own.len()));
        // Filters round a rising corner another way than a falling one.
        let (rising, falling): (Vec<_>, Vec<_>) =
            reaches(&corners, pulse, count).partition(|(corner, _)| corner.rises);
        for alike in [rising, falling] {
            let (mut common, mut power) = (Complex32::default(), f32::MIN_POSITIVE);
            for (corner, reach) in &alike {
                let mirrored = &self.mirrored[reach.clone()];
                for (x, mirrored) in samples[reach.clone()].iter().zip(mirrored) {
                    let there = corner.turn * mirrored.conj();
                    common += x * there.conj();
                    power += there.norm_sqr();
                }
            }
            let gain = common / power;
            // A sample that is no number must not make all of them such.
            if alike.len() < LEAST_CORNERS || !gain.norm_sqr().is_finite() {
                continue;
            }
            for (corner, reach) in alike {
                let mirrored = &self.mirrored[reach.clone()];
                for (x, mirrored) in samples[reach].iter_mut().zip(mirrored) {
                    *x -= gain * corner.turn * mirrored.conj();
                }
            }
        }
    }
}

/// The corners of a burst at baseband: where its frequency crosses its centre.
fn corners(samples: &[Complex32]) -> Vec<Corner> {
    let mean = samples.iter().map(Complex32::norm_sqr).sum::<f32>() / samples.len().max(1) as f32;
    let turn = |a: Complex32, b: Complex32| (b * a.conj()).arg();
    let mut found = Vec::new();
    let mut before = samples.windows(2).next().map_or(0.0, |pair| turn(pair[0], pair[1]));
    for (n, pair) in samples.windows(2).enumerate().skip(1) {
        let after = turn(pair[0], pair[1]);
        if (before > 0.0) != (after > 0.0) {
            // The vertex of the parabola through the phases around sample n.
            let late = -(before + after) / (2.0 * (after - before));
            let phase = 0.25 * (before + after) * late;
            // Where it is not up there are no corners of it.
            let square = pair[0] * pair[0] / pair[0].norm_sqr().max(0.25 * mean);
            found.push(Corner {
                at: n as f32 + late,
                turn: square * Complex32::from_polar(1.0, 2.0 * phase),
                rises: after > before,
            });
        }
        before = after;
    }
    found
}

/// For each corner the samples, of `count`, that are nearest to it and within `pulse` of it.
fn reaches(
    corners: &[Corner],
    pulse: f32,
    count: usize,
) -> impl Iterator<Item = (&Corner, Range<usize>)> {
    corners.iter().enumerate().map(move |(k, corner)| {
        let from = match k.checked_sub(1).map(|k| &corners[k]) {
            Some(before) => (corner.at - pulse).max(0.5 * (before.at + corner.at)),
            None => corner.at - pulse,
        };
        let until = match corners.get(k + 1) {
            Some(after) => (corner.at + pulse).min(0.5 * (corner.at + after.at)),
            None => corner.at + pulse,
        };
        let place = |at: f32| (at.max(0.0).ceil() as usize).min(count);
        (corner, place(from)..place(until))
    })
}
