// SPDX-License-Identifier: GPL-3.0-or-later
//! Finding the framing, rejecting, and following exchanges.

use kaifa_dsp::frame::bits::{pack, to_soft, unpack, BitOrder};
use kaifa_dsp::frame::{
    encode, Check, Config, Encoding, Fec, Frame, FrameParser, Framing, Outcome, PacketBits, Reason,
    Reject, Whitening,
};
use kaifa_dsp::mac::Kind;
use kaifa_dsp::time::Time;
use proptest::prelude::*;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

const METER: Encoding =
    Encoding { framing: Framing::A, check: Check::Fcs16, whitening: Whitening::None, fec: None };
const SYMBOL_RATE_HZ: f64 = 50e3;
const HEADER_S: f64 = 3e-3;

fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u32> = text.chars().filter_map(|c| c.to_digit(16)).collect();
    digits.chunks_exact(2).map(|pair| (pair[0] << 4 | pair[1]) as u8).collect()
}

fn packet(bits: Vec<u8>) -> PacketBits<'static> {
    PacketBits {
        soft: to_soft(&bits).into(),
        sync_word: None,
        time: Time::default(),
        center_frequency_hz: 871.3e6,
        header_s: HEADER_S,
        symbol_rate_hz: SYMBOL_RATE_HZ,
    }
}

fn beacon(sequence: u8) -> Vec<u8> {
    let mut mpdu = hex("00e200cdab5634120000120b00003f0888061a000000000001");
    mpdu[2] = sequence;
    mpdu
}

fn parser() -> FrameParser {
    FrameParser::new(Config::default()).unwrap()
}

fn locked_parser() -> FrameParser {
    let mut parser = parser();
    for sequence in 0..3 {
        assert_eq!(parser.locked_framing(), None);
        frame(&mut parser, &METER, &beacon(sequence));
    }
    assert_eq!(parser.locked_framing(), Some(Framing::A));
    parser
}

fn frame(parser: &mut FrameParser, encoding: &Encoding, mpdu: &[u8]) -> Frame {
    match parser.process(&packet(encode(encoding, mpdu).unwrap())) {
        Outcome::Frame(frame) => *frame,
        Outcome::Reject(reject) => panic!("{reject:?}"),
    }
}

fn reject(parser: &mut FrameParser, bits: Vec<u8>) -> Reject {
    match parser.process(&packet(bits)) {
        Outcome::Frame(frame) => panic!("{frame:?}"),
        Outcome::Reject(reject) => *reject,
    }
}

fn with_flipped(mut bits: Vec<u8>, bit: usize) -> Vec<u8> {
    bits[bit] ^= 1;
    bits
}

#[test]
fn every_reason_has_its_packet() {
    let meter = encode(&METER, &beacon(1)).unwrap();
    let c = Encoding { framing: Framing::C, ..METER };
    let told = |framing| FrameParser::new(Config { framing, ..Config::default() }).unwrap();
    let code = |framing, bits| reject(&mut told(framing), bits).reason.code();

    assert_eq!(code(None, vec![]), "no_length");
    assert_eq!(code(Some(Framing::C), vec![0; 15]), "no_length");
    assert_eq!(code(Some(Framing::D), vec![0; 80]), "bad_length");
    assert_eq!(code(Some(Framing::A), meter[..meter.len() - 1].to_vec()), "too_short");
    assert_eq!(code(Some(Framing::A), with_flipped(meter, 20)), "check_failed");
    let switch = with_flipped(encode(&c, &beacon(1)).unwrap(), 0);
    assert_eq!(code(Some(Framing::C), switch), "bad_mode_switch");
    let switch = unpack(&hex("80ad"), BitOrder::MsbFirst);
    assert_eq!(code(Some(Framing::D), switch), "mode_switch");
    let zeros = encode(&METER, &[0; 6]).unwrap();
    assert_eq!(code(Some(Framing::A), zeros), "all_zero");
}

#[test]
fn rejects_are_counted_by_reason_and_name_the_best_guess() {
    let mut parser = locked_parser();
    let damaged = with_flipped(encode(&METER, &beacon(7)).unwrap(), 100);
    let rejected = reject(&mut parser, damaged.clone());
    assert_eq!(rejected.encoding, Some(METER));
    assert_eq!(rejected.mpdu.len(), beacon(7).len());
    assert_ne!(rejected.mpdu, beacon(7));
    assert_eq!(rejected.octets.len(), damaged.len() / 8);
    assert!(matches!(rejected.reason, Reason::CheckFailed { .. }));
    reject(&mut parser, damaged[..60].to_vec());
    assert_eq!(parser.counts().frames, 3);
    let rejects: Vec<_> = parser.counts().rejects.clone().into_iter().collect();
    assert_eq!(rejects, [("check_failed", 1), ("too_short", 1)]);
    parser.reset();
    assert_eq!((parser.counts().frames, parser.locked_framing()), (0, None));
}

