// SPDX-License-Identifier: GPL-3.0-or-later
//! From a sync word found to everything that is known at its end: back through the preamble to its
//! first symbol, and forward again.

use super::correlator::Hit;
use super::history::History;
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

/// Acquires the transmitter of `hit`. `sync` are the symbols of the sync word, `nominal` the
/// samples in a symbol; nothing before sample `earliest` belongs to it.
pub fn acquire(
    history: &History,
    hit: &Hit,
    sync: &[f32],
    nominal: f64,
    known_preamble: u32,
    earliest: f64,
) -> Acquired {
    let polarity = if hit.inverted { -1.0 } else { 1.0 };
    let last = hit.phase.last_symbol();
    // Symbol `k` before the sync word, counted from 1.
    let preamble = |k: u32| polarity * if k % 2 == 1 { last } else { -last };
    let (offset, strength) =
        levels(history, hit, sync, nominal, known_preamble, &preamble, polarity);
    let mut slicer = Slicer::new(Timing::new(nominal, hit.last_symbol, 0.15), offset, strength);

    // Back through the sync word and the preamble.
    for k in (0..sync.len()).rev() {
        step_back(
            &mut slicer,
            history,
            polarity * sync[k],
            if k > 0 { polarity * sync[k - 1] } else { preamble(1) },
        );
    }
    let (mut score, mut best, mut count) = (0.0f32, 0.0f32, 0);
    let mut start = slicer.timing.clone();
    let mut values = Vec::new();
    for k in 1..=MAX_PREAMBLE_SYMBOLS {
        // A symbol of which more than half was sent counts.
        if slicer.timing.center() < earliest {
            break;
        }
        let soft = slicer.soft(history);
        values.push(soft);
        // What the preamble says of a symbol against what noise would: noise is seldom so near.
        let miss = (soft - preamble(k)) * (soft - preamble(k));
        score += 1.0 - 4.0 * miss.min(0.5);
        if score > best {
            (best, count) = (score, k);
            start = slicer.timing.clone();
        }
        if score < best - DOUBT_LIMIT {
            break;
        }
        step_back(&mut slicer, history, preamble(k), preamble(k + 1));
    }

    // Ones and zeros are as many in a preamble and have the same neighbours: whatever filters do to
    // them, the middle between them is the carrier.
    let pairs = &values[..count as usize / 2 * 2];
    let offset = offset + strength * pairs.iter().sum::<f32>() / pairs.len().max(1) as f32;

    // Forward again from the first symbol, with the clock that was learned on the way back.
    slicer = Slicer::new(Timing::resume(&start), offset, strength);
    let preamble_start = (slicer.timing.center() - slicer.timing.period() / 2.0).max(earliest);
    let symbols: Vec<f32> =
        (1..=count).rev().map(preamble).chain(sync.iter().map(|s| polarity * s)).collect();
    let mut strobes = Vec::with_capacity(symbols.len());
    for (k, &symbol) in symbols.iter().enumerate() {
        if k > 0 {
            slicer.timing.advance();
        }
        let soft = slicer.soft(history);
        strobes.push((slicer.timing.center(), soft));
        slicer.learn_levels(soft, symbol);
        if let Some(&next) = symbols.get(k + 1).filter(|&&next| next != symbol) {
            slicer.learn_timing(history, true, next > symbol);
        }
    }
    let in_sync = &strobes[count as usize..];
    let sync_start = in_sync[0].0 - slicer.timing.period() / 2.0;
    let wrong = |(&(_, soft), &symbol): (&(f64, f32), &f32)| soft * symbol * polarity < 0.0;
    let sync_errors = in_sync.iter().zip(sync).filter(|&pair| wrong(pair)).count() as u32;
    Acquired {
        slicer,
        offset,
        preamble_symbols: count,
        preamble_start,
        sync_start,
        sync_errors,
        strobes,
    }
}

/// Offset and strength over the symbols that the correlator has compared: the offset from the
/// preamble, in which both levels have the same neighbours, the strength by least squares.
fn levels(
    history: &History,
    hit: &Hit,
    sync: &[f32],
    nominal: f64,
    known_preamble: u32,
    preamble: &impl Fn(u32) -> f32,
    polarity: f32,
) -> (f32, f32) {
    let value = |k: usize| history.mean(hit.last_symbol - k as f64 * nominal, 0.8 * nominal);
    let pairs = known_preamble as usize / 2 * 2;
    let sum: f32 = (0..pairs).map(|k| value(sync.len() + k)).sum();
    let offset = sum / pairs as f32;
    let sync_part = sync.iter().rev().map(|s| polarity * s);
    let symbols = sync_part.chain((1..=known_preamble).map(preamble));
    let (mut count, mut product) = (0.0, 0.0);
    for (k, symbol) in symbols.enumerate() {
        count += 1.0;
        product += symbol * (value(k) - offset);
    }
    let strength: f32 = product / count;
    (offset, strength.max(1e-9))
}

fn step_back(slicer: &mut Slicer, history: &History, symbol: f32, before: f32) {
    if symbol != before {
        slicer.learn_timing(history, false, symbol > before);
    }
    slicer.timing.retreat();
}
