// SPDX-License-Identifier: GPL-3.0-or-later
//! A signal whose frequency is keyed: its clock, its tones, its symbols.

use std::ops::Range;

use super::band::Band;
use super::channel::{cut, Channel};
use super::clock::{changes, Clock, TOLERANCE};
use super::envelope::on;
use super::frequency::{frequency_hz, Levels};
use super::plateau::tones;
use super::share::Share;
use crate::Complex32;

/// Symbol rates in parts of the occupied bandwidth: wide apart tones, and close ones.
const RATES: Range<f64> = 0.12..2.5;
/// Over how long the frequency is averaged at first, by the occupied bandwidth: for wide apart
/// tones, and for close ones.
const WINDOWS: [f64; 2] = [0.3, 0.8];
/// The filter leaves this much of the occupied bandwidth on either side, whatever the tones seem to
/// be: where most symbols are preamble, softly shaped pulses make them seem closer than they are.
const LEAST_EDGE: f64 = 0.55;
/// Symbols over which the power is averaged to see when the signal is on.
const ON_SYMBOLS: f64 = 4.0;

/// A signal whose frequency changes between levels in time with a clock.
pub(super) struct Keyed {
    pub channel: Channel,
    pub center_hz: f64,
    pub clock: Clock,
    /// The tones, from `center_hz`.
    pub levels: Levels,
    /// Runs of like symbols that have one of them.
    pub agreeing: Share,
    frequency: Vec<f32>,
    pub on: Range<usize>,
}

impl Keyed {
    /// The signal of `band` in `samples`; `None` if there is no clock to be seen.
    pub fn of(samples: &[Complex32], sample_rate_hz: f64, band: &Band) -> Option<Keyed> {
        let width_hz = band.width_hz;
        let edges = (0.75 * width_hz, 1.25 * width_hz);
        let channel = cut(samples, sample_rate_hz, band.center_hz, edges, 8.0 * width_hz);
        let rates = RATES.start * width_hz..RATES.end * width_hz;
        let while_on = on(&channel, ON_SYMBOLS / width_hz);
        let first_looks = WINDOWS.iter().filter_map(|window| {
            let window_s = window / width_hz;
            Keyed::in_channel(
                channel.clone(),
                while_on.clone(),
                band.center_hz,
                window_s,
                rates.clone(),
            )
        });
        let surest = |a: &Keyed, b: &Keyed| a.fitting().total_cmp(&b.fitting());
        let mut keyed = first_looks.max_by(surest)?;
        for _ in 0..2 {
            // With the filter that is the signal's own.
            let (rate, deviation) = (keyed.symbol_rate_hz(), keyed.levels.deviation());
            let edge = deviation + (0.3 * rate).max(0.2 * (deviation + rate / 2.0));
            let edge = edge.max(LEAST_EDGE * width_hz);
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
        let agreeing = Share::default();
        let keyed = Keyed { channel, center_hz, clock, levels, agreeing, frequency, on };
        Some(keyed.with_tones())
    }

    /// With the levels measured where the frequency stands still, if it does so often enough.
    fn with_tones(mut self) -> Keyed {
        if let Some(tones) = tones(&self.channel, &self.clock, self.first() + 0.5, &self.symbols())
        {
            self.levels = tones.levels;
            self.agreeing = tones.agreeing;
        }
        self
    }

    pub fn symbol_rate_hz(&self) -> f64 {
        self.channel.sample_rate_hz / self.clock.period
    }

    /// How well the changes of frequency fit the clock.
    pub fn fitting(&self) -> f64 {
        let fitting = Share { part: self.clock.fitting, of: self.clock.changes };
        fitting.beyond_chance(2.0 * TOLERANCE)
    }

    /// Where the first symbol begins.
    fn first(&self) -> f64 {
        self.clock.first_after(self.on.start as f64)
    }

    /// Frequency in the middle of each symbol.
    pub fn centers(&self) -> Vec<f64> {
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

    /// 1 for each symbol of the upper tone, 0 for each of the lower.
    pub fn symbols(&self) -> Vec<u8> {
        let middle = self.levels.middle();
        self.centers().iter().map(|&hz| u8::from(hz >= middle)).collect()
    }
}
