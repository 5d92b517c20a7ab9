// SPDX-License-Identifier: GPL-3.0-or-later
//! From bursts at baseband to packets of bits, many symbols looked at together.
//!
//! [`search`] finds the preamble by its lines, [`follower`] takes symbol after symbol through the
//! [`trellis`] of what signals can look like ([`templates`]) while [`tracker`] keeps it in step,
//! [`sync`] finds the sync word among the bits, [`SequenceDetector`] makes packets of it all.

mod baseband;
mod before;
mod config;
mod detector;
mod follower;
mod search;
mod sync;
mod templates;
mod tracker;
mod trellis;

pub use config::Config;
pub use detector::{Counts, SequenceDetector};
