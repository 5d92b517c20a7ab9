// SPDX-License-Identifier: GPL-3.0-or-later
//! Whole MAC frames, and anything but.

use kaifa_dsp::mac::{Address, Error, Frame, Ie, Kind};
use proptest::prelude::*;

fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u32> = text.chars().filter_map(|c| c.to_digit(16)).collect();
    digits.chunks_exact(2).map(|pair| (pair[0] << 4 | pair[1]) as u8).collect()
}

const UNICAST: &str = "69dc10cdabdebc9a0000120b005634120000120b000d0700000001\
                       00000000000000000000000000000000";
const BROADCAST: &str =
    "49d811cdabffff5634120000120b000d080000000100000000000000000000000000000000";
const BEACON: &str = "00e212cdab5634120000120b00003f0888061a000000000001";
const ACK: &str = "02006a";

const SOURCE: Address = Address::Extended(0x000b_1200_0012_3456);
const DESTINATION: Address = Address::Extended(0x000b_1200_009a_bcde);

#[test]
fn unicast() {
    let frame = Frame::parse(&hex(UNICAST)).unwrap();
    assert_eq!(frame.kind(), Kind::Unicast);
    assert_eq!(frame.sequence, Some(0x10));
    assert_eq!(frame.addressing.pan_id(), Some(0xabcd));
    assert_eq!(frame.addressing.source_pan, None);
    assert_eq!(frame.addressing.source, Some(SOURCE));
    assert_eq!(frame.addressing.destination, Some(DESTINATION));
    let security = frame.security.as_ref().unwrap();
    assert_eq!((security.level(), security.key_id_mode()), (5, 1));
    assert_eq!((security.frame_counter, security.key_index), (Some(7), Some(1)));
    assert_eq!((frame.payload.len(), frame.mic.len()), (12, 4));
    assert!(frame.encrypted() && frame.asks_for_acknowledgement());
    assert_eq!(frame.irregularity(), None);
}

#[test]
fn broadcast() {
    let frame = Frame::parse(&hex(BROADCAST)).unwrap();
    assert_eq!(frame.kind(), Kind::Broadcast);
    assert_eq!(frame.sequence, Some(0x11));
    assert_eq!(frame.addressing.destination, Some(Address::BROADCAST));
    assert_eq!(frame.addressing.source, Some(SOURCE));
    assert_eq!(frame.security.as_ref().unwrap().frame_counter, Some(8));
    assert_eq!((frame.payload.len(), frame.mic.len()), (12, 4));
    assert!(!frame.asks_for_acknowledgement());
    assert_eq!(frame.irregularity(), None);
}

#[test]
fn enhanced_beacon() {
    let frame = Frame::parse(&hex(BEACON)).unwrap();
    assert_eq!(frame.kind(), Kind::Beacon);
    assert_eq!(frame.sequence, Some(0x12));
    assert_eq!(frame.addressing.source_pan, Some(0xabcd));
    assert_eq!(frame.addressing.pan_id(), Some(0xabcd));
    assert_eq!(frame.addressing.source, Some(SOURCE));
    assert_eq!(frame.addressing.destination, None);
    assert_eq!(frame.header_ies, []);
    assert_eq!(frame.payload_ies, [Ie { id: 1, content: hex("061a000000000001") }]);
    assert!(frame.payload.is_empty() && !frame.encrypted());
    assert_eq!(frame.irregularity(), None);
}

#[test]
fn immediate_acknowledgement() {
    let frame = Frame::parse(&hex(ACK)).unwrap();
    assert_eq!((frame.kind(), frame.sequence), (Kind::Ack, Some(0x6a)));
    assert_eq!(frame.addressing.source, None);
    assert_eq!(frame.irregularity(), None);
}

