// SPDX-License-Identifier: GPL-3.0-or-later
//! The PHY header of SUN FSK (IEEE 802.15.4-2015, clause 20, PHR field).

use super::bits::number;
use super::check::Check;
use super::mode_switch::{checksum, ModeSwitch};
use super::reason::Reason;
use super::whitening::Whitening;

const MODE_SWITCH: usize = 1 << 15;
const FCS16: usize = 1 << 12;
const WHITENING: usize = 1 << 11;
const LENGTH: usize = (1 << 11) - 1;
/// Checksum and parity of a mode switch.
const SWITCH_CHECK: u16 = (1 << 5) - 1;

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

    /// The PHR, unless it announces a mode switch: then what it says, or that it is damaged.
    pub fn of_packet(self) -> Result<Phr, Reason> {
        if !self.mode_switch() {
            return Ok(self);
        }
        let phr = self.0 as u16;
        let (received, computed) = (phr & SWITCH_CHECK, checksum(phr));
        Err(if received == computed {
            Reason::ModeSwitch(ModeSwitch::read(phr))
        } else {
            Reason::BadModeSwitch { received, computed }
        })
    }

    pub fn check(self) -> Check {
        if self.0 & FCS16 != 0 {
            Check::Fcs16
        } else {
            Check::Fcs32
        }
    }

    /// Of what is behind it: nothing is behind a mode switch.
    pub fn whitening(self) -> Whitening {
        if self.0 & WHITENING != 0 && !self.mode_switch() {
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
