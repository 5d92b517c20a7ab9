// SPDX-License-Identifier: GPL-3.0-or-later
//! Every engine together, on recordings of the simulator: what was sent is what is received.

mod common;

use common::{frames, receive};
use kaifa_dsp::detect;
use kaifa_dsp::frame::{Check, Encoding, Frame, Framing, Outcome, Whitening};
use kaifa_dsp::sim::{simulate, Config, Kind, Mesh, Radio, Traffic, Truth};

fn scenario(seed: u64, snr_db: std::ops::RangeInclusive<f64>) -> Config {
    Config {
        seed,
        duration_s: 1.5,
        lead_in_s: 0.05,
        mesh: Mesh { snr_db, ..Mesh::default() },
        traffic: Traffic {
            unicast_rate_hz: 12.0,
            broadcast_rate_hz: 6.0,
            beacon_period_s: 4.0,
            ..Traffic::default()
        },
        ..Config::default()
    }
}

/// Truth, checked frames with where they start, and how many packets were rejected.
fn run(config: &Config) -> (Vec<Truth>, Vec<(f64, f64, Frame)>, usize) {
    let (samples, truth) = simulate(config).unwrap();
    let settings = detect::Config {
        sample_rate_hz: config.sample_rate_hz,
        center_frequency_hz: config.center_frequency_hz,
        ..detect::Config::default()
    };
    let (packets, _) = receive(&samples, &settings);
    let (mut good, mut rejects) = (Vec::new(), 0);
    for (packet, outcome) in frames(&packets) {
        match outcome {
            Outcome::Frame(f) => good.push((packet.sample_start, packet.center_frequency_hz, *f)),
            Outcome::Reject(_) => rejects += 1,
        }
    }
    (truth, good, rejects)
}

fn assert_all_received(config: &Config) {
    let (truth, good, _) = run(config);
    assert!(truth.len() > 15, "only {} sent", truth.len());
    let mut unclaimed: Vec<&(f64, f64, Frame)> = good.iter().collect();
    for sent in &truth {
        let same = |got: &&(f64, f64, Frame)| {
            got.2.mpdu == sent.mpdu && (got.0 - sent.start as f64).abs() < 2_000.0
        };
        let at = unclaimed.iter().position(same);
        let got = unclaimed.remove(at.unwrap_or_else(|| panic!("lost: {sent:?}")));
        let symbols = (got.0 - sent.start as f64) / config.sample_rate_hz * 50e3;
        assert!(symbols.abs() < 4.0, "starts {symbols} symbols late: {sent:?}");
        assert!((got.1 - sent.frequency_hz).abs() < 1_000.0, "{} Hz: {sent:?}", got.1);
        if sent.kind == Kind::Ack {
            assert!(got.2.source_inferred, "{got:?}");
            assert_eq!(got.2.source, Some(format!("{:016x}", sent.sender)));
        }
    }
    assert!(unclaimed.is_empty(), "made up: {unclaimed:?}");
}

#[test]
fn a_mesh_is_received_whole_under_every_framing() {
    let all = [
        (Framing::A, Check::Fcs16, Whitening::None),
        (Framing::A, Check::Fcs32, Whitening::None),
        (Framing::B, Check::CrcCms, Whitening::None),
        (Framing::C, Check::Fcs32, Whitening::None),
        (Framing::D, Check::Fcs16, Whitening::Pn9),
    ];
    for (seed, (framing, check, whitening)) in all.into_iter().enumerate() {
        let mut config = scenario(seed as u64 + 10, 14.0..=30.0);
        let encoding = Encoding { framing, check, whitening, fec: None };
        config.radio = Radio { encoding, ..Radio::default() };
        assert_all_received(&config);
    }
}

#[test]
fn a_wide_band_with_many_at_once_is_received_whole() {
    let mut config = scenario(5, 14.0..=30.0);
    config.sample_rate_hz = 8e6;
    config.center_frequency_hz = 873e6;
    config.duration_s = 0.6;
    config.mesh.nodes = 40;
    config.traffic.unicast_rate_hz = 120.0;
    config.traffic.broadcast_rate_hz = 60.0;
    assert_all_received(&config);
}

#[test]
fn at_10_db_nearly_all_is_received() {
    let mut config = scenario(6, 10.0..=10.0);
    config.duration_s = 3.0;
    let (truth, good, _) = run(&config);
    let received = truth.iter().filter(|t| good.iter().any(|g| g.2.mpdu == t.mpdu)).count();
    assert!(received as f64 >= 0.97 * truth.len() as f64, "{received} of {}", truth.len());
}
