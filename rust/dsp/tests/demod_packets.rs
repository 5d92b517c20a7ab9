// SPDX-License-Identifier: GPL-3.0-or-later
//! Sync and strobe from outside: modulated bits in, the same bits out.

mod common;

use common::{discriminator, strobe, strobe_config};
use kaifa_dsp::demod::{
    BurstInfo, Config, Packet, PacketEnd, PreamblePhase, StrobeEvent, SyncStrobe, SyncWord,
};
use kaifa_dsp::frame::{delimiter, encode, Check, Encoding, Fec, Framing, Whitening};
use kaifa_dsp::sim::{modulate, preamble_and_sync, ModulatorConfig};
use kaifa_dsp::time::Time;
use kaifa_dsp::Complex32;
use proptest::prelude::*;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::StandardNormal;

const RATE: f64 = 400e3;
/// Samples of noise on each side of a packet.
const AROUND: usize = 400;

fn info() -> BurstInfo {
    BurstInfo {
        id: 3,
        center_frequency_hz: 871.3e6,
        sample_offset: 50_000.0,
        onset: 50_000.0 + 5.0 * AROUND as f64 - 20.0,
        original_rate_hz: 2e6,
        rx_time: Time { seconds: 1_000, fraction: 0.25 },
        magnitude_db: -30.0,
        noise_dbfs_hz: -130.0,
        snr_db: 20.0,
    }
}

fn payload(bits: usize) -> Vec<u8> {
    let mut rng = ChaCha8Rng::seed_from_u64(bits as u64);
    (0..bits).map(|_| rng.random_range(0..2)).collect()
}

/// The discriminator's output for a packet in noise, `snr_db` being Eb/N0.
fn received(bits: &[u8], modulator: &ModulatorConfig, ebn0_db: f64) -> Vec<f32> {
    let mut rng = ChaCha8Rng::seed_from_u64(99);
    let signal = modulate(bits, modulator).unwrap();
    let energy = RATE / modulator.symbol_rate_hz;
    let scale = (energy / 10f64.powf(ebn0_db / 10.0) / 2.0).sqrt() as f32;
    let mut samples: Vec<Complex32> = (0..signal.len() + 2 * AROUND)
        .map(|_| Complex32::new(rng.sample(StandardNormal), rng.sample(StandardNormal)) * scale)
        .collect();
    for (sum, sample) in samples[AROUND..].iter_mut().zip(&signal) {
        *sum += sample;
    }
    discriminator(&samples, 40e3 + modulator.carrier_offset_hz.abs(), RATE)
}

fn meter_packet(preamble_octets: u32, data: &[u8]) -> Vec<u8> {
    let mut bits = preamble_and_sync(preamble_octets, PreamblePhase::EndsInZero);
    bits.extend(data);
    bits
}

fn one_burst(stream: &[f32]) -> Vec<(u64, u64, BurstInfo)> {
    vec![(0, stream.len() as u64 - 1, info())]
}

fn hard(packet: &Packet) -> Vec<u8> {
    packet.soft.iter().map(|&s| u8::from(s >= 0.0)).collect()
}

fn only_packet(stream: &[f32]) -> Packet {
    let (_, mut packets, counts) =
        strobe(stream, &one_burst(stream), strobe_config(RATE), &[stream.len()]);
    assert_eq!((packets.len(), counts.packets, counts.bursts_without_sync), (1, 1, 0));
    packets.remove(0)
}

