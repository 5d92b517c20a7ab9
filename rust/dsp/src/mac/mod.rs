// SPDX-License-Identifier: GPL-3.0-or-later
//! Reading IEEE 802.15.4 MAC frames.
