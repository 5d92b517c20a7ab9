# SPDX-License-Identifier: GPL-3.0-or-later
"""What several receivers heard, merged: the parts of kaifa_collect."""