#[test]
fn without_a_lock_or_a_mac_header_nothing_is_guessed() {
    let rejected = reject(&mut parser(), vec![1; 400]);
    assert_eq!((rejected.encoding, rejected.mpdu), (None, vec![]));
}

/// Mixed networks exist: another framing is reported as long as it holds MAC frames.
#[test]
fn another_framing_behind_the_lock() {
    let mut parser = locked_parser();
    let chip = Encoding { framing: Framing::B, check: Check::CrcCms, ..METER };
    let d = Encoding { framing: Framing::D, whitening: Whitening::Pn9, ..METER };
    assert_eq!(frame(&mut parser, &chip, &beacon(9)).encoding, chip);
    assert_eq!(frame(&mut parser, &d, &beacon(9)).encoding, d);
    assert_eq!(parser.locked_framing(), Some(Framing::A));

    let foreign = hex("4922070ea276170ecf8042e347cfa25dd3");
    let rejected = reject(&mut parser, encode(&chip, &foreign).unwrap());
    assert_eq!(rejected.reason, Reason::Coincidence(chip));
    assert_eq!((rejected.encoding, &rejected.mpdu), (Some(chip), &foreign));
    // 32 bits of check do not match by chance, and under the lock no MAC frame is asked for.
    let long = Encoding { check: Check::Fcs32, ..d };
    assert_eq!(frame(&mut parser, &long, &foreign).kind, Kind::Unknown);
    assert_eq!(frame(&mut parser, &METER, &foreign).kind, Kind::Unknown);
    // Once the others are more, they are the rule.
    for sequence in 0..10 {
        frame(&mut parser, &chip, &beacon(sequence));
    }
    assert_eq!(parser.locked_framing(), Some(Framing::B));
    assert_eq!(frame(&mut parser, &chip, &foreign).encoding, chip);
}

/// A packet that is a MAC frame under one hypothesis and passes by chance under another.
#[test]
fn of_two_checks_that_pass_the_one_with_a_mac_frame_counts() {
    let c = Encoding { framing: Framing::C, ..METER };
    // Read as framing A, the PHR 10xx is a length of 16: search a sequence number and payload for
    // which the 14 octets behind it match that check as well.
    let found = (0..=u32::from(u16::MAX)).find_map(|n| {
        let mut mpdu = hex("4188 00 cdab ffff 0100 0000 0000000000000000");
        mpdu[9..11].copy_from_slice(&(n as u16).to_le_bytes());
        let bits = encode(&c, &mpdu).unwrap();
        let octets = pack(&bits, BitOrder::MsbFirst);
        let fcs = Check::Fcs16.compute(&[], &octets[1..15]);
        (octets[15..17] == fcs).then_some((mpdu, bits))
    });
    let (mpdu, bits) = found.expect("a 16-bit check over 16 free bits matches somewhere");
    let mut parser = parser();
    let Outcome::Frame(frame) = parser.process(&packet(bits)) else { panic!("rejected") };
    assert_eq!((frame.encoding, frame.mpdu), (c, mpdu));
    assert_eq!(parser.counts().ambiguous, 1);
}

/// One wrong bit anywhere in a packet behind the lock is a reject and never a wrong frame.
#[test]
fn no_single_bit_error_passes() {
    let locked = locked_parser();
    for sequence in 0..=255 {
        let sent = encode(&METER, &beacon(sequence)).unwrap();
        for bit in 0..sent.len() {
            reject(&mut locked.clone(), with_flipped(sent.clone(), bit));
        }
    }
}

/// Behind the lock, noise passes no more often than the locked check alone lets it: with 16 bits,
/// and a length that fits three times in eight, 0.3 times in 50 000.
#[test]
fn noise_behind_the_lock_passes_no_more_often_than_one_check_lets_it() {
    let locked = locked_parser();
    let mut noise = ChaCha8Rng::seed_from_u64(1);
    let passed = (0..50_000).filter(|_| {
        let bits = (0..800).map(|_| u8::from(noise.random::<bool>())).collect();
        matches!(locked.clone().process(&packet(bits)), Outcome::Frame(_))
    });
    assert!(passed.count() <= 2);
}

