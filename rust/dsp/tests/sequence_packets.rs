// SPDX-License-Identifier: GPL-3.0-or-later
//! The sequence detector against the simulator's modulator.

use kaifa_dsp::demod::{BurstInfo, Packet, PacketEnd, PreamblePhase, SyncWord};
use kaifa_dsp::frame::{delimiter, encode, Check, Encoding, Fec, Framing, Whitening};
use kaifa_dsp::sequence::{Config, Counts, SequenceDetector};
use kaifa_dsp::sim::{modulate, preamble_and_sync, ModulatorConfig};
use kaifa_dsp::time::Time;
use kaifa_dsp::Complex32;
use proptest::prelude::*;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::StandardNormal;

const RATE_HZ: f64 = 200e3;
/// Noise alone before and after what is sent, in samples.
const AROUND: usize = 400;

/// A burst cut from a recording of ten times the rate.
fn info() -> BurstInfo {
    BurstInfo {
        id: 7,
        center_frequency_hz: 871.3e6,
        sample_offset: 50_000.0,
        onset: 50_000.0 + 10.0 * AROUND as f64,
        original_rate_hz: 10.0 * RATE_HZ,
        rx_time: Time { seconds: 1_000, fraction: 0.25 },
        magnitude_db: -30.0,
        noise_dbfs_hz: -100.0,
        snr_db: 20.0,
    }
}

fn modulator() -> ModulatorConfig {
    ModulatorConfig { sample_rate_hz: RATE_HZ, gaussian_bt: Some(0.5), ..Default::default() }
}

fn payload(bits: usize, seed: u64) -> Vec<u8> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    (0..bits).map(|_| rng.random_range(0..2)).collect()
}

fn with_header(preamble_octets: u32, data: &[u8]) -> Vec<u8> {
    let mut bits = preamble_and_sync(preamble_octets, PreamblePhase::EndsInZero);
    bits.extend(data);
    bits
}

fn noise(length: usize, deviation: f32, seed: u64) -> Vec<Complex32> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut part = || rng.sample::<f32, _>(StandardNormal) * deviation;
    (0..length).map(|_| Complex32::new(part(), part())).collect()
}

/// What is sent in noise, its Eb/N0 being `ebn0_db`.
fn burst(bits: &[u8], modulator: &ModulatorConfig, ebn0_db: f64, seed: u64) -> Vec<Complex32> {
    let sent = modulate(bits, modulator).unwrap();
    let energy = modulator.sample_rate_hz / modulator.symbol_rate_hz;
    let deviation = (energy / 10f64.powf(ebn0_db / 10.0) / 2.0).sqrt() as f32;
    let mut samples = noise(sent.len() + 2 * AROUND, deviation, seed);
    samples[AROUND..].iter_mut().zip(&sent).for_each(|(sum, sample)| *sum += sample);
    samples
}

fn received(samples: &[Complex32], rate_hz: f64, config: Config) -> (Vec<Packet>, Counts) {
    let mut engine = SequenceDetector::new(config).unwrap();
    let mut packets = Vec::new();
    engine.process(&info(), rate_hz, samples, &mut packets).unwrap();
    (packets, engine.counts())
}

fn only(samples: &[Complex32], config: Config) -> Packet {
    let (mut packets, counts) = received(samples, RATE_HZ, config);
    let counted = (counts.bursts, counts.packets, counts.bursts_without_sync);
    assert_eq!((packets.len(), counted), (1, (1, 1, 0)));
    packets.remove(0)
}

fn hard(packet: &Packet) -> Vec<u8> {
    packet.soft.iter().map(|&soft| u8::from(soft > 0.0)).collect()
}

#[test]
fn a_packet_comes_out_with_its_place_and_measurements() {
    let data = payload(400, 1);
    for gaussian_bt in [Some(0.5), None] {
        let modulator = ModulatorConfig {
            carrier_offset_hz: 3_000.0,
            clock_error_ppm: 150.0,
            timing_samples: 0.3,
            gaussian_bt,
            ..modulator()
        };
        let samples = burst(&with_header(20, &data), &modulator, 30.0, 2);
        let packet = only(&samples, Config::default());
        assert_eq!(hard(&packet)[..400], data);
        assert_eq!((packet.preamble_symbols, packet.sync_errors), (160, 0));
        assert_eq!(packet.preamble_phase, PreamblePhase::EndsInZero);
        assert!((packet.center_frequency_hz - 871.303e6).abs() < 30.0, "{packet:?}");
        assert!((packet.clock_error_ppm - 150.0).abs() < 50.0, "{}", packet.clock_error_ppm);
        assert!((packet.deviation_hz - 25e3).abs() < 250.0, "{}", packet.deviation_hz);
        let expected = 50_000.0 + 10.0 * AROUND as f64;
        assert!((packet.sample_start - expected).abs() < 20.0, "{}", packet.sample_start);
        let since = packet.time.since(Time { seconds: 1_000, fraction: 0.25 });
        assert!((since - (packet.sample_start - 50_000.0) / 2e6).abs() < 1e-9);
        assert!(packet.soft[..400].iter().all(|soft| (0.5..2.0).contains(&soft.abs())));
    }
}

