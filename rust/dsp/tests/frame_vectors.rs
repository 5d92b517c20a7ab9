// SPDX-License-Identifier: GPL-3.0-or-later
//! Published and recorded packets, octet for octet, in both directions.

use kaifa_dsp::frame::bits::{pack, to_soft, unpack, BitOrder};
use kaifa_dsp::frame::{
    encode, packet_bits, Check, Config, Encoding, Frame, FrameParser, Framing, Outcome, PacketBits,
    Whitening,
};
use kaifa_dsp::mac::Kind;
use kaifa_dsp::time::Time;

fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u32> = text.chars().filter_map(|c| c.to_digit(16)).collect();
    digits.chunks_exact(2).map(|pair| (pair[0] << 4 | pair[1]) as u8).collect()
}

/// Framing, check, whitening, MPDU, octets after the sync word as sent.
type Packet = (Framing, Check, Whitening, &'static str, &'static str);

const PACKETS: &[Packet] = &[
    // Immediate acknowledgement with sequence number 6a, meter style.
    (Framing::A, Check::Fcs16, Whitening::None, "02006a", "05 02006a e479"),
    (Framing::A, Check::Fcs32, Whitening::None, "02006a", "07 02006a ba945f14"),
    (Framing::B, Check::CrcCms, Whitening::None, "02006a", "03 02006a bd73"),
    (Framing::C, Check::Fcs16, Whitening::None, "02006a", "1005 02006a e479"),
    // The same as SUN FSK.
    (Framing::D, Check::Fcs16, Whitening::None, "02006a", "1005 400056 279e"),
    (Framing::D, Check::Fcs16, Whitening::Pn9, "02006a", "1805 4f70e5 48dd"),
    (Framing::D, Check::Fcs32, Whitening::None, "02006a", "0007 400056 5d29fa28"),
    (Framing::D, Check::Fcs32, Whitening::Pn9, "02006a", "0807 4f70e5 326a6260"),
    // Recorded: a Wi-SUN chip's test packet.
    (Framing::D, Check::Fcs32, Whitening::Pn9, "1122", "0806 8734a5d157d7"),
    // Recorded: an electricity sensor with a CC115L.
    (
        Framing::B,
        Check::CrcCms,
        Whitening::None,
        "4922070ea276170ecf8042e347cfa25dd3",
        "11 4922070ea276170ecf8042e347cfa25dd3 5890",
    ),
    // Recorded: a home automation switch with a CC1101, whitened.
    (
        Framing::B,
        Check::CrcCms,
        Whitening::Cc11xx,
        "76f2df8a678f403587613cd0aca0",
        "f197ef4567e2bc64dffdb305a03bf74eea",
    ),
];

fn uncoded(framing: Framing, check: Check, whitening: Whitening) -> Encoding {
    Encoding { framing, check, whitening, fec: None }
}

fn parse(bits: Vec<u8>) -> Frame {
    let packet = PacketBits {
        soft: to_soft(&bits).into(),
        sync_word: None,
        time: Time::default(),
        center_frequency_hz: 871.3e6,
        header_s: 2e-3,
        symbol_rate_hz: 50e3,
    };
    match FrameParser::new(Config::default()).unwrap().process(&packet) {
        Outcome::Frame(frame) => *frame,
        Outcome::Reject(reject) => panic!("{reject:?}"),
    }
}

#[test]
fn packets_are_written_as_sent() {
    for &(framing, check, whitening, mpdu, sent) in PACKETS {
        let bits = encode(&uncoded(framing, check, whitening), &hex(mpdu)).unwrap();
        assert_eq!(pack(&bits, BitOrder::MsbFirst), hex(sent), "{framing:?} {check:?}");
        if whitening != Whitening::Cc11xx {
            assert_eq!(
                packet_bits(framing, &to_soft(&bits)),
                Some(bits.len()),
                "{framing:?} {check:?}"
            );
        }
    }
}

