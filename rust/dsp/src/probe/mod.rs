// SPDX-License-Identifier: GPL-3.0-or-later
//! Finding out what an unknown signal is.
//!
//! [`find_regions`] says where in a recording there is something, whatever its bandwidth;
//! [`probe_region`] measures what it is: `band` says how wide it is, `channel` cuts it out, `envelope`
//! says when it is on, `frequency` what it does, `clock` when its symbols are, `plateau` how far
//! apart its tones lie, `keyed` puts these together, and `framing` reads the bits. Nothing of it keeps a state: the same samples give the same
//! answer.

mod analysis;
mod band;
mod channel;
mod clock;
mod envelope;
mod finding;
mod framing;
mod frequency;
mod keyed;
mod plateau;
mod regions;
mod share;
mod spectrogram;

pub use analysis::probe_region;
pub use finding::{Confidence, Finding, Modulation};
pub use framing::PacketFound;
pub use regions::{find_regions, Region};
