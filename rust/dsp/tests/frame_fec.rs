// SPDX-License-Identifier: GPL-3.0-or-later
//! Framing E: packets with forward error correction, and what their soft values are worth.

use kaifa_dsp::frame::bits::{pack, to_hard, to_soft, unpack, BitOrder};
use kaifa_dsp::frame::{
    delimiter, encode, plain_octets, Check, Config, Encoding, Fec, Frame, FrameParser, Framing,
    Outcome, PacketBits, Reason, Reject, Whitening,
};
use kaifa_dsp::mac::Kind;
use kaifa_dsp::time::Time;
use proptest::prelude::*;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, Normal};

const NRNSC: Encoding = Encoding {
    framing: Framing::E,
    check: Check::Fcs16,
    whitening: Whitening::Pn9,
    fec: Some(Fec::Nrnsc),
};
const BEACON: &str = "00e212cdab5634120000120b00003f0888061a000000000001";

fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u32> = text.chars().filter_map(|c| c.to_digit(16)).collect();
    digits.chunks_exact(2).map(|pair| (pair[0] << 4 | pair[1]) as u8).collect()
}

fn packet(soft: Vec<f32>, sync_word: Option<u16>) -> PacketBits<'static> {
    PacketBits {
        soft: soft.into(),
        sync_word: sync_word.map(u64::from),
        time: Time::default(),
        center_frequency_hz: 871.3e6,
        header_s: 2e-3,
        symbol_rate_hz: 50e3,
    }
}

fn parser(framing: Option<Framing>) -> FrameParser {
    FrameParser::new(Config { framing, ..Config::default() }).unwrap()
}

fn parse(soft: Vec<f32>, sync_word: Option<u16>) -> Outcome {
    parser(None).process(&packet(soft, sync_word))
}

fn frame(outcome: Outcome) -> Frame {
    match outcome {
        Outcome::Frame(frame) => *frame,
        Outcome::Reject(reject) => panic!("{reject:?}"),
    }
}

fn reject(outcome: Outcome) -> Reject {
    match outcome {
        Outcome::Frame(frame) => panic!("{frame:?}"),
        Outcome::Reject(reject) => *reject,
    }
}

fn sent(encoding: &Encoding, mpdu: &[u8]) -> Vec<u8> {
    encode(encoding, mpdu).unwrap()
}

/// Immediate acknowledgement with sequence number 6a and FCS-32, as sent after the delimiter.
const VECTORS: [(u16, Fec, Whitening, &str); 2] = [
    (0x6f4e, Fec::RscInterleaved, Whitening::Pn9, "c0e8680ca5dab06f909c1fe6aa4ca0e9999f129b"),
    (0x632d, Fec::Nrnsc, Whitening::None, "bf7f3ffffcfdfcf237aabcb75e13a45db2f0b43c"),
];

#[test]
fn vectors_in_both_directions() {
    for (sync_word, fec, whitening, octets) in VECTORS {
        let (framing, check) = (Framing::E, Check::Fcs32);
        let encoding = Encoding { framing, check, whitening, fec: Some(fec) };
        let bits = sent(&encoding, &hex("02006a"));
        assert_eq!(pack(&bits, BitOrder::MsbFirst), hex(octets));
        let plain = plain_octets(&encoding, &hex("02006a")).unwrap();
        let phr = if whitening == Whitening::Pn9 { "0807" } else { "0007" };
        assert_eq!(plain, hex(&format!("{phr} 02006a ba945f14")));

        let mut bits = unpack(&hex(octets), BitOrder::MsbFirst);
        bits.extend([1, 0, 0, 1, 1, 1, 0, 1, 1, 0, 1]);
        for sync_word in [Some(sync_word), None] {
            let frame = frame(parse(to_soft(&bits), sync_word));
            assert_eq!((frame.encoding, frame.kind), (encoding, Kind::Ack));
            assert_eq!((frame.mpdu, frame.octets), (hex("02006a"), hex(octets)));
        }
    }
}

#[test]
fn the_delimiter_decides_what_is_tried_unless_the_framing_is_told() {
    let coded = to_soft(&sent(&NRNSC, &hex(BEACON)));
    for word in delimiter::CODED {
        assert_eq!(frame(parse(coded.clone(), Some(word))).encoding, NRNSC);
    }
    for word in delimiter::UNCODED {
        let rejected = reject(parse(coded.clone(), Some(word)));
        assert!(rejected.encoding.is_none_or(|encoding| encoding.fec.is_none()));
        let told = parser(Some(Framing::E)).process(&packet(coded.clone(), Some(word)));
        assert_eq!(frame(told).encoding, NRNSC);
    }
    let plain = Encoding { framing: Framing::A, fec: None, whitening: Whitening::None, ..NRNSC };
    let plain = to_soft(&sent(&plain, &hex(BEACON)));
    assert_eq!(frame(parse(plain.clone(), Some(0x904e))).encoding.framing, Framing::A);
    assert_eq!(frame(parse(plain.clone(), Some(0x2dd4))).encoding.framing, Framing::A);
    reject(parse(plain, Some(0x6f4e)));
}

