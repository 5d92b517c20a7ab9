// SPDX-License-Identifier: GPL-3.0-or-later
//! From a sync word found to everything that is known at its end: back through the preamble to its
//! first symbol, and forward again.

use super::correlator::Hit;
use super::history::History;
use super::levels::Levels;
use super::slicer::Slicer;
use super::timing::Timing;

/// Longest preamble that is followed back: 1000 octets, the most that IEEE 802.15.4g allows.
pub const MAX_PREAMBLE_SYMBOLS: u32 = 8000;
/// Symbols' worth of doubt after which a preamble is over.
const DOUBT_LIMIT: f32 = 8.0;

/// A transmitter, acquired up to the end of its sync word.
#[derive(Debug, Clone)]
pub struct Acquired {
    /// Standing on the last symbol of the sync word.
    pub slicer: Slicer,
    /// Value of that symbol.
    pub last_value: f32,
    /// Carrier offset over the preamble, in units of the input.
    pub offset: f32,
    /// Symbols of preamble.
    pub preamble_symbols: u32,
    /// Start of the first symbol of the preamble, in samples.
    pub preamble_start: f64,
    /// Start of the sync word, in samples.
    pub sync_start: f64,
    /// Symbols of the sync word that were wrong.
    pub sync_errors: u32,
    /// Centre and soft value of each symbol of preamble and sync word.
    pub strobes: Vec<(f64, f32)>,
}

impl Acquired {
    /// Whether the last `count` symbols of the preamble are there and alternate without exception.
    pub fn alternates(&self, count: u32) -> bool {
        let preamble = &self.strobes[..self.preamble_symbols as usize];
        let Some(first) = preamble.len().checked_sub(count as usize) else { return false };
        preamble[first..].windows(2).all(|pair| pair[0].1 * pair[1].1 < 0.0)
    }
}

/// What a transmitter sends up to the end of the sync word, in the polarity of the signal.
struct Pattern {
    sync: Vec<f32>,
    /// The last symbol of the preamble.
    last: f32,
}

impl Pattern {
    /// Symbol `k` before the sync word, counted from 1.
    fn preamble(&self, k: u32) -> f32 {
        if k % 2 == 1 {
            self.last
        } else {
            -self.last
        }
    }

    /// The last `count` symbols of the preamble and the sync word, in order of time.
    fn symbols(&self, count: u32) -> Vec<f32> {
        let preamble = (1..=count).rev().map(|k| self.preamble(k));
        preamble.chain(self.sync.iter().copied()).collect()
    }
}

/// Acquires the transmitter of `hit`. `nominal` are the samples in a symbol, `compared` the symbols
/// of preamble that the correlator has seen; nothing before sample `earliest` belongs to it.
pub fn acquire(
    history: &History,
    hit: &Hit,
    nominal: f64,
    compared: u32,
    earliest: f64,
) -> Acquired {
    let polarity = if hit.inverted { -1.0 } else { 1.0 };
    let pattern = Pattern {
        sync: hit.sync_word.symbols().iter().map(|s| polarity * s).collect(),
        last: polarity * hit.phase.last_symbol(),
    };
    let (offset, strength) = levels(history, hit, &pattern, nominal, compared);
    let timing = Timing::new(nominal, hit.last_symbol, 0.15);
    let slicer = Slicer::new(timing, Levels::new(offset, strength));
    let back = walk_back(history, slicer, &pattern, earliest);

    // Forward again from the first symbol, with the clock that was learned on the way back.
    let offset = offset + strength * back.middle;
    let mut slicer = Slicer::new(Timing::resume(&back.start), Levels::new(offset, strength));
    let preamble_start = (slicer.timing.center() - slicer.timing.period() / 2.0).max(earliest);
    let symbols = pattern.symbols(back.count);
    let mut strobes = run_forward(history, &mut slicer, &symbols);
    let last_value = strobes[strobes.len() - 1].1;
    soften(&slicer.levels, &mut strobes, &symbols);
    let in_sync = &strobes[back.count as usize..];
    let wrong = |(strobe, symbol): &(&(f64, f32), &f32)| strobe.1 * **symbol < 0.0;
    Acquired {
        offset,
        preamble_symbols: back.count,
        preamble_start,
        sync_start: in_sync[0].0 - slicer.timing.period() / 2.0,
        sync_errors: in_sync.iter().zip(&pattern.sync).filter(wrong).count() as u32,
        strobes,
        last_value,
        slicer,
    }
}

