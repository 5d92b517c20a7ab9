# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures of what was received: reading records into columns, colours, pseudonyms, drawing."""
