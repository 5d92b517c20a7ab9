# SPDX-License-Identifier: GPL-3.0-or-later
"""Tells Home Assistant, by its MQTT discovery, of every meter that is heard.

Source: Home Assistant, MQTT integration, "MQTT discovery" and "MQTT sensor".
"""

import json

MOST_METERS = 1000  # whoever sends frames of ever new senders fills no broker
EXPIRE_SECONDS = 24 * 3600
# Key, name, template, further fields.
METER_SENSORS = (
    ("last_frame", "Last frame", "time", {"device_class": "timestamp"}),
    ("snr", "Signal to noise", "snr_db", {"unit_of_measurement": "dB"}),
    ("frequency", "Frequency", "frequency_hz", {"unit_of_measurement": "Hz"}),
    ("frame_counter", "Frame counter", "frame_counter", {"state_class": "total_increasing"}),
)
RECEIVER_SENSORS = (
    ("frames_checked", "Frames checked", "frames_checked", {"state_class": "total_increasing"}),
    ("samples_lost", "Samples lost", "samples_lost", {"state_class": "total_increasing"}),
)


class HomeAssistant:
    """What there is to show, once for each meter and once for the receiver.

    discovery_prefix: topic under which Home Assistant looks for it.
    """

    def __init__(self, discovery_prefix):
        self._discovery_prefix = discovery_prefix
        self._told = set()

    def news(self, record, prefix):
        """Pairs of topic and JSON to publish, retained, before `record`.

        prefix: of the topics of the records.
        """
        if record["record"] == "status":
            name, topic, sensors = "receiver", f"{prefix}/status", RECEIVER_SENSORS
        elif record["check_ok"] and record["source"] and not record["source_inferred"]:
            name, topic = record["source"], f"{prefix}/frame/{record['source']}/+"
            sensors = METER_SENSORS
        else:
            return []
        if name in self._told or len(self._told) > MOST_METERS:
            return []
        self._told.add(name)
        return [self._config(name, topic, sensor, prefix) for sensor in sensors]

    def _config(self, name, topic, sensor, prefix):
        key, words, field, more = sensor
        device = f"kaifa_{prefix}_{name}".replace("/", "_").replace(" ", "_")
        title = f"Meter {name}" if topic.endswith("+") else f"kaifa_rx {prefix}"
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
        return f"{self._discovery_prefix}/sensor/{device}/{key}/config", json.dumps(config)
