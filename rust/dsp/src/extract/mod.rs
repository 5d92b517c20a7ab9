// SPDX-License-Identifier: GPL-3.0-or-later
//! Cutting bursts out of a wide band.
//!
//! An overlap-save filter bank: [`plan`] chooses the transforms and the filter, [`channel`] turns
//! the spectrum of a block into a piece of one burst at the low rate, [`BurstExtractor`] shares one
//! forward transform among all bursts that are up, [`onset`] says where the energy of one begins.

mod channel;
mod config;
mod constant;
mod extractor;
mod onset;
mod plan;

pub use config::Config;
pub use extractor::{Burst, BurstExtractor, Counts};
