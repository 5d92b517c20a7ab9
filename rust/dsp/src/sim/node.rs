// SPDX-License-Identifier: GPL-3.0-or-later
//! The nodes of a mesh.

use std::collections::HashSet;

use rand::Rng;

use super::config::Config;
use super::random::{generator, uniform, Stream};

/// Top three octets of the nodes' EUI-64s: NURI's.
const OUI: u64 = 0x00_0b_12;

/// A meter or a collector.
pub(super) struct Node {
    pub(super) eui64: u64,
    pub(super) snr_db: f64,
    pub(super) carrier_error_hz: f64,
    pub(super) clock_error_ppm: f64,
    pub(super) data_sequence: u8,
    pub(super) beacon_sequence: u8,
    pub(super) frame_counter: u32,
    /// Time in seconds up to which the node sends or waits for an acknowledgement.
    pub(super) busy_until_s: f64,
}

impl Node {
    /// The sequence number of the next beacon.
    pub(super) fn next_beacon(&mut self) -> u8 {
        self.beacon_sequence = self.beacon_sequence.wrapping_add(1);
        self.beacon_sequence
    }

    /// Sequence number and frame counter of the next data frame. A counter never comes twice: it
    /// starts in the lower half, and no simulation sends the other two thousand million.
    pub(super) fn next_data(&mut self) -> (u8, u32) {
        self.data_sequence = self.data_sequence.wrapping_add(1);
        self.frame_counter += 1;
        (self.data_sequence, self.frame_counter)
    }
}

/// The collectors, then the meters, each with an address of its own.
pub(super) fn make_nodes(config: &Config) -> Vec<Node> {
    let mesh = &config.mesh;
    let mut rng = generator(config.seed, Stream::Nodes);
    let mut taken = HashSet::new();
    let mut unique = |candidate: u64| taken.insert(candidate).then_some(candidate);
    (0..mesh.nodes + mesh.collectors)
        .map(|_| Node {
            eui64: loop {
                if let Some(tail) = unique(rng.random::<u64>() & 0xff_ffff_ffff) {
                    break OUI << 40 | tail;
                }
            },
            // Rounded, for the truth gives it so.
            snr_db: (uniform(&mut rng, &mesh.snr_db) * 100.0).round() / 100.0,
            carrier_error_hz: uniform(&mut rng, &mesh.carrier_error_hz),
            clock_error_ppm: uniform(&mut rng, &mesh.clock_error_ppm),
            data_sequence: rng.random(),
            beacon_sequence: rng.random(),
            frame_counter: rng.random_range(0..1 << 20),
            busy_until_s: 0.0,
        })
        .collect()
}