#[test]
fn a_clean_packet_comes_out_with_its_place_and_measurements() {
    let data = payload(400);
    let modulator = ModulatorConfig {
        carrier_offset_hz: 3_000.0,
        clock_error_ppm: 150.0,
        timing_samples: 0.3,
        ..ModulatorConfig::default()
    };
    let packet = only_packet(&received(&meter_packet(20, &data), &modulator, 30.0));
    assert_eq!(hard(&packet)[..400], data);
    assert_eq!(packet.preamble_symbols, 160);
    assert_eq!(packet.preamble_phase, PreamblePhase::EndsInZero);
    assert_eq!((packet.sync_errors, packet.inverted), (0, false));
    assert!((packet.center_frequency_hz - 871.303e6).abs() < 200.0, "{packet:?}");
    assert!((packet.clock_error_ppm - 150.0).abs() < 100.0, "{}", packet.clock_error_ppm);
    assert!((packet.deviation_hz - 25e3).abs() < 1_500.0, "{}", packet.deviation_hz);
    let expected = 50_000.0 + 5.0 * AROUND as f64;
    assert!((packet.sample_start - expected).abs() < 10.0, "{}", packet.sample_start);
    let since = packet.time.since(Time { seconds: 1_000, fraction: 0.25 });
    assert!((since - (packet.sample_start - 50_000.0) / 2e6).abs() < 1e-9);
}

#[test]
fn clocks_and_carriers_that_are_far_off_are_followed() {
    let data = payload(8 * 120);
    for (ppm, offset_hz) in [(5_000.0, 0.0), (-5_000.0, 0.0), (1_000.0, 20e3), (-300.0, -20e3)] {
        for octets in [4, 30] {
            let modulator = ModulatorConfig {
                clock_error_ppm: ppm,
                carrier_offset_hz: offset_hz,
                gaussian_bt: Some(0.5),
                ..ModulatorConfig::default()
            };
            let packet = only_packet(&received(&meter_packet(octets, &data), &modulator, 20.0));
            let errors = hard(&packet).iter().zip(&data).filter(|(a, b)| a != b).count();
            assert_eq!(errors, 0, "{ppm} ppm, {offset_hz} Hz, {octets} octets of preamble");
            assert!((packet.clock_error_ppm - ppm).abs() < 300.0, "{}", packet.clock_error_ppm);
        }
    }
}

#[test]
fn either_polarity_and_either_phase_of_the_preamble() {
    let data = payload(200);
    for phase in [PreamblePhase::EndsInZero, PreamblePhase::EndsInOne] {
        for inverted in [false, true] {
            let mut bits = preamble_and_sync(8, phase);
            bits.extend(&data);
            if inverted {
                bits.iter_mut().for_each(|b| *b = 1 - *b);
            }
            let packet = only_packet(&received(&bits, &ModulatorConfig::default(), 25.0));
            assert_eq!(hard(&packet)[..200], data);
            assert_eq!((packet.preamble_phase, packet.inverted), (phase, inverted));
        }
    }
}

#[test]
fn other_sync_words_with_errors_allowed() {
    let data = payload(100);
    let mut bits = [1, 0].repeat(24);
    bits.extend([1, 1, 0, 1, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 1]); // d201 with one bit wrong
    bits.extend(&data);
    let stream = received(&bits, &ModulatorConfig::default(), 30.0);
    let config = |errors| Config {
        sync_words: vec![0xd201.into()],
        sync_max_errors: errors,
        ..strobe_config(RATE)
    };
    let run = |errors| strobe(&stream, &one_burst(&stream), config(errors), &[999]);
    let (_, packets, counts) = run(0);
    assert_eq!((packets.len(), counts.bursts_without_sync), (0, 1));
    let (_, packets, _) = run(1);
    assert_eq!(hard(&packets[0])[..100], data);
    assert_eq!(packets[0].sync_errors, 1);
}

#[test]
fn tells_the_standard_s_sync_words_apart_and_reads_a_coded_length() {
    for word in SyncWord::standard() {
        for fec in Fec::ALL {
            let mut bits = [1, 0].repeat(32);
            bits.extend((0..16).rev().map(|shift| (word.bits >> shift & 1) as u8));
            let (framing, check) = (Framing::E, Check::Fcs32);
            let encoding = Encoding { framing, check, whitening: Whitening::Pn9, fec: Some(fec) };
            let data = encode(&encoding, &[0x41, 0x88, 1, 2, 3, 4, 5, 6]).unwrap();
            bits.extend(&data);
            let stream = received(&bits, &ModulatorConfig::default(), 17.0);
            let places = one_burst(&stream);
            let (_, packets, _) = strobe(&stream, &places, strobe_config(RATE), &[999]);
            assert_eq!((packets.len(), packets[0].sync_word), (1, word));
            assert_eq!(hard(&packets[0])[..data.len()], data);
            let coded = delimiter::coded(word.bits) == Some(true);
            let by_length = (PacketEnd::Length, data.len());
            assert_eq!((packets[0].end, packets[0].soft.len()) == by_length, coded, "{word}");
        }
    }
}

