// SPDX-License-Identifier: GPL-3.0-or-later
//! The samples hold what the truth says: level, frequency, time, bits, noise and offset.

use kaifa_dsp::frame::bits::{pack, BitOrder};
use kaifa_dsp::frame::{Check, Encoding, Framing, Whitening};
use kaifa_dsp::sim::{
    preamble_and_sync, simulate, Carrier, Config, Interference, Mesh, Radio, Traffic, Truth,
};
use kaifa_dsp::Complex32;
use num_complex::Complex64;
use rustfft::FftPlanner;

/// Little traffic, all at `snr_db`, not rounded and without offset.
fn calm(snr_db: f64) -> Config {
    Config {
        sample_rate_hz: 1e6,
        center_frequency_hz: 871.75e6,
        duration_s: 3.0,
        mesh: Mesh { snr_db: snr_db..=snr_db, ..Mesh::default() },
        traffic: Traffic { unicast_rate_hz: 4.0, broadcast_rate_hz: 4.0, ..Traffic::default() },
        noise_dbfs: -80.0,
        dc_offset: Complex32::default(),
        quantise_8bit: false,
        ..Config::default()
    }
}

fn silent() -> Config {
    Config {
        traffic: Traffic {
            unicast_rate_hz: 0.0,
            broadcast_rate_hz: 0.0,
            beacon_period_s: 0.0,
            ..Traffic::default()
        },
        ..Config::default()
    }
}

/// Transmissions that nothing else overlaps.
fn alone(truth: &[Truth]) -> Vec<&Truth> {
    let overlap = |a: &Truth, b: &Truth| {
        a.start < b.start + b.length + 100 && b.start < a.start + a.length + 100
    };
    truth.iter().filter(|a| truth.iter().filter(|b| overlap(a, b)).count() == 1).collect()
}

/// Power at each frequency: pairs of Hz, absolute, and power; their sum is the mean power.
fn spectrum(config: &Config, samples: &[Complex32]) -> Vec<(f64, f64)> {
    let size = samples.len();
    let mut bins: Vec<Complex64> =
        samples.iter().map(|x| Complex64::new(x.re.into(), x.im.into())).collect();
    FftPlanner::new().plan_fft_forward(size).process(&mut bins);
    let hz = |bin: usize| {
        let signed = if bin < size / 2 { bin as f64 } else { bin as f64 - size as f64 };
        config.center_frequency_hz + signed * config.sample_rate_hz / size as f64
    };
    let scale = 1.0 / (size as f64).powi(2);
    bins.iter().enumerate().map(|(bin, x)| (hz(bin), x.norm_sqr() * scale)).collect()
}

fn power_within(spectrum: &[(f64, f64)], center_hz: f64, half_hz: f64) -> f64 {
    let inside = spectrum.iter().filter(|(hz, _)| (hz - center_hz).abs() <= half_hz);
    inside.map(|(_, power)| power).sum()
}

fn cut<'a>(samples: &'a [Complex32], one: &Truth) -> &'a [Complex32] {
    &samples[one.start as usize..(one.start + one.length) as usize]
}

#[test]
fn the_signal_to_noise_ratio_is_the_one_asked_for() {
    for snr_db in [8.0, 15.0, 30.0] {
        let config = calm(snr_db);
        let (samples, truth) = simulate(&config).unwrap();
        let quiet = spectrum(&config, &samples[..100_000]);
        let noise = power_within(&quiet, config.center_frequency_hz, 250e3) / 5.0;
        let alone = alone(&truth);
        assert!(alone.len() >= 5);
        for one in alone {
            assert_eq!(one.snr_db, snr_db);
            // 98 % and more of the power of the signal, and three times the noise of 100 kHz.
            let all = power_within(&spectrum(&config, cut(&samples, one)), one.frequency_hz, 150e3);
            let measured_db = 10.0 * ((all - 3.0 * noise) / noise).log10();
            assert!((measured_db - snr_db).abs() < 0.4, "{measured_db} dB, not {snr_db}");
        }
    }
}

