# SPDX-License-Identifier: GPL-3.0-or-later
"""A page that shows what was received: as one file, or fed by a running receiver."""
