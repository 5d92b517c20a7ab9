// SPDX-License-Identifier: GPL-3.0-or-later
//! The symbol clock, from the times at which the frequency changes sides.
//!
//! Every change lies at a whole number of symbols from every other. So the sum of unit phasors that
//! turn once a symbol, one for each change, has all of them in line: a line of the spectrum of the
//! train of changes (a cyclostationary signal's line at its symbol rate). Least squares over all of
//! the burst then give period and phase.

use rustfft::FftPlanner;

use super::frequency::Levels;
use crate::Complex32;

/// Part of the deviation by which the frequency has to pass the middle for a change to count.
const HYSTERESIS: f64 = 0.3;
/// Part of the strongest line that the symbol rate's own line has: multiples of the rate have lines
/// as strong when the changes are sharp, so the lowest of the strong ones is taken.
const STRONG: f32 = 0.75;
/// Part of a symbol by which a change may miss the clock and yet belong to it. By chance, half of
/// all changes do.
pub(super) const TOLERANCE: f64 = 0.25;
/// Fewest changes from which a clock can be told.
const FEWEST: usize = 8;

/// Period and phase of the symbols, in samples.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Clock {
    pub period: f64,
    /// Where a symbol begins, 0 to one period.
    pub phase: f64,
    /// Changes of frequency, and how many of them fit.
    pub changes: usize,
    pub fitting: usize,
}

/// Samples, fractional, at which `values` pass from one level to the other.
pub(super) fn changes(values: &[f32], levels: Levels) -> Vec<f64> {
    let middle = levels.middle() as f32;
    let beyond = (HYSTERESIS * levels.deviation()) as f32;
    let mut side = 0.0;
    let mut crossing = None;
    let mut found = Vec::new();
    for (n, pair) in values.windows(2).enumerate() {
        let (before, after) = (pair[0] - middle, pair[1] - middle);
        if (before < 0.0) != (after < 0.0) {
            crossing = Some(n as f64 + f64::from(before / (before - after)));
        }
        if after.abs() > beyond && after.signum() != side {
            found.extend(crossing.filter(|_| side != 0.0));
            side = after.signum();
        }
    }
    found
}

impl Clock {
    /// The clock that fits `changes`, with a period within `periods`; `None` if there are too few.
    pub fn of(changes: &[f64], periods: std::ops::Range<f64>) -> Option<Clock> {
        let (first, last) = (*changes.first()?, *changes.last()?);
        if changes.len() < FEWEST || last - first < periods.end {
            return None;
        }
        let period = 1.0 / strongest_line(changes, 1.0 / periods.end..1.0 / periods.start)?;
        Some(Clock::refined(changes, period))
    }

    /// Least squares from a period that is right to a small part of a symbol over all of them.
    pub fn refined(changes: &[f64], period: f64) -> Clock {
        let turns: num_complex::Complex64 = changes
            .iter()
            .map(|t| num_complex::Complex64::from_polar(1.0, std::f64::consts::TAU * t / period))
            .sum();
        let mut clock = Clock {
            period,
            phase: turns.arg() / std::f64::consts::TAU * period,
            changes: changes.len(),
            fitting: 0,
        };
        for _ in 0..4 {
            clock.fit(changes);
        }
        clock.phase = clock.phase.rem_euclid(clock.period);
        clock
    }

    fn fit(&mut self, changes: &[f64]) {
        let numbered = changes.iter().filter_map(|&time| {
            let place = (time - self.phase) / self.period;
            let miss = place - place.round();
            (miss.abs() < TOLERANCE).then_some((place.round(), time))
        });
        let points: Vec<(f64, f64)> = numbered.collect();
        self.fitting = points.len();
        let count = points.len() as f64;
        let mean = |value: fn(&(f64, f64)) -> f64| points.iter().map(value).sum::<f64>() / count;
        let (mean_k, mean_t) = (mean(|p| p.0), mean(|p| p.1));
        let spread: f64 = points.iter().map(|p| (p.0 - mean_k).powi(2)).sum();
        if spread > 0.0 {
            let common: f64 = points.iter().map(|p| (p.0 - mean_k) * (p.1 - mean_t)).sum();
            self.period = common / spread;
            self.phase = mean_t - self.period * mean_k;
        }
    }

    /// Where the symbol begins that is the first with its middle at or after `sample`.
    pub fn first_after(&self, sample: f64) -> f64 {
        let number = ((sample - self.phase) / self.period - 0.5).ceil();
        self.phase + number * self.period
    }
}

/// The lowest of the strong lines of a train of impulses, in turns a sample.
fn strongest_line(changes: &[f64], range: std::ops::Range<f64>) -> Option<f64> {
    let steps = 8.0 * range.end;
    let first = changes[0];
    let length = ((changes[changes.len() - 1] - first) * steps) as usize + 2;
    let size = (4 * length).next_power_of_two();
    let mut train = vec![Complex32::default(); size];
    for time in changes {
        // Shared between neighbours, so that the train keeps the time.
        let place = (time - first) * steps;
        let part = place.fract() as f32;
        train[place as usize] += 1.0 - part;
        train[place as usize + 1] += part;
    }
    FftPlanner::new().plan_fft_forward(size).process(&mut train);
    let per_bin = steps / size as f64;
    let bins = (range.start / per_bin).ceil() as usize..(range.end / per_bin) as usize;
    let line = |bin: usize| train[bin].norm();
    let strongest = bins.clone().map(line).max_by(f32::total_cmp)?;
    let mut lowest = bins.clone().find(|&bin| line(bin) >= STRONG * strongest)?;
    while lowest + 1 < bins.end && line(lowest + 1) > line(lowest) {
        lowest += 1;
    }
    Some(between(&train, lowest) * per_bin)
}

/// Where the line around a bin peaks (parabola through three bins).
fn between(train: &[Complex32], bin: usize) -> f64 {
    let [a, b, c] = [bin - 1, bin, bin + 1].map(|bin| f64::from(train[bin].norm()));
    let curve = a - 2.0 * b + c;
    let shift = if curve < 0.0 { (a - c) / (2.0 * curve) } else { 0.0 };
    bin as f64 + shift.clamp(-0.5, 0.5)
}
