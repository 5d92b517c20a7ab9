// SPDX-License-Identifier: GPL-3.0-or-later
//! Generates and compiles the C++ half of the bridge.

fn main() {
    cxx_build::CFG.include_prefix = "ffi";
    let mut files = vec!["src/bridge.rs"];
    if std::env::var_os("CARGO_FEATURE_TEST_ENGINE").is_some() {
        files.push("src/test_engine.rs");
    }
    cxx_build::bridges(&files)
        .std("c++17")
        .flag_if_supported("-fvisibility=hidden")
        .flag_if_supported("-fvisibility-inlines-hidden")
        .compile("kaifa_bridge");
    println!("cargo:rerun-if-changed=src");
    println!("cargo:rerun-if-changed=include");
}
