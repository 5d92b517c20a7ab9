// SPDX-License-Identifier: GPL-3.0-or-later
//! Why a packet is not a frame.

use super::encoding::Encoding;
use super::mode_switch::ModeSwitch;

/// The reason a packet was rejected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// The packet ends before its length is told.
    #[error("{available_bits} bits after the sync word, too few for a length field")]
    NoLength {
        /// Bits there are.
        available_bits: usize,
    },
    /// The length field leaves no room for a frame.
    #[error(
        "the length field says {octets} octets, with the check at least {shortest} are needed"
    )]
    BadLength {
        /// Octets behind the length field, check included.
        octets: usize,
        /// Octets of the shortest frame, check included.
        shortest: usize,
    },
    /// The PHR announces that the frame comes in another mode, and its checksum matches: of random
    /// bits one in 64 does as much.
    #[error("the PHR announces a frame in another mode: {0}")]
    ModeSwitch(ModeSwitch),
    /// The PHR announces another mode, but its checksum does not match.
    #[error(
        "the PHR announces a frame in another mode, but its check is {received:#04x}, computed is \
         {computed:#04x}"
    )]
    BadModeSwitch {
        /// Checksum and parity that the PHR has.
        received: u16,
        /// What its other bits give.
        computed: u16,
    },
    /// The packet ends before its length field says.
    #[error("{needed_bits} bits needed by the length field, {available_bits} received")]
    TooShort {
        /// Bits from the sync word to the end of the check.
        needed_bits: usize,
        /// Bits there are.
        available_bits: usize,
    },
    /// The check does not match.
    #[error("check is {received:02x?}, computed is {computed:02x?}")]
    CheckFailed {
        /// What the packet says.
        received: Vec<u8>,
        /// What its octets give.
        computed: Vec<u8>,
    },
    /// The check matches, but over nothing but zeros, which a 16-bit FCS always does.
    #[error("nothing but zeros, for which the check always matches")]
    AllZero,
    /// A 16-bit check matches under an encoding other than the one in use, by chance as it seems:
    /// there is no MAC frame in it.
    #[error("16-bit check matches as {0}, which is not in use here, and there is no MAC frame")]
    Coincidence(Encoding),
}

impl Reason {
    /// The length was told, and all that it asks for was received: what failed is the check.
    pub fn has_length(&self) -> bool {
        match self {
            Reason::ModeSwitch(_)
            | Reason::CheckFailed { .. }
            | Reason::AllZero
            | Reason::Coincidence(_) => true,
            Reason::NoLength { .. }
            | Reason::BadLength { .. }
            | Reason::BadModeSwitch { .. }
            | Reason::TooShort { .. } => false,
        }
    }

    /// Short name for counts and files.
    pub fn code(&self) -> &'static str {
        match self {
            Reason::NoLength { .. } => "no_length",
            Reason::BadLength { .. } => "bad_length",
            Reason::ModeSwitch(_) => "mode_switch",
            Reason::BadModeSwitch { .. } => "bad_mode_switch",
            Reason::TooShort { .. } => "too_short",
            Reason::CheckFailed { .. } => "check_failed",
            Reason::AllZero => "all_zero",
            Reason::Coincidence(_) => "coincidence",
        }
    }
}
