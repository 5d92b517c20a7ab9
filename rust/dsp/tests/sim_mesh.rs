// SPDX-License-Identifier: GPL-3.0-or-later
//! The mesh: who talks when, and that a seed says it all.

use std::collections::{HashMap, HashSet};

use kaifa_dsp::frame::{Check, Encoding, Framing, Whitening};
use kaifa_dsp::sim::{
    simulate, Carrier, Config, Interference, Kind, Mesh, Radio, Simulator, Traffic, Truth,
};
use kaifa_dsp::Complex32;
use proptest::prelude::*;

/// Two seconds of much traffic at a low sample rate.
fn busy() -> Config {
    Config {
        sample_rate_hz: 800e3,
        duration_s: 2.0,
        lead_in_s: 0.05,
        traffic: Traffic {
            unicast_rate_hz: 40.0,
            broadcast_rate_hz: 20.0,
            beacon_period_s: 1.0,
            ..Traffic::default()
        },
        ..Config::default()
    }
}

fn end(truth: &Truth) -> u64 {
    truth.start + truth.length
}

/// What was sent in `config`, without keeping the samples.
fn truth_of(config: Config) -> Vec<Truth> {
    let mut simulator = Simulator::new(config).unwrap();
    let mut piece = vec![Complex32::default(); 1 << 16];
    while simulator.fill(&mut piece).unwrap() > 0 {}
    simulator.take_truth()
}

#[test]
fn the_same_seed_gives_the_same_samples_and_another_does_not() {
    let (samples, truth) = simulate(&busy()).unwrap();
    let again = simulate(&busy()).unwrap();
    assert!(samples == again.0 && truth == again.1);
    let (others, other_truth) = simulate(&Config { seed: 2, ..busy() }).unwrap();
    let equal = samples.iter().zip(&others).filter(|(x, y)| x == y).count();
    assert!(equal < samples.len() / 20, "{equal} samples the same");
    assert_ne!(truth[0].mpdu, other_truth[0].mpdu);
}

#[test]
fn the_noise_of_a_seed_does_not_depend_on_the_traffic() {
    let (busy_samples, truth) = simulate(&busy()).unwrap();
    let (quiet, none) = simulate(&Config {
        traffic: Traffic {
            unicast_rate_hz: 0.0,
            broadcast_rate_hz: 0.0,
            beacon_period_s: 0.0,
            ..Traffic::default()
        },
        ..busy()
    })
    .unwrap();
    assert!(none.is_empty());
    let first = truth[0].start as usize;
    assert_eq!(busy_samples[..first], quiet[..first]);
    assert_ne!(busy_samples[first..first + 100], quiet[first..first + 100]);
}

#[test]
fn nobody_talks_over_anybody() {
    let truth = truth_of(Config { duration_s: 20.0, ..busy() });
    assert!(truth.len() > 500, "{} transmissions", truth.len());
    assert!(truth.windows(2).all(|pair| pair[0].start <= pair[1].start));
    let mut channel_free = HashMap::new();
    let mut node_free = HashMap::new();
    let mut overlaps = 0;
    for (k, one) in truth.iter().enumerate() {
        let channel = channel_free.insert(one.channel_hz as u64, end(one));
        assert!(channel.unwrap_or(0) <= one.start, "two on {} Hz", one.channel_hz);
        let node = node_free.insert(one.sender, end(one));
        assert!(node.unwrap_or(0) <= one.start, "{:016x} sends twice", one.sender);
        overlaps += truth[..k].iter().filter(|earlier| end(earlier) > one.start).count();
    }
    assert!(overlaps > 100, "channels are used side by side: {overlaps}");
}

