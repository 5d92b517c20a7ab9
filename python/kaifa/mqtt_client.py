# SPDX-License-Identifier: GPL-3.0-or-later
"""What differs between the versions 1 and 2 of paho-mqtt, and what it does not tell."""

import socket
import ssl
import threading

from .recording import InputError

LOOK_SECONDS = 3.0
ANEW_SECONDS = 1.0


def new_client(on_nonsense, session=None):
    """A client of either version; InputError if there is none.

    on_nonsense: called with the exception that reading the broker's answers raised. The client then
                 connects anew, until its `leaving` (an Event) is set.
    session:     name under which a broker keeps messages while the client is away. It then speaks
                 MQTT 5 and leaves it to its user to acknowledge() messages.
    """
    try:
        from paho.mqtt import client as mqtt
    except ImportError:
        raise InputError(
            "MQTT takes paho-mqtt, expected it installed (apt install python3-paho-mqtt)"
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

    if session is not None:
        return _keeping(Client, mqtt, session)
    if hasattr(mqtt, "CallbackAPIVersion"):
        return Client(mqtt.CallbackAPIVersion.VERSION2)
    return Client()


def _keeping(client_class, mqtt, session):
    """A client with a session, whose user acknowledges."""
    if hasattr(mqtt, "CallbackAPIVersion"):
        client = client_class(
            mqtt.CallbackAPIVersion.VERSION2, session, protocol=mqtt.MQTTv5, manual_ack=True
        )
        client.acknowledge = lambda message_id: client.ack(message_id, 1)
        return client
    client = client_class(session, protocol=mqtt.MQTTv5)
    # Version 1 does it by itself as soon as a message has been handed over.
    client.acknowledge = client._send_puback
    client._send_puback = lambda _message_id: mqtt.MQTT_ERR_SUCCESS
    return client


def trust(client, ca_file):
    """Has the client speak TLS and trust `ca_file`, or what the system trusts if that is None."""
    try:
        client.tls_set(ca_certs=ca_file)
    except OSError as error:
        raise InputError(
            f"--mqtt-ca {ca_file}: {error.strerror or error}, expected certificates (PEM)"
        ) from None


def refusal(code):
    """Why a broker refused the connection; None if it did not."""
    from paho.mqtt.client import connack_string

    if hasattr(code, "value"):
        return str(code) if code.value >= 0x80 else None
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