#[test]
fn packets_are_read_without_being_told_how_they_are_framed() {
    for &(framing, check, whitening, mpdu, sent) in PACKETS {
        let mut bits = unpack(&hex(sent), BitOrder::MsbFirst);
        bits.extend([1, 0, 0, 1, 1, 1, 0, 1, 1, 0, 1]);
        let frame = parse(bits);
        assert_eq!(frame.encoding, uncoded(framing, check, whitening));
        assert_eq!(frame.mpdu, hex(mpdu));
        assert_eq!(frame.octets, hex(sent));
        let kind = if mpdu == "02006a" { Kind::Ack } else { Kind::Unknown };
        assert_eq!(frame.kind, kind, "{sent}");
        assert_eq!(frame.mac_error.is_some(), kind == Kind::Unknown, "{sent}");
    }
}

struct MacFrame {
    mpdu: &'static str,
    fcs16: &'static str,
    fcs32: &'static str,
    kind: Kind,
    sequence: u8,
    destination: Option<&'static str>,
}

const MAC_FRAMES: [MacFrame; 3] = [
    MacFrame {
        mpdu: "69dc10cdabdebc9a0000120b005634120000120b000d0700000001 \
               00000000000000000000000000000000",
        fcs16: "9c2a",
        fcs32: "62d4f898",
        kind: Kind::Unicast,
        sequence: 0x10,
        destination: Some("000b1200009abcde"),
    },
    MacFrame {
        mpdu: "49d811cdabffff5634120000120b000d0800000001 00000000000000000000000000000000",
        fcs16: "1dc3",
        fcs32: "6139d4c8",
        kind: Kind::Broadcast,
        sequence: 0x11,
        destination: Some("ffff"),
    },
    MacFrame {
        mpdu: "00e212cdab5634120000120b00003f0888061a000000000001",
        fcs16: "ed7c",
        fcs32: "fcb54bc7",
        kind: Kind::Beacon,
        sequence: 0x12,
        destination: None,
    },
];

#[test]
fn mac_frames_with_either_fcs() {
    for expected in MAC_FRAMES {
        let mpdu = hex(expected.mpdu);
        for fcs in [hex(expected.fcs16), hex(expected.fcs32)] {
            let length = (mpdu.len() + fcs.len()) as u8;
            let sent = [vec![length], mpdu.clone(), fcs].concat();
            let frame = parse(unpack(&sent, BitOrder::MsbFirst));
            assert_eq!((frame.kind, frame.sequence), (expected.kind, Some(expected.sequence)));
            assert_eq!(frame.source.as_deref(), Some("000b120000123456"));
            assert_eq!(frame.destination.as_deref(), expected.destination);
            assert_eq!(frame.pan_id, Some(0xabcd));
            assert_eq!((frame.mpdu, frame.mac_error), (mpdu.clone(), None));
        }
    }
}

#[test]
fn fcs_32_pads_short_frames_for_the_calculation_alone() {
    let fcs = |mpdu| Check::Fcs32.compute(&[], &hex(mpdu));
    assert_eq!(fcs("1122"), hex("687d28f2"));
    assert_eq!(fcs("112233"), hex("58184306"));
    assert_eq!(fcs("11223344"), hex("d19df277"));
    assert_eq!(fcs("1122334455"), hex("295aa038"));
    assert_eq!(fcs("02006a"), hex("ba945f14"));
}

#[test]
fn checks_of_the_acknowledgement() {
    assert_eq!(Check::Fcs16.compute(&[5], &hex("02006a")), hex("e479"));
    assert_eq!(Check::CrcCms.compute(&[3], &hex("02006a")), hex("bd73"));
}

/// The CRC covers the first octet, the length, and whitening all of it: length, data and CRC.
#[test]
fn packet_engine_of_the_cc11xx() {
    assert_eq!(Check::CrcCms.compute(&[0xab], &hex("80ff00")), hex("1418"));
    let mut bits = unpack(&hex("ab80ff001418"), BitOrder::MsbFirst);
    Whitening::Cc11xx.apply(&mut bits);
    assert_eq!(pack(&bits, BitOrder::MsbFirst), hex("5461e29af99d"));
}