#[test]
fn bad_settings_are_refused() {
    let error = FrameParser::new(Config { lock_after: 0, ..Config::default() }).err().unwrap();
    assert_eq!(error.to_string(), "lock_after is 0, expected at least 1 frame");
}

const UNICAST: &str = "69dc14464b68e2f4dc40120b001034e2f840120b000d0c700c0001\
                       05eba3065bf937fec509783cbb7cdc4abaf4f2";

fn at(mpdu: &[u8], start_s: f64, center_frequency_hz: f64) -> PacketBits<'static> {
    let bits = encode(&METER, mpdu).unwrap();
    PacketBits { center_frequency_hz, time: Time::default().plus(start_s), ..packet(bits) }
}

#[test]
fn an_acknowledgement_is_given_its_parties() {
    let mut parser = parser();
    let unicast = at(&hex(UNICAST), 5.0, 870.894e6);
    let end_s = 5.0 + HEADER_S + unicast.soft.len() as f64 / SYMBOL_RATE_HZ;
    let ack = at(&hex("020014"), end_s + 2.2e-3, 870.896e6);
    let other = at(&hex("020015"), end_s + 2.2e-3, 870.896e6);

    let Outcome::Frame(asked) = parser.process(&unicast) else { panic!("rejected") };
    assert_eq!(asked.source.as_deref(), Some("000b1240f8e23410"));
    assert_eq!(asked.destination.as_deref(), Some("000b1240dcf4e268"));
    assert!(!asked.source_inferred && !asked.destination_inferred);
    let security = asked.security.unwrap();
    assert_eq!((security.level(), security.frame_counter), (5, Some(0x000c_700c)));

    let Outcome::Frame(unrelated) = parser.process(&other) else { panic!("rejected") };
    assert_eq!((unrelated.source, unrelated.source_inferred), (None, false));
    let Outcome::Frame(acknowledged) = parser.process(&ack) else { panic!("rejected") };
    assert_eq!(acknowledged.kind, Kind::Ack);
    assert_eq!(acknowledged.source.as_deref(), Some("000b1240dcf4e268"));
    assert_eq!(acknowledged.destination.as_deref(), Some("000b1240f8e23410"));
    assert!(acknowledged.source_inferred && acknowledged.destination_inferred);
}

#[test]
fn times_that_are_no_numbers_do_no_harm() {
    let mut parser = parser();
    for (header_s, symbol_rate_hz) in [(f64::NAN, 5e4), (0.0, 0.0), (f64::INFINITY, 5e4)] {
        let odd = PacketBits { header_s, symbol_rate_hz, ..at(&hex(UNICAST), 0.0, f64::NAN) };
        assert!(matches!(parser.process(&odd), Outcome::Frame(_)));
        assert!(matches!(parser.process(&at(&hex("020014"), 0.0, 0.0)), Outcome::Frame(_)));
    }
}

fn encodings() -> impl Strategy<Value = Encoding> {
    let all = Framing::ALL.into_iter().flat_map(|framing| {
        Check::ALL.into_iter().flat_map(move |check| {
            Whitening::ALL.into_iter().flat_map(move |whitening| {
                let fecs = [None].into_iter().chain(Fec::ALL.map(Some));
                fecs.map(move |fec| Encoding { framing, check, whitening, fec })
            })
        })
    });
    proptest::sample::select(all.filter(|encoding| encoding.exists()).collect::<Vec<_>>())
}

fn bits(most: usize) -> impl Strategy<Value = Vec<u8>> {
    proptest::collection::vec(0..=1_u8, 0..most)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    /// What is written is read again, whatever follows it, unless another reading passes as well,
    /// which is counted.
    #[test]
    fn round_trip(
        encoding in encodings(),
        mpdu in proptest::collection::vec(1..=255_u8, 2..252),
        behind in bits(100),
    ) {
        let mut parser = parser();
        let sent = encode(&encoding, &mpdu).unwrap();
        let outcome = parser.process(&packet([sent, behind].concat()));
        let Outcome::Frame(frame) = outcome else { panic!("{outcome:?}") };
        if parser.counts().ambiguous == 0 {
            prop_assert_eq!((frame.encoding, frame.mpdu), (encoding, mpdu));
        }
    }

    #[test]
    fn no_bits_panic(bits in bits(700), framing in 0..6_usize) {
        let framing = Framing::ALL.get(framing).copied();
        let mut parser = FrameParser::new(Config { framing, lock_after: 1 }).unwrap();
        parser.process(&packet(bits.clone()));
        parser.process(&packet(bits));
    }
}
