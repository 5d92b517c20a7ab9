# SPDX-License-Identifier: GPL-3.0-or-later
"""Tells Home Assistant, by its MQTT discovery, of every meter that is heard.

Source: Home Assistant, MQTT integration, "MQTT discovery" and "MQTT sensor".
"""

import json
import re

DISCOVERY_PREFIX = "homeassistant"  # where it looks unless told otherwise
MOST_METERS = 1000  # whoever sends frames of ever new senders fills no broker
EXPIRE_SECONDS = 24 * 3600
# Key, name, template, further fields.
METER_SENSORS = (
    ("last_frame", "Last frame", "time", {"device_class": "timestamp"}),
    ("snr", "Signal to noise", "snr_db", {"unit_of_measurement": "dB"}),
    ("frequency", "Frequency", "frequency_hz", {"unit_of_measurement": "Hz"}),
)
RECEIVER_SENSORS = (
    ("frames_checked", "Frames checked", "frames_checked", {"state_class": "total_increasing"}),
    ("samples_lost", "Samples lost", "samples_lost", {"state_class": "total_increasing"}),
)


class HomeAssistant:
    """What there is to show, once for each meter and once for the receiver."""

    def __init__(self):
        self._meters, self._receiver_told = set(), False

    def news(self, record, prefix):
        """Pairs of topic and JSON to publish, retained, before `record`.

        prefix: of the topics of the records.
        """
        if record["record"] == "status":
            return self._receiver(prefix)
        if record["record"] != "frame":
            return []
        if record["check_ok"] and record["source"] and not record["source_inferred"]:
            return self._meter(record["source"], prefix)
        return []

    def _receiver(self, prefix):
        if self._receiver_told:
            return []
        self._receiver_told = True
        title, topic = f"kaifa_rx {prefix}", f"{prefix}/status"
        return [
            self._config("receiver", title, topic, prefix, *sensor) for sensor in RECEIVER_SENSORS
        ]

    def _meter(self, meter, prefix):
        if meter in self._meters or len(self._meters) == MOST_METERS:
            return []
        self._meters.add(meter)
        title, topic = f"Meter {meter}", f"{prefix}/frame/{meter}/+"
        return [self._config(meter, title, topic, prefix, *sensor) for sensor in METER_SENSORS]

    def _config(self, name, title, topic, prefix, key, words, field, more):
        device = re.sub("[^a-zA-Z0-9_-]", "_", f"kaifa_{prefix}_{name}")
        config = {
            "name": words,
            "unique_id": f"{device}_{key}",
            "state_topic": topic,
            "value_template": f"{{{{ value_json.{field} }}}}",
            "availability_topic": f"{prefix}/availability",
            "expire_after": EXPIRE_SECONDS,
            "device": {"identifiers": [device], "name": title},
            **more,
        }
        return f"{DISCOVERY_PREFIX}/sensor/{device}/{key}/config", json.dumps(config)
