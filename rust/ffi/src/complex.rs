// SPDX-License-Identifier: GPL-3.0-or-later
//! The sample type of both languages, and the casts between its two names.

use cxx::{type_id, ExternType};
use kaifa_dsp::Complex32;

/// A complex sample: `std::complex<float>` in C++, [`Complex32`] in Rust.
#[repr(transparent)]
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Sample(Complex32);

// SAFETY: std::complex<float> is two floats, real part first ([complex.numbers.general] of the C++
// standard), trivially movable and destructible; Complex32 is `repr(C)` with the same two fields.
unsafe impl ExternType for Sample {
    type Id = type_id!("gr::kaifa::bridge::Sample");
    type Kind = cxx::kind::Trivial;
}

/// The samples under the name the engines know.
pub fn samples(slice: &[Sample]) -> &[Complex32] {
    // SAFETY: `Sample` is a transparent wrapper of `Complex32`.
    unsafe { std::slice::from_raw_parts(slice.as_ptr().cast(), slice.len()) }
}

/// The samples under the name the engines know, to be written.
pub fn samples_mut(slice: &mut [Sample]) -> &mut [Complex32] {
    // SAFETY: as in `samples`; the exclusive borrow is passed on.
    unsafe { std::slice::from_raw_parts_mut(slice.as_mut_ptr().cast(), slice.len()) }
}