#[test]
fn payload_ies_of_an_encrypted_frame_are_not_read() {
    // Version 2, secured, IEs, source extended; level 4, no MIC; HT1 and then cipher text.
    let frame = Frame::parse(&hex("09e2 01 cdab 5634120000120b00 04 05000000 003f dead")).unwrap();
    assert!(frame.encrypted());
    assert_eq!((frame.payload_ies.len(), frame.payload), (0, hex("dead")));
    // Level 3 leaves them in clear in front of its 16 octets of MIC.
    let mic = "ff".repeat(16);
    let clear = format!("09e2 01 cdab 5634120000120b00 03 05000000 003f 0190aa 00f8 dead{mic}");
    let frame = Frame::parse(&hex(&clear)).unwrap();
    assert_eq!(frame.payload_ies, [Ie { id: 2, content: vec![0xaa] }]);
    assert_eq!((frame.payload, frame.mic.len()), (hex("dead"), 16));
}

#[test]
fn version_0_tells_nothing_of_its_security() {
    let frame = Frame::parse(&hex("4988 01 cdab 0200 0100 c0ffee")).unwrap();
    assert_eq!((frame.kind(), frame.security.as_ref()), (Kind::Data, None));
    assert!(frame.encrypted());
    assert_eq!(frame.payload, hex("c0ffee"));
}

#[test]
fn generic_names() {
    let kind = |text| Frame::parse(&hex(text)).unwrap().kind();
    assert_eq!(kind("4188 01 cdab 0200 0100"), Kind::Data);
    assert_eq!(kind("6388 01 cdab 0200 0100 04"), Kind::Command);
    // The word of a broadcast, but one recipient.
    assert_eq!(kind(&BROADCAST.replace("cdabffff", "cdab0100")), Kind::Data);
}

#[test]
fn irregular_frames_say_why() {
    let why = |text| Frame::parse(&hex(text)).unwrap().irregularity();
    assert_eq!(why("02006aff"), Some("immediate acknowledgement with a payload"));
    assert_eq!(why("22006a"), Some("immediate acknowledgement with more than its type"));
    assert_eq!(why("12006a"), None);
    assert_eq!(why("000001"), Some("beacon without a sender"));
    assert_eq!(why("010001"), Some("no address"));
    assert_eq!(why("8188 01 cdab 0200 cdab 0100"), Some("reserved bit in the frame control field"));
    assert_eq!(why("4108 01 cdab 0200"), Some("PAN ID compression with one address"));
}

/// A frame cut anywhere is either read to its shorter end or an error that names the cut.
#[test]
fn truncated_anywhere() {
    for whole in [UNICAST, BROADCAST, BEACON, ACK].map(hex) {
        for length in 0..whole.len() {
            match Frame::parse(&whole[..length]) {
                Ok(_) => {}
                Err(Error::Truncated { offset, needed, available, .. }) => {
                    assert!(available < needed);
                    assert_eq!(offset + available, length);
                }
                Err(other) => panic!("{other} at {length}"),
            }
        }
    }
    let error = Frame::parse(&hex(UNICAST)[..15]).unwrap_err();
    assert_eq!(error.to_string(), "source address at octet 13 needs 8 octets, 2 are left");
    let error = Frame::parse(&hex(UNICAST)[..30]).unwrap_err();
    let expected = "message integrity code at octet 27 needs 4 octets, 3 are left";
    assert_eq!(error.to_string(), expected);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20_000))]

    #[test]
    fn no_octets_panic(octets in proptest::collection::vec(any::<u8>(), 0..80)) {
        if let Ok(frame) = Frame::parse(&octets) {
            prop_assert!(frame.payload.len() + frame.mic.len() < octets.len());
            prop_assert!(octets.ends_with(&[frame.payload.clone(), frame.mic.clone()].concat()));
            frame.irregularity();
            frame.kind();
        }
    }

    /// Version 2 frames with IEs, which random octets seldom reach.
    #[test]
    fn no_ies_panic(octets in proptest::collection::vec(any::<u8>(), 0..80), fcf in 0_u16..4) {
        let mut frame = (fcf | 0x2200).to_le_bytes().to_vec();
        frame.extend(octets);
        let _ = Frame::parse(&frame);
    }
}
