# SPDX-License-Identifier: GPL-3.0-or-later
"""What differs between the versions 1 and 2 of paho-mqtt, and what it does not tell."""

import socket
import ssl
import threading

from .recording import InputError

LOOK_SECONDS = 3.0
ANEW_SECONDS = 1.0


def new_client(on_nonsense):
    """A client of either version; InputError if there is none.

    on_nonsense: called with the exception that reading the broker's answers raised. The client then
                 connects anew, until its `leaving` (an Event) is set.
    """
    try:
        from paho.mqtt import client as mqtt
    except ImportError:
        raise InputError(
            "--mqtt takes paho-mqtt, expected it installed (apt install python3-paho-mqtt)"
        ) from None

    class Client(mqtt.Client):
        leaving = threading.Event()

        def loop_forever(self, *arguments, **options):
            """As paho's, whose thread dies of a broker that lies."""
            while True:
                try:
                    return super().loop_forever(*arguments, **options)
                except Exception as error:
                    on_nonsense(error)
                if not self._connected_anew():
                    return None

        def _connected_anew(self):
            while not self.leaving.wait(ANEW_SECONDS):
                try:
                    self.reconnect()
                    return True
                except OSError:
                    continue
            return False

    if hasattr(mqtt, "CallbackAPIVersion"):
        return Client(mqtt.CallbackAPIVersion.VERSION2)
    return Client()


def trust(client, ca_file):
    """Has the client speak TLS and trust `ca_file`, or what the system trusts if that is None."""
    try:
        client.tls_set(ca_certs=ca_file)
    except OSError as error:
        raise InputError(
            f"--mqtt-ca {ca_file}: {error.strerror or error}, expected certificates (PEM)"
        ) from None


def is_full(message):
    """What publish() returned says that its queue has no more room."""
    from paho.mqtt.client import MQTT_ERR_QUEUE_SIZE

    return message.rc == MQTT_ERR_QUEUE_SIZE


def refusal(code):
    """Why a broker refused the connection; None if it did not."""
    from paho.mqtt.client import connack_string

    if hasattr(code, "is_failure"):
        return str(code) if code.is_failure else None
    return connack_string(code) if code else None


def connection_fault(address, ca_file):
    """Why there is no connection to an MqttAddress, as a short look at it shows."""
    try:
        with socket.create_connection((address.host, address.port), LOOK_SECONDS) as raw:
            if address.tls:
                context = ssl.create_default_context(cafile=ca_file)
                context.wrap_socket(raw, server_hostname=address.host).close()
    except OSError as error:
        return error.strerror or str(error)
    return "no answer from a broker"
