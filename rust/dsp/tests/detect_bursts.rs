// SPDX-License-Identifier: GPL-3.0-or-later
//! The burst detector from outside.

mod common;

use common::{detect, spans};
use kaifa_dsp::detect::{BurstDetector, BurstEnd, BurstEvent, BurstStart, Config};
use kaifa_dsp::sim::{modulate, ModulatorConfig};
use kaifa_dsp::time::Time;
use kaifa_dsp::Complex32;
use proptest::prelude::*;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::StandardNormal;

const RATE: f64 = 2e6;
const MIDDLE: f64 = 871.7e6;

fn config() -> Config {
    Config { sample_rate_hz: RATE, center_frequency_hz: MIDDLE, ..Config::default() }
}

/// Noise of total power 1.
fn noise(count: usize, seed: u64) -> Vec<Complex32> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let scale = std::f32::consts::FRAC_1_SQRT_2;
    let mut sample = || rng.sample::<f32, _>(StandardNormal) * scale;
    (0..count).map(|_| Complex32::new(sample(), sample())).collect()
}

/// Amplitude of a signal with this SNR in 100 kHz over noise of total power 1.
fn amplitude(snr_db: f64) -> f32 {
    (10f64.powf(snr_db / 10.0) * 100e3 / RATE).sqrt() as f32
}

/// Adds a burst of `symbols` symbols (preamble, then random) that starts at sample `start`;
/// returns its length.
fn add_burst(to: &mut [Complex32], start: usize, symbols: usize, hz: f64, snr_db: f64) -> usize {
    let mut rng = ChaCha8Rng::seed_from_u64(start as u64);
    let bits: Vec<u8> = (0..symbols)
        .map(|k| if k < 128 { (k + 1) as u8 % 2 } else { rng.random_range(0..2) })
        .collect();
    let burst = modulate(
        &bits,
        &ModulatorConfig {
            sample_rate_hz: RATE,
            carrier_offset_hz: hz,
            gaussian_bt: Some(0.5),
            amplitude: amplitude(snr_db),
            ..ModulatorConfig::default()
        },
    )
    .unwrap();
    for (sum, sample) in to[start..].iter_mut().zip(&burst) {
        *sum += sample;
    }
    burst.len()
}

#[test]
fn a_burst_is_placed_in_time_and_frequency_between_its_tones() {
    for snr_db in [8.0, 12.0, 25.0, 45.0] {
        let mut samples = noise(200_000, 1);
        let length = add_burst(&mut samples, 100_000, 600, 312_345.0, snr_db);
        let found = spans(&detect(&samples, &config(), &[200_000]));
        assert_eq!(found.len(), 1, "{snr_db} dB: {found:?}");
        let (start, end) = &found[0];
        // The tag stands a block of 512 samples before the burst, half a block more or less; at
        // 8 dB a block.
        let early = 100_000 - start.sample_offset as i64;
        let tolerance = if snr_db < 10.0 { 512 } else { 256 };
        assert!((early - 512).abs() <= tolerance, "{snr_db} dB: {early}");
        let late = end.sample_offset as i64 - (100_000 + length as i64);
        assert!((late - 512).abs() <= tolerance, "{snr_db} dB: {late}");
        assert!((start.relative_frequency_hz - 312_345.0).abs() < 2_000.0, "{start:?}");
        assert_eq!(start.center_frequency_hz, MIDDLE + start.relative_frequency_hz);
        assert!((start.snr_db - snr_db).abs() < 1.5, "{snr_db} dB: {}", start.snr_db);
        assert!((start.noise_dbfs_hz + 10.0 * RATE.log10()).abs() < 0.7, "{start:?}");
    }
}

#[test]
fn noise_alone_is_no_burst() {
    let samples = noise(8_000_000, 2);
    assert_eq!(detect(&samples, &config(), &[100_000]), []);
}

