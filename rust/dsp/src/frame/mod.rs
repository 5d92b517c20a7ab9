// SPDX-License-Identifier: GPL-3.0-or-later
//! From the bits after the sync word to a checked MAC frame.
//!
//! Nobody has published which of five framings the meters use, so a packet is read under every
//! hypothesis there is and the one whose check passes is taken. [`FrameParser`] is
//! the engine, [`encode`] the way back.

mod attempt;
pub mod bits;
mod check;
mod choice;
mod coded;
mod convolution;
pub mod delimiter;
mod encoding;
mod exchange;
mod fec;
mod hypothesis;
mod length;
mod lock;
mod mode_switch;
mod outcome;
mod parser;
mod phr;
mod readings;
mod reason;
mod received;
mod whitening;

pub use check::Check;
pub use encoding::{encode, plain_octets, Encoding, Framing};
pub use fec::Fec;
pub use length::{packet_bits, PacketLength};
pub use mode_switch::ModeSwitch;
pub use outcome::{Counts, Frame, Outcome, Reject};
pub use parser::{Config, FrameParser, PacketBits};
pub use readings::{readings, Reading};
pub use reason::Reason;
pub use whitening::Whitening;
