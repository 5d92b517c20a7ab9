# SPDX-License-Identifier: GPL-3.0-or-later
"""Radios by gr-osmosdr: which there are, how they are named, set and received from."""
