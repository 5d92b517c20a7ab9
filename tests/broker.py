# SPDX-License-Identifier: GPL-3.0-or-later
"""A real MQTT broker on a free port, and a real subscriber."""

import json
import shutil
import socket
import subprocess
import threading
import time

from paho.mqtt import client as mqtt

# Debian has it where only root's PATH looks.
MOSQUITTO = shutil.which("mosquitto") or "/usr/sbin/mosquitto"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(done, seconds=10.0):
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


class Broker:
    """mosquitto with lines of its configuration; start() after stop() takes the same port."""

    def __init__(self, folder, *config):
        self.port = free_port()
        self._config = folder / f"mosquitto-{self.port}.conf"
        # As root it would become a user who cannot read the test's files.
        lines = (f"listener {self.port} 127.0.0.1", "user root", "max_queued_messages 0", *config)
        self._config.write_text("\n".join(lines) + "\n")
        self.url = f"mqtt://127.0.0.1:{self.port}"
        self.start()

    def start(self):
        self._process = subprocess.Popen(
            [MOSQUITTO, "-c", self._config], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        wait_until(self._listens)

    def stop(self):
        self._process.terminate()
        self._process.wait(10)

    def process_id(self):
        return self._process.pid

    def _listens(self):
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0


def new_client(name):
    """A client for which the broker keeps messages while either is away, if it has a name."""
    version = (mqtt.CallbackAPIVersion.VERSION2,) if hasattr(mqtt, "CallbackAPIVersion") else ()
    return mqtt.Client(*version, client_id=name, clean_session=not name)


class Subscriber:
    """Everything at a broker, in the order it came: (topic, text, retained)."""

    def __init__(self, broker, topic="#", name=""):
        self.messages = []
        subscribed = threading.Event()
        self._client = new_client(name)
        self._client.on_connect = lambda client, *_rest: client.subscribe(topic, 1)
        self._client.on_subscribe = lambda *_rest: subscribed.set()
        self._client.on_message = self._keep
        self._client.reconnect_delay_set(1, 1)
        self._client.connect("127.0.0.1", broker.port)
        self._client.loop_start()
        assert subscribed.wait(10)

    def _keep(self, _client, _data, message):
        self.messages.append((message.topic, message.payload.decode(), message.retain))

    def texts(self, topic):
        """What came at one topic."""
        return [text for name, text, _retained in list(self.messages) if name == topic]

    def lines(self, prefix="kaifa"):
        """The JSON lines of records, in order."""
        starts = tuple(f"{prefix}/{kind}" for kind in ("frame/", "reject", "burst", "status"))
        return [text for name, text, _retained in list(self.messages) if name.startswith(starts)]

    def records(self, prefix="kaifa"):
        return [json.loads(line) for line in self.lines(prefix)]

    def close(self):
        self._client.disconnect()
        self._client.loop_stop()
