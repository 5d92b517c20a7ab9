# SPDX-License-Identifier: GPL-3.0-or-later
"""Records by ZeroMQ."""

from .recording import InputError
from .topics import topic

PREFIX = "kaifa/"
# A subscriber that is further behind loses records; their numbers tell it how many.
MOST_WAITING = 10_000
LINGER_MS = 2000


class ZmqOutput:
    """A PUB socket at `address`: messages of two parts, topic and JSON, both plain text.

    InputError if the address cannot be used, or Python's zmq is not there.
    """

    def __init__(self, address):
        self.name = address
        self.kept = 0
        try:
            import zmq
        except ImportError:
            raise InputError(
                "--zmq takes Python's zmq, expected it installed (apt install python3-zmq)"
            ) from None
        self._socket = zmq.Context.instance().socket(zmq.PUB)
        self._socket.setsockopt(zmq.SNDHWM, MOST_WAITING)
        self._socket.setsockopt(zmq.LINGER, LINGER_MS)
        try:
            self._socket.bind(address)
        except zmq.ZMQError as error:
            raise InputError(
                f"--zmq {address}: {error.strerror}, expected a free address like "
                "tcp://127.0.0.1:5555"
            ) from None

    def write(self, record, line):
        self._socket.send_multipart((f"{PREFIX}{topic(record)}".encode(), line.encode()))
        self.kept += 1

    def flush(self):
        """The socket sends by itself."""

    def close(self):
        self._socket.close()
