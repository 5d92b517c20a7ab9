// SPDX-License-Identifier: GPL-3.0-or-later
//! Takes fields off the front of a frame and knows where it is.

use super::error::Error;

/// What is left of a frame.
#[derive(Debug, Clone)]
pub(super) struct Reader<'a> {
    rest: &'a [u8],
    offset: usize,
}

impl<'a> Reader<'a> {
    pub fn new(octets: &'a [u8]) -> Self {
        Reader { rest: octets, offset: 0 }
    }

    /// Octets taken so far.
    pub fn offset(&self) -> usize {
        self.offset
    }

    pub fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// The next `needed` octets, which are those of `field`.
    pub fn take(&mut self, field: &'static str, needed: usize) -> Result<&'a [u8], Error> {
        let (taken, rest) = self.rest.split_at_checked(needed).ok_or(Error::Truncated {
            field,
            offset: self.offset,
            needed,
            available: self.rest.len(),
        })?;
        self.rest = rest;
        self.offset += needed;
        Ok(taken)
    }

    /// Cuts `needed` octets, those of `field`, off the far end.
    pub fn take_last(&mut self, field: &'static str, needed: usize) -> Result<&'a [u8], Error> {
        let at = self.rest.len().checked_sub(needed).ok_or(Error::Truncated {
            field,
            offset: self.offset,
            needed,
            available: self.rest.len(),
        })?;
        let (rest, taken) = self.rest.split_at(at);
        self.rest = rest;
        Ok(taken)
    }

    /// Everything that is left.
    pub fn take_rest(self) -> &'a [u8] {
        self.rest
    }

    pub fn u8(&mut self, field: &'static str) -> Result<u8, Error> {
        Ok(self.little_endian(field, 1)? as u8)
    }

    pub fn u16(&mut self, field: &'static str) -> Result<u16, Error> {
        Ok(self.little_endian(field, 2)? as u16)
    }

    pub fn u32(&mut self, field: &'static str) -> Result<u32, Error> {
        Ok(self.little_endian(field, 4)? as u32)
    }

    pub fn u64(&mut self, field: &'static str) -> Result<u64, Error> {
        self.little_endian(field, 8)
    }

    fn little_endian(&mut self, field: &'static str, octets: usize) -> Result<u64, Error> {
        let taken = self.take(field, octets)?;
        Ok(taken.iter().rev().fold(0, |n, &octet| n << 8 | u64::from(octet)))
    }
}
