// SPDX-License-Identifier: GPL-3.0-or-later
//! A meter mesh made up: recordings with the truth beside them.
