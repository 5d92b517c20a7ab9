# SPDX-License-Identifier: GPL-3.0-or-later
"""kaifa_doctor: what on this computer keeps the receiver from working, and what mends it.

Nothing here imports GNU Radio or the rest of the package, for it has to run where those cannot be
imported, with any Python from 3.8 on. What has to be tried in their company runs as a process of
its own.
"""
