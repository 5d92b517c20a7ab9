// SPDX-License-Identifier: GPL-3.0-or-later
//! The receiver without GNU Radio, for tests of several engines together.

#![allow(dead_code)] // each test file uses its own part

use kaifa_dsp::demod::{self, BurstInfo, Packet, StrobeEvent, SyncStrobe};
use kaifa_dsp::detect::{self, BurstDetector, BurstEnd, BurstEvent, BurstStart};
use kaifa_dsp::extract::{self, Burst, BurstExtractor};
use kaifa_dsp::frame::{self, FrameParser, Outcome, PacketBits};
use kaifa_dsp::Complex32;

/// Zeros between two bursts on the stream.
const GAP: usize = 512;

/// All events of a recording that grows by pieces of the given sizes over and over.
pub fn detect(samples: &[Complex32], config: &detect::Config, pieces: &[usize]) -> Vec<BurstEvent> {
    let mut detector = BurstDetector::new(config.clone()).unwrap();
    let (mut events, mut at) = (Vec::new(), 0);
    for &piece in pieces.iter().cycle() {
        let until = (at + piece).min(samples.len());
        let given = events.len();
        let settled = detector.settled();
        detector.look(settled, &samples[settled as usize..until], &mut events).unwrap();
        assert!(events[given..].iter().all(|e| e.sample_offset() >= settled));
        assert!(until as u64 - detector.settled() <= detector.max_lookahead() as u64);
        at = until;
        if at == samples.len() {
            break;
        }
    }
    let settled = detector.settled();
    detector.finish(settled, &samples[settled as usize..], &mut events).unwrap();
    assert!(events.is_sorted_by_key(BurstEvent::sample_offset));
    events
}

/// Each start with its end.
pub fn spans(events: &[BurstEvent]) -> Vec<(BurstStart, BurstEnd)> {
    let ends: Vec<BurstEnd> = events
        .iter()
        .filter_map(|e| if let BurstEvent::End(end) = e { Some(*end) } else { None })
        .collect();
    events
        .iter()
        .filter_map(|e| if let BurstEvent::Start(start) = e { Some(start.clone()) } else { None })
        .map(|start| {
            let end = *ends.iter().find(|end| end.id == start.id).expect("every burst ends");
            (start, end)
        })
        .collect()
}

/// All bursts of a recording at `output_rate_hz`.
pub fn extract(
    samples: &[Complex32],
    events: &[BurstEvent],
    config: extract::Config,
) -> Vec<Burst> {
    let mut extractor = BurstExtractor::new(config).unwrap();
    let mut bursts = Vec::new();
    extractor.process(samples, events, &mut bursts);
    extractor.finish(&mut bursts);
    bursts
}

/// The instantaneous frequency in radians a sample, behind a low pass with this cutoff.
pub fn discriminator(samples: &[Complex32], cutoff_hz: f64, rate_hz: f64) -> Vec<f32> {
    const HALF: usize = 16;
    let taps: Vec<f32> = (0..=2 * HALF)
        .map(|n| {
            let t = n as f64 - HALF as f64;
            let x = 2.0 * cutoff_hz / rate_hz;
            let sinc = if t == 0.0 {
                x
            } else {
                (std::f64::consts::PI * x * t).sin() / (std::f64::consts::PI * t)
            };
            let hamming = 0.54 + 0.46 * (std::f64::consts::PI * t / (HALF as f64 + 1.0)).cos();
            (sinc * hamming) as f32
        })
        .collect();
    let filtered: Vec<Complex32> = (0..samples.len())
        .map(|n| {
            let near = n.saturating_sub(HALF)..(n + HALF + 1).min(samples.len());
            near.map(|k| samples[k] * taps[n + HALF - k]).sum()
        })
        .collect();
    let turn = |n: usize| if n == 0 { 0.0 } else { (filtered[n] * filtered[n - 1].conj()).arg() };
    (0..filtered.len()).map(turn).collect()
}

