// SPDX-License-Identifier: GPL-3.0-or-later
//! The bridge between kaifa-dsp and C++.
