// SPDX-License-Identifier: GPL-3.0-or-later
//! Nothing is here: `tests/bridge.rs` builds and runs `cpp/bridge_test.cc`.
