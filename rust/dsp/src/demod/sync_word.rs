// SPDX-License-Identifier: GPL-3.0-or-later
//! Sync words, and how to tell which of several it is.

use std::str::FromStr;

use crate::error::{whole, Error, Result};
use crate::frame::delimiter;

/// Most sync words that are looked for at once.
pub const MOST_SYNC_WORDS: usize = 8;

/// What ends a preamble.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SyncWord {
    /// The first bit sent is the most significant of the `length` lowest.
    pub bits: u64,
    /// Bits in it, 8 to 64.
    pub length: u32,
}

impl SyncWord {
    /// The four start-of-frame delimiters of SUN FSK with two levels: without and with error
    /// correction, for `phySunFskSfd` 0, then the same for 1.
    pub fn standard() -> Vec<SyncWord> {
        let pairs = delimiter::UNCODED.into_iter().zip(delimiter::CODED);
        pairs.flat_map(|(uncoded, coded)| [uncoded.into(), coded.into()]).collect()
    }

    /// The sync words in a text, in hexadecimal digits, between them commas or spaces.
    pub fn list(text: &str) -> Result<Vec<SyncWord>> {
        let words = text.split([',', ' ']).filter(|word| !word.is_empty());
        let words: Vec<SyncWord> = words.map(str::parse).collect::<Result<_>>()?;
        number(words.len(), text)?;
        Ok(words)
    }

    /// As -1 and 1, in order of time.
    pub(super) fn symbols(self) -> Vec<f32> {
        let bits = (0..self.length).rev().map(|shift| self.bits >> shift & 1);
        bits.map(|bit| if bit == 1 { 1.0 } else { -1.0 }).collect()
    }

    /// How the last of the bits `recent`, the youngest lowest, differ from it: how many are wrong,
    /// and whether all others are turned over.
    #[inline]
    pub(crate) fn compare(self, recent: u64) -> (u32, bool) {
        let wrong = ((recent ^ self.bits) & (u64::MAX >> (64 - self.length))).count_ones();
        if 2 * wrong > self.length {
            (self.length - wrong, true)
        } else {
            (wrong, false)
        }
    }
}

impl From<u16> for SyncWord {
    fn from(word: u16) -> Self {
        SyncWord { bits: word.into(), length: 16 }
    }
}

impl FromStr for SyncWord {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let length = 4 * text.len() as u32;
        let all_hex = text.bytes().all(|octet| octet.is_ascii_hexdigit());
        match u64::from_str_radix(text, 16) {
            Ok(bits) if all_hex && (8..=64).contains(&length) => Ok(SyncWord { bits, length }),
            _ => {
                let given = format!("{text:?}");
                Err(Error::parameter("sync_word", given, "2 to 16 hexadecimal digits"))
            }
        }
    }
}

impl std::fmt::Display for SyncWord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:0digits$x}", self.bits, digits = self.length.div_ceil(4) as usize)
    }
}

fn number(words: usize, text: &str) -> Result<()> {
    if (1..=MOST_SYNC_WORDS).contains(&words) {
        return Ok(());
    }
    let expected = format!("1 to {MOST_SYNC_WORDS} words of 2 to 16 hexadecimal digits");
    Err(Error::parameter("sync_word", format!("{text:?}"), expected))
}

/// An error unless these words can be looked for at once, and so many bits of them be wrong.
pub(crate) fn judge(words: &[SyncWord], max_errors: u32) -> Result<()> {
    number(words.len(), "")?;
    let length = words[0].length;
    whole("sync_word length", length as usize, 8, 64, "bits")?;
    for word in words {
        if word.length != length || length < 64 && word.bits >> length != 0 {
            let given = format!("{word} of {} bits", word.length);
            return Err(Error::parameter("sync_word", given, format!("{length} bits like others")));
        }
    }
    whole("sync_max_errors", max_errors as usize, 0, length as usize / 4, "bits")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn has_as_many_bits_as_its_digits() {
        assert_eq!("904e".parse(), Ok(SyncWord { bits: 0x904e, length: 16 }));
        assert_eq!("007A0e".parse(), Ok(SyncWord { bits: 0x7a0e, length: 24 }));
        assert_eq!("ffffffffffffffff".parse(), Ok(SyncWord { bits: u64::MAX, length: 64 }));
        for text in ["904e", "007a0e", "00000000000000ff"] {
            assert_eq!(text.parse::<SyncWord>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn several_in_one_text() {
        let words = SyncWord::standard();
        for text in ["904e,6f4e,7a0e,632d", "904e 6f4e 7a0e 632d", " 904E,, 6f4e,7a0e , 632d,"] {
            assert_eq!(SyncWord::list(text).as_ref(), Ok(&words), "{text}");
        }
        for (text, about) in [("", "1 to 8 words"), (", ,", "1 to 8 words"), ("904e,x", "\"x\"")] {
            let message = SyncWord::list(text).unwrap_err().to_string();
            assert!(message.contains("sync_word is ") && message.contains(about), "{message}");
        }
        assert!(SyncWord::list(&"904e ".repeat(9)).is_err());
    }

    #[test]
    fn a_bad_one_is_named() {
        for text in ["", "9", "+904e", "0x90", "904e904e904e904e9", "90 4e", "é"] {
            let message = text.parse::<SyncWord>().unwrap_err().to_string();
            assert!(message.starts_with("sync_word is ") && message.contains("hexadecimal"));
        }
        for words in
            [vec![], vec![SyncWord { bits: 5, length: 4 }], vec![SyncWord { bits: 256, length: 8 }]]
        {
            assert!(judge(&words, 0).unwrap_err().to_string().contains("sync_word"));
        }
        let unlike = SyncWord::list("904e,aa904e").unwrap();
        let message = judge(&unlike, 0).unwrap_err().to_string();
        assert!(message.contains("aa904e of 24 bits, expected 16 bits"), "{message}");
        assert!(judge(&SyncWord::standard(), 5).is_err());
    }

    #[test]
    fn wrong_bits_and_polarity() {
        let word: SyncWord = "904e".parse().unwrap();
        assert_eq!(word.compare(0xffff_904e), (0, false));
        assert_eq!(word.compare(0x6fb1), (0, true));
        assert_eq!(word.compare(0x6fb0), (1, true));
        assert_eq!(word.compare(0x904f), (1, false));
    }

    /// No preamble runs into one of the standard's words so that another one, or its opposite, comes
    /// nearer than four bits before it: with one wrong bit allowed, three must be wrong to mistake it.
    #[test]
    fn those_of_the_standard_are_not_mistaken_for_each_other() {
        for sent in SyncWord::standard() {
            for preamble in [0x5555_5555_5555_5555u64, 0xaaaa_aaaa_aaaa_aaaa] {
                let air = u128::from(preamble) << 16 | u128::from(sent.bits);
                for other in SyncWord::standard() {
                    for shift in 0..40 {
                        let (wrong, _) = other.compare((air >> shift) as u64);
                        assert!(
                            wrong >= 4 || (shift, other) == (0, sent),
                            "{sent} {other} {shift}"
                        );
                    }
                }
            }
        }
    }
}
