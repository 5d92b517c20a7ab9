// SPDX-License-Identifier: GPL-3.0-or-later
//! What the fuzzers, and the test that runs their corpus, do with octets. Each function panics on
//! a mistake of the library.

use kaifa_dsp::frame::bits::{pack, to_soft, unpack, BitOrder};
use kaifa_dsp::frame::{
    encode, packet_bits, Config, Frame, FrameParser, Framing, Outcome, PacketBits, Whitening,
};
use kaifa_dsp::mac;
use kaifa_dsp::time::Time;

/// Sync words that a packet may be found behind: uncoded, coded, and nothing that is known.
const SYNC_WORDS: [Option<u64>; 4] = [None, Some(0x904e), Some(0x6f4e), Some(0x2dd4)];

/// Packets of certain bits: one octet of settings, and the bits in order of time.
pub fn framing(data: &[u8]) {
    let Some((&settings, octets)) = data.split_first() else { return };
    let mut bits = unpack(octets, BitOrder::MsbFirst);
    // Not every packet ends with an octet.
    bits.truncate(bits.len().saturating_sub(usize::from(settings >> 5)));
    for frame in read_twice(settings, to_soft(&bits)) {
        written_as_read(&frame, &bits);
    }
}

/// Packets of soft values: one octet of settings, and one for each value in 64ths, of which the
/// extremes stand for what is no number.
pub fn soft(data: &[u8]) {
    let Some((&settings, octets)) = data.split_first() else { return };
    let value = |&octet: &u8| match octet as i8 {
        i8::MIN => f32::NAN,
        i8::MAX => f32::INFINITY,
        value => f32::from(value) / 64.0,
    };
    for frame in read_twice(settings, octets.iter().map(value).collect()) {
        let bits = encode(&frame.encoding, &frame.mpdu).unwrap();
        let again = read_twice(settings, to_soft(&bits));
        assert!(!again.is_empty(), "written and not read: {frame:?}");
    }
}

/// MAC frames, from the frame control field up to before the check.
pub fn mac(data: &[u8]) {
    match mac::Frame::parse(data) {
        Err(error) => assert!(!error.to_string().is_empty()),
        Ok(frame) => {
            let ies = frame.header_ies.iter().chain(&frame.payload_ies);
            let ies: usize = ies.map(|ie| 2 + ie.content.len()).sum();
            assert!(2 + ies + frame.payload.len() + frame.mic.len() <= data.len(), "{frame:?}");
            assert!(data.ends_with(&frame.mic));
            assert!(!frame.kind().name().is_empty());
            assert!(frame.irregularity().is_none_or(|text| !text.is_empty()));
            let encrypts = frame.security.as_ref().is_some_and(|security| security.encrypts());
            assert!(frame.encrypted() || !encrypts);
            assert!(!frame.asks_for_acknowledgement() || frame.addressing.destination.is_some());
        }
    }
}

/// The frames in a packet that comes twice: the second meets what the first has left behind.
fn read_twice(settings: u8, soft: Vec<f32>) -> Vec<Frame> {
    let framing = Framing::ALL.get(usize::from(settings & 7)).copied();
    let packet = PacketBits {
        soft: soft.into(),
        sync_word: SYNC_WORDS[usize::from(settings >> 3 & 3)],
        time: Time::default(),
        center_frequency_hz: 871.3e6,
        header_s: 3e-3,
        symbol_rate_hz: 50e3,
    };
    let mut parser = FrameParser::new(Config { framing, lock_after: 1 }).unwrap();
    let outcomes = [parser.process(&packet), parser.process(&packet)];
    let frames: Vec<Frame> = outcomes.into_iter().filter_map(frame_of).collect();
    let counts = parser.counts();
    assert_eq!(counts.frames, frames.len() as u64);
    assert_eq!(counts.frames + counts.rejects.values().sum::<u64>(), 2);
    for frame in &frames {
        assert!(framing.is_none_or(|told| told == frame.encoding.framing));
        assert!(8 * frame.octets.len() <= packet.soft.len());
    }
    if let [first, second] = frames.as_slice() {
        assert_eq!((first.encoding, &first.mpdu), (second.encoding, &second.mpdu));
    }
    frames
}

fn frame_of(outcome: Outcome) -> Option<Frame> {
    match outcome {
        Outcome::Frame(frame) => Some(*frame),
        Outcome::Reject(reject) => {
            assert!(!reject.reason.to_string().is_empty());
            assert!(reject.encoding.is_some() || reject.mpdu.is_empty());
            None
        }
    }
}

/// A frame that was read is written as it was sent, but for what error correction has put right
/// and for the reserved bits of a PHR.
fn written_as_read(frame: &Frame, bits: &[u8]) {
    let encoding = frame.encoding;
    assert!(encoding.exists(), "{encoding}");
    let written = encode(&encoding, &frame.mpdu).unwrap();
    assert_eq!(written.len(), 8 * frame.octets.len());
    assert_eq!(pack(&bits[..written.len()], BitOrder::MsbFirst), frame.octets);
    match encoding.framing {
        Framing::A | Framing::B => {
            assert_eq!(written, bits[..written.len()]);
            if encoding.whitening == Whitening::None {
                assert_eq!(packet_bits(encoding.framing, &to_soft(bits)), Some(written.len()));
            }
        }
        Framing::C | Framing::D => {
            assert_eq!(written[3..], bits[3..written.len()]);
            assert_eq!(packet_bits(encoding.framing, &to_soft(bits)), Some(written.len()));
        }
        // Another code may fit the first bits better.
        Framing::E => {}
    }
}
