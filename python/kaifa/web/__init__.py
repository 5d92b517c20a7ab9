# SPDX-License-Identifier: GPL-3.0-or-later
"""The page of a running receiver, for browsers on this computer or, with a token, on others."""