/// Two networks on the air: the lock on one does not stand in the way of the other.
#[test]
fn coded_frames_behind_a_lock_on_uncoded_ones() {
    let plain = Encoding { framing: Framing::D, fec: None, ..NRNSC };
    let mut parser = parser(None);
    for _ in 0..3 {
        let packet = packet(to_soft(&sent(&plain, &hex(BEACON))), Some(0x904e));
        frame(parser.process(&packet));
    }
    assert_eq!(parser.locked_framing(), Some(Framing::D));
    let coded = packet(to_soft(&sent(&NRNSC, &hex(BEACON))), Some(0x6f4e));
    assert_eq!(frame(parser.process(&coded)).encoding, NRNSC);
    let mut bits = sent(&NRNSC, &hex(BEACON));
    bits[80..160].fill(1);
    let damaged = reject(parser.process(&packet(to_soft(&bits), Some(0x6f4e))));
    assert!(damaged.encoding.is_none_or(|encoding| encoding.framing == Framing::E));
}

#[test]
fn every_reason_has_its_packet() {
    let whole = sent(&NRNSC, &hex(BEACON));
    let code = |bits: &[u8]| {
        let packet = packet(to_soft(bits), Some(0x6f4e));
        reject(parser(Some(Framing::E)).process(&packet)).reason
    };
    assert_eq!(code(&[]).code(), "no_length");
    assert_eq!(code(&whole[..31]).code(), "no_length");
    let needed_bits = whole.len();
    let short = Reason::TooShort { needed_bits, available_bits: needed_bits - 1 };
    assert_eq!(code(&whole[..needed_bits - 1]), short);
    let mut damaged = whole.clone();
    damaged[100..130].fill(0);
    assert_eq!(code(&damaged).code(), "check_failed");
    let zeros = Encoding { whitening: Whitening::None, ..NRNSC };
    assert_eq!(code(&sent(&zeros, &[0; 12])).code(), "all_zero");
}

/// What is there of a packet is shown as far as it can be told.
#[test]
fn the_beginning_of_a_packet_that_was_cut_short() {
    let mpdu = hex(BEACON);
    for fec in Fec::ALL {
        let encoding = Encoding { fec: Some(fec), ..NRNSC };
        let soft = to_soft(&sent(&encoding, &mpdu));
        let mut parser = parser(None);
        for _ in 0..3 {
            frame(parser.process(&packet(soft.clone(), Some(0x6f4e))));
        }
        let cut = soft[..soft.len() / 2].to_vec();
        let cut = reject(parser.process(&packet(cut, Some(0x6f4e))));
        assert_eq!((cut.reason.code(), cut.encoding), ("too_short", Some(encoding)));
        assert!(cut.mpdu.len() >= 8 && cut.mpdu.len() < mpdu.len(), "{cut:?}");
        // The last bits are told by few of what was sent for them.
        assert_eq!(cut.mpdu[..7], mpdu[..7], "{fec:?}");
    }
}

#[test]
fn scattered_errors_are_put_right() {
    for fec in Fec::ALL {
        let encoding = Encoding { fec: Some(fec), ..NRNSC };
        let clean = sent(&encoding, &hex(BEACON));
        for first in 0..61 {
            let mut bits = clean.clone();
            for wrong in (first..bits.len()).step_by(61) {
                bits[wrong] ^= 1;
            }
            let frame = frame(parse(to_soft(&bits), Some(0x6f4e)));
            assert_eq!((frame.encoding, frame.mpdu), (encoding, hex(BEACON)), "{fec:?} {first}");
        }
    }
}

/// Twelve bits that nothing is known of: too many at one place, not too many when they are parted.
#[test]
fn the_interleaver_parts_neighbours() {
    let received = |fec, at: usize| {
        let encoding = Encoding { fec: Some(fec), ..NRNSC };
        let mut soft = to_soft(&sent(&encoding, &hex(BEACON)));
        soft[at..at + 12].fill(0.0);
        matches!(parse(soft, Some(0x6f4e)), Outcome::Frame(_))
    };
    let places: Vec<usize> = (0..400).step_by(8).collect();
    for fec in [Fec::Nrnsc, Fec::RscInterleaved] {
        assert!(places.iter().all(|&at| received(fec, at)), "{fec:?}");
    }
    let plain = places.iter().filter(|&&at| received(Fec::Rsc, at)).count();
    assert!(plain < places.len() * 3 / 4, "{plain} of {}", places.len());
}

