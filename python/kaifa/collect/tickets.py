# SPDX-License-Identifier: GPL-3.0-or-later
"""Which messages the broker may forget.

A message is acknowledged when all it brought, and all that messages before it brought, is written:
one that comes a second time brings nothing, but what it repeats may not be safe yet.
"""

from collections import deque


class Ticket:
    """For one message. `message_id`, `connection`: as the subscription gave them."""

    __slots__ = ("message_id", "connection", "open")

    def __init__(self, message_id, connection):
        self.message_id, self.connection, self.open = message_id, connection, 0


class Tickets:
    """Every message that is not acknowledged yet, in order."""

    def __init__(self):
        self._waiting = deque()

    def give(self, message_id, connection):
        """A Ticket, whose `open` counts what it brought and is not written."""
        ticket = Ticket(message_id, connection)
        self._waiting.append(ticket)
        return ticket

    def settled(self):
        """Those whose turn has come; they are forgotten here."""
        settled = []
        while self._waiting and self._waiting[0].open == 0:
            settled.append(self._waiting.popleft())
        return settled
