// SPDX-License-Identifier: GPL-3.0-or-later
//! The modulator: what is sent has the frequencies, the timing and the bandwidth asked for.

use kaifa_dsp::sim::{modulate, Modulator, ModulatorConfig};
use kaifa_dsp::Complex32;
use num_complex::Complex64;
use proptest::prelude::*;
use rustfft::FftPlanner;

fn alternating(count: usize) -> Vec<u8> {
    (0..count).map(|k| (k % 2) as u8).collect()
}

/// Bits without order, the same every time.
fn scrambled(count: usize) -> Vec<u8> {
    (0..count as u64).map(|k| ((k * k * 0x9e37_79b9) >> 13 & 1) as u8).collect()
}

/// Frequency in Hz between each sample and the next.
fn frequencies(samples: &[Complex32], rate_hz: f64) -> Vec<f64> {
    let turn = |pair: &[Complex32]| f64::from((pair[1] * pair[0].conj()).arg());
    samples.windows(2).map(|pair| turn(pair) / std::f64::consts::TAU * rate_hz).collect()
}

/// Share of the power further than `beyond_hz` from the middle of the band.
fn share_beyond(samples: &[Complex32], rate_hz: f64, beyond_hz: f64) -> f64 {
    let size = samples.len();
    let window = |k: usize| 0.5 - 0.5 * (std::f64::consts::TAU * k as f64 / size as f64).cos();
    let mut spectrum: Vec<Complex64> = samples
        .iter()
        .enumerate()
        .map(|(k, x)| Complex64::new(x.re.into(), x.im.into()) * window(k))
        .collect();
    FftPlanner::new().plan_fft_forward(size).process(&mut spectrum);
    let distance = |bin: usize| bin.min(size - bin) as f64 * rate_hz / size as f64;
    let far = spectrum.iter().enumerate().filter(|&(bin, _)| distance(bin) > beyond_hz);
    let power: f64 = far.map(|(_, x)| x.norm_sqr()).sum();
    power / spectrum.iter().map(|x| x.norm_sqr()).sum::<f64>()
}

#[test]
fn ones_are_above_the_carrier_and_zeros_below() {
    for gaussian_bt in [None, Some(0.5)] {
        let config = ModulatorConfig {
            carrier_offset_hz: 30e3,
            deviation_hz: 20e3,
            gaussian_bt,
            ..Default::default()
        };
        for (bit, expected_hz) in [(1, 50e3), (0, 10e3)] {
            let samples = modulate(&[bit; 12], &config).unwrap();
            for hz in &frequencies(&samples, config.sample_rate_hz)[24..72] {
                assert!((hz - expected_hz).abs() < 2.0, "{hz} instead of {expected_hz}");
            }
        }
    }
}

#[test]
fn the_magnitude_is_the_amplitude_and_never_changes() {
    let config = ModulatorConfig {
        amplitude: 0.25,
        gaussian_bt: Some(0.5),
        carrier_offset_hz: 12_345.6,
        ..Default::default()
    };
    let samples = modulate(&scrambled(500), &config).unwrap();
    assert_eq!(samples.len(), 4000);
    assert!(samples.iter().all(|x| (x.norm() - 0.25).abs() < 1e-6));
}

#[test]
fn a_fast_clock_shortens_the_symbols() {
    let bits = alternating(10_000);
    for (clock_error_ppm, expected) in [(0.0, 80_000), (1000.0, 79_921), (-1000.0, 80_081)] {
        let config = ModulatorConfig { clock_error_ppm, ..Default::default() };
        let samples = modulate(&bits, &config).unwrap();
        assert_eq!(samples.len(), expected);
        // The last symbols are where the clock error puts them.
        let hz = frequencies(&samples, config.sample_rate_hz);
        let symbol = 8.0 / (1.0 + clock_error_ppm * 1e-6);
        for k in 9990..10_000_usize {
            let middle = ((k as f64 + 0.5) * symbol) as usize;
            assert_eq!(hz[middle] > 0.0, k % 2 == 1, "symbol {k} at {clock_error_ppm} ppm");
        }
    }
}