#[test]
fn the_floor_adapts_while_bursts_are_up_and_follows_a_gain_step() {
    let mut samples = noise(1_200_000, 3);
    // A burst is up on one channel all the time; the gain goes up by 10 dB, then down by 20.
    for start in [0, 300_000, 600_000, 900_000] {
        add_burst(&mut samples, start, 7_000, -600e3, 20.0);
    }
    for start in [450_000, 850_000, 1_100_000] {
        add_burst(&mut samples, start, 600, 500e3, 10.0);
    }
    samples[400_000..].iter_mut().for_each(|x| *x *= 10f32.sqrt());
    samples[800_000..].iter_mut().for_each(|x| *x *= 0.1);
    let found = spans(&detect(&samples, &config(), &[50_000]));
    let weak: Vec<_> = found.iter().filter(|(s, _)| s.relative_frequency_hz > 0.0).collect();
    assert_eq!(weak.len(), 3, "{found:#?}");
    for ((start, _), expected) in weak.iter().zip([450_000i64, 850_000, 1_100_000]) {
        assert!((start.sample_offset as i64 - expected).abs() < 1500, "{start:?}");
        assert!((start.snr_db - 10.0).abs() < 2.0, "{start:?}");
    }
}

#[test]
fn settles_within_50_ms_of_a_busy_start() {
    // Every second channel of the band is up when the recording begins.
    let mut samples = noise(300_000, 4);
    for k in 0..5 {
        add_burst(&mut samples, 0, 1_200, -800e3 + 400e3 * k as f64, 20.0);
    }
    for k in 0..4 {
        add_burst(&mut samples, 100_000, 600, -600e3 + 400e3 * k as f64, 9.0);
    }
    let found = spans(&detect(&samples, &config(), &[300_000]));
    let late = found.iter().filter(|(s, _)| s.sample_offset > 90_000).count();
    assert_eq!((found.len(), late), (9, 4), "{found:#?}");
}

#[test]
fn zeros_then_signal_then_zeros_do_not_break_anything() {
    let mut samples = vec![Complex32::default(); 400_000];
    samples[100_000..300_000].copy_from_slice(&noise(200_000, 5));
    add_burst(&mut samples, 200_000, 600, 100e3, 15.0);
    let found = spans(&detect(&samples, &config(), &[10_000]));
    let near = |at: u64| found.iter().filter(|(s, _)| s.sample_offset.abs_diff(at) < 3_000).count();
    assert_eq!(near(200_000), 1, "{found:#?}");
    assert!(found.iter().all(|(s, _)| s.snr_db.is_finite() && s.noise_dbfs_hz.is_finite()));
    assert_eq!(detect(&vec![Complex32::default(); 100_000], &config(), &[999]), []);
}

#[test]
fn input_without_any_signal_ends_at_every_rate() {
    for rate in [100e3, 250e3, 800e3, 1e6, 2.4e6, 10e6] {
        for value in [0.0, 1e-30, 1e30, f32::NAN, f32::INFINITY] {
            for count in [0, 1, 1_000, 100_003] {
                let config = Config { sample_rate_hz: rate, ..config() };
                let samples = vec![Complex32::new(value, value); count];
                assert_eq!(detect(&samples, &config, &[7_777]), [], "{rate} {value} {count}");
            }
        }
    }
}

#[test]
fn carriers_and_the_spike_in_the_middle_do_not_fire_for_ever() {
    let mut samples = noise(4_000_000, 6);
    for (n, sample) in samples.iter_mut().enumerate() {
        let turns = (0.2 * n as f64).fract() * std::f64::consts::TAU;
        *sample += Complex32::new(0.5, 0.3) + Complex32::from_polar(0.3, turns as f32);
    }
    add_burst(&mut samples, 3_000_000, 600, 20e3, 15.0);
    let found = spans(&detect(&samples, &config(), &[100_000]));
    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(found[0].0.sample_offset.abs_diff(3_000_000) < 1_000);
}

#[test]
fn what_is_masked_neither_fires_nor_moves_a_burst_beside_it() {
    for dc_mask_hz in [5e3, 10e3, 20e3] {
        let mut samples = noise(2_000_000, 6);
        samples.iter_mut().for_each(|sample| *sample += Complex32::new(1.5, -1.0));
        let starts: Vec<usize> = (1..19).map(|k| k * 100_000).collect();
        for &start in &starts {
            add_burst(&mut samples, start, 600, 40e3, 15.0);
        }
        let config = Config { dc_mask_hz, ..config() };
        let found = spans(&detect(&samples, &config, &[100_000]));
        assert_eq!(found.len(), starts.len(), "mask of {dc_mask_hz} Hz");
        for ((burst, _), start) in found.iter().zip(starts) {
            assert!(burst.sample_offset.abs_diff(start as u64) < 1_000);
            let error = burst.relative_frequency_hz - 40e3;
            assert!(error.abs() < 2e3, "{error} Hz with a mask of {dc_mask_hz} Hz");
        }
    }
}

