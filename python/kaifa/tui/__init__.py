# SPDX-License-Identifier: GPL-3.0-or-later
"""The receiver on a whole terminal: spectrum, frames, senders and counts. Needs rich (apt install
python3-rich)."""