#[test]
fn a_packet_ends_by_length_by_level_or_at_the_limit() {
    let mut data: Vec<u8> = vec![0, 0, 0, 0, 0, 1, 0, 1]; // framing A: 5 octets follow
    data.extend(payload(40));
    data.extend(payload(40));
    let stream = received(&meter_packet(16, &data), &ModulatorConfig::default(), 25.0);
    let run = |config| strobe(&stream, &one_burst(&stream), config, &[stream.len()]).1.remove(0);
    let by_length = run(Config { framing: Some(Framing::A), ..strobe_config(RATE) });
    assert_eq!((by_length.end, by_length.soft.len()), (PacketEnd::Length, 48));
    let by_limit = run(Config { max_packet_bits: 32, ..strobe_config(RATE) });
    assert_eq!((by_limit.end, by_limit.soft.len()), (PacketEnd::Limit, 32));
    let by_level = run(strobe_config(RATE));
    assert_eq!(by_level.end, PacketEnd::Level);
    assert!((88..=88 + AROUND / 8).contains(&by_level.soft.len()), "{}", by_level.soft.len());
}

#[test]
fn the_last_symbol_counts_when_the_burst_ends_in_it() {
    let data = payload(160);
    let stream = received(&meter_packet(12, &data), &ModulatorConfig::default(), 25.0);
    let packet_end = AROUND + 8 * (96 + 16 + 160);
    for cut in 0..3 {
        let bursts = vec![(0, (packet_end - cut - 1) as u64, info())];
        let (_, packets, _) = strobe(&stream, &bursts, strobe_config(RATE), &[5_000]);
        assert_eq!(hard(&packets[0]), data, "{cut} samples cut");
    }
}

#[test]
fn a_second_sync_word_in_one_burst_begins_a_second_packet() {
    let (first, second) = (payload(160), payload(161));
    let mut bits = meter_packet(12, &first);
    bits.extend(meter_packet(12, &second));
    let stream = received(&bits, &ModulatorConfig::default(), 25.0);
    let (_, packets, _) = strobe(&stream, &one_burst(&stream), strobe_config(RATE), &[77]);
    assert_eq!(packets.len(), 2);
    assert_eq!(packets[0].end, PacketEnd::NextSync);
    assert_eq!(hard(&packets[0])[..160], first);
    assert_eq!(hard(&packets[1])[..161], second);
}

#[test]
fn data_like_a_preamble_and_a_sync_word_end_no_packet() {
    let header = preamble_and_sync(4, PreamblePhase::EndsInZero);
    // Fourteen symbols alternate, or more but for one.
    for (symbols, wrong) in [(14, None), (24, Some(22)), (24, Some(12))] {
        let mut data = payload(400);
        let part = &mut data[190..190 + symbols + 16];
        part.copy_from_slice(&header[header.len() - symbols - 16..]);
        if let Some(wrong) = wrong {
            part[wrong] ^= 1;
        }
        data[189] = data[190];
        let packet = only_packet(&received(&meter_packet(20, &data), &Default::default(), 30.0));
        assert_eq!(hard(&packet)[..400], data, "{symbols} {wrong:?}");
    }
}

#[test]
fn a_stream_without_burst_tags_is_received_too() {
    let data = payload(300);
    let mut stream = received(&meter_packet(30, &data), &ModulatorConfig::default(), 20.0);
    stream.extend(received(&meter_packet(16, &data), &ModulatorConfig::default(), 20.0));
    let (_, packets, counts) = strobe(&stream, &[], strobe_config(RATE), &[1000]);
    assert_eq!((packets.len(), counts.bursts), (2, 0));
    for packet in &packets {
        assert_eq!(packet.end, PacketEnd::Level);
        assert_eq!(hard(packet)[..300], data);
        assert!(packet.burst.is_none());
    }
    assert!((packets[0].sample_start - AROUND as f64).abs() < 24.0, "{}", packets[0].sample_start);
}