#[test]
fn impulses_do_not_fire() {
    let mut samples = noise(2_000_000, 7);
    for start in (50_000..1_950_000).step_by(30_011) {
        samples[start..start + 20].iter_mut().for_each(|x| *x += Complex32::new(40.0, -25.0));
    }
    assert_eq!(detect(&samples, &config(), &[100_000]), []);
}

#[test]
fn a_signal_without_end_is_cut_counted_and_then_left_alone() {
    let mut samples = noise(2_400_000, 8);
    add_burst(&mut samples, 400_000, 50_000, 200e3, 20.0);
    let mut detector = BurstDetector::new(config()).unwrap();
    let mut events = Vec::new();
    detector.finish(0, &samples, &mut events).unwrap();
    let found = spans(&events);
    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(found[0].1.truncated);
    let length = found[0].1.sample_offset - found[0].0.sample_offset;
    assert!(length.abs_diff((config().max_burst_s * RATE) as u64) < 3_000, "{length}");
    assert_eq!(detector.counts().truncated, 1);
    assert_eq!(detector.counts().samples, 2_400_000);
}

#[test]
fn a_frame_and_its_acknowledgement_2_ms_later_are_two_bursts() {
    let mut samples = noise(300_000, 9);
    let length = add_burst(&mut samples, 100_000, 600, -300e3, 12.0);
    add_burst(&mut samples, 100_000 + length + 4_000, 192, -300e3, 12.0);
    assert_eq!(spans(&detect(&samples, &config(), &[1 << 20])).len(), 2);
}

#[test]
fn the_edges_of_the_band_and_of_the_recording_are_seen() {
    let mut samples = noise(120_000, 10);
    let first = add_burst(&mut samples, 0, 500, 940e3, 20.0);
    add_burst(&mut samples, 105_000, 600, -940e3, 20.0);
    let found = spans(&detect(&samples, &config(), &[4_096]));
    assert_eq!(found.len(), 2, "{found:#?}");
    assert!(
        found[0].0.sample_offset < 600 && found[0].1.sample_offset.abs_diff(first as u64) < 1_200
    );
    assert_eq!(found[1].1.sample_offset, 119_999);
}

#[test]
fn times_follow_every_anchor() {
    let mut samples = noise(400_000, 11);
    add_burst(&mut samples, 100_000, 600, 0.0, 20.0);
    add_burst(&mut samples, 300_000, 600, 0.0, 20.0);
    let mut detector = BurstDetector::new(config()).unwrap();
    detector.anchor_time(0, Time { seconds: 1_000, fraction: 0.0 });
    detector.anchor_time(200_000, Time { seconds: 5_000, fraction: 0.5 });
    let mut events = Vec::new();
    for until in (10_000..=samples.len()).step_by(10_000) {
        detector.look(0, &samples[..until], &mut events).unwrap();
    }
    detector.finish(0, &samples, &mut events).unwrap();
    for (start, _) in spans(&events) {
        let (from, base) =
            if start.sample_offset < 200_000 { (0, 1_000.0) } else { (200_000, 5_000.5) };
        let expected = base + (start.sample_offset - from) as f64 / RATE;
        let given = start.rx_time.seconds as f64 + start.rx_time.fraction;
        assert!((given - expected).abs() < 1e-9, "{start:?}");
    }
}

/// All events, with anchors of whole seconds, in pieces of one size.
fn anchored(samples: &[Complex32], anchors: &[(u64, u64)], piece: usize) -> Vec<BurstEvent> {
    let mut detector = BurstDetector::new(config()).unwrap();
    for &(offset, seconds) in anchors {
        detector.anchor_time(offset, Time { seconds, fraction: 0.0 });
    }
    let (mut events, mut until) = (Vec::new(), 0);
    while until < samples.len() {
        until = (until + piece).min(samples.len());
        let settled = detector.settled();
        detector.look(settled, &samples[settled as usize..until], &mut events).unwrap();
    }
    let settled = detector.settled();
    detector.finish(settled, &samples[settled as usize..], &mut events).unwrap();
    assert!(events.is_sorted_by_key(BurstEvent::sample_offset));
    events
}

