// SPDX-License-Identifier: GPL-3.0-or-later
//! Signals that several tables are measured on.

use kaifa_dsp::demod::PreamblePhase;
use kaifa_dsp::frame::{encode, Check, Encoding, Framing, Whitening};
use kaifa_dsp::sim::preamble_and_sync;
use kaifa_dsp::Complex32;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::StandardNormal;

/// Octets of the preamble of a test frame.
pub const PREAMBLE_OCTETS: u32 = 16;
/// Octets behind the length octet of a test frame, FCS included.
const FRAME_OCTETS: usize = 40;
/// What test frames are wrapped in.
const ENCODING: Encoding =
    Encoding { framing: Framing::A, check: Check::Fcs16, whitening: Whitening::None, fec: None };

/// A frame as it is sent.
pub struct TestFrame {
    /// From the first bit of the preamble to the last of the FCS, 0 or 1.
    pub bits: Vec<u8>,
    /// The MAC frame in it, without FCS.
    pub mpdu: Vec<u8>,
}

impl TestFrame {
    /// A data frame with random addresses and a random payload, no two alike.
    pub fn random(rng: &mut ChaCha8Rng) -> Self {
        // Data, PAN compressed, both addresses short, frame version 0.
        let mut mpdu = vec![0x41, 0x88];
        mpdu.extend((mpdu.len()..FRAME_OCTETS - 2).map(|_| rng.random::<u8>()));
        let mut bits = preamble_and_sync(PREAMBLE_OCTETS, PreamblePhase::EndsInZero);
        bits.extend(encode(&ENCODING, &mpdu).expect("the encoding exists and the frame is short"));
        TestFrame { bits, mpdu }
    }
}

/// A generator of random numbers, the same for the same seed.
pub fn generator(seed: u64) -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(seed)
}

/// Overwrites `out` with complex white Gaussian noise of mean power `power`.
pub fn fill_noise(rng: &mut ChaCha8Rng, power: f64, out: &mut [Complex32]) {
    let deviation = (power / 2.0).sqrt() as f32;
    for sample in out {
        let (re, im): (f32, f32) = (rng.sample(StandardNormal), rng.sample(StandardNormal));
        *sample = Complex32::new(re, im) * deviation;
    }
}
