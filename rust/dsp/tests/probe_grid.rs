// SPDX-License-Identifier: GPL-3.0-or-later
//! The probe on bursts of which it is told nothing: over a grid of rates, deviations and pulses.

use kaifa_dsp::frame::bits::{unpack, BitOrder};
use kaifa_dsp::frame::{encode, Check, Encoding, Framing, Whitening};
use kaifa_dsp::probe::{find_regions, probe_region, Confidence, Finding, Modulation, Region};
use kaifa_dsp::sim::{modulate, ModulatorConfig};
use kaifa_dsp::Complex32;
use proptest::prelude::*;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::StandardNormal;

const SAMPLE_RATE_HZ: f64 = 4e6;
/// Power of the noise over the whole band.
const NOISE: f64 = 1e-3;

/// A burst and the noise around it.
#[derive(Debug, Clone)]
struct Case {
    symbol_rate_hz: f64,
    index: f64,
    gaussian_bt: Option<f64>,
    /// Over noise in Carson's bandwidth.
    snr_db: f64,
    seed: u64,
}

impl Case {
    fn deviation_hz(&self) -> f64 {
        self.index * self.symbol_rate_hz / 2.0
    }

    /// Preamble of 96 symbols, sync word 904e and a packet of framing A.
    fn bits(&self) -> Vec<u8> {
        let mut rng = ChaCha8Rng::seed_from_u64(self.seed);
        let mpdu: Vec<u8> = (0..40).map(|_| rng.random()).collect();
        let (framing, check) = (Framing::A, Check::Fcs16);
        let encoding = Encoding { framing, check, whitening: Whitening::None, fec: None };
        let header = [vec![0xaa; 12], vec![0x90, 0x4e]].concat();
        [unpack(&header, BitOrder::MsbFirst), encode(&encoding, &mpdu).unwrap()].concat()
    }

    fn recording(&self) -> Vec<Complex32> {
        let bandwidth_hz = 2.0 * self.deviation_hz() + self.symbol_rate_hz;
        let power = NOISE * bandwidth_hz / SAMPLE_RATE_HZ * 10f64.powf(self.snr_db / 10.0);
        let config = ModulatorConfig {
            sample_rate_hz: SAMPLE_RATE_HZ,
            symbol_rate_hz: self.symbol_rate_hz,
            deviation_hz: self.deviation_hz(),
            gaussian_bt: self.gaussian_bt,
            clock_error_ppm: 40.0,
            carrier_offset_hz: 0.07 * SAMPLE_RATE_HZ,
            amplitude: power.sqrt() as f32,
            ..ModulatorConfig::default()
        };
        let burst = modulate(&self.bits(), &config).unwrap();
        let mut recording = noise(self.seed, (0.02 * SAMPLE_RATE_HZ) as usize + 2 * burst.len());
        let start = recording.len() - burst.len() - (0.007 * SAMPLE_RATE_HZ) as usize;
        recording[start..].iter_mut().zip(&burst).for_each(|(to, sample)| *to += sample);
        recording
    }
}

fn noise(seed: u64, count: usize) -> Vec<Complex32> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let scale = (NOISE / 2.0).sqrt() as f32;
    let mut value = || scale * rng.sample::<f32, _>(StandardNormal);
    (0..count).map(|_| Complex32::new(value(), value())).collect()
}

fn probed(recording: &[Complex32]) -> Vec<Finding> {
    let regions = find_regions(recording, SAMPLE_RATE_HZ).unwrap();
    regions.iter().map(|r| probe_region(recording, SAMPLE_RATE_HZ, r).unwrap()).collect()
}

/// The surest of what was found.
fn surest(recording: &[Complex32]) -> Finding {
    let sureness = |finding: &Finding| finding.confidence.symbol_rate;
    let found = probed(recording).into_iter();
    found.max_by(|a, b| sureness(a).total_cmp(&sureness(b))).expect("something is found")
}

fn judge(case: &Case) -> Result<(), String> {
    let found = surest(&case.recording());
    let (rate, deviation) = (found.symbol_rate_hz, found.deviation_hz);
    let told = format!(
        "{case:?}: {:?} {rate} +-{deviation} Hz, {:?}, packet {}",
        found.modulation,
        found.confidence,
        found.packet.is_some()
    );
    let near = |value: f64, truth: f64, part: f64| (value / truth - 1.0).abs() < part;
    let right = found.modulation == Modulation::Fsk2
        && near(rate, case.symbol_rate_hz, 0.001)
        && near(deviation, case.deviation_hz(), 0.1)
        && near(found.center_hz, 0.07 * SAMPLE_RATE_HZ, 0.1)
        && found.preamble_symbols.abs_diff(96) <= 2;
    right.then_some(()).ok_or(told)
}

