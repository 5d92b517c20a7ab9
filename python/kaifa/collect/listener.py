# SPDX-License-Identifier: GPL-3.0-or-later
"""Listens at the broker, and reads what comes, in a process of its own.

In one process Python does one thing at a time, and to receive and read takes as long as all else.
"""

import multiprocessing
import os
import signal
from contextlib import suppress

from .checks import Bad
from .envelope import Envelopes
from .subscription import AVAILABILITY

END_SECONDS = 10.0


class ListenerEnded(Exception):
    """The process is not there any more."""


class Listener:
    """The process; it ends with the one that made it. subscription: a Subscription."""

    def __init__(self, subscription):
        self._ours, theirs = multiprocessing.Pipe()
        self._process = os.fork()
        if self._process == 0:
            try:
                self._ours.close()  # or it would not show that the other process has gone
                _listen(subscription, theirs)
            finally:
                os._exit(0)
        theirs.close()

    def start(self):
        """Connects: there is where to put what comes."""
        self._send([])

    def take(self, seconds):
        """What comes next, waiting so long for it: what a Subscription hands out, but the payload
        of a message read, see _read(). None if there is nothing."""
        try:
            return self._ours.recv() if self._ours.poll(seconds) else None
        except (EOFError, OSError):
            raise ListenerEnded from None

    def settle(self, tickets):
        """The broker may forget the messages of these Tickets."""
        self._send([(ticket.message_id, ticket.connection) for ticket in tickets])

    def end(self):
        """Leaves the broker, and ends the process."""
        self._send(None)
        with suppress(EOFError, OSError):
            while self._ours.poll(END_SECONDS):
                self._ours.recv()  # what stood in the way of its end, and stays with the broker
        os.kill(self._process, signal.SIGKILL)
        os.waitpid(self._process, 0)

    def _send(self, settled):
        with suppress(OSError):  # take() tells
            self._ours.send(settled)


def _listen(subscription, connection):
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)  # they tell the other process to come to its end
    envelopes = Envelopes()

    def hand_out(topic, payload, *origin):
        with suppress(OSError):  # the other process has gone, and this one goes
            connection.send((topic, _read(envelopes, topic, payload), *origin))

    try:
        connection.recv()  # start()
        subscription.start(hand_out)
        while (settled := connection.recv()) is not None:
            subscription.settle(settled)
    except (EOFError, OSError):
        return  # the other process has gone
    subscription.close()


def _read(envelopes, topic, payload):
    """Of a receiver's availability whether it is there; of other messages what Envelopes.read()
    gives or the Bad that it raises."""
    if topic.endswith(f"/{AVAILABILITY}"):
        return payload == b"online"
    try:
        return envelopes.read(payload)
    except Bad as fault:
        return fault
