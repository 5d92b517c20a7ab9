// SPDX-License-Identifier: GPL-3.0-or-later
//! The program as its users run it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn kaifa_sim(directory: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_kaifa_sim"))
        .args(arguments)
        .current_dir(directory)
        .output()
        .unwrap()
}

fn directory(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::remove_dir_all(&path).ok();
    std::fs::create_dir_all(&path).unwrap();
    path
}

fn text(octets: &[u8]) -> String {
    String::from_utf8(octets.to_vec()).unwrap()
}

#[test]
fn makes_a_recording_with_its_truth() {
    let directory = directory("recording");
    let output = kaifa_sim(&directory, &["street", "--seconds", "1", "--beacon-period", "2"]);
    assert_eq!((output.status.code(), text(&output.stderr).as_str()), (Some(0), ""));
    let data = std::fs::read(directory.join("street.sigmf-data")).unwrap();
    assert_eq!(data.len(), 4_000_000);
    let truth = std::fs::read_to_string(directory.join("street.truth.jsonl")).unwrap();
    assert!(truth.contains("\"kind\": \"beacon\""));
    let meta = std::fs::read_to_string(directory.join("street.sigmf-meta")).unwrap();
    assert!(meta.contains("\"core:frequency\": 871700000.0"));
    let told = text(&output.stdout);
    assert!(told.starts_with("2000000 samples, 0 clipped;"), "{told}");
    assert!(told.contains(&format!(" {} transmissions", truth.lines().count())), "{told}");
    assert!(told.contains("street.sigmf-meta"), "{told}");
}

#[test]
fn the_same_options_give_the_same_files() {
    let directory = directory("same");
    for name in ["a", "b"] {
        let output = kaifa_sim(&directory, &[name, "--seconds", "0.7", "--seed", "42"]);
        assert!(output.status.success());
    }
    for ending in ["sigmf-data", "sigmf-meta", "truth.jsonl"] {
        let read = |name: &str| std::fs::read(directory.join(format!("{name}.{ending}"))).unwrap();
        assert!(!read("a").is_empty() && read("a") == read("b"), "{ending}");
    }
}

#[test]
fn every_option_reaches_the_recording() {
    let directory = directory("options");
    let mut before = Vec::new();
    for change in [
        &[][..],
        &["--seed", "2"],
        &["--sample-rate", "1.9e6"],
        &["--frequency", "871.75e6"],
        &["--nodes", "5"],
        &["--collectors", "2"],
        &["--snr-min", "5"],
        &["--snr-max", "30"],
        &["--carrier-error", "100"],
        &["--clock-error", "500"],
        &["--channel-start", "870.2e6"],
        &["--channel-spacing", "250e3"],
        &["--channels", "10"],
        &["--framing", "b"],
        &["--framing", "B", "--check", "crc_xmodem"],
        &["--framing", "c"],
        &["--framing", "d"],
        &["--framing", "d", "--preamble", "aa"],
        &["--framing", "d", "--whitening", "pn9"],
        &["--framing", "e"],
        &["--framing", "e", "--fec", "rsc"],
        &["--framing", "e", "--fec", "rsc_interleaved", "--whitening", "pn9"],
        &["--check", "fcs32"],
        &["--whitening", "cc11xx"],
        &["--symbol-rate", "100e3"],
        &["--deviation", "20e3"],
        &["--bt", "0"],
        &["--bt", "1"],
        &["--preamble-min", "4"],
        &["--preamble-max", "60"],
        &["--unicast-rate", "20"],
        &["--ack-probability", "0"],
        &["--broadcast-rate", "20"],
        &["--beacon-period", "1"],
        &["--beacon-period", "1", "--beacon-frequency", "871.5e6"],
        &["--payload-min", "40"],
        &["--payload-max", "20"],
        &["--lead-in", "0.1"],
        &["--noise-dbfs", "-30"],
        &["--dc-offset", "-0.05", "0.1"],
        &["--carrier", "871.2e6", "20"],
        &["--impulse-rate", "100"],
        &["--format", "cf32"],
    ] {
        let arguments = [&["x", "--seconds", "2"], change].concat();
        let output = kaifa_sim(&directory, &arguments);
        assert_eq!(output.status.code(), Some(0), "{change:?}: {}", text(&output.stderr));
        let data = std::fs::read(directory.join("x.sigmf-data")).unwrap();
        assert!(!before.contains(&data), "{change:?} makes no difference");
        before.push(data);
    }
}

#[test]
fn what_cannot_be_done_is_said_with_status_2() {
    let directory = directory("wrong");
    for (arguments, words) in [
        (&["x", "--seconds", "-1"][..], "duration_s"),
        (&["x", "--frequency", "915e6"], "center_frequency_hz"),
        (&["x", "--framing", "f"], "A, B, C, D or E"),
        (&["x", "--fec", "rsc"], "fec with E"),
        (&["x", "--framing", "e", "--fec", "turbo"], "nrnsc, rsc_interleaved, rsc"),
        (&["x", "--framing", "b", "--check", "fcs16"], "crc_cms"),
        (&["x", "--check", "md5"], "fcs16, fcs32, crc_cms, crc_xmodem"),
        (&["x", "--sample-rate", "fast"], "--sample-rate"),
        (&["x", "--snr-min", "40"], "snr_db"),
        (&["x", "--nodes", "1", "--collectors", "0"], "nodes"),
        (&["x", "--carrier", "900e6", "10"], "carrier"),
        (&["x", "--dc-offset", "0.1"], "--dc-offset"),
        (&["no/such/place"], "no/such/place"),
        (&[], "<OUT>"),
    ] {
        let output = kaifa_sim(&directory, arguments);
        let message = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {message}");
        assert!(message.contains(words), "{arguments:?}: {message}");
        assert!(!message.contains("panicked"), "{message}");
    }
    assert_eq!(std::fs::read_dir(&directory).unwrap().count(), 0, "and leaves nothing behind");
}

#[test]
fn a_band_without_beacons_is_mentioned() {
    let directory = directory("beacons");
    let arguments = ["x", "--seconds", "0.1", "--frequency", "873.5e6"];
    let output = kaifa_sim(&directory, &arguments);
    assert!(output.status.success() && text(&output.stderr).contains("no beacons"));
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_is_said_with_status_1() {
    let directory = directory("full");
    std::os::unix::fs::symlink("/dev/full", directory.join("x.sigmf-data")).unwrap();
    let output = kaifa_sim(&directory, &["x", "--seconds", "0.5"]);
    assert_eq!(output.status.code(), Some(1));
    let message = text(&output.stderr);
    assert!(message.starts_with("kaifa_sim: cannot write the recording: "), "{message}");
}