#[test]
fn rate_and_deviation_are_found_out_over_a_grid() {
    let mut wrong = Vec::new();
    for symbol_rate_hz in [5e3, 38.4e3, 100e3, 300e3] {
        for index in [0.5, 1.0, 2.0, 4.0] {
            for gaussian_bt in [None, Some(0.5)] {
                let case = Case { symbol_rate_hz, index, gaussian_bt, snr_db: 15.0, seed: 3 };
                wrong.extend(judge(&case).err());
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Says what is wrong where, and how much of it: `cargo test -p kaifa-dsp --test probe_grid --
/// --ignored --nocapture`.
#[test]
#[ignore = "takes minutes, for the limits in docs/unknown_signals.md"]
fn limits() {
    let (mut cases, mut wrong) = (0, 0);
    for symbol_rate_hz in [5e3, 9.6e3, 20e3, 38.4e3, 50e3, 100e3, 150e3, 300e3] {
        for index in [0.3, 0.5, 0.7, 1.0, 2.0, 3.0, 4.0] {
            for gaussian_bt in [None, Some(1.0), Some(0.5), Some(0.3)] {
                for snr_db in [12.0, 16.0, 25.0] {
                    let case = Case { symbol_rate_hz, index, gaussian_bt, snr_db, seed: 3 };
                    cases += 1;
                    if let Err(told) = judge(&case) {
                        wrong += 1;
                        println!("{told}");
                    }
                }
            }
        }
    }
    println!("{wrong} of {cases} wrong");
    assert!(wrong < cases / 10);
}

#[test]
fn the_packet_tells_framing_and_sync_word() {
    for symbol_rate_hz in [9.6e3, 50e3, 150e3] {
        for index in [0.5, 1.0, 2.0] {
            let gaussian_bt = Some(0.5);
            let case = Case { symbol_rate_hz, index, gaussian_bt, snr_db: 20.0, seed: 5 };
            let packet = surest(&case.recording()).packet.expect("a packet");
            assert_eq!(
                (packet.encoding.framing, packet.encoding.check),
                (Framing::A, Check::Fcs16)
            );
            assert_eq!(packet.sync_word, unpack(&[0x90, 0x4e], BitOrder::MsbFirst));
            assert!(packet.fills_burst && !packet.inverted && packet.confidence > 0.99);
        }
    }
}

#[test]
fn noise_and_a_steady_tone_are_nothing_to_be_sure_of() {
    for seed in 0..4 {
        let mut recording = noise(seed, 200_000);
        for tone in [false, true] {
            if tone {
                for (n, sample) in recording.iter_mut().enumerate() {
                    *sample += Complex32::from_polar(0.1, (n as f32 * 0.7) % std::f32::consts::TAU);
                }
            }
            for found in probed(&recording) {
                let Confidence { symbol_rate, deviation, framing } = found.confidence;
                assert!(symbol_rate < 0.3 && deviation < 0.3 && framing == 0.0, "{found:?}");
                assert!(!matches!(found.modulation, Modulation::Fsk2 | Modulation::Fsk4));
                assert!(!tone || found.modulation == Modulation::Carrier, "{found:?}");
            }
        }
    }
}

#[test]
fn four_tones_are_told_from_two() {
    let mut rng = ChaCha8Rng::seed_from_u64(9);
    let mut levels: Vec<f64> = (0..96).map(|k| f64::from(2 * (k % 2) - 1)).collect();
    levels.extend((0..400).map(|_| [-1.0, -1.0 / 3.0, 1.0 / 3.0, 1.0][rng.random_range(0..4)]));
    let mut recording = noise(9, 200_000);
    let mut turns: f64 = 0.0;
    for (n, sample) in recording[40_000..].iter_mut().take(levels.len() * 200).enumerate() {
        turns += levels[n / 200] * 20e3 / SAMPLE_RATE_HZ;
        let phase = (turns.fract() * std::f64::consts::TAU) as f32;
        *sample += Complex32::from_polar(0.1, phase);
    }
    let found = surest(&recording);
    assert_eq!(found.modulation, Modulation::Fsk4);
    assert!((found.symbol_rate_hz - 20e3).abs() < 20.0);
}

#[test]
fn what_cannot_be_probed_is_refused_by_name() {
    let samples = noise(1, 1000);
    assert!(find_regions(&samples, f64::NAN).unwrap_err().to_string().contains("sample_rate"));
    let good = Region { start: 0, end: 1000, low_hz: -1e5, high_hz: 1e5 };
    for (bad, name) in [
        (Region { end: 1001, ..good }, "region"),
        (Region { start: 999, ..good }, "region"),
        (Region { start: 1000, end: 0, ..good }, "region"),
        (Region { high_hz: -1e5, ..good }, "bandwidth"),
        (Region { high_hz: f64::NAN, ..good }, "bandwidth"),
    ] {
        let message = probe_region(&samples, SAMPLE_RATE_HZ, &bad).unwrap_err().to_string();
        assert!(message.contains(name), "{message}");
    }
    for count in [0, 1, 2, 63, 64, 97] {
        for region in find_regions(&samples[..count], SAMPLE_RATE_HZ).unwrap() {
            probe_region(&samples[..count], SAMPLE_RATE_HZ, &region).unwrap();
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn rate_and_deviation_are_found_out_wherever_they_lie(
        rate_log in 3.85f64..5.4,
        index in 0.5f64..4.0,
        gaussian in proptest::bool::ANY,
        snr_db in 15.0f64..35.0,
        seed in 0u64..1000,
    ) {
        let gaussian_bt = gaussian.then_some(0.5);
        let case = Case { symbol_rate_hz: 10f64.powf(rate_log), index, gaussian_bt, snr_db, seed };
        if let Err(told) = judge(&case) {
            prop_assert!(false, "{told}");
        }
    }

    #[test]
    fn garbage_is_survived(
        values in proptest::collection::vec(proptest::num::f32::ANY, 0..3000),
        rate in 1e3f64..1e9,
    ) {
        let samples: Vec<Complex32> =
            values.chunks_exact(2).map(|iq| Complex32::new(iq[0], iq[1])).collect();
        for region in find_regions(&samples, rate).unwrap() {
            probe_region(&samples, rate, &region).unwrap();
        }
    }
}
