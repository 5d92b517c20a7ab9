# SPDX-License-Identifier: GPL-3.0-or-later
"""Records to browsers, which show the page of kaifa_report and follow."""

import secrets
import threading
import time

from .recording import InputError
from .report.page import live_page
from .web.address import EXPECTED, web_address
from .web.feed import Feed, Item
from .web.server import Server

POLL_SECONDS = 0.1  # for the end
LINGER_SECONDS = 2.0  # for browsers to get what is last


class WebOutput:
    """Serves the page at `text`, HOST:PORT; InputError if it cannot.

    name: of what is received, for the head of the page.
    tell: called with a line if browsers missed something.
    note: a line for people, that says where the page is.
    Browsers have queues of their own: what one has no room for it misses, and is told how much.
    """

    def __init__(self, text, name, tell):
        self.name = f"--web {text}"
        self.kept = 0
        self._tell = tell
        self._feed = Feed()
        address, (page, policy) = web_address(text), live_page()
        begin = {"run": secrets.token_hex(8), "name": name}
        try:
            self._server = Server(address, page, policy, self._feed, begin)
        except (OSError, UnicodeError) as error:
            reason = getattr(error, "strerror", None) or error
            raise InputError(f"{self.name}: {reason}, {EXPECTED}") from None
        serve = self._server.serve_forever
        threading.Thread(target=serve, args=(POLL_SECONDS,), daemon=True).start()
        self.note = f"page: {address.url(self._server.server_port)}"

    def write(self, record, line):
        kind = record["record"]
        if kind in ("frame", "status"):
            parties = (record.get("source"), record.get("destination"))
            item = Item(record["record_number"], line, tuple(filter(None, parties)))
            self._feed.put(item, is_status=kind == "status")
        self.kept += 1

    def flush(self):
        """The threads of the browsers send by themselves."""

    def missed(self):
        """Records that browsers had no room for, of all browsers together."""
        return self._feed.missed

    def close(self):
        self._feed.end()
        deadline = time.monotonic() + LINGER_SECONDS
        while self._feed.readers() and time.monotonic() < deadline:
            time.sleep(0.02)
        self._server.shutdown()
        self._server.server_close()
        if self.missed():
            self._tell(f"{self.name}: browsers were too slow for {self.missed()} records")