#[test]
fn clocks_carriers_and_deviations_that_are_off_are_followed() {
    let data = payload(8 * 120, 3);
    let cases = [
        (1_000.0, 0.0, 1.0),
        (-1_000.0, 20e3, 1.0),
        (2_500.0, -20e3, 1.0),
        (0.0, 500.0, 1.06),
        (0.0, -500.0, 0.94),
    ];
    for (clock_error_ppm, carrier_offset_hz, scale) in cases {
        for deviation_hz in [25e3, 12.5e3] {
            for octets in [4, 30] {
                let modulator = ModulatorConfig {
                    clock_error_ppm,
                    carrier_offset_hz,
                    deviation_hz: scale * deviation_hz,
                    ..modulator()
                };
                let samples = burst(&with_header(octets, &data), &modulator, 17.0, 4);
                let packet = only(&samples, Config { deviation_hz, ..Config::default() });
                let errors = hard(&packet).iter().zip(&data).filter(|(a, b)| a != b).count();
                assert_eq!(errors, 0, "{modulator:?}, {octets} octets of preamble");
                let ppm = packet.clock_error_ppm;
                assert!((ppm - clock_error_ppm).abs() < 200.0, "{ppm} in {modulator:?}");
                let deviation = packet.deviation_hz / modulator.deviation_hz;
                assert!((deviation - 1.0).abs() < 0.02, "{deviation} of {modulator:?}");
            }
        }
    }
}

#[test]
fn nearly_all_are_read_where_a_discriminator_loses_one_in_two() {
    let cases = [(25e3, Some(0.5), 11.2), (25e3, None, 11.8), (12.5e3, Some(0.5), 9.5)];
    for (deviation_hz, gaussian_bt, ebn0_db) in cases {
        let mut good = 0;
        for seed in 0..200 {
            let data = payload(8 * 41, seed);
            let modulator = ModulatorConfig {
                deviation_hz,
                gaussian_bt,
                timing_samples: seed as f64 / 200.0,
                carrier_offset_hz: (seed as f64 - 100.0) * 10.0,
                ..modulator()
            };
            let samples = burst(&with_header(16, &data), &modulator, ebn0_db, 1_000 + seed);
            let config = Config { deviation_hz, ..Config::default() };
            let (packets, _) = received(&samples, RATE_HZ, config);
            good += usize::from(packets.iter().any(|p| hard(p).starts_with(&data)));
        }
        assert!(good >= 188, "{good} of 200 at {ebn0_db} dB, {gaussian_bt:?}, {deviation_hz} Hz");
    }
}

#[test]
fn strong_frames_are_all_received_and_nothing_is_made_up() {
    let mut engine = SequenceDetector::new(Config::default()).unwrap();
    for seed in 0..3_000 {
        let data = payload(8 * 41, seed);
        let gaussian_bt = if seed % 2 == 0 { Some(0.5) } else { None };
        let modulator = ModulatorConfig { gaussian_bt, ..modulator() };
        let samples = burst(&with_header(16, &data), &modulator, 20.0, 10_000 + seed);
        let mut packets = Vec::new();
        engine.process(&info(), RATE_HZ, &samples, &mut packets).unwrap();
        assert_eq!(packets.len(), 1, "seed {seed}");
        assert!(hard(&packets[0]).starts_with(&data), "seed {seed}");
    }
}

