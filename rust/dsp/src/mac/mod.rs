// SPDX-License-Identifier: GPL-3.0-or-later
//! Reading IEEE 802.15.4 MAC frames of versions 0 (2003), 1 (2006) and 2 (2015 and later).
//!
//! [`FrameControl`] is a view of the first two octets, [`Frame`] a frame all of whose fields were
//! found to be there. Values the standard leaves open are kept as they came; what cannot be read
//! is an [`Error`] that says where and why. No input panics.

mod address;
mod control;
mod error;
mod frame;
mod ie;
mod kind;
mod reader;
mod security;

pub use address::{Address, Addressing};
pub use control::{AddressMode, FrameControl, FrameType};
pub use error::Error;
pub use frame::Frame;
pub use ie::Ie;
pub use kind::Kind;
pub use security::Security;
