// SPDX-License-Identifier: GPL-3.0-or-later
//! The burst extractor from outside: tones in, tones at baseband out.

use kaifa_dsp::detect::{BurstEnd, BurstEvent, BurstStart};
use kaifa_dsp::extract::{Burst, BurstExtractor, Config};
use kaifa_dsp::time::Time;
use kaifa_dsp::Complex32;
use proptest::prelude::*;

const RATE: f64 = 2e6;

fn config() -> Config {
    Config { sample_rate_hz: RATE, ..Config::default() }
}

fn start(id: u64, offset: u64, hz: f64) -> BurstEvent {
    BurstEvent::Start(BurstStart {
        id,
        sample_offset: offset,
        rx_time: Time::default(),
        center_frequency_hz: 871.7e6 + hz,
        relative_frequency_hz: hz,
        sample_rate_hz: RATE,
        bandwidth_hz: 100e3,
        magnitude_db: -20.0,
        noise_dbfs_hz: -120.0,
        snr_db: 20.0,
    })
}

fn end(id: u64, offset: u64) -> BurstEvent {
    BurstEvent::End(BurstEnd { id, sample_offset: offset, truncated: false })
}

fn tone(count: usize, hz: f64) -> Vec<Complex32> {
    (0..count)
        .map(|n| {
            let turns = (hz / RATE * n as f64).fract();
            Complex32::from_polar(1.0, (turns * std::f64::consts::TAU) as f32)
        })
        .collect()
}

/// Runs `samples` through an extractor in pieces of the given sizes, over and over.
fn run(samples: &[Complex32], events: &[BurstEvent], pieces: &[usize]) -> Vec<Burst> {
    let mut extractor = BurstExtractor::new(config()).unwrap();
    let (mut bursts, mut at, mut next) = (Vec::new(), 0, 0);
    for &piece in pieces.iter().cycle() {
        let until = (at + piece).min(samples.len());
        let due = events[next..].iter().take_while(|e| e.sample_offset() < until as u64).count();
        extractor.process(&samples[at..until], &events[next..next + due], &mut bursts);
        (at, next) = (until, next + due);
        if at == samples.len() {
            break;
        }
    }
    extractor.finish(&mut bursts);
    bursts
}

fn assert_tone(burst: &Burst, hz: f64, skip: usize) {
    let samples = &burst.samples[skip..burst.samples.len() - skip];
    for (n, pair) in samples.windows(2).enumerate() {
        assert!((pair[0].norm() - 1.0).abs() < 0.01, "sample {n}: {}", pair[0]);
        let turn = (pair[1] * pair[0].conj()).arg() as f64 / std::f64::consts::TAU;
        let measured = turn * burst.sample_rate_hz;
        assert!((measured - hz).abs() < 20.0, "sample {n}: {measured} Hz, not {hz}");
    }
}

#[test]
fn a_burst_within_one_piece_comes_out_at_baseband_with_its_length() {
    let samples = tone(40_000, 312_345.0);
    let bursts = run(&samples, &[start(7, 10_000, 300e3), end(7, 30_000)], &[40_000]);
    assert_eq!(bursts.len(), 1);
    assert_eq!(bursts[0].start.id, 7);
    assert_eq!(bursts[0].samples.len(), 4000);
    assert_eq!(bursts[0].sample_offset, 10_000.0);
    assert!(!bursts[0].truncated);
    assert_tone(&bursts[0], 12_345.0, 0);
}

#[test]
fn twelve_at_once_and_one_at_each_edge_of_the_band() {
    let mut events = Vec::new();
    let centers: Vec<f64> = (0..12).map(|k| -1e6 + k as f64 * 2e6 / 11.0).collect();
    let mut samples = vec![Complex32::default(); 60_000];
    for (id, &hz) in centers.iter().enumerate() {
        events.push(start(id as u64, 5_000, hz));
        for (sum, x) in samples.iter_mut().zip(tone(60_000, hz + 10e3)) {
            // The two edges of the band are one frequency: only one of them sends.
            if id > 0 {
                *sum += x;
            }
        }
    }
    events.extend((0..12).map(|id| end(id, 50_000)));
    let bursts = run(&samples, &events, &[7_777]);
    assert_eq!(bursts.len(), 12);
    for burst in &bursts {
        assert_tone(burst, 10e3, 0);
    }
}

