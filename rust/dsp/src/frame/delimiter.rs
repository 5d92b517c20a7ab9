// SPDX-License-Identifier: GPL-3.0-or-later
//! Start-of-frame delimiters of SUN FSK with two levels (IEEE 802.15.4-2015, clause 20, SFD).

/// Delimiters of packets without forward error correction, for `phySunFskSfd` 0 and 1.
pub const UNCODED: [u16; 2] = [0x904e, 0x7a0e];
/// Delimiters of packets with forward error correction, for `phySunFskSfd` 0 and 1.
pub const CODED: [u16; 2] = [0x6f4e, 0x632d];

/// Whether a packet behind `sync_word` has forward error correction; `None` where it is none of
/// the standard's delimiters.
pub fn coded(sync_word: u64) -> Option<bool> {
    let one_of = |words: [u16; 2]| words.into_iter().any(|word| u64::from(word) == sync_word);
    match (one_of(UNCODED), one_of(CODED)) {
        (true, _) => Some(false),
        (_, true) => Some(true),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_others_tell_nothing() {
        assert_eq!(coded(0x904e), Some(false));
        assert_eq!(coded(0x632d), Some(true));
        assert_eq!(coded(0x2dd4), None);
        assert_eq!(coded(0xaa904e), None);
    }
}
