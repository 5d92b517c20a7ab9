// SPDX-License-Identifier: GPL-3.0-or-later
//! The simulator on the command line.
fn main() {}
