# SPDX-License-Identifier: GPL-3.0-or-later
"""Finding out what an unknown signal in a recording is: the program kaifa_probe."""
