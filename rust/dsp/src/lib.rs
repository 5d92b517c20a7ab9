// SPDX-License-Identifier: GPL-3.0-or-later
//! Signal processing and protocol of the KAIFA meter mesh.
//!
//! The crate knows neither GNU Radio nor any foreign function interface. Each stage is an engine:
//! a struct with `new`, `process`, `finish` and setters, which sees every sample exactly once and
//! gives the same result however the samples are cut into pieces.
//!
//! The stages in the order in which samples pass through them:
//!
//! | stage | engine | in | out |
//! |---|---|---|---|
//! | [`clock`] | [`clock::SampleClock`] | counts of samples and a clock | when they were taken, and losses |
//! | [`detect`] | [`detect::BurstDetector`] | wide-band IQ | starts and ends of bursts |
//! | [`extract`] | [`extract::BurstExtractor`] | wide-band IQ and those | one baseband recording a burst |
//! | [`stream`] | [`stream::BurstStream`] | lengths of bursts | their places in one linear IQ stream |
//! | [`demod`] | [`demod::SyncStrobe`] | frequency discriminator | packets: bits after the sync word |
//! | [`sequence`] | [`sequence::SequenceDetector`] | those bursts, instead of the last two | packets |
//! | [`frame`] | [`frame::FrameParser`] | packets | checked frames, and rejects with the reason |
//!
//! [`probe`] finds out what an unknown signal is. [`mac`] reads IEEE 802.15.4 MAC frames, [`sim`] makes recordings of a meter mesh.
#![forbid(unsafe_code)]

pub mod clock;
pub mod demod;
pub mod detect;
pub mod error;
pub mod extract;
pub mod frame;
pub mod mac;
pub mod probe;
mod pulse;
pub mod sequence;
pub mod sim;
mod simd;
pub mod stream;
pub mod time;

pub use error::Error;
pub use num_complex::Complex32;
