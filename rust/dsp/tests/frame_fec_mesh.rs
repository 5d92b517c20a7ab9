// SPDX-License-Identifier: GPL-3.0-or-later
//! A mesh with forward error correction, from samples to frames.

mod common;

use common::{burst_info, detect, discriminator, extract, frames, strobe, strobe_config};
use kaifa_dsp::demod::{self, Packet};
use kaifa_dsp::frame::{delimiter, Check, Encoding, Fec, Framing, Outcome, Whitening};
use kaifa_dsp::sim::{simulate, Config, Mesh, Radio, Traffic};
use kaifa_dsp::{detect, extract, Complex32};

const GAP: usize = 512;

/// Packets behind `sync_word`, in whatever bursts there are.
fn receive(samples: &[Complex32], config: &Config, sync_word: u16) -> Vec<Packet> {
    let (sample_rate_hz, center_frequency_hz) = (config.sample_rate_hz, config.center_frequency_hz);
    let tagger =
        detect::Config { sample_rate_hz, center_frequency_hz, ..detect::Config::default() };
    let events = detect(samples, &tagger, &[65_536]);
    let cutter = extract::Config { sample_rate_hz, ..extract::Config::default() };
    let bursts = extract(samples, &events, cutter);
    let rate = bursts[0].sample_rate_hz;
    let (mut stream, mut places) = (Vec::new(), Vec::new());
    for burst in &bursts {
        let first = stream.len() as u64;
        stream.extend(discriminator(&burst.samples, 40e3, rate));
        places.push((first, stream.len() as u64 - 1, burst_info(burst)));
        stream.resize(stream.len() + GAP, 0.0);
    }
    let settings = demod::Config { sync_words: vec![sync_word.into()], ..strobe_config(rate) };
    strobe(&stream, &places, settings, &[8192]).1
}

fn scenario(seed: u64, encoding: Encoding, snr_db: std::ops::RangeInclusive<f64>) -> Config {
    Config {
        seed,
        duration_s: 1.5,
        lead_in_s: 0.05,
        mesh: Mesh { snr_db, ..Mesh::default() },
        radio: Radio { encoding, ..Radio::default() },
        traffic: Traffic {
            unicast_rate_hz: 12.0,
            broadcast_rate_hz: 6.0,
            beacon_period_s: 4.0,
            ..Traffic::default()
        },
        ..Config::default()
    }
}

/// Transmissions, and how many of them were received.
fn count(config: &Config, sync_word: u16) -> (usize, usize) {
    let (samples, truth) = simulate(config).unwrap();
    let outcomes = frames(&receive(&samples, config, sync_word));
    let received = truth.iter().filter(|sent| {
        outcomes.iter().any(|(packet, outcome)| match outcome {
            Outcome::Frame(frame) => {
                frame.encoding == config.radio.encoding
                    && frame.mpdu == sent.mpdu
                    && (packet.sample_start - sent.start as f64).abs() < 2_000.0
            }
            Outcome::Reject(_) => false,
        })
    });
    (truth.len(), received.count())
}

#[test]
fn a_coded_mesh_is_received_whole() {
    for (seed, fec) in Fec::ALL.into_iter().enumerate() {
        let (framing, check) = (Framing::E, Check::Fcs32);
        let whitening = if seed == 0 { Whitening::None } else { Whitening::Pn9 };
        let encoding = Encoding { framing, check, whitening, fec: Some(fec) };
        let config = scenario(seed as u64 + 20, encoding, 14.0..=30.0);
        let (sent, received) = count(&config, delimiter::CODED[0]);
        assert!(sent > 15, "only {sent} sent");
        assert_eq!(received, sent, "{encoding}");
        assert_eq!(count(&config, delimiter::UNCODED[0]).1, 0, "{encoding}");
    }
}

/// What error correction is for: at 6 dB in 100 kHz two of three uncoded frames are lost.
#[test]
fn error_correction_reaches_further() {
    let (framing, check) = (Framing::E, Check::Fcs16);
    let coded = Encoding { framing, check, whitening: Whitening::Pn9, fec: Some(Fec::Nrnsc) };
    let plain = Encoding { framing: Framing::D, fec: None, ..coded };
    let share = |encoding, sync_word| {
        let config = Config { duration_s: 3.0, ..scenario(7, encoding, 6.0..=6.0) };
        let (sent, received) = count(&config, sync_word);
        received as f64 / sent as f64
    };
    let (with, without) = (share(coded, 0x6f4e), share(plain, 0x904e));
    assert!(with > 0.8, "{with}");
    assert!(with > without + 0.2, "{with} with, {without} without");
}