#[test]
fn the_power_lies_around_the_frequency_told() {
    let config = calm(50.0);
    let (samples, truth) = simulate(&config).unwrap();
    for one in alone(&truth) {
        let spectrum = spectrum(&config, cut(&samples, one));
        let all: f64 = spectrum.iter().map(|(_, power)| power).sum();
        let inside = power_within(&spectrum, one.frequency_hz, 60e3);
        assert!(inside / all > 0.98, "{}", inside / all);
        // Preamble and payload are about half ones: the middle of the power is the carrier.
        let middle = spectrum.iter().map(|(hz, power)| hz * power / all).sum::<f64>();
        assert!((middle - one.frequency_hz).abs() < 3e3, "{middle} not {}", one.frequency_hz);
    }
}

#[test]
fn energy_begins_and_ends_on_the_samples_told() {
    let (samples, truth) = simulate(&calm(60.0)).unwrap();
    let alone = alone(&truth);
    assert!(alone.len() >= 5);
    for one in alone {
        let level = cut(&samples, one)[100..].iter().map(|x| x.norm()).fold(f32::MAX, f32::min);
        let (first, last) = (one.start as usize, (one.start + one.length) as usize);
        assert!(cut(&samples, one).iter().all(|x| x.norm() >= level * 0.9));
        assert!(samples[first - 50..first].iter().all(|x| x.norm() < level / 10.0));
        assert!(samples[last..last + 50].iter().all(|x| x.norm() < level / 10.0));
    }
}

/// Bits by a discriminator on the truth's own start, frequency and clock.
fn demodulate(config: &Config, samples: &[Complex32], one: &Truth) -> Vec<u8> {
    let count = 8 * (one.preamble_octets as usize + 2 + one.octets.len());
    let symbol = one.length as f64 / count as f64;
    let step = (one.frequency_hz - config.center_frequency_hz) / config.sample_rate_hz;
    let burst: Vec<Complex64> = cut(samples, one)
        .iter()
        .enumerate()
        .map(|(n, x)| {
            let x = Complex64::new(x.re.into(), x.im.into());
            x * Complex64::from_polar(1.0, -std::f64::consts::TAU * step * n as f64)
        })
        .collect();
    let bit = |k: usize| {
        let (from, to) = ((k as f64 + 0.25) * symbol, (k as f64 + 0.75) * symbol);
        u8::from((burst[to as usize] * burst[from as usize].conj()).im > 0.0)
    };
    (0..count).map(bit).collect()
}

#[test]
fn the_bits_on_the_air_are_those_of_the_truth() {
    let encoding =
        |framing, check| Encoding { framing, check, whitening: Whitening::None, fec: None };
    let encodings = [
        encoding(Framing::A, Check::Fcs16),
        encoding(Framing::B, Check::CrcCms),
        encoding(Framing::C, Check::Fcs32),
        encoding(Framing::D, Check::Fcs16),
    ];
    for encoding in encodings {
        let radio = Radio { encoding, ..Radio::default() };
        let config = Config { radio, ..calm(45.0) };
        let (samples, truth) = simulate(&config).unwrap();
        for one in alone(&truth) {
            let bits = demodulate(&config, &samples, one);
            let (front, rest) = bits.split_at(8 * (one.preamble_octets as usize + 2));
            assert_eq!(front, preamble_and_sync(one.preamble_octets, config.radio.preamble_phase));
            let (header, body) = rest.split_at(encoding.framing.header_bits());
            let octets =
                [pack(header, BitOrder::MsbFirst), pack(body, encoding.framing.bit_order())];
            assert_eq!(octets.concat(), one.octets, "{encoding:?}");
        }
    }
}