/// What is known at the first symbol of a preamble.
struct Back {
    /// The clock on the first symbol.
    start: Timing,
    /// Symbols of preamble.
    count: u32,
    /// Middle between its ones and its zeros, in soft values.
    middle: f32,
}

/// From the last symbol of the sync word back to the first symbol of the preamble.
fn walk_back(history: &History, mut slicer: Slicer, pattern: &Pattern, earliest: f64) -> Back {
    let sync = &pattern.sync;
    for k in (0..sync.len()).rev() {
        let before = if k > 0 { sync[k - 1] } else { pattern.last };
        step_back(&mut slicer, history, sync[k], before);
    }
    let mut back = Back { start: slicer.timing.clone(), count: 0, middle: 0.0 };
    let (mut score, mut best) = (0.0f32, 0.0f32);
    let mut values = Vec::new();
    for k in 1..=MAX_PREAMBLE_SYMBOLS {
        // A symbol of which more than half was sent counts.
        if slicer.timing.center() < earliest {
            break;
        }
        let soft = slicer.levels.normal(slicer.value(history));
        values.push(soft);
        // What the preamble says of a symbol against what noise would: noise is seldom so near.
        let miss = (soft - pattern.preamble(k)) * (soft - pattern.preamble(k));
        score += 1.0 - 4.0 * miss.min(0.5);
        if score > best {
            (best, back.count, back.start) = (score, k, slicer.timing.clone());
        }
        if score < best - DOUBT_LIMIT {
            break;
        }
        step_back(&mut slicer, history, pattern.preamble(k), pattern.preamble(k + 1));
    }
    // Ones and zeros are as many in a preamble and have the same neighbours: whatever filters do to
    // them, the middle between them is the carrier.
    let pairs = &values[..back.count as usize / 2 * 2];
    back.middle = pairs.iter().sum::<f32>() / pairs.len().max(1) as f32;
    back
}

/// Over `symbols`, which are known; ends on the last of them. Centre and value of each.
fn run_forward(history: &History, slicer: &mut Slicer, symbols: &[f32]) -> Vec<(f64, f32)> {
    let mut strobes = Vec::with_capacity(symbols.len());
    for (k, &symbol) in symbols.iter().enumerate() {
        if k > 0 {
            slicer.timing.advance();
        }
        let value = slicer.value(history);
        strobes.push((slicer.timing.center(), value));
        let Some(&next) = symbols.get(k + 1) else { break };
        if k > 0 {
            slicer.learn_levels(value, symbol, [symbols[k - 1], next]);
        }
        if next != symbol {
            slicer.learn_timing(history, true, next > symbol);
        }
    }
    strobes
}

/// Soft values of `symbols`, which are known, from their values: what their neighbours have carried
/// into them is taken out.
fn soften(levels: &Levels, strobes: &mut [(f64, f32)], symbols: &[f32]) {
    for (k, strobe) in strobes.iter_mut().enumerate() {
        let at = |k: Option<usize>| k.and_then(|k| symbols.get(k)).copied().unwrap_or(0.0);
        let around = [at(k.checked_sub(1)), at(Some(k + 1))];
        strobe.1 = levels.miss(strobe.1, symbols[k], around) + symbols[k];
    }
}

/// Offset and strength over the symbols that the correlator has compared: the offset from the
/// preamble, in which both levels have the same neighbours, the strength by projection.
fn levels(
    history: &History,
    hit: &Hit,
    pattern: &Pattern,
    nominal: f64,
    compared: u32,
) -> (f32, f32) {
    let value = |k: usize| history.mean(hit.last_symbol - k as f64 * nominal, 0.8 * nominal);
    let pairs = compared as usize / 2 * 2;
    let sum: f32 = (0..pairs).map(|k| value(pattern.sync.len() + k)).sum();
    let offset = sum / pairs as f32;
    let symbols = pattern.symbols(compared);
    let product: f32 =
        symbols.iter().rev().enumerate().map(|(k, symbol)| symbol * (value(k) - offset)).sum();
    (offset, (product / symbols.len() as f32).max(1e-9))
}

fn step_back(slicer: &mut Slicer, history: &History, symbol: f32, before: f32) {
    if symbol != before {
        slicer.learn_timing(history, false, symbol > before);
    }
    slicer.timing.retreat();
}