#[test]
fn acknowledgements_answer_unicasts() {
    let config = busy();
    let truth = truth_of(Config { duration_s: 20.0, ..config.clone() });
    let unicasts: Vec<_> = truth.iter().filter(|one| one.kind == Kind::Unicast).collect();
    let acks: Vec<_> = truth.iter().filter(|one| one.kind == Kind::Ack).collect();
    for ack in &acks {
        let mut before = unicasts.iter().filter(|one| {
            one.channel_hz == ack.channel_hz
                && one.start < ack.start
                && one.sequence == ack.sequence
        });
        let asked = before.next_back().expect("a unicast on the channel");
        let turn_around_s = (ack.start - end(asked)) as f64 / config.sample_rate_hz;
        assert!((1.79e-3..2.21e-3).contains(&turn_around_s), "{turn_around_s} s");
        assert_eq!((Some(ack.sender), ack.recipient), (asked.recipient, Some(asked.sender)));
    }
    let share = acks.len() as f64 / unicasts.len() as f64;
    assert!((0.85..0.95).contains(&share), "{share} of {} acknowledged", unicasts.len());
}

#[test]
fn every_node_sends_beacons_about_every_period() {
    let config = Config {
        sample_rate_hz: 500e3,
        center_frequency_hz: 871.3e6,
        duration_s: 30.0,
        traffic: Traffic { beacon_period_s: 4.0, unicast_rate_hz: 0.5, ..Traffic::default() },
        ..Config::default()
    };
    let mut beacons: HashMap<u64, Vec<f64>> = HashMap::new();
    for one in truth_of(config.clone()).iter().filter(|one| one.kind == Kind::Beacon) {
        assert_eq!(one.channel_hz, 871.3e6);
        beacons.entry(one.sender).or_default().push(one.start as f64 / config.sample_rate_hz);
    }
    assert_eq!(beacons.len(), 13);
    for times in beacons.values() {
        assert!(times.len() >= 6 && times[0] < config.lead_in_s + 4.2);
        // 5 % of jitter, and a little more where the channel was busy.
        assert!(times.windows(2).all(|pair| (3.8..4.5).contains(&(pair[1] - pair[0]))));
    }
}

#[test]
fn no_beacons_where_their_channel_is_not_recorded() {
    let truth = truth_of(Config { center_frequency_hz: 873e6, ..busy() });
    assert!(!truth.is_empty() && truth.iter().all(|one| one.kind != Kind::Beacon));
}

#[test]
fn no_two_frames_are_the_same_and_counters_rise() {
    let truth = truth_of(Config { duration_s: 20.0, ..busy() });
    let mut seen = HashSet::new();
    let mut counters: HashMap<u64, u32> = HashMap::new();
    for one in truth.iter().filter(|one| one.kind != Kind::Ack) {
        assert!(seen.insert(&one.mpdu), "sent twice: {:02x?}", one.mpdu);
        let security = match one.kind {
            Kind::Unicast => 21,
            Kind::Broadcast => 15,
            _ => continue,
        };
        assert_eq!((one.mpdu[security], one.mpdu[security + 5]), (0x0d, 1));
        let field = one.mpdu[security + 1..security + 5].try_into().unwrap();
        let counter = u32::from_le_bytes(field);
        assert!(counters.insert(one.sender, counter).is_none_or(|earlier| earlier < counter));
    }
}

#[test]
fn every_transmission_lies_inside_recording_and_band() {
    let config = busy();
    for one in truth_of(config.clone()) {
        assert!(one.start as f64 >= config.lead_in_s * config.sample_rate_hz);
        assert!(end(&one) <= config.total_samples());
        let edge_hz = (one.frequency_hz - config.center_frequency_hz).abs() + 50e3;
        assert!(edge_hz <= config.sample_rate_hz / 2.0);
        assert!((one.frequency_hz - one.channel_hz).abs() <= 6e3);
    }
}

#[test]
fn fewer_channels_than_wanted_slow_the_traffic_down_and_nothing_else() {
    let traffic = Traffic { unicast_rate_hz: 1e4, broadcast_rate_hz: 1e4, ..Traffic::default() };
    let config = Config { sample_rate_hz: 250e3, center_frequency_hz: 872.1e6, traffic, ..busy() };
    assert_eq!(config.channels_hz(), [872.1e6]);
    let truth = truth_of(config);
    assert!((20..200).contains(&truth.len()), "{}", truth.len());
    assert!(truth.windows(2).all(|pair| end(&pair[0]) <= pair[1].start));
}

