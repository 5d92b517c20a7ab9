# SPDX-License-Identifier: GPL-3.0-or-later
"""Windows on a running receiver, for flowgraphs of GNU Radio Companion.

They need PyQt5; the views of the band and of a packet also need pyqtgraph (apt install
python3-pyqtgraph).
"""
