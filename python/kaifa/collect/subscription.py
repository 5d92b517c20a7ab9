# SPDX-License-Identifier: GPL-3.0-or-later
"""What receivers publish, from an MQTT broker that keeps it while this program is away."""

import threading
import time

from ..batch import TOPIC
from ..mqtt_client import connection_fault, new_client, refusal, trust
from ..output_mqtt import RECONNECT_SECONDS
from .envelope import MOST_OCTETS

AT_LEAST_ONCE = 1
SESSION_SECONDS = 7 * 24 * 3600
# Messages that are not acknowledged yet: as many as 200 receivers send, ten a second each, while
# copies wait for each other.
MOST_UNSETTLED = 10_000
HEADER_OCTETS = 1024
REFUSED = 0x80  # from here on reason codes of MQTT 5 are such
# Connections that the broker ends so soon, so often one after the other, are no accident. It says
# why, and version 1 of paho-mqtt does not hand it on.
SHORT_SECONDS, MOST_SHORT = 3.0, 3
FIRST_CONNECTION_SECONDS = 3.0
STEP_SECONDS = 0.01
AVAILABILITY = "availability"
CONNECTED = "connected"


class Subscription:
    """Messages of all receivers below the prefix of an MqttAddress, from start() on.

    session: name under which the broker keeps messages for us.
    ca_file: certificates a broker is trusted by; None for those of the system.
    tell:    called with a line when the connection comes or goes.
    InputError if the certificates cannot be used, or paho-mqtt is not there.

    What is not settled() comes again after the connection or the program was gone.
    """

    def __init__(self, address, session, ca_file, tell):
        self.name = address.name
        self._address, self._ca_file = address, ca_file
        self._tell, self._said, self._hand_out = tell, None, None
        self._lock, self._connection, self._connected = threading.Lock(), 0, False
        self._closing, self._session = False, session
        self._connected_at, self._short = 0.0, 0
        self._client = new_client(self._on_nonsense, session)
        if address.user is not None:
            self._client.username_pw_set(address.user, address.password)
        if address.tls:
            trust(self._client, ca_file)
        self._client.reconnect_delay_set(*RECONNECT_SECONDS)
        self._client.on_connect = self._on_connect
        self._client.on_disconnect = self._on_disconnect
        self._client.on_subscribe = self._on_subscribe
        self._client.on_message = self._on_message

    def start(self, hand_out):
        """Connects. hand_out: called in a thread with the topic of a message, its payload, number
        and connection, and may take its time: the broker waits. With CONNECTED and no payload when
        the broker is there, anew."""
        self._hand_out = hand_out
        self._client.connect_async(
            self._address.host, self._address.port, clean_start=False, properties=_properties()
        )
        self._client.loop_start()
        end = time.monotonic() + FIRST_CONNECTION_SECONDS
        while not (self._connected or self._said) and time.monotonic() < end:
            time.sleep(STEP_SECONDS)
        if not self._connected and not self._said:
            self._say(f"no connection, {connection_fault(self._address, self._ca_file)}")

    def settle(self, messages):
        """The broker may forget these, pairs of number and connection."""
        with self._lock:
            for number, connection in messages:
                # Of an earlier connection it has been told too late: it sends them again.
                if connection == self._connection and number:
                    self._client.acknowledge(number)

    def close(self):
        """Leaves; the broker keeps what comes from now on."""
        self._closing = True
        self._client.leaving.set()
        self._client.disconnect()
        self._client.loop_stop()

    def _on_connect(self, client, _data, _flags, code, *_more):
        fault = refusal(code)
        if fault:
            self._say(f"connection refused, {fault}")
            return
        self._connected = True
        self._hand_out(CONNECTED, b"", 0, 0)
        prefix = self._address.prefix
        for topic in (AVAILABILITY, TOPIC):
            client.subscribe(f"{prefix}/+/{topic}", AT_LEAST_ONCE)
        self._connected_at = time.monotonic()
        if self._said and self._short < MOST_SHORT:
            self._say("connected")

    def _on_subscribe(self, _client, _data, _message_id, codes, *_more):
        if any(code.value >= REFUSED for code in codes):
            self._say(f"the broker refuses a subscription, {', '.join(map(str, codes))}")

    def _on_disconnect(self, *_more):
        with self._lock:
            self._connection += 1
        if self._connected and not self._closing:
            short = time.monotonic() - self._connected_at < SHORT_SECONDS
            self._short = self._short + 1 if short else 0
            if self._short < MOST_SHORT:
                self._say("connection lost, the broker keeps what comes meanwhile")
            else:
                self._say(
                    "the broker ends each connection at once; is there another program with "
                    f"--session {self._session}, expected one name for each"
                )
        self._connected = False

    def _on_nonsense(self, error):
        with self._lock:
            self._connection += 1
        self._connected = False
        self._say(f"the broker sent what is no MQTT ({type(error).__name__}), connecting anew")

    def _on_message(self, _client, _data, message):
        try:
            topic = message.topic
        except UnicodeDecodeError:
            topic = ""
        # Waits if need be, and so holds the connection back. Who is leaving takes no more.
        if not self._closing:
            self._hand_out(topic, message.payload, message.mid, self._connection)

    def _say(self, text):
        if text != self._said:
            self._said = text
            self._tell(f"{self.name}: {text}")


def _properties():
    from paho.mqtt.packettypes import PacketTypes
    from paho.mqtt.properties import Properties

    properties = Properties(PacketTypes.CONNECT)
    properties.SessionExpiryInterval = SESSION_SECONDS
    properties.ReceiveMaximum = MOST_UNSETTLED
    properties.MaximumPacketSize = MOST_OCTETS + HEADER_OCTETS
    return properties
