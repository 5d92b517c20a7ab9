# SPDX-License-Identifier: GPL-3.0-or-later
"""Where messages of a flowgraph become Python objects of the main thread."""

from collections import deque

import pmt
from gnuradio import gr


class frame_sink(gr.basic_block):
    """Keeps the messages of its port `frames`, in order, until they are taken.

    Frames and rejects both go to that one port: two ports would lose their common order.
    """

    PORT = "frames"

    def __init__(self):
        gr.basic_block.__init__(self, "frame_sink", None, None)
        self._messages = deque()
        self._port = pmt.intern(self.PORT)
        self.message_port_register_in(self._port)
        self.set_msg_handler(self._port, self._keep)

    def listen(self, top, receiver):
        """Connects it, in the flowgraph `top`, to a kaifa.receiver."""
        for port in ("frames", "rejects"):
            top.msg_connect(receiver, port, self, self.PORT)

    def _keep(self, message):
        self._messages.append(message)

    def take(self):
        """Yields every message that has arrived, oldest first."""
        while self._messages:
            yield self._messages.popleft()

    def take_last(self):
        """As take(), once the flowgraph has ended.

        A message that comes just before its sender ends can be left in the block's own queue.
        """
        yield from self.take()
        block = self.to_basic_block()
        while (message := block.delete_head_nowait(self._port)) is not None:
            yield message