/// What the tagger's and extractor's metadata become on the stream.
pub fn burst_info(burst: &Burst) -> BurstInfo {
    let since_tag = burst.sample_offset - burst.start.sample_offset as f64;
    BurstInfo {
        id: burst.start.id,
        center_frequency_hz: burst.start.center_frequency_hz,
        sample_offset: burst.sample_offset,
        onset: burst.onset,
        original_rate_hz: burst.start.sample_rate_hz,
        rx_time: burst.start.rx_time.plus(since_tag / burst.start.sample_rate_hz),
        magnitude_db: burst.start.magnitude_db,
        noise_dbfs_hz: burst.start.noise_dbfs_hz,
        snr_db: burst.start.snr_db,
    }
}

/// Settings of sync and strobe for a stream in radians a sample.
pub fn strobe_config(sample_rate_hz: f64) -> demod::Config {
    demod::Config {
        sample_rate_hz,
        hz_per_unit: sample_rate_hz / std::f64::consts::TAU,
        ..demod::Config::default()
    }
}

/// Marks and packets of a stream with these bursts (first sample, last sample, metadata), fed in
/// pieces of the given sizes over and over.
pub fn strobe(
    stream: &[f32],
    bursts: &[(u64, u64, BurstInfo)],
    config: demod::Config,
    pieces: &[usize],
) -> (Vec<StrobeEvent>, Vec<Packet>, demod::Counts) {
    let mut engine = SyncStrobe::new(config).unwrap();
    let (mut events, mut packets, mut at) = (Vec::new(), Vec::new(), 0u64);
    for &piece in pieces.iter().cycle() {
        let until = (at + piece as u64).min(stream.len() as u64);
        for (first, last, info) in bursts {
            if (at..until).contains(first) {
                engine.burst_start(*first, info.clone());
            }
            if (at..until).contains(last) {
                engine.burst_end(*last);
            }
        }
        let (given, settled) = (events.len(), engine.settled());
        engine.process(&stream[at as usize..until as usize], &mut events, &mut packets);
        assert!(events[given..].iter().all(|e: &StrobeEvent| e.offset() >= settled));
        assert!(engine.settled() <= until);
        at = until;
        if at == stream.len() as u64 {
            break;
        }
    }
    engine.finish(&mut events, &mut packets);
    assert!(events.is_sorted_by_key(StrobeEvent::offset));
    (events, packets, engine.counts())
}

/// Everything from samples to packets, with the settings of the standard radio.
pub fn receive(samples: &[Complex32], config: &detect::Config) -> (Vec<Packet>, demod::Counts) {
    let events = detect(samples, config, &[65_536]);
    let bursts = extract(
        samples,
        &events,
        extract::Config { sample_rate_hz: config.sample_rate_hz, ..extract::Config::default() },
    );
    let Some(rate) = bursts.first().map(|b| b.sample_rate_hz) else {
        return (Vec::new(), demod::Counts::default());
    };
    let (mut stream, mut places) = (Vec::new(), Vec::new());
    for burst in &bursts {
        let first = stream.len() as u64;
        stream.extend(discriminator(&burst.samples, 40e3, rate));
        places.push((first, stream.len() as u64 - 1, burst_info(burst)));
        stream.resize(stream.len() + GAP, 0.0);
    }
    let (_, packets, counts) = strobe(&stream, &places, strobe_config(rate), &[8192]);
    (packets, counts)
}

/// The frames of packets.
pub fn frames(packets: &[Packet]) -> Vec<(Packet, Outcome)> {
    let mut parser = FrameParser::new(frame::Config::default()).unwrap();
    let one = |packet: &Packet| {
        let outcome = parser.process(&PacketBits {
            soft: packet.soft.as_slice().into(),
            sync_word: Some(packet.sync_word.bits),
            time: packet.time,
            center_frequency_hz: packet.center_frequency_hz,
            header_s: f64::from(packet.preamble_symbols + packet.sync_word.length)
                / packet.symbol_rate_hz,
            symbol_rate_hz: packet.symbol_rate_hz,
        });
        (packet.clone(), outcome)
    };
    packets.iter().map(one).collect()
}
