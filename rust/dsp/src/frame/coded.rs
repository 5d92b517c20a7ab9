// SPDX-License-Identifier: GPL-3.0-or-later
//! Reading packets of framing E: through the error correction to PHR and PSDU.

use std::cmp::Ordering;

use super::encoding::Framing;
use super::fec::{Fec, BLOCK_BITS};
use super::phr::Phr;
use super::whitening::Whitening;

/// Bits on the air from which the PHR is told: those of the shortest packet that can be a frame,
/// so that only the packet's own are looked at.
pub(super) const PHR_SEEN_IN: usize = 4 * BLOCK_BITS;

/// Largest soft value that is believed, as a magnitude: no bit counts for more than two.
const MOST_CERTAIN: f32 = 2.0;

/// The PHR at the front of the bits on the air; `None` if it is not all there.
///
/// It says itself whether all behind it is whitened, and what is behind it helps to read it. So it
/// is read both ways: one that contradicts itself is believed last, then the better fit wins.
pub(super) fn read_phr(fec: Fec, soft: &[f32]) -> Option<Phr> {
    read(fec, soft).map(|reading| reading.phr)
}

/// Bits on the air of the packet that begins so, error correction by whatever code fits best;
/// `None` if too little of it is there or if it is no frame.
pub(super) fn packet_bits(soft: &[f32]) -> Option<usize> {
    let front = soft.get(..PHR_SEEN_IN)?;
    let readings = Fec::ALL.into_iter().filter_map(|fec| Some((fec, read(fec, front)?)));
    let (fec, best) = readings.max_by(|(_, one), (_, other)| one.compare(other))?;
    let phr = best.phr.of_packet().ok()?;
    Some(fec.sent_bits(Phr::BITS + 8 * phr.octets()))
}

/// A PHR as it was read.
struct Reading {
    phr: Phr,
    /// It says that the packet is whitened as it was taken to be.
    consistent: bool,
    fit: f32,
}

impl Reading {
    /// The greater is the likelier.
    fn compare(&self, other: &Self) -> Ordering {
        self.consistent.cmp(&other.consistent).then(self.fit.total_cmp(&other.fit))
    }
}

fn read(fec: Fec, soft: &[f32]) -> Option<Reading> {
    let front = soft.get(..2 * Phr::BITS).map(|_| &soft[..PHR_SEEN_IN.min(soft.len())])?;
    let readings = [Whitening::None, Whitening::Pn9].into_iter().filter_map(|whitening| {
        let decoded = fec.restore_beginning(clear(whitening, front));
        let phr = Phr::read(&decoded.bits)?;
        Some(Reading { phr, consistent: phr.whitening() == whitening, fit: decoded.fit })
    });
    // Of equal ones the last is taken, always the same.
    readings.max_by(Reading::compare)
}

/// The bits of PHR and PSDU of a packet with `octets` of PSDU; where not all of it was received,
/// as many as can be told.
pub(super) fn read_bits(fec: Fec, whitening: Whitening, octets: usize, soft: &[f32]) -> Vec<u8> {
    let bits = Phr::BITS + 8 * octets;
    match soft.get(..fec.sent_bits(bits)) {
        Some(all) => fec.restore(clear(whitening, all), bits),
        None => {
            let mut beginning = fec.restore_beginning(clear(whitening, soft)).bits;
            beginning.truncate(bits);
            beginning
        }
    }
}

/// A soft value as far as it is believed.
fn believed(value: f32) -> f32 {
    if value.is_nan() {
        0.0
    } else {
        value.clamp(-MOST_CERTAIN, MOST_CERTAIN)
    }
}

/// Soft values as far as they are believed, without the whitening: that of a bit that was turned over
/// has its sign changed.
fn clear(whitening: Whitening, soft: &[f32]) -> Vec<f32> {
    let mut turned = vec![0; soft.len()];
    Framing::E.whiten(whitening, &mut turned);
    let values = soft.iter().zip(turned);
    let upright = |(&value, turned)| if turned == 1 { -believed(value) } else { believed(value) };
    values.map(upright).collect()
}

#[cfg(test)]
mod tests {
    use super::super::bits::{to_soft, unpack, BitOrder};
    use super::super::mode_switch::checksum;
    use super::super::reason::Reason;
    use super::*;

    fn phr(value: u16) -> Vec<u8> {
        unpack(&value.to_be_bytes(), BitOrder::MsbFirst)
    }

    #[test]
    fn soft_values_are_finite() {
        let given = [0.5, -1.0, f32::NAN, f32::INFINITY, f32::NEG_INFINITY, -0.0];
        assert_eq!(clear(Whitening::None, &given), [0.5, -1.0, 0.0, 2.0, -2.0, 0.0]);
    }

    #[test]
    fn the_phr_is_read_from_itself_and_better_with_what_is_behind_it() {
        for fec in Fec::ALL {
            for value in [0x1005, 0x1805, 0x0fff, 0x07ff] {
                let sent =
                    to_soft(&fec.protect(&[phr(value), vec![0, 1, 1, 0, 1, 0, 0, 1]].concat()));
                assert_eq!(read_phr(fec, &sent[..31]), None);
                assert_eq!(read_phr(fec, &sent[..32]), Phr::read(&phr(value)), "{fec:?}");
            }
        }
    }

    #[test]
    fn a_mode_switch_has_nothing_behind_it() {
        for fec in Fec::ALL {
            for value in [0x80a0, 0xffe0, 0x8820] {
                let value = value | checksum(value);
                let sent = to_soft(&fec.protect(&phr(value)));
                let reason = read_phr(fec, &sent).unwrap().of_packet().unwrap_err();
                assert!(matches!(reason, Reason::ModeSwitch(_)), "{fec:?} {reason}");
            }
        }
    }
}