#[test]
fn whitening_changes_the_air_and_not_the_truth() {
    for (framing, check, whitening, header) in [
        (Framing::A, Check::Fcs16, Whitening::Cc11xx, 1),
        (Framing::D, Check::Fcs16, Whitening::Pn9, 2),
    ] {
        let config = |whitening| {
            let encoding = Encoding { framing, check, whitening, fec: None };
            Config { radio: Radio { encoding, ..Radio::default() }, ..calm(45.0) }
        };
        let (samples, truth) = simulate(&config(whitening)).unwrap();
        let (plain_samples, plain) = simulate(&config(Whitening::None)).unwrap();
        assert_eq!(truth.len(), plain.len());
        assert!(samples != plain_samples);
        for (one, other) in truth.iter().zip(&plain) {
            assert_eq!(one.octets[header..], other.octets[header..]);
            assert!(one.octets[header..].starts_with(&one.mpdu));
        }
    }
}

#[test]
fn noise_and_offset_are_those_asked_for() {
    let config = Config { quantise_8bit: false, noise_dbfs: -20.0, ..silent() };
    let (samples, truth) = simulate(&config).unwrap();
    assert!(truth.is_empty() && samples.len() == 8_000_000);
    let count = samples.len() as f64;
    let mean = |part: fn(&Complex32) -> f32| {
        samples.iter().map(|x| f64::from(part(x))).sum::<f64>() / count
    };
    let (re, im) = (mean(|x| x.re), mean(|x| x.im));
    assert!((re - 0.012).abs() < 1e-4 && (im - 0.009).abs() < 1e-4, "{re} {im}");
    let deviations: Vec<f64> = samples.iter().map(|x| f64::from(x.re) - 0.012).collect();
    let moment = |power| deviations.iter().map(|x| x.powi(power)).sum::<f64>() / count;
    assert!((moment(2) - 0.005).abs() < 0.005 * 3e-3, "{}", moment(2));
    // Gaussian: fourth moment three times the square of the second, neighbours independent.
    assert!((moment(4) / moment(2).powi(2) - 3.0).abs() < 0.02);
    let beyond = deviations.iter().filter(|x| x.abs() > 4.0 * 0.005f64.sqrt()).count() as f64;
    assert!((beyond - count * 6.334e-5).abs() < 5.0 * (count * 6.334e-5).sqrt(), "{beyond}");
    let neighbours = deviations.windows(2).map(|pair| pair[0] * pair[1]).sum::<f64>() / count;
    assert!(neighbours.abs() < 0.005 * 2e-3, "{neighbours}");
}

#[test]
fn eight_bits_are_multiples_of_an_octet_step_and_are_clipped() {
    let (samples, _) = simulate(&Config { noise_dbfs: -6.0, duration_s: 0.1, ..silent() }).unwrap();
    let levels: Vec<f32> = samples.iter().flat_map(|x| [x.re * 128.0, x.im * 128.0]).collect();
    assert!(levels.iter().all(|x| x.fract() == 0.0 && (-128.0..=127.0).contains(x)));
    assert!(levels.contains(&127.0) && levels.contains(&-128.0));
}

#[test]
fn carriers_and_impulses_are_there() {
    let carrier = Carrier { frequency_hz: 872.2e6, snr_db: 25.0 };
    let interference = Interference { carriers: vec![carrier], impulse_rate_hz: 50.0 };
    let config = Config { interference, ..silent() };
    let (samples, _) = simulate(&config).unwrap();
    let count = samples.iter().filter(|x| x.norm() > 0.5).count() as f64;
    // 50 a second for 4 s, 20 samples each.
    assert!((count - 4000.0).abs() < 1200.0, "{count}");
    let quiet: Vec<_> =
        samples.iter().map(|x| if x.norm() > 0.5 { Complex32::default() } else { *x }).collect();
    let spectrum = spectrum(&config, &quiet[..1 << 20]);
    let tone = power_within(&spectrum, 872.2e6, 100.0);
    let noise = power_within(&spectrum, 871.0e6, 50e3);
    let measured_db = 10.0 * (tone / noise).log10();
    assert!((measured_db - 25.0).abs() < 0.3, "{measured_db}");
}
