// SPDX-License-Identifier: GPL-3.0-or-later
//! A meter mesh made up: recordings with the truth beside them.
//!
//! A [`Config`] says what is simulated, a [`Simulator`] gives the samples piece by piece and what
//! was sent in them as [`Truth`]; [`simulate`] does both at once for tests, and a [`SigmfWriter`]
//! puts them on disk. [`modulate`] makes a single transmission without any mesh around it.
//!
//! What is published about the meters is kept to: packet types, sync word, beacons of every node
//! about every two minutes on 871.3 MHz. Channel grid, symbol rate, deviation, framing and the
//! insides of the frames are guesses, and all but the last are settings.

mod config;
mod event;
mod interference;
mod modulator;
mod mpdu;
mod node;
mod noise;
mod packet;
mod phasor;
mod random;
mod schedule;
mod sigmf;
mod simulator;
mod truth;
mod validate;

pub use config::{Band, Config, Mesh, Radio, Traffic, SNR_BANDWIDTH_HZ};
pub use interference::{Carrier, Interference};
pub use modulator::{modulate, Modulator, ModulatorConfig};
pub use packet::{preamble_and_sync, SYNC_WORD};
pub use sigmf::{SampleFormat, SigmfWriter};
pub use simulator::{simulate, Simulator};
pub use truth::{Kind, Truth};