#[test]
fn any_number_of_samples_a_symbol() {
    let data = payload(300, 5);
    for rate_hz in [175e3, 200e3, 208_333.3, 260_420.0, 400e3, 800e3, 1.6e6] {
        let modulator = ModulatorConfig { sample_rate_hz: rate_hz, ..modulator() };
        let samples = burst(&with_header(16, &data), &modulator, 16.0, 6);
        let (packets, _) = received(&samples, rate_hz, Config::default());
        assert_eq!(packets.len(), 1, "{rate_hz} Hz");
        assert_eq!(hard(&packets[0])[..300], data, "{rate_hz} Hz");
    }
}

#[test]
fn either_polarity_and_either_phase_of_the_preamble() {
    let data = payload(200, 7);
    for phase in [PreamblePhase::EndsInZero, PreamblePhase::EndsInOne] {
        for inverted in [false, true] {
            let mut bits = preamble_and_sync(8, phase);
            bits.extend(&data);
            if inverted {
                bits.iter_mut().for_each(|bit| *bit = 1 - *bit);
            }
            let packet = only(&burst(&bits, &modulator(), 20.0, 8), Config::default());
            assert_eq!(hard(&packet)[..200], data);
            assert_eq!((packet.preamble_phase, packet.inverted), (phase, inverted));
        }
    }
}

#[test]
fn other_sync_words_with_errors_allowed() {
    let data = payload(100, 9);
    let mut bits = [1, 0].repeat(24);
    bits.extend([1, 1, 0, 1, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 1]); // d201 with one bit wrong
    bits.extend(&data);
    let samples = burst(&bits, &modulator(), 25.0, 10);
    let config = |sync_max_errors| Config {
        sync_words: vec![0xd201.into()],
        sync_max_errors,
        ..Config::default()
    };
    let (packets, counts) = received(&samples, RATE_HZ, config(0));
    assert_eq!((packets.len(), counts.bursts_without_sync), (0, 1));
    let packet = only(&samples, config(1));
    assert_eq!((&hard(&packet)[..100], packet.sync_errors), (&data[..], 1));
}

#[test]
fn tells_the_standard_s_sync_words_apart_and_reads_a_coded_length() {
    for word in SyncWord::standard() {
        for phase in [PreamblePhase::EndsInZero, PreamblePhase::EndsInOne] {
            for inverted in [false, true] {
                let mut bits = preamble_and_sync(8, phase);
                let sync = bits.len() - 16;
                bits.truncate(sync);
                bits.extend((0..16).rev().map(|shift| (word.bits >> shift & 1) as u8));
                let (framing, check) = (Framing::E, Check::Fcs16);
                let (fec, whitening) = (Some(Fec::Nrnsc), Whitening::Pn9);
                let encoding = Encoding { framing, check, whitening, fec };
                let data = encode(&encoding, &[0x41, 0x88, 1, 2, 3, 4, 5, 6]).unwrap();
                bits.extend(&data);
                if inverted {
                    bits.iter_mut().for_each(|bit| *bit = 1 - *bit);
                }
                let packet = only(&burst(&bits, &modulator(), 15.0, 8), Config::default());
                assert_eq!((packet.sync_word, packet.inverted), (word, inverted));
                assert_eq!((packet.preamble_phase, packet.sync_errors), (phase, 0));
                assert_eq!(hard(&packet)[..data.len()], data);
                let coded = delimiter::coded(word.bits) == Some(true);
                let by_length = (PacketEnd::Length, data.len());
                assert_eq!((packet.end, packet.soft.len()) == by_length, coded, "{word}");
            }
        }
    }
}

#[test]
fn a_packet_ends_by_length_by_level_or_at_the_limit() {
    let mut data: Vec<u8> = vec![0, 0, 0, 0, 0, 1, 0, 1]; // framing A: 5 octets follow
    data.extend(payload(80, 11));
    let samples = burst(&with_header(16, &data), &modulator(), 20.0, 12);
    let by_length = only(&samples, Config { framing: Some(Framing::A), ..Config::default() });
    assert_eq!((by_length.end, by_length.soft.len()), (PacketEnd::Length, 48));
    let by_limit = only(&samples, Config { max_packet_bits: 32, ..Config::default() });
    assert_eq!((by_limit.end, by_limit.soft.len()), (PacketEnd::Limit, 32));
    let by_level = only(&samples, Config::default());
    assert_eq!(by_level.end, PacketEnd::Level);
    assert!((88..=88 + 48).contains(&by_level.soft.len()), "{}", by_level.soft.len());
}

