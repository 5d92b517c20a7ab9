// SPDX-License-Identifier: GPL-3.0-or-later
//! The two tones, measured where the frequency stands still.
//!
//! Shaped pulses reach full deviation only inside runs of like symbols: alternating ones, as those
//! of a preamble, do not.

use super::channel::Channel;
use super::clock::Clock;
use super::frequency::Levels;
use super::share::Share;

/// Symbols cut off a run at either end, by the symbols in the run: in a run of three or more the
/// middle is left, in shorter ones what is left is not quite the tone.
const RUNS: [(usize, f64); 3] = [(3, 1.0), (2, 0.6), (1, 0.3)];
/// Fewest runs from which a tone is told.
const FEWEST: usize = 3;
/// Part of the deviation by which a run may differ from the tone and yet agree with it.
const TOLERANCE: f64 = 0.25;

/// Tones and how well the runs agree on them.
pub(super) struct Tones {
    pub levels: Levels,
    pub agreeing: Share,
}

/// Frequency and length in symbols of each run that starts at `first` or later.
fn runs(channel: &Channel, clock: &Clock, first: f64, bits: &[u8], kind: usize) -> [Vec<Run>; 2] {
    let (shortest, margin) = RUNS[kind];
    let mut found = [Vec::new(), Vec::new()];
    let mut begin = 0;
    for run in bits.chunk_by(|a, b| a == b) {
        let (from, to) = (begin as f64 + margin, (begin + run.len()) as f64 - margin);
        begin += run.len();
        if run.len() < shortest {
            continue;
        }
        let sample = |symbol: f64| (first + symbol * clock.period).max(0.0) as usize;
        if let Some(hz) = slope_hz(channel, sample(from)..sample(to) + 1) {
            found[usize::from(run[0])].push(Run { hz, symbols: to - from });
        }
    }
    found
}

struct Run {
    hz: f64,
    symbols: f64,
}

/// The tones of a burst whose symbols, from sample `first` on, are `bits`; `None` if there are too
/// few runs of either, or the ones have the lower tone: then they are none.
pub(super) fn tones(channel: &Channel, clock: &Clock, first: f64, bits: &[u8]) -> Option<Tones> {
    let kinds = (0..RUNS.len()).map(|kind| runs(channel, clock, first, bits, kind));
    let [zeros, ones] =
        kinds.into_iter().find(|runs| runs.iter().all(|runs| runs.len() >= FEWEST))?;
    let levels = Levels { low: weighted_median(&zeros), high: weighted_median(&ones) };
    if levels.deviation() <= 0.0 {
        return None;
    }
    let near = |run: &&Run, tone: f64| (run.hz - tone).abs() < TOLERANCE * levels.deviation();
    let agreeing = zeros.iter().filter(|run| near(run, levels.low)).count()
        + ones.iter().filter(|run| near(run, levels.high)).count();
    Some(Tones { levels, agreeing: Share { part: agreeing, of: zeros.len() + ones.len() } })
}

fn weighted_median(runs: &[Run]) -> f64 {
    let mut sorted: Vec<&Run> = runs.iter().collect();
    sorted.sort_by(|a, b| a.hz.total_cmp(&b.hz));
    let half: f64 = runs.iter().map(|run| run.symbols).sum::<f64>() / 2.0;
    let mut sum = 0.0;
    let middle = sorted.iter().find(|run| {
        sum += run.symbols;
        sum >= half
    });
    middle.map_or(0.0, |run| run.hz)
}

/// Slope of the phase over a range of samples in Hz, by least squares.
fn slope_hz(channel: &Channel, range: std::ops::Range<usize>) -> Option<f64> {
    let samples = channel.samples.get(range).filter(|samples| samples.len() >= 3)?;
    let middle = (samples.len() - 1) as f64 / 2.0;
    let (mut phase, mut common, mut spread) = (0.0, 0.0, 0.0);
    for (n, sample) in samples.iter().enumerate() {
        if n > 0 {
            phase += f64::from((sample * samples[n - 1].conj()).arg());
        }
        let time = n as f64 - middle;
        common += time * phase;
        spread += time * time;
    }
    Some(common / spread * channel.sample_rate_hz / std::f64::consts::TAU)
}
