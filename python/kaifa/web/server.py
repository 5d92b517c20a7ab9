# SPDX-License-Identifier: GPL-3.0-or-later
"""Two things over HTTP and nothing else: the page, and its events."""

import hmac
import json
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from ..pictures.palette import colour_number
from .feed import MOST_AT_ONCE

MOST_BROWSERS = 16
MOST_CONNECTIONS = 64
SEND_BUFFER = 1 << 18  # octets that the system may keep for a browser that does not take them
PATIENCE_SECONDS = 10.0  # for a browser that neither asks nor takes anything
GATHER_SECONDS = 0.25  # to have several records in one event, where there are few
KEEP_ALIVE_SECONDS = 5.0
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
    "Connection": "close",
}


class Server(ThreadingHTTPServer):
    """Serves `page` (text) and the items of a Feed at a WebAddress; OSError if it cannot be used.

    policy: Content-Security-Policy of all that is served.
    begin:  JSON that a page gets first; its "run" tells one run of a receiver from another.
    """

    daemon_threads = True
    block_on_close = False

    def __init__(self, address, page, policy, feed, begin):
        self.web_address, self.feed, self.begin = address, feed, begin
        self.page, self.policy = page.encode(), policy
        self._connections = threading.BoundedSemaphore(MOST_CONNECTIONS)
        self.address_family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
        super().__init__((address.host, address.port), _Handler)

    def process_request(self, request, client_address):
        if self._connections.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request, client_address):
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._connections.release()

    def handle_error(self, request, client_address):
        """A browser that went away is no error."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "kaifa_rx", ""
    timeout = PATIENCE_SECONDS
    error_message_format = "%(code)d %(message)s\n"
    error_content_type = "text/plain; charset=utf-8"

    def setup(self):
        self.request.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        super().setup()

    def do_GET(self):
        path = urlsplit(self.path).path
        if not self.server.web_address.knows_host(self.headers.get("Host", "")):
            self.send_error(421, "this computer does not go by that name")
        elif not self._has_token():
            self.send_error(403, "expected the address with the token that kaifa_rx printed")
        elif path == "/":
            self._send_page()
        elif path == "/events":
            self._send_events()
        else:
            self.send_error(404)

    def end_headers(self):
        # What a page's own policy cannot say: nobody puts it into another page.
        policy = f"{self.server.policy}; frame-ancestors 'none'"
        self.send_header("Content-Security-Policy", policy)
        for name, value in HEADERS.items():
            self.send_header(name, value)
        self.close_connection = True
        super().end_headers()

    def log_message(self, *_arguments):
        """Standard error is for people who look at the receiver."""

    def _has_token(self):
        expected = self.server.web_address.token
        if expected is None:
            return True
        given = parse_qs(urlsplit(self.path).query).get("token", [""])[0]
        return hmac.compare_digest(given.encode(errors="replace"), expected.encode())

    def _send_page(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(self.server.page)))
        self.end_headers()
        self.wfile.write(self.server.page)

    def _send_events(self):
        feed = self.server.feed
        if feed.readers() >= MOST_BROWSERS:
            self.send_error(503, f"{MOST_BROWSERS} pages are open already")
            return
        reader = feed.join(self._last_seen())
        try:
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.end_headers()
            self._send_event("begin", json.dumps(self.server.begin))
            self._follow(feed, reader)
        finally:
            feed.leave(reader)

    def _follow(self, feed, reader):
        while True:
            ended = feed.ended()
            items = reader.take(0.0 if ended else KEEP_ALIVE_SECONDS)
            if missed := reader.take_missed():
                self._send_event("missed", str(missed))
            if items:
                self._send_event("records", _records(items), items[-1].number)
                if len(items) < MOST_AT_ONCE and not ended:
                    feed.pause(GATHER_SECONDS)
            elif ended:
                return
            else:
                self.wfile.write(b":\n\n")

    def _send_event(self, name, data, number=None):
        head = f"event: {name}\n"
        if number is not None:
            head += f"id: {self.server.begin['run']}-{number}\n"
        self.wfile.write(f"{head}data: {data}\n\n".encode())

    def _last_seen(self):
        """Number of the last record that a page that lost the connection has; -1 for none."""
        run, _, number = self.headers.get("Last-Event-ID", "").partition("-")
        if run != self.server.begin["run"] or not number.isdecimal() or len(number) > 18:
            return -1
        return int(number)


def _records(items):
    addresses = {address for item in items for address in item.addresses}
    colors = {address: colour_number(address) for address in addresses}
    lines = ",".join(item.line for item in items)
    return f'{{"records":[{lines}],"colors":{json.dumps(colors)}}}'
