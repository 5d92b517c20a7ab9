// SPDX-License-Identifier: GPL-3.0-or-later
//! Published and recorded packets, octet for octet, through the encoder.

use kaifa_dsp::frame::bits::{pack, BitOrder};
use kaifa_dsp::frame::{encode, Check, Encoding, Framing, Whitening};

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
];

#[test]
fn packets_are_written_as_sent() {
    for &(framing, check, whitening, mpdu, sent) in PACKETS {
        let bits = encode(&Encoding { framing, check, whitening }, &hex(mpdu)).unwrap();
        assert_eq!(pack(&bits, BitOrder::MsbFirst), hex(sent), "{framing:?} {check:?}");
    }
}