#[test]
fn strobes_stand_in_the_middle_of_symbols_and_marks_at_their_places() {
    let data = payload(100);
    let stream = received(&meter_packet(10, &data), &ModulatorConfig::default(), 40.0);
    let (events, _, _) = strobe(&stream, &one_burst(&stream), strobe_config(RATE), &[500]);
    let strobes: Vec<u64> = events
        .iter()
        .filter(|e| matches!(e, StrobeEvent::Strobe { .. }))
        .map(StrobeEvent::offset)
        .collect();
    // Symbol k lies from AROUND + 8 k on; the discriminator is half a sample late.
    for (k, &offset) in strobes.iter().take(80 + 16 + 100).enumerate() {
        let middle = (AROUND + 8 * k + 4) as u64;
        assert!(offset.abs_diff(middle) <= 1, "symbol {k}: {offset}, not {middle}");
    }
    let place =
        |wanted: fn(&StrobeEvent) -> bool| events.iter().find(|e| wanted(e)).unwrap().offset();
    let preamble = place(|e| matches!(e, StrobeEvent::Preamble { .. }));
    let sync = place(|e| matches!(e, StrobeEvent::Sync { errors: 0, inverted: false, .. }));
    assert!(preamble.abs_diff(AROUND as u64) <= 2 && sync.abs_diff(AROUND as u64 + 640) <= 1);
    assert!(events.iter().any(|e| matches!(e, StrobeEvent::End { .. })));
}

#[test]
fn noise_zeros_and_what_is_no_number_make_no_packets() {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let mut stream: Vec<f32> = (0..400_000).map(|_| rng.random_range(-3.0..3.0)).collect();
    stream.extend([0.0; 10_000]);
    stream.extend([f32::NAN; 10_000]);
    stream.extend([f32::INFINITY, f32::NEG_INFINITY, f32::MAX, f32::MIN].repeat(1_000));
    let (_, packets, _) = strobe(&stream, &[], strobe_config(RATE), &[stream.len()]);
    assert!(packets.is_empty(), "{packets:?}");
}

#[test]
fn tags_in_any_disorder_break_nothing() {
    let data = payload(100);
    let stream = received(&meter_packet(10, &data), &ModulatorConfig::default(), 30.0);
    let mut engine = SyncStrobe::new(strobe_config(RATE)).unwrap();
    let (mut events, mut packets) = (Vec::new(), Vec::new());
    engine.burst_end(5);
    engine.burst_start(0, info());
    engine.burst_start(10, BurstInfo { original_rate_hz: 0.0, onset: f64::NAN, ..info() });
    engine.process(&stream, &mut events, &mut packets);
    engine.burst_end(0);
    engine.burst_end(u64::MAX - 1);
    engine.process(&stream, &mut events, &mut packets);
    engine.finish(&mut events, &mut packets);
    assert_eq!(engine.counts().samples, 2 * stream.len() as u64);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]
    #[test]
    fn the_sizes_of_the_pieces_do_not_matter(
        pieces in prop::collection::vec(1usize..3_000, 1..6),
        tagged in any::<bool>(),
        lengths in prop::collection::vec(8usize..300, 1..4),
        ebn0_db in 8.0..30.0f64,
    ) {
        let (mut stream, mut bursts) = (Vec::new(), Vec::new());
        for &length in &lengths {
            let first = stream.len() as u64;
            let bits = meter_packet(length as u32 % 30 + 3, &payload(length));
            stream.extend(received(&bits, &ModulatorConfig::default(), ebn0_db));
            if tagged {
                bursts.push((first, stream.len() as u64 - 1, info()));
            }
            stream.extend(vec![0.0; length]);
        }
        let whole = strobe(&stream, &bursts, strobe_config(RATE), &[stream.len()]);
        prop_assert!(whole == strobe(&stream, &bursts, strobe_config(RATE), &pieces));
    }
}
