// SPDX-License-Identifier: GPL-3.0-or-later
//! Builds the C++ side of the bridge as the blocks do, with an engine that can be made to fail, and
//! runs the C++ tests of it.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Configures and builds `cpp/`; gives the directory of the test programs.
fn build() -> PathBuf {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("cpp");
    let out = Path::new(env!("CARGO_TARGET_TMPDIR")).join("bridge_by_ninja");
    std::fs::create_dir_all(&out).unwrap();
    let host = format!("{}-unknown-{}-gnu", std::env::consts::ARCH, std::env::consts::OS);
    // As the project itself is built: a fresh machine has no make.
    cmake::Config::new(source)
        .generator("Ninja")
        .out_dir(&out)
        .target(&host)
        .host(&host)
        .profile("Debug")
        .build_target("bridge_test")
        .build()
        .join("build")
}

#[test]
fn the_bridge_keeps_its_promises_in_cpp() {
    let program = build().join("bridge_test");
    let output = Command::new(&program).output().expect("the test program runs");
    let said = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}\n{said}\n{errors}", output.status);
    // Every check speaks up, so that none can be skipped unseen.
    assert_eq!(said.matches("ok ").count(), 7, "{said}");
}