#[test]
fn a_neighbour_two_channels_away_is_gone() {
    let samples = tone(40_000, 200e3);
    let bursts = run(&samples, &[start(0, 5_000, 0.0), end(0, 30_000)], &[40_000]);
    let power: f32 = bursts[0].samples.iter().map(|x| x.norm_sqr()).sum::<f32>()
        / bursts[0].samples.len() as f32;
    assert!(10.0 * power.log10() < -60.0, "{} dB", 10.0 * power.log10());
}

#[test]
fn nothing_folds_onto_a_burst_at_four_samples_a_symbol() {
    let config = Config { output_rate_hz: 200e3, ..config() };
    // With 200 kHz out, what lies 150 to 250 kHz away would land on the 50 kHz around the centre.
    for hz in [-250e3, -202e3, -150e3, 151e3, 180e3, 200e3, 249e3] {
        let mut extractor = BurstExtractor::new(config.clone()).unwrap();
        let mut bursts = Vec::new();
        let events = [start(0, 5_000, 3_210.0), end(0, 30_000)];
        extractor.process(&tone(40_000, 3_210.0 + hz), &events, &mut bursts);
        assert_eq!((bursts[0].samples.len(), bursts[0].sample_rate_hz), (2500, 200e3));
        let strongest = bursts[0].samples.iter().map(|x| x.norm()).fold(0.0, f32::max);
        assert!(20.0 * strongest.log10() < -60.0, "{hz} Hz away: {} dB", 20.0 * strongest.log10());
    }
}

#[test]
fn a_constant_in_the_input_does_not_stand_in_a_burst_in_the_middle() {
    let mut samples = tone(1_000_000, 20e3);
    samples.iter_mut().for_each(|x| *x += Complex32::new(1.0, -0.5));
    let bursts = run(&samples, &[start(0, 900_000, 0.0), end(0, 950_000)], &[40_000]);
    assert_tone(&bursts[0], 20e3, 0);
}

#[test]
fn the_end_of_the_recording_cuts_and_says_so() {
    let samples = tone(20_000, 100e3);
    let bursts = run(&samples, &[start(0, 15_001, 100e3)], &[1000]);
    assert_eq!(bursts.len(), 1);
    assert!(bursts[0].truncated);
    assert_eq!(bursts[0].samples.len(), 999);
    assert_eq!(bursts[0].sample_offset, 15_005.0);
}

#[test]
fn a_burst_without_end_is_cut_at_the_maximum() {
    let mut extractor = BurstExtractor::new(Config { max_burst_s: 2e-3, ..config() }).unwrap();
    let mut bursts = Vec::new();
    extractor.process(&tone(10_000, 0.0), &[start(0, 0, 0.0)], &mut bursts);
    assert_eq!(bursts.len(), 1);
    assert_eq!(bursts[0].samples.len(), 800);
    assert!(bursts[0].truncated);
    assert_eq!(extractor.counts().truncated, 1);
}

#[test]
fn tags_that_make_no_sense_are_counted() {
    let mut extractor = BurstExtractor::new(config()).unwrap();
    let mut bursts = Vec::new();
    extractor.process(&tone(5_000, 0.0), &[end(3, 5), start(1, 10, 1.1e6)], &mut bursts);
    extractor.process(&tone(5_000, 0.0), &[start(2, 100, 0.0), end(2, 100)], &mut bursts);
    extractor.finish(&mut bursts);
    assert_eq!(extractor.counts().bad_tags, 4);
    assert!(bursts.is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn the_sizes_of_the_pieces_do_not_matter(
        pieces in prop::collection::vec(1usize..9_000, 1..6),
        places in prop::collection::vec((0u64..35_000, 1u64..10_000, -9e5..9e5f64), 1..8),
    ) {
        let samples: Vec<Complex32> = tone(40_000, 123_456.7)
            .iter().zip(tone(40_000, -654_321.0)).map(|(a, b)| a + b).collect();
        let mut events = Vec::new();
        for (id, &(offset, length, hz)) in places.iter().enumerate() {
            events.push(start(id as u64, offset, hz));
            events.push(end(id as u64, offset + length));
        }
        events.sort_by_key(|e| e.sample_offset());
        events.retain(|e| e.sample_offset() < 40_000);
        let whole = run(&samples, &events, &[40_000]);
        prop_assert_eq!(whole.len(), places.len());
        prop_assert!(whole == run(&samples, &events, &pieces));
    }
}