/// Frames received of 200 in Gaussian noise of standard deviation `noise` on soft values of ±1.
fn received(encoding: &Encoding, noise: f32, seen: fn(Vec<f32>) -> Vec<f32>) -> usize {
    let normal = Normal::new(0.0, noise).unwrap();
    let mut random = ChaCha8Rng::seed_from_u64(1);
    let word = if encoding.fec.is_some() { 0x6f4e } else { 0x904e };
    let mut parser = parser(None);
    let passed = (0..200).filter(|&sequence| {
        let mut mpdu = hex(BEACON);
        mpdu[2] = sequence as u8;
        let mut soft = to_soft(&sent(encoding, &mpdu));
        soft.iter_mut().for_each(|value| *value += normal.sample(&mut random));
        match parser.process(&packet(seen(soft), Some(word))) {
            Outcome::Frame(frame) => frame.mpdu == mpdu,
            Outcome::Reject(_) => false,
        }
    });
    passed.count()
}

/// At 6 % of bits wrong hardly an uncoded frame is whole, with hard decisions many coded ones are,
/// with soft values nearly all.
#[test]
fn soft_values_are_worth_more_than_bits() {
    let plain = Encoding { framing: Framing::D, fec: None, ..NRNSC };
    let noise = 0.64;
    assert_eq!(received(&plain, noise, |soft| soft), 0);
    for fec in Fec::ALL {
        let coded = Encoding { fec: Some(fec), ..NRNSC };
        let soft = received(&coded, noise, |soft| soft);
        let hard = received(&coded, noise, |soft| to_soft(&to_hard(&soft)));
        assert!(soft >= 190 && hard <= 150, "{fec:?}: soft {soft}, hard {hard}");
    }
}

#[test]
fn a_mode_switch_is_told() {
    // PHY mode ID 5 of Wi-SUN, from the settings of a chip.
    let phr = unpack(&hex("80ad"), BitOrder::MsbFirst);
    for (framing, word) in [(Framing::C, 0x904e), (Framing::D, 0x904e)] {
        for behind in [vec![], vec![1, 0, 1, 1, 0], vec![0; 300]] {
            let soft = to_soft(&[phr.clone(), behind].concat());
            let Reason::ModeSwitch(switch) =
                reject(parser(Some(framing)).process(&packet(soft.clone(), Some(word)))).reason
            else {
                panic!("no mode switch")
            };
            assert_eq!((switch.phy_mode_id(), switch.mode, switch.fec), (5, 5, false));
            assert_eq!(reject(parse(soft, Some(word))).reason, Reason::ModeSwitch(switch));
        }
    }
}

#[test]
fn one_wrong_bit_in_a_mode_switch_is_seen() {
    for wrong in 1..16 {
        let mut phr = unpack(&hex("80ad"), BitOrder::MsbFirst);
        phr[wrong] ^= 1;
        let reason = reject(parser(Some(Framing::D)).process(&packet(to_soft(&phr), None))).reason;
        assert_eq!(reason.code(), "bad_mode_switch", "{wrong}");
        assert!(reason.to_string().contains("computed is 0x"), "{reason}");
    }
}

fn coded_encodings() -> impl Strategy<Value = Encoding> {
    let checks = [Check::Fcs16, Check::Fcs32];
    let whitenings = [Whitening::None, Whitening::Pn9];
    (0..2_usize, 0..2_usize, 0..3_usize).prop_map(move |(check, whitening, fec)| Encoding {
        framing: Framing::E,
        check: checks[check],
        whitening: whitenings[whitening],
        fec: Some(Fec::ALL[fec]),
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    /// What is written is read again, with one wrong bit in each run of 64 and whatever follows.
    #[test]
    fn round_trip_with_errors(
        encoding in coded_encodings(),
        mpdu in proptest::collection::vec(1..=255_u8, 2..300),
        wrong in proptest::collection::vec(0..30_usize, 80),
        behind in proptest::collection::vec(0..=1_u8, 0..200),
    ) {
        let mut bits = sent(&encoding, &mpdu);
        for (run, wrong) in bits.chunks_mut(64).zip(wrong) {
            if let Some(bit) = run.get_mut(wrong) {
                *bit ^= 1;
            }
        }
        bits.extend(behind);
        let outcome = parse(to_soft(&bits), Some(0x6f4e));
        let Outcome::Frame(frame) = outcome else { panic!("{outcome:?}") };
        prop_assert_eq!((frame.encoding, frame.mpdu), (encoding, mpdu));
    }

    #[test]
    fn no_soft_values_panic(
        soft in proptest::collection::vec(proptest::num::f32::ANY, 0..700),
        word in proptest::option::of(0..4_usize),
        told: bool,
    ) {
        let words = [delimiter::UNCODED, delimiter::CODED].concat();
        let framing = told.then_some(Framing::E);
        let packet = packet(soft, word.map(|word| words[word]));
        parser(framing).process(&packet);
    }
}
