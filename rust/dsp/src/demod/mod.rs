// SPDX-License-Identifier: GPL-3.0-or-later
//! From a frequency discriminator to packets of bits.
//!
//! [`correlator`] finds preamble and [`sync_word`] by [`comparison`] with the [`averages`] of the
//! [`history`], [`acquire`] follows the preamble back to its first symbol and learns levels and clock
//! on it, [`slicer`], [`levels`] and [`timing`] follow the transmitter through its packet,
//! [`decision`] says what a symbol was, [`reception`] is one packet on its way, [`segment`] the burst
//! it comes in, [`SyncStrobe`] puts them together.

mod acquire;
mod averages;
mod comparison;
mod config;
mod correlator;
mod decision;
mod history;
mod levels;
mod packet;
mod reception;
pub(crate) mod segment;
mod slicer;
mod strobe;
pub(crate) mod sync_word;
pub(crate) mod timing;

pub use config::Config;
pub use packet::{BurstInfo, Packet, PacketEnd, PreamblePhase, StrobeEvent};
pub use strobe::{Counts, SyncStrobe};
pub use sync_word::{SyncWord, MOST_SYNC_WORDS};
