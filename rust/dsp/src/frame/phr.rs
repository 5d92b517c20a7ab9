// SPDX-License-Identifier: GPL-3.0-or-later
//! The PHY header of SUN FSK (IEEE 802.15.4-2015, clause 20, PHR field).

use super::bits::number;
use super::check::Check;
use super::whitening::Whitening;

const MODE_SWITCH: usize = 1 << 15;
const FCS16: usize = 1 << 12;
const WHITENING: usize = 1 << 11;
const LENGTH: usize = (1 << 11) - 1;

/// View of a PHR, whose bit 15 is sent first. It is itself never whitened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Phr(usize);

impl Phr {
    /// Bits it takes up.
    pub const BITS: usize = 16;
    /// Most octets it can announce.
    pub const MAX_OCTETS: usize = LENGTH;

    /// The PHR at the front of `bits`, if it is all there.
    pub fn read(bits: &[u8]) -> Option<Phr> {
        bits.get(..Phr::BITS).map(|bits| Phr(number(bits)))
    }

    /// A PHR that announces `octets` of PSDU, the check among them.
    pub fn new(check: Check, whitening: Whitening, octets: usize) -> Phr {
        let fcs16 = if check == Check::Fcs16 { FCS16 } else { 0 };
        let whitened = if whitening == Whitening::Pn9 { WHITENING } else { 0 };
        Phr(octets & LENGTH | fcs16 | whitened)
    }

    /// The two octets, in order of time.
    pub fn to_octets(self) -> Vec<u8> {
        (self.0 as u16).to_be_bytes().to_vec()
    }

    /// The packet behind it is in another mode.
    pub fn mode_switch(self) -> bool {
        self.0 & MODE_SWITCH != 0
    }

    pub fn check(self) -> Check {
        if self.0 & FCS16 != 0 {
            Check::Fcs16
        } else {
            Check::Fcs32
        }
    }

    pub fn whitening(self) -> Whitening {
        if self.0 & WHITENING != 0 {
            Whitening::Pn9
        } else {
            Whitening::None
        }
    }

    /// Octets of PSDU, the check among them.
    pub fn octets(self) -> usize {
        self.0 & LENGTH
    }
}