#[test]
fn names_the_setting_that_is_wrong() {
    let mesh = |mesh: Mesh| Config { mesh, ..Config::default() };
    let radio = |radio: Radio| Config { radio, ..Config::default() };
    let traffic = |traffic: Traffic| Config { traffic, ..Config::default() };
    let carrier = Carrier { frequency_hz: 900e6, snr_db: 20.0 };
    let no_such = Encoding {
        framing: Framing::B,
        check: Check::Fcs16,
        whitening: Whitening::None,
        fec: None,
    };
    #[allow(clippy::reversed_empty_ranges)]
    let cases = [
        ("sample_rate_hz", Config { sample_rate_hz: -1.0, ..Config::default() }),
        ("center_frequency_hz", Config { center_frequency_hz: 915e6, ..Config::default() }),
        ("duration_s", Config { duration_s: f64::INFINITY, ..Config::default() }),
        ("noise_dbfs", Config { noise_dbfs: 3.0, ..Config::default() }),
        ("dc_offset", Config { dc_offset: Complex32::new(0.0, 2.0), ..Config::default() }),
        ("nodes", mesh(Mesh { nodes: 0, collectors: 0, ..Mesh::default() })),
        ("nodes", mesh(Mesh { nodes: 1, collectors: 0, ..Mesh::default() })),
        ("snr_db", mesh(Mesh { snr_db: 20.0..=10.0, ..Mesh::default() })),
        ("clock_error_ppm", mesh(Mesh { clock_error_ppm: 0.0..=1e6, ..Mesh::default() })),
        ("symbol_rate_hz", radio(Radio { symbol_rate_hz: 2e6, ..Radio::default() })),
        ("gaussian_bt", radio(Radio { gaussian_bt: Some(f64::NAN), ..Radio::default() })),
        ("encoding", radio(Radio { encoding: no_such, ..Radio::default() })),
        ("preamble_octets", radio(Radio { preamble_octets: 9..=8, ..Radio::default() })),
        ("unicast_rate_hz", traffic(Traffic { unicast_rate_hz: -1.0, ..Traffic::default() })),
        ("payload_octets", traffic(Traffic { payload_octets: 1..=230, ..Traffic::default() })),
        ("ack_probability", traffic(Traffic { ack_probability: 1.5, ..Traffic::default() })),
        (
            "carrier",
            Config {
                interference: Interference { carriers: vec![carrier], ..Default::default() },
                ..Config::default()
            },
        ),
    ];
    for (name, config) in cases {
        let message = Simulator::new(config).err().expect(name).to_string();
        assert!(message.starts_with(name) && message.contains("expected"), "{name}: {message}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    #[test]
    fn the_sizes_of_the_pieces_do_not_matter(
        steps in prop::collection::vec(1usize..20_000, 1..8),
        seed in 0u64..1000,
    ) {
        let interference = Interference {
            carriers: vec![Carrier { frequency_hz: 871.6e6, snr_db: 20.0 }],
            impulse_rate_hz: 200.0,
        };
        let config = Config { seed, duration_s: 0.3, interference, ..busy() };
        let (whole, truth) = simulate(&config).unwrap();
        let mut simulator = Simulator::new(config).unwrap();
        let (mut pieces, mut told) = (Vec::new(), Vec::new());
        for &step in steps.iter().cycle() {
            let mut piece = vec![Complex32::default(); step];
            let count = simulator.fill(&mut piece).unwrap();
            pieces.extend_from_slice(&piece[..count]);
            told.extend(simulator.take_truth());
            if count < step {
                break;
            }
        }
        prop_assert!(!truth.is_empty());
        prop_assert_eq!(truth, told);
        prop_assert!(whole == pieces);
    }
}
