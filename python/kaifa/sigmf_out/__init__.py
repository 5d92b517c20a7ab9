# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes SigMF (https://sigmf.org): samples as received, annotations, bursts that were rejected."""
