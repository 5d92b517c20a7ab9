// SPDX-License-Identifier: GPL-3.0-or-later
//! What the fuzzers have found worth keeping, run through the same functions.

#[path = "../fuzz/src/lib.rs"]
mod fuzz;

use std::path::Path;

fn run(target: &str, function: fn(&[u8])) {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target);
    let mut files = 0;
    for entry in std::fs::read_dir(&corpus).unwrap() {
        let data = std::fs::read(entry.unwrap().path()).unwrap();
        // Whole, and cut short anywhere.
        (0..=data.len()).for_each(|length| function(&data[..length]));
        files += 1;
    }
    assert!(files >= 10, "{files} files in {}", corpus.display());
}

#[test]
fn framing() {
    run("framing", fuzz::framing);
}

#[test]
fn soft() {
    run("soft", fuzz::soft);
}

#[test]
fn mac() {
    run("mac", fuzz::mac);
}
