// SPDX-License-Identifier: GPL-3.0-or-later
//! What has to be guessed about a packet before it can be read.

use super::check::Check;
use super::encoding::{Encoding, Framing};
use super::whitening::Whitening;

/// A framing and, where its header does not tell them, check and whitening.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hypothesis {
    /// Framing A or B: all of it has to be guessed.
    LengthOctet(Encoding),
    /// Framing C or D: the PHR tells check and whitening.
    Phr(Framing),
}

impl Hypothesis {
    /// All of them, those that assume less before those that assume more.
    pub const ALL: [Hypothesis; 10] = [
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
    ];

    pub fn framing(self) -> Framing {
        match self {
            Hypothesis::LengthOctet(encoding) => encoding.framing,
            Hypothesis::Phr(framing) => framing,
        }
    }
}

const fn length_octet(framing: Framing, check: Check, whitening: Whitening) -> Hypothesis {
    Hypothesis::LengthOctet(Encoding { framing, check, whitening })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_encoding_is_covered_once() {
        let mut covered = Vec::new();
        for framing in Framing::ALL {
            for check in Check::ALL {
                for whitening in Whitening::ALL {
                    let encoding = Encoding { framing, check, whitening };
                    let hits = Hypothesis::ALL.iter().filter(|hypothesis| match hypothesis {
                        Hypothesis::LengthOctet(guess) => *guess == encoding,
                        Hypothesis::Phr(phr) => *phr == framing && encoding.exists(),
                    });
                    assert_eq!(hits.count(), usize::from(encoding.exists()), "{encoding}");
                    covered.extend(encoding.exists().then_some(encoding));
                }
            }
        }
        assert_eq!(covered.len(), 16);
    }
}
