// SPDX-License-Identifier: GPL-3.0-or-later
//! Who sends what, when and where.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use rand::Rng;
use rand_chacha::ChaCha8Rng;

use super::config::Config;
use super::event::{Event, Plan, What};
use super::mpdu::{self, Security};
use super::node::{make_nodes, Node};
use super::packet::Packet;
use super::random::{generator, uniform, waiting_time, Stream};
use super::truth::Kind;
use crate::error::Result;

/// Time in seconds from the end of a unicast to its acknowledgement.
const TURN_AROUND_S: std::ops::RangeInclusive<f64> = 1.8e-3..=2.2e-3;

/// Silence on a channel between two exchanges, in seconds.
const GUARD_S: f64 = 2e-3;

/// Time in seconds after which a node that found the channel busy tries again.
const BACKOFF_S: std::ops::RangeInclusive<f64> = 2e-3..=20e-3;

/// A beacon comes this much early or late, relative to the period.
const BEACON_JITTER: f64 = 0.05;

/// Slots of a time-slotted mesh a second; beacons tell their number.
const SLOTS_PER_SECOND: f64 = 100.0;

/// How often one end of a unicast is a collector.
const COLLECTOR_SHARE: f64 = 0.7;

/// Most bits of an acknowledgement from the sync word on, without and with error correction.
const ACK_BITS: usize = 16 + 16 + 8 * (3 + 4);
const CODED_ACK_BITS: usize = 16 + 2 * (16 + 8 * (3 + 4) + 8);

/// A packet on its way.
pub(super) struct Transmission {
    pub(super) start_s: f64,
    pub(super) plan: Plan,
    pub(super) sequence: u8,
    pub(super) preamble_octets: u32,
    pub(super) mpdu: Vec<u8>,
    pub(super) packet: Packet,
}

/// Makes transmissions in order of their start.
///
/// Memory does not grow with the length of the simulation: there is one event waiting for each
/// node's next beacon, one for the next unicast, one for the next broadcast and one for each
/// acknowledgement due.
pub(super) struct Schedule {
    config: Config,
    rng: ChaCha8Rng,
    nodes: Vec<Node>,
    channels_hz: Vec<f64>,
    events: BinaryHeap<Reverse<Event>>,
    serial: u64,
    /// Frequencies in use in Hz, and until when in seconds.
    in_use: Vec<(f64, f64)>,
}

impl Schedule {
    pub(super) fn new(config: &Config) -> Self {
        let mut schedule = Schedule {
            rng: generator(config.seed, Stream::Traffic),
            nodes: make_nodes(config),
            channels_hz: config.channels_hz(),
            events: BinaryHeap::new(),
            serial: 0,
            in_use: Vec::new(),
            config: config.clone(),
        };
        let period_s = config.traffic.beacon_period_s;
        if period_s > 0.0 && config.hears(config.traffic.beacon_frequency_hz) {
            for node in 0..schedule.nodes.len() {
                let phase_s = schedule.rng.random::<f64>() * period_s;
                schedule.push(config.lead_in_s + phase_s, What::Beacon { node });
            }
        }
        schedule.push_after(config.lead_in_s, config.traffic.unicast_rate_hz, What::Unicast);
        schedule.push_after(config.lead_in_s, config.traffic.broadcast_rate_hz, What::Broadcast);
        schedule
    }

    pub(super) fn node(&self, index: usize) -> &Node {
        &self.nodes[index]
    }

    /// The next transmission that ends within the recording; `None` if there is none.
    ///
    /// # Errors
    /// The frame cannot be encoded.
    pub(super) fn next(&mut self) -> Result<Option<Transmission>> {
        while let Some(Reverse(event)) = self.events.pop() {
            if event.time_s >= self.config.duration_s {
                break;
            }
            if let Some(transmission) = self.happen(event)? {
                return Ok(Some(transmission));
            }
        }
        self.events.clear();
        Ok(None)
    }

    fn push(&mut self, time_s: f64, what: What) {
        self.serial += 1;
        self.events.push(Reverse(Event { time_s, serial: self.serial, what }));
    }

    /// The next of events that come `rate_hz` times a second.
    fn push_after(&mut self, time_s: f64, rate_hz: f64, what: What) {
        if rate_hz > 0.0 {
            let time_s = time_s + waiting_time(&mut self.rng, rate_hz);
            self.push(time_s, what);
        }
    }

    fn happen(&mut self, event: Event) -> Result<Option<Transmission>> {
        let now_s = event.time_s;
        self.in_use.retain(|&(_, until_s)| until_s > now_s);
        let Some(plan) = self.plan(now_s, &event.what) else {
            let again_s = now_s + uniform(&mut self.rng, &BACKOFF_S);
            self.push(again_s, event.what);
            return Ok(None);
        };
        self.push_next(now_s, event.what);
        self.send(now_s, plan)
    }

    /// The next event of the same sort, after one that came to pass.
    fn push_next(&mut self, now_s: f64, what: What) {
        let traffic = &self.config.traffic;
        match what {
            What::Beacon { .. } => {
                let period_s = traffic.beacon_period_s;
                let jitter = uniform(&mut self.rng, &(-BEACON_JITTER..=BEACON_JITTER));
                self.push(now_s + period_s * (1.0 + jitter), what);
            }
            What::Unicast => self.push_after(now_s, traffic.unicast_rate_hz, what),
            What::Broadcast => self.push_after(now_s, traffic.broadcast_rate_hz, what),
            What::Ack(_) => {}
        }
    }

