// SPDX-License-Identifier: GPL-3.0-or-later
//! The bridge between kaifa-dsp and C++: the only crate with `unsafe`.
//!
//! [`bridge`] is the contract; [`engine`] is the wall no panic gets past; the other modules put one
//! engine each behind it.

pub mod bridge;
mod burst_demod;
mod burst_stream;
mod burst_tagger;
mod burst_to_pdu;
mod complex;
mod convert;
mod engine;
mod frame_parser;
mod packets;
mod probe;
mod sample_clock;
mod sync_strobe;
#[cfg(feature = "test-engine")]
mod test_engine;
