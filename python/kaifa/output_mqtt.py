# SPDX-License-Identifier: GPL-3.0-or-later
"""Records to an MQTT broker."""

import threading
import time

from .mqtt_client import connection_fault, is_full, new_client, refusal, trust
from .topics import topic

ONLINE, OFFLINE = "online", "offline"
AT_LEAST_ONCE = 1
MOST_WAITING = 10_000
MOST_IN_FLIGHT = 1000
RECONNECT_SECONDS = (1, 30)
FIRST_CONNECTION_SECONDS = 3.0
LAST_WORDS_SECONDS = 5.0
STEP_SECONDS = 0.01


class MqttOutput:
    """Publishes each record at PREFIX/ and its topic, and whether we are there, retained, at
    PREFIX/availability.

    address:        MqttAddress.
    ca_file:        certificates a broker is trusted by; None for those of the system.
    tell:           called with a line when the connection comes or goes.
    home_assistant: HomeAssistant, which is told what there is to show; None for nobody.

    While the broker is away records wait, MOST_WAITING of them; further ones are lost. InputError
    if the certificates cannot be used, or paho-mqtt is not there.
    """

    def __init__(self, address, ca_file, tell, home_assistant=None):
        self.name = address.name
        self.kept = 0
        self._address, self._tell, self._home_assistant = address, tell, home_assistant
        self._availability = f"{address.prefix}/availability"
        self._receipts = _Receipts()
        self._connected, self._said = False, None
        self._client = new_client(self._on_nonsense)
        if address.user is not None:
            self._client.username_pw_set(address.user, address.password)
        if address.tls:
            trust(self._client, ca_file)
        self._client.will_set(self._availability, OFFLINE, AT_LEAST_ONCE, retain=True)
        self._client.max_queued_messages_set(MOST_WAITING)
        self._client.max_inflight_messages_set(MOST_IN_FLIGHT)
        self._client.reconnect_delay_set(*RECONNECT_SECONDS)
        self._client.on_connect = self._on_connect
        self._client.on_disconnect = self._on_disconnect
        self._client.on_publish = lambda _client, _data, mid, *_more: self._receipts.came(mid)
        self._client.connect_async(address.host, address.port)
        self._client.loop_start()
        _wait(FIRST_CONNECTION_SECONDS, lambda: self._connected or self._said)
        if not self._connected and not self._said:
            self._say(f"no connection, {connection_fault(address, ca_file)}")

    def write(self, record, line):
        if self._home_assistant:
            for config_topic, config in self._home_assistant.news(record, self._address.prefix):
                self._publish(config_topic, config, retain=True)
        while not self._publish(f"{self._address.prefix}/{topic(record)}", line, records=1):
            # The broker is there and slow: wait. It is away: there is no more room to wait in.
            if not self._connected:
                return
            time.sleep(STEP_SECONDS)

    def flush(self):
        """The client's own thread sends."""
        self.kept = self._receipts.count

    def close(self):
        """Waits for the broker to have what it was sent, as far as it is there."""
        _wait(LAST_WORDS_SECONDS, self._receipts.complete)
        if self._connected:
            # Only of a connection that breaks the broker says it for us.
            self._publish(self._availability, OFFLINE, retain=True)
        self._connected = False
        self._client.leaving.set()
        # The client sends what it has before it goes.
        self._client.disconnect()
        self._client.loop_stop()
        self.kept = self._receipts.count

    def _publish(self, full_topic, text, retain=False, records=0):
        """False if there is no room."""
        message = self._client.publish(full_topic, text, AT_LEAST_ONCE, retain)
        if is_full(message):
            return False
        self._receipts.expect(message.mid, records)
        return True

    def _on_connect(self, _client, _data, _flags, code, *_more):
        fault = refusal(code)
        if fault:
            self._say(f"connection refused, {fault}")
            return
        self._publish(self._availability, ONLINE, retain=True)
        self._connected = True
        if self._said:
            self._say("connected")

    def _on_disconnect(self, *_more):
        if self._connected:
            self._connected = False
            self._say("connection lost, records wait for the next")

    def _on_nonsense(self, error):
        self._connected = False
        self._say(f"the broker sent what is no MQTT ({type(error).__name__}), connecting anew")

    def _say(self, text):
        if text != self._said:
            self._said = text
            self._tell(f"{self.name}: {text}")


class _Receipts:
    """Counts the records that the broker has. A receipt can come before we know for what."""

    def __init__(self):
        self.count = 0
        self._lock = threading.Lock()
        self._expected, self._early = {}, set()

    def expect(self, message_id, records):
        """The message is on its way; it carries so many records, 0 or 1."""
        with self._lock:
            if message_id in self._early:
                self._early.remove(message_id)
                self.count += records
            else:
                self._expected[message_id] = records

    def came(self, message_id):
        """The broker has it."""
        with self._lock:
            if message_id in self._expected:
                self.count += self._expected.pop(message_id)
            else:
                self._early.add(message_id)

    def complete(self):
        """The broker has everything."""
        return not self._expected


def _wait(seconds, done):
    end = time.monotonic() + seconds
    while not done() and time.monotonic() < end:
        time.sleep(STEP_SECONDS)
