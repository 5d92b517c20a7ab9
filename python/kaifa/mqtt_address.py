# SPDX-License-Identifier: GPL-3.0-or-later
"""mqtt[s]://user:password@host:port/prefix"""

from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from .recording import InputError

PORTS = {"mqtt": 1883, "mqtts": 8883}
EXPECTED = "expected mqtt[s]://[user:password@]host[:port][/prefix]"


@dataclass(frozen=True)
class MqttAddress:
    """Where a broker is and what our topics begin with."""

    tls: bool
    host: str
    port: int
    user: str | None
    password: str | None
    prefix: str

    @property
    def name(self):
        """The address without what is secret."""
        return f"mqtt{'s' * self.tls}://{self.host}:{self.port}/{self.prefix}"


def mqtt_address(text, option="--mqtt"):
    """The MqttAddress of a URL, given as `option`; InputError, which does not repeat the
    password."""
    try:
        parts = urlsplit(text)
        port, host = parts.port, parts.hostname
        (host or "").encode("idna")  # its error in a resolver would end paho's thread
    except ValueError as error:
        raise InputError(f"{option}: {error}, {EXPECTED}") from None
    if parts.scheme not in PORTS or not host or parts.query or parts.fragment or port == 0:
        raise InputError(f"{option}: this is no address of a broker, {EXPECTED}")
    prefix = unquote(parts.path).strip("/") or "kaifa"
    if set(prefix) & set("+#\0"):
        raise InputError(f"{option}: prefix '{prefix}' has a +, # or NUL, expected none")
    user, password = (value and unquote(value) for value in (parts.username, parts.password))
    return MqttAddress(
        parts.scheme == "mqtts", host, port or PORTS[parts.scheme], user, password, prefix
    )