    /// Who is to send where, or `None` if the node or the channel is busy.
    fn plan(&mut self, now_s: f64, what: &What) -> Option<Plan> {
        let (kind, sender, recipient) = match *what {
            What::Ack(plan) => return Some(plan),
            What::Beacon { node } => (Kind::Beacon, node, None),
            What::Broadcast => (Kind::Broadcast, self.rng.random_range(0..self.nodes.len()), None),
            What::Unicast => {
                let (sender, recipient) = self.draw_pair();
                (Kind::Unicast, sender, Some(recipient))
            }
        };
        let busy = |node: usize| self.nodes[node].busy_until_s > now_s;
        if busy(sender) || recipient.is_some_and(busy) {
            return None;
        }
        let channel_hz = match kind {
            Kind::Beacon => Some(self.config.traffic.beacon_frequency_hz).filter(|&f| self.free(f)),
            _ => self.draw_channel(),
        }?;
        Some(Plan { kind, sender, recipient, channel_hz, sequence: None })
    }

    /// Sender and recipient of a unicast, mostly with a collector at one end.
    fn draw_pair(&mut self) -> (usize, usize) {
        let collectors = self.config.mesh.collectors as usize;
        let with_collector = collectors > 0 && self.rng.random_bool(COLLECTOR_SHARE);
        let one =
            self.rng.random_range(0..if with_collector { collectors } else { self.nodes.len() });
        let other = (one + self.rng.random_range(1..self.nodes.len())) % self.nodes.len();
        if self.rng.random() {
            (one, other)
        } else {
            (other, one)
        }
    }

    fn draw_channel(&mut self) -> Option<f64> {
        let free: Vec<f64> = self.channels_hz.iter().copied().filter(|&f| self.free(f)).collect();
        if free.is_empty() {
            None
        } else {
            Some(free[self.rng.random_range(0..free.len())])
        }
    }

    /// Whether nothing that overlaps the channel at `frequency_hz` is in use.
    fn free(&self, frequency_hz: f64) -> bool {
        let width_hz = self.config.channel_width_hz();
        self.in_use.iter().all(|&(used_hz, _)| (used_hz - frequency_hz).abs() >= width_hz)
    }

    /// Sends and sees to the acknowledgement; `None` if the recording ends before.
    fn send(&mut self, now_s: f64, plan: Plan) -> Result<Option<Transmission>> {
        let (sequence, mpdu) = self.write(now_s, &plan);
        let radio = &self.config.radio;
        let preamble_octets = self.rng.random_range(radio.preamble_octets.clone());
        let packet = Packet::new(radio, preamble_octets, &mpdu)?;
        let end_s = now_s + self.air_time_s(plan.sender, packet.bits.len());
        self.reserve(end_s, &plan, sequence);
        // As the samples count, so that the last one is inside.
        let rate_hz = self.config.sample_rate_hz;
        if (end_s * rate_hz).ceil() > self.config.total_samples() as f64 {
            return Ok(None);
        }
        Ok(Some(Transmission { start_s: now_s, plan, sequence, preamble_octets, mpdu, packet }))
    }

    /// Sequence number and MAC frame.
    fn write(&mut self, now_s: f64, plan: &Plan) -> (u8, Vec<u8>) {
        let recipient = plan.recipient.map_or(0, |node| self.nodes[node].eui64);
        let sender = &mut self.nodes[plan.sender];
        if plan.kind == Kind::Beacon {
            let sequence = sender.next_beacon();
            let slot = (now_s * SLOTS_PER_SECOND) as u64;
            return (
                sequence,
                mpdu::beacon(sequence, sender.eui64, slot, self.rng.random_range(1..6)),
            );
        }
        if let Some(sequence) = plan.sequence {
            return (sequence, mpdu::ack(sequence));
        }
        let (sequence, frame_counter) = sender.next_data();
        let payload_octets = self.rng.random_range(self.config.traffic.payload_octets.clone());
        let mut security =
            Security { frame_counter, payload_octets: payload_octets as usize, rng: &mut self.rng };
        let mpdu = match plan.kind {
            Kind::Unicast => mpdu::unicast(sequence, recipient, sender.eui64, &mut security),
            _ => mpdu::broadcast(sequence, sender.eui64, &mut security),
        };
        (sequence, mpdu)
    }

    fn air_time_s(&self, sender: usize, bits: usize) -> f64 {
        let clock = 1.0 + self.nodes[sender].clock_error_ppm * 1e-6;
        bits as f64 / (self.config.radio.symbol_rate_hz * clock)
    }

    /// Keeps nodes and channel until the exchange is over, and has the recipient answer.
    fn reserve(&mut self, end_s: f64, plan: &Plan, sequence: u8) {
        let mut until_s = end_s + GUARD_S;
        if let (Kind::Unicast, Some(recipient)) = (plan.kind, plan.recipient) {
            let preamble_bits = self.config.radio.preamble_octets.end() * 8;
            let coded = self.config.radio.encoding.fec.is_some();
            let ack_bits = if coded { CODED_ACK_BITS } else { ACK_BITS };
            let ack_s = self.air_time_s(recipient, preamble_bits as usize + ack_bits);
            until_s += TURN_AROUND_S.end() + ack_s;
            self.nodes[recipient].busy_until_s = until_s;
            if self.rng.random_bool(self.config.traffic.ack_probability) {
                let (sender, recipient) = (recipient, Some(plan.sender));
                let ack =
                    Plan { kind: Kind::Ack, sender, recipient, sequence: Some(sequence), ..*plan };
                let turn_around_s = uniform(&mut self.rng, &TURN_AROUND_S);
                self.push(end_s + turn_around_s, What::Ack(ack));
            }
        }
        // An acknowledgement is sent in what was kept for it.
        if plan.kind != Kind::Ack {
            self.nodes[plan.sender].busy_until_s = until_s;
            self.in_use.push((plan.channel_hz, until_s));
        }
    }
}
