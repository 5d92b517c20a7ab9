// SPDX-License-Identifier: GPL-3.0-or-later
//! Recordings on disk: what is written is what was simulated.

use std::path::{Path, PathBuf};

use kaifa_dsp::sim::{simulate, Config, SampleFormat, SigmfWriter, Truth};
use kaifa_dsp::Complex32;
use serde_json::Value;

/// A directory of its own for each test, gone afterwards.
struct Directory(PathBuf);

impl Directory {
    fn new(name: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::create_dir_all(&path).unwrap();
        Directory(path)
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).ok();
    }
}

fn config() -> Config {
    Config { duration_s: 1.5, ..Config::default() }
}

/// Simulates and writes in pieces; samples, truth, and the octets of data, truth and metadata.
fn write(
    name: &Path,
    config: &Config,
    format: SampleFormat,
) -> (Vec<Complex32>, Vec<Truth>, [Vec<u8>; 3]) {
    let (samples, truth) = simulate(config).unwrap();
    let mut writer = SigmfWriter::create(name, config, format).unwrap();
    let paths = writer.paths();
    for piece in samples.chunks(100_001) {
        writer.write(piece).unwrap();
    }
    for one in &truth {
        writer.write_truth(one).unwrap();
    }
    writer.finish().unwrap();
    (samples, truth, paths.map(|path| std::fs::read(path).unwrap()))
}

#[test]
fn eight_bit_data_are_the_samples() {
    let directory = Directory::new("ci8");
    let name = directory.0.join("night.0");
    let (samples, _, [data, _, _]) = write(&name, &config(), SampleFormat::Ci8);
    let octets: Vec<u8> =
        samples.iter().flat_map(|x| [x.re, x.im]).map(|part| (part * 128.0) as i8 as u8).collect();
    assert!(data == octets);
    assert!(directory.0.join("night.0.sigmf-data").exists(), "a dot in the name stays");
}

#[test]
fn float_data_are_the_samples() {
    let directory = Directory::new("cf32");
    let name = directory.0.join("x.sigmf-meta");
    let config = Config { quantise_8bit: false, ..config() };
    let (samples, _, [data, _, meta]) = write(&name, &config, SampleFormat::Cf32);
    assert_eq!(data.len(), 8 * samples.len());
    for (octets, part) in data.chunks(4).zip(samples.iter().flat_map(|x| [x.re, x.im])) {
        assert_eq!(f32::from_le_bytes(octets.try_into().unwrap()), part);
    }
    let meta: Value = serde_json::from_slice(&meta).unwrap();
    assert_eq!(meta["global"]["core:datatype"], "cf32_le");
    assert!(directory.0.join("x.sigmf-data").exists());
}

#[test]
fn metadata_describe_the_recording() {
    let directory = Directory::new("meta");
    let (_, truth, [_, _, meta]) = write(&directory.0.join("x"), &config(), SampleFormat::Ci8);
    let meta: Value = serde_json::from_slice(&meta).unwrap();
    assert_eq!(meta["global"]["core:datatype"], "ci8");
    assert_eq!(meta["global"]["core:sample_rate"], 2e6);
    assert!(meta["global"]["core:description"].as_str().unwrap().starts_with("Synthetic"));
    assert_eq!(meta["captures"][0]["core:frequency"], 871.7e6);
    let annotations = meta["annotations"].as_array().unwrap();
    assert!(!truth.is_empty() && annotations.len() == truth.len());
    for (annotation, one) in annotations.iter().zip(&truth) {
        assert_eq!(annotation["core:sample_start"], one.start);
        assert_eq!(annotation["core:sample_count"], one.length);
        assert_eq!(annotation["core:label"], one.kind.to_string());
        let edge = |key: &str| annotation[key].as_f64().unwrap();
        let (low, high) = (edge("core:freq_lower_edge"), edge("core:freq_upper_edge"));
        assert!(((low + high) / 2.0 - one.frequency_hz).abs() < 1e-3);
        assert!((high - low - 100e3).abs() < 1e-3);
    }
}

#[test]
fn no_transmissions_give_an_empty_list() {
    let directory = Directory::new("empty");
    let config = Config { duration_s: 0.1, ..config() };
    let (_, _, [_, truth, meta]) = write(&directory.0.join("x"), &config, SampleFormat::Ci8);
    assert!(truth.is_empty());
    let meta: Value = serde_json::from_slice(&meta).unwrap();
    assert_eq!(meta["annotations"].as_array().map(Vec::len), Some(0));
}

#[test]
fn truth_is_a_line_of_json_each() {
    let directory = Directory::new("truth");
    let config = Config { duration_s: 6.0, ..config() };
    let (_, truth, [_, lines, _]) = write(&directory.0.join("x"), &config, SampleFormat::Ci8);
    let lines = String::from_utf8(lines).unwrap();
    assert_eq!(lines.lines().count(), truth.len());
    for (line, one) in lines.lines().zip(&truth) {
        let line: Value = serde_json::from_str(line).unwrap();
        let hex = |octets: &[u8]| octets.iter().map(|x| format!("{x:02x}")).collect::<String>();
        assert_eq!(line["start"], one.start);
        assert_eq!(line["length"], one.length);
        assert_eq!(line["frequency"], one.frequency_hz);
        assert_eq!(line["channel"], one.channel_hz);
        assert_eq!(line["snr_db"], one.snr_db);
        assert_eq!(line["mpdu"], hex(&one.mpdu));
        assert_eq!(line["octets"], hex(&one.octets));
        assert_eq!(line["preamble_octets"], one.preamble_octets);
        assert_eq!(line["seq"], one.sequence);
        let (fcf, source, destination) = match line["kind"].as_str().unwrap() {
            "unicast" => (0xdc69, Some(one.sender), one.recipient.map(|x| format!("{x:016x}"))),
            "broadcast" => (0xd849, Some(one.sender), Some("ffff".into())),
            "beacon" => (0xe200, Some(one.sender), None),
            "ack" => (0x0002, None, None),
            other => panic!("{other}"),
        };
        assert_eq!(line["fcf"], fcf);
        assert_eq!(line["source"].as_str(), source.map(|x| format!("{x:016x}")).as_deref());
        assert_eq!(line["destination"].as_str(), destination.as_deref());
    }
}

/// Fails when a change to the simulator changes its recordings, or when the sine, exponential or
/// logarithm of a platform differ by so much that 8 bits show it.
#[test]
fn a_seed_gives_these_octets_on_every_machine() {
    let directory = Directory::new("golden");
    let (_, truth, [data, _, _]) =
        write(&directory.0.join("x"), &Config::default(), SampleFormat::Ci8);
    // FNV-1a.
    let hash = data.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, &octet| {
        (hash ^ u64::from(octet)).wrapping_mul(0x100_0000_01b3)
    });
    assert_eq!((truth.len(), format!("{hash:016x}")), (30, "93c17d5540aa03c1".into()));
}

#[test]
fn a_place_that_is_none_is_an_error() {
    let result = SigmfWriter::create(Path::new("/no/such/place"), &config(), SampleFormat::Ci8);
    assert_eq!(result.err().unwrap().kind(), std::io::ErrorKind::NotFound);
}