#[test]
fn no_burst_goes_on_where_the_stream_is_broken() {
    let mut samples = noise(300_000, 21);
    let length = add_burst(&mut samples, 100_000, 1200, 200e3, 20.0);
    add_burst(&mut samples, 80_000, 600, -400e3, 20.0);
    for broken in [103_000, 117_400, 125_000, 131_072, 142_000] {
        let anchors = [(0, 1_000), (broken, 2_000)];
        let events = anchored(&samples, &anchors, 300_000);
        let found = spans(&events);
        let here: Vec<_> = found.iter().filter(|s| s.0.relative_frequency_hz > 0.0).collect();
        assert_eq!(here.len(), 2, "broken at {broken}: {found:?}");
        assert_eq!((here[0].1.sample_offset, here[0].1.truncated), (broken, true));
        assert!(here[0].0.rx_time.seconds == 1_000 && here[1].0.rx_time.seconds == 2_000);
        let late = here[1].0.sample_offset as i64 - broken as i64;
        assert!((0..3_000).contains(&late), "{late} after the break at {broken}");
        assert!(here[1].1.sample_offset.abs_diff(100_000 + length as u64) < 1_200);
        for piece in [1_000, 77_777] {
            assert_eq!(anchored(&samples, &anchors, piece), events, "{piece} at a time");
        }
    }
    // What is before or behind a break stays whole.
    let whole = spans(&anchored(&samples, &[(0, 1_000)], 300_000));
    for anchors in [[(0, 1_000), (60_000, 2_000)], [(0, 1_000), (200_000, 1_000)]] {
        let found = spans(&anchored(&samples, &anchors, 300_000));
        let offsets = |found: &[(BurstStart, BurstEnd)]| -> Vec<u64> {
            found.iter().map(|span| span.0.sample_offset).collect()
        };
        assert_eq!(offsets(&found), offsets(&whole), "{anchors:?}");
    }
}

#[test]
fn settings_change_while_it_runs_or_are_refused() {
    let mut detector = BurstDetector::new(config()).unwrap();
    assert!(detector.set_threshold_db(f64::NAN).is_err());
    assert!(detector.set_center_frequency_hz(-1.0).is_err());
    detector.set_threshold_db(30.0).unwrap();
    detector.set_center_frequency_hz(900e6).unwrap();
    let mut samples = noise(400_000, 12);
    add_burst(&mut samples, 100_000, 600, 0.0, 20.0);
    add_burst(&mut samples, 300_000, 600, 0.0, 40.0);
    let mut events = Vec::new();
    detector.finish(0, &samples, &mut events).unwrap();
    let found = spans(&events);
    assert_eq!(found.len(), 1);
    assert!((found[0].0.center_frequency_hz - 900e6).abs() < 2e3);
    detector.reset();
    assert_eq!(detector.counts(), Default::default());
}

#[test]
fn a_window_that_lacks_samples_is_refused_and_changes_nothing() {
    let mut samples = noise(200_000, 13);
    add_burst(&mut samples, 50_000, 600, 0.0, 20.0);
    let mut detector = BurstDetector::new(config()).unwrap();
    let mut events = Vec::new();
    detector.look(0, &samples[..100_000], &mut events).unwrap();
    let (settled, counts) = (detector.settled(), detector.counts());
    for (begin, window) in [
        (settled + 1, &samples[settled as usize + 1..]),
        (u64::MAX, &samples[..]),
        (0, &samples[..99_999]),
        (0, &samples[..0]),
    ] {
        let error = detector.look(begin, window, &mut events).unwrap_err().to_string();
        assert!(error.starts_with("window is") && error.contains("100000"), "{error}");
        assert!(detector.finish(begin, window, &mut events).is_err());
        assert_eq!((detector.settled(), detector.counts()), (settled, counts));
    }
    detector.finish(settled, &samples[settled as usize..], &mut events).unwrap();
    assert_eq!(events, detect(&samples, &config(), &[4_096]));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    #[test]
    fn the_sizes_of_the_pieces_do_not_matter(
        pieces in prop::collection::vec(1usize..20_000, 1..6),
        seed in 0u64..1000,
        hold_s in prop::sample::select(vec![1e-5, 1e-3, 2e-2]),
        fft_size in prop::sample::select(vec![0usize, 128, 4096]),
        bursts in prop::collection::vec((0usize..250_000, 150usize..900, -9e5..9e5f64, 5.0..40.0f64), 0..6),
    ) {
        let mut samples = noise(300_000, seed);
        for &(start, symbols, hz, snr_db) in &bursts {
            add_burst(&mut samples, start, symbols, hz, snr_db);
        }
        let config = Config { hold_s, fft_size, ..config() };
        let whole = detect(&samples, &config, &[300_000]);
        prop_assert_eq!(whole, detect(&samples, &config, &pieces));
    }
}
