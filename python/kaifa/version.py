# SPDX-License-Identifier: GPL-3.0-or-later
"""The version of the module, in this one place for Python."""

VERSION = "0.1.0"
