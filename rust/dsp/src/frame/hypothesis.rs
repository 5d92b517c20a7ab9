// SPDX-License-Identifier: GPL-3.0-or-later
//! What has to be guessed about a packet before it can be read.

use super::check::Check;
use super::encoding::{Encoding, Framing};
use super::fec::Fec;
use super::whitening::Whitening;

/// A framing and, where its header does not tell them, check and whitening.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hypothesis {
    /// Framing A or B: all of it has to be guessed.
    LengthOctet(Encoding),
    /// Framing C or D: the PHR tells check and whitening.
    Phr(Framing),
    /// Framing E: the PHR tells check and whitening, once the error correction is known.
    Coded(Fec),
}

impl Hypothesis {
    /// All of them, those that assume less before those that assume more.
    pub const ALL: [Hypothesis; 13] = [
        length_octet(Framing::A, Check::Fcs16, Whitening::None),
        length_octet(Framing::A, Check::Fcs32, Whitening::None),
        length_octet(Framing::B, Check::CrcCms, Whitening::None),
        Hypothesis::Phr(Framing::C),
        Hypothesis::Phr(Framing::D),
        length_octet(Framing::B, Check::CrcXmodem, Whitening::None),
        length_octet(Framing::B, Check::CrcCms, Whitening::Cc11xx),
        length_octet(Framing::B, Check::CrcXmodem, Whitening::Cc11xx),
        length_octet(Framing::A, Check::Fcs16, Whitening::Cc11xx),
        length_octet(Framing::A, Check::Fcs32, Whitening::Cc11xx),
        Hypothesis::Coded(Fec::Nrnsc),
        Hypothesis::Coded(Fec::RscInterleaved),
        Hypothesis::Coded(Fec::Rsc),
    ];

    pub fn framing(self) -> Framing {
        match self {
            Hypothesis::LengthOctet(encoding) => encoding.framing,
            Hypothesis::Phr(framing) => framing,
            Hypothesis::Coded(_) => Framing::E,
        }
    }

    /// Whether a packet can be so: the framing that was told decides, else what the delimiter says
    /// of error correction, if anything.
    pub fn admitted(self, told: Option<Framing>, coded: Option<bool>) -> bool {
        match (told, coded) {
            (Some(framing), _) => self.framing() == framing,
            (None, Some(coded)) => (self.framing() == Framing::E) == coded,
            (None, None) => true,
        }
    }
}

const fn length_octet(framing: Framing, check: Check, whitening: Whitening) -> Hypothesis {
    Hypothesis::LengthOctet(Encoding { framing, check, whitening, fec: None })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn covers(hypothesis: Hypothesis, encoding: Encoding) -> bool {
        match hypothesis {
            Hypothesis::LengthOctet(guess) => guess == encoding,
            Hypothesis::Phr(framing) => framing == encoding.framing,
            Hypothesis::Coded(fec) => Some(fec) == encoding.fec,
        }
    }

    #[test]
    fn every_encoding_is_covered_once() {
        let fecs = || [None].into_iter().chain(Fec::ALL.map(Some));
        let mut covered = 0;
        for framing in Framing::ALL {
            for check in Check::ALL {
                for whitening in Whitening::ALL {
                    for fec in fecs() {
                        let encoding = Encoding { framing, check, whitening, fec };
                        if encoding.exists() {
                            let hits = Hypothesis::ALL.into_iter().filter(|&h| covers(h, encoding));
                            assert_eq!(hits.count(), 1, "{encoding}");
                            covered += 1;
                        }
                    }
                }
            }
        }
        assert_eq!(covered, 28);
    }
}
