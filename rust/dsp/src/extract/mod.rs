// SPDX-License-Identifier: GPL-3.0-or-later
//! Cutting bursts out of a wide band.
//!
//! An overlap-save filter bank: [`plan`] chooses the transforms and the filter, [`bank`] makes one
//! forward transform of a block and out of it a piece of each burst that is up, at the low rate,
//! [`tuning`] brings each to 0 Hz, [`neighbour`] takes out of it what a much stronger one beside it
//! leaves there, [`onset`] says where its energy begins. [`open`] holds a burst meanwhile, and
//! [`BurstExtractor`] knows which are up.

mod bank;
mod config;
mod constant;
mod extractor;
mod neighbour;
mod onset;
mod open;
mod plan;
mod tuning;

pub use config::Config;
pub use extractor::{BurstExtractor, Counts};
pub use open::Burst;
