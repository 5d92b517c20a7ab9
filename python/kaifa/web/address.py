# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the page is served, and to whom."""

import contextlib
import ipaddress
import secrets
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

from ..recording import InputError

DEFAULT = "127.0.0.1:8871"
EXPECTED = f"expected one like {DEFAULT} or [::1]:8871"


@dataclass(frozen=True)
class WebAddress:
    """host: name or IP address to listen at.  port: 0 for any that is free.
    token: what a browser has to know; None on the loopback interface."""

    host: str
    port: int
    token: str | None

    def knows_host(self, header):
        """Whether the Host header of a request names this computer.

        A page of a stranger whose name is made to lead here (DNS rebinding) sends the stranger's
        name. An IP address cannot be rebound.
        """
        try:
            name = urlsplit(f"//{header}").hostname or ""
        except ValueError:
            return False
        return name in self._names() or (self.token is not None and is_ip_address(name))

    def url(self, port):
        """What to open in a browser."""
        everywhere = is_ip_address(self.host) and ipaddress.ip_address(self.host).is_unspecified
        host = socket.gethostname() if everywhere else self.host
        host = f"[{host}]" if ":" in host else host
        return f"http://{host}:{port}/" + (f"?token={self.token}" if self.token else "")

    def _names(self):
        names = {"localhost", "127.0.0.1", "::1", self.host.lower()}
        if self.token is not None:
            name = socket.gethostname().lower()
            names |= {name, f"{name}.local", socket.getfqdn().lower()}
        return names


def web_address(text):
    """The WebAddress of HOST:PORT; InputError if it is none.

    Outside the loopback interface it has a token of 128 random bits.
    """
    try:
        parts = urlsplit(f"//{text}")
        host, port = parts.hostname, parts.port
    except ValueError:
        host = port = None
    if not host or port is None or parts.netloc != text or "@" in text:
        raise InputError(f"--web '{text:.60}' is no address, {EXPECTED}")
    return WebAddress(host, port, None if is_loopback(host) else secrets.token_urlsafe(16))


def is_loopback(host):
    """Whether only this computer can reach a host."""
    return host == "localhost" or is_ip_address(host) and ipaddress.ip_address(host).is_loopback


def is_ip_address(text):
    with contextlib.suppress(ValueError):
        return bool(ipaddress.ip_address(text))
    return False
