# SPDX-License-Identifier: GPL-3.0-or-later
"""Records to an MQTT broker."""

import threading
import time

from .batch import TOPIC
from .mqtt_client import connection_fault, new_client, refusal, trust
from .topics import topic

ONLINE, OFFLINE = "online", "offline"
AT_LEAST_ONCE = 1
# What a message carries: a record, a batch of them, or something about them.
RECORD, BATCH, OTHER = range(3)
MOST_WAITING = {RECORD: 10_000, BATCH: 1000}
MOST_IN_FLIGHT = 1000
# Who is back late is waited for by nobody who merges what several receivers heard.
RECONNECT_SECONDS = (1, 8)
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
    batch:          Batch, in which every record goes out once more, at PREFIX/records, for
                    kaifa_collect; None for none.

    While the broker is away MOST_WAITING messages wait; further records are lost. InputError if the
    certificates cannot be used, or paho-mqtt is not there.
    """

    def __init__(self, address, ca_file, tell, home_assistant=None, batch=None):
        self.name = address.name
        self._batch = batch
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
        self._client.max_queued_messages_set(0)  # the receipts hold the limit
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
        self._publish_records(f"{self._address.prefix}/{topic(record)}", line, RECORD)
        if self._batch is not None:
            self._batch.add(line)
            if self._batch.is_large():
                self._publish_batch()

    def flush(self):
        """The client's own thread sends; while the broker is away batches grow."""
        if self._batch and self._connected:
            self._publish_batch()
        self.kept = self._count()

    def close(self):
        """Waits for the broker to have what it was sent, as far as it is there."""
        if self._batch:
            self._publish_batch()
        _wait(LAST_WORDS_SECONDS, self._receipts.complete)
        if self._connected:
            # Only of a connection that breaks the broker says it for us.
            self._publish(self._availability, OFFLINE, retain=True)
        self._connected = False
        self._client.leaving.set()
        # The client sends what it has before it goes.
        self._client.disconnect()
        self._client.loop_stop()
        self.kept = self._count()

    def _publish_batch(self):
        text, records = self._batch.take()
        self._publish_records(f"{self._address.prefix}/{TOPIC}", text, BATCH, records)

    def _publish_records(self, full_topic, text, kind, records=1):
        # The broker is there and slow: wait. It is away: there is no more room to wait in.
        while self._receipts.waiting[kind] >= MOST_WAITING[kind]:
            if not self._connected:
                return
            time.sleep(STEP_SECONDS)
        self._publish(full_topic, text, kind=kind, records=records)

    def _publish(self, full_topic, text, retain=False, kind=OTHER, records=0):
        message = self._client.publish(full_topic, text, AT_LEAST_ONCE, retain)
        self._receipts.expect(message.mid, kind, records)

    def _count(self):
        """Records that the broker has, in every form in which it is to have them."""
        forms = (RECORD,) if self._batch is None else (RECORD, BATCH)
        return min(self._receipts.count[form] for form in forms)

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
    """Counts the records that the broker has. A receipt can come before we know for what.

    count:   {kind of message: records in those that the broker has}
    waiting: {kind of message: messages it has not yet}
    """

    def __init__(self):
        self.count = dict.fromkeys((RECORD, BATCH, OTHER), 0)
        self.waiting = dict(self.count)
        self._lock = threading.Lock()
        self._expected, self._early = {}, set()

    def expect(self, message_id, kind, records):
        """The message is on its way; it carries so many records."""
        with self._lock:
            if message_id in self._early:
                self._early.remove(message_id)
                self.count[kind] += records
            else:
                self._expected[message_id] = kind, records
                self.waiting[kind] += 1

    def came(self, message_id):
        """The broker has it."""
        with self._lock:
            if message_id in self._expected:
                kind, records = self._expected.pop(message_id)
                self.count[kind] += records
                self.waiting[kind] -= 1
            else:
                self._early.add(message_id)

    def complete(self):
        """The broker has everything."""
        return not self._expected


def _wait(seconds, done):
    end = time.monotonic() + seconds
    while not done() and time.monotonic() < end:
        time.sleep(STEP_SECONDS)