#[test]
fn timing_is_what_a_higher_sample_rate_would_show() {
    let slow = ModulatorConfig { gaussian_bt: Some(0.5), ..Default::default() };
    let fast = ModulatorConfig { sample_rate_hz: 4.0 * slow.sample_rate_hz, ..slow.clone() };
    let bits = scrambled(200);
    let reference = modulate(&bits, &fast).unwrap();
    for quarter in 0..4 {
        let shifted = ModulatorConfig { timing_samples: quarter as f64 / 4.0, ..slow.clone() };
        let samples = modulate(&bits, &shifted).unwrap();
        let expected: Vec<_> = reference.iter().skip(quarter).step_by(4).collect();
        assert_eq!(samples.len(), expected.len());
        for (x, y) in samples.iter().zip(expected) {
            assert!((x - y).norm() < 1e-5);
        }
    }
}

#[test]
fn phase_stays_exact_over_ten_million_symbols() {
    // As many ones as zeros at a modulation index of 1: the phase is back where it began.
    let bits = alternating(10_000_000);
    let config = ModulatorConfig { sample_rate_hz: 100e3, ..Default::default() };
    let mut modulator = Modulator::new(&bits, &config).unwrap();
    let mut last = Vec::new();
    loop {
        let mut piece = vec![Complex32::default(); 1 << 16];
        match modulator.add_to(&mut piece) {
            0 => break,
            count => last = piece[..count].to_vec(),
        }
    }
    // Two samples a symbol: the last but one begins the last symbol, a one after a zero.
    let begin_of_last = last[last.len() - 2];
    assert!((begin_of_last - Complex32::new(-1.0, 0.0)).norm() < 1e-5, "{begin_of_last}");
}

#[test]
fn gaussian_pulses_keep_the_spectrum_narrow() {
    let bits = scrambled(4096);
    let share = |gaussian_bt| {
        let config = ModulatorConfig { gaussian_bt, ..Default::default() };
        let samples = modulate(&bits, &config).unwrap();
        share_beyond(&samples, config.sample_rate_hz, 75e3)
    };
    let (hard, gaussian) = (share(None), share(Some(0.5)));
    assert!(hard > 1e-3 && gaussian < hard / 20.0, "{hard} {gaussian}");
    assert!(share(Some(0.3)) < gaussian);
}

#[test]
fn names_the_parameter_that_is_wrong() {
    let good = ModulatorConfig::default;
    let cases = [
        ("sample_rate_hz", ModulatorConfig { sample_rate_hz: 0.0, ..good() }),
        ("symbol_rate_hz", ModulatorConfig { symbol_rate_hz: 250e3, ..good() }),
        ("deviation_hz", ModulatorConfig { deviation_hz: f64::NAN, ..good() }),
        ("gaussian_bt", ModulatorConfig { gaussian_bt: Some(0.0), ..good() }),
        ("clock_error_ppm", ModulatorConfig { clock_error_ppm: -1e6, ..good() }),
        ("carrier_offset_hz", ModulatorConfig { carrier_offset_hz: 201e3, ..good() }),
        ("timing_samples", ModulatorConfig { timing_samples: -0.1, ..good() }),
        ("initial_phase_turns", ModulatorConfig { initial_phase_turns: f64::INFINITY, ..good() }),
        ("amplitude", ModulatorConfig { amplitude: -1.0, ..good() }),
    ];
    for (name, config) in cases {
        let message = modulate(&[0, 1], &config).unwrap_err().to_string();
        assert!(message.starts_with(name) && message.contains("expected"), "{name}: {message}");
    }
    assert!(modulate(&[0, 2], &good()).unwrap_err().to_string().starts_with("bits"));
}

#[test]
fn nothing_to_send_is_nothing_sent() {
    assert!(modulate(&[], &ModulatorConfig::default()).unwrap().is_empty());
}

proptest! {
    #[test]
    fn the_sizes_of_the_pieces_do_not_matter(
        steps in prop::collection::vec(1usize..200, 1..8),
        bits in prop::collection::vec(0u8..2, 0..60),
        gaussian_bt in prop::option::of(0.3f64..1.0),
        clock_error_ppm in -2000.0f64..2000.0,
    ) {
        let config = ModulatorConfig { gaussian_bt, clock_error_ppm, ..Default::default() };
        let whole = modulate(&bits, &config).unwrap();
        let mut modulator = Modulator::new(&bits, &config).unwrap();
        let mut pieces = Vec::new();
        for &step in steps.iter().cycle() {
            let mut piece = vec![Complex32::default(); step];
            let count = modulator.add_to(&mut piece);
            pieces.extend_from_slice(&piece[..count]);
            if count < step {
                break;
            }
        }
        prop_assert_eq!(whole, pieces);
    }
}