#[test]
fn the_last_symbol_counts_when_the_burst_ends_in_it() {
    let data = payload(160, 13);
    let samples = burst(&with_header(12, &data), &modulator(), 25.0, 14);
    let packet_end = AROUND + 4 * (96 + 16 + 160);
    for cut in 0..2 {
        let packet = only(&samples[..packet_end - cut], Config::default());
        assert_eq!(hard(&packet), data, "{cut} samples cut");
    }
}

#[test]
fn every_packet_of_a_burst_is_found() {
    let (first, second) = (payload(160, 15), payload(161, 16));
    for gap_symbols in [0, 3, 100, 250] {
        let mut samples = burst(&with_header(12, &first), &modulator(), 20.0, 17);
        let other = ModulatorConfig {
            carrier_offset_hz: if gap_symbols == 0 { 0.0 } else { 4e3 },
            timing_samples: if gap_symbols == 0 { 0.0 } else { 0.6 },
            ..modulator()
        };
        let sent = modulate(&with_header(12, &second), &other).unwrap();
        let at = AROUND + 4 * (96 + 16 + 160 + gap_symbols);
        let rest = noise(at + sent.len() + AROUND - samples.len(), 0.14, 18);
        samples.extend(rest);
        samples[at..].iter_mut().zip(&sent).for_each(|(sum, sample)| *sum += sample);
        let (packets, _) = received(&samples, RATE_HZ, Config::default());
        assert_eq!(packets.len(), 2, "{gap_symbols} symbols between");
        assert_eq!(hard(&packets[0])[..160], first);
        assert_eq!(hard(&packets[1])[..161], second);
    }
}

#[test]
fn noise_carriers_and_silence_make_no_packets() {
    let mut engine = SequenceDetector::new(Config::default()).unwrap();
    let mut packets = Vec::new();
    let carrier = |n: usize| Complex32::from_polar(1.0, n as f32 * 0.1);
    for samples in [
        noise(400_000, 1.0, 19),
        vec![Complex32::default(); 10_000],
        (0..10_000).map(carrier).collect(),
        vec![Complex32::new(1e15, -1e15); 10_000],
        vec![Complex32::new(1e-30, 1e-30); 10_000],
        Vec::new(),
        vec![Complex32::new(1.0, 0.0); 3],
    ] {
        engine.process(&info(), RATE_HZ, &samples, &mut packets).unwrap();
    }
    assert!(packets.is_empty(), "{packets:?}");
    assert_eq!(engine.counts().bursts_without_sync, 7);
}

#[test]
fn a_preamble_without_end_is_no_packet_and_takes_no_time() {
    let bits = [1, 0].repeat(20_000);
    let samples = burst(&bits, &modulator(), 20.0, 20);
    let (packets, _) = received(&samples, RATE_HZ, Config::default());
    assert!(packets.is_empty());
}

#[test]
fn names_what_is_wrong_with_a_burst() {
    let mut engine = SequenceDetector::new(Config::default()).unwrap();
    let mut packets = Vec::new();
    let samples = noise(1000, 1.0, 21);
    for rate_hz in [0.0, -1.0, f64::NAN, f64::INFINITY, 100e3, 1e9] {
        let refused = engine.process(&info(), rate_hz, &samples, &mut packets).unwrap_err();
        assert!(refused.to_string().starts_with("sample_rate is "), "{refused}");
    }
    for bad in [f32::NAN, f32::INFINITY, 1e30] {
        let mut samples = samples.clone();
        samples[500].im = bad;
        let refused = engine.process(&info(), RATE_HZ, &samples, &mut packets).unwrap_err();
        assert!(refused.to_string().contains("samples is"), "{refused}");
    }
    assert_eq!(engine.counts(), Counts::default());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn what_was_received_before_does_not_matter(
        seeds in prop::collection::vec((0u64..1_000, 8usize..400, 6.0..25.0f64), 1..5),
    ) {
        let mut shared = SequenceDetector::new(Config::default()).unwrap();
        for (seed, length, ebn0_db) in seeds {
            let rate_hz = if seed % 3 == 0 { 300e3 } else { RATE_HZ };
            let modulator = ModulatorConfig { sample_rate_hz: rate_hz, ..modulator() };
            let bits = with_header(seed as u32 % 20 + 4, &payload(length, seed));
            let samples = burst(&bits, &modulator, ebn0_db, seed);
            let mut packets = Vec::new();
            shared.process(&info(), rate_hz, &samples, &mut packets).unwrap();
            prop_assert_eq!(packets, received(&samples, rate_hz, Config::default()).0);
        }
    }
}
