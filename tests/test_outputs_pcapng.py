# SPDX-License-Identifier: GPL-3.0-or-later
"""What tshark reads in the frames for Wireshark is what the records say."""

import random
import struct
import subprocess
import xml.etree.ElementTree as ElementTree
from datetime import datetime, timezone

import pytest
from conftest import FREQUENCY, KAIFA_RX, SAMPLE_RATE, frames, receive, simulate
from gnuradio.kaifa import tap
from gnuradio.kaifa.output_pcapng import PcapngOutput
from gnuradio.kaifa.record_file import RecordFile

# Framing, check and whitening of kaifa_sim; what tshark calls the FCS.
KINDS = [
    ("a", "fcs16", "none", "wpan.fcs"),
    ("a", "fcs32", "cc11xx", "wpan.fcs32"),
    ("b", "crc_cms", "none", None),
    ("c", "fcs32", "none", "wpan.fcs32"),
    ("d", "fcs16", "pn9", "wpan.fcs"),
    ("e", "fcs32", "pn9", "wpan.fcs32"),
]
FCS_TYPES = {"wpan.fcs": 1, "wpan.fcs32": 2, None: 0}
FRAME_TYPES = {"beacon": 0, "unicast": 1, "broadcast": 1, "ack": 2}
TRAFFIC = ("--unicast-rate", 8, "--broadcast-rate", 4, "--beacon-period", 5, "--seconds", 2)


class Packet:
    """A packet as tshark dissects it."""

    def __init__(self, element):
        self._fields = {}
        for field in element.iter("field"):
            self._fields.setdefault(field.get("name"), field)
        self.malformed = any(proto.get("name") == "_ws.malformed" for proto in element)

    def __contains__(self, name):
        return name in self._fields

    def text(self, name):
        return self._fields[name].get("show") if name in self._fields else None

    def number(self, name):
        return int(self.text(name), 0) if name in self._fields else None

    def octets(self, name):
        return bytes.fromhex(self._fields[name].get("value"))

    def address(self, party):
        """As a record writes it; None if the frame does not name the party."""
        if f"wpan.{party}64" in self._fields:
            return self.text(f"wpan.{party}64").replace(":", "")
        short = self.number(f"wpan.{party}16")
        return None if short is None else f"{short:04x}"


def dissected(path):
    """Every packet of a file; tshark must have nothing to say of the file."""
    command = ["tshark", "-n", "-r", str(path), "-T", "pdml"]
    result = subprocess.run(command, capture_output=True, timeout=60)
    said = [line for line in result.stderr.decode().splitlines() if not line.startswith("Running")]
    assert (result.returncode, said) == (0, [])
    return [Packet(packet) for packet in ElementTree.fromstring(result.stdout).iter("packet")]


def epoch(record):
    """The time of a record as tshark writes it."""
    seconds, nanoseconds = record["time"].rstrip("Z").split(".")
    moment = datetime.fromisoformat(seconds).replace(tzinfo=timezone.utc)
    return f"{int(moment.timestamp())}.{nanoseconds}"


@pytest.mark.parametrize("framing, check, whitening, fcs", KINDS)
def test_every_field_is_what_the_record_says(framing, check, whitening, fcs, tmp_path):
    radio = ("--framing", framing, "--check", check, "--whitening", whitening)
    simulate(tmp_path / "mesh", *radio, *TRAFFIC)
    output = ("--json", tmp_path / "out", "--pcapng", tmp_path / "out.pcapng")
    result = receive(tmp_path / "mesh", *output)
    assert result.returncode == 0, result.stderr
    records = frames(tmp_path / "out")
    assert {record["fec"] for record in records} == {"nrnsc" if framing == "e" else None}
    packets = dissected(tmp_path / "out.pcapng")
    assert {record["type"] for record in records} == set(FRAME_TYPES)
    assert len(packets) == len(records)
    for packet, record in zip(packets, records, strict=True):
        assert record["check_ok"] and not packet.malformed
        assert_radio(packet, record)
        assert_mac(packet, record)
        padded = record["check"] == "fcs32" and len(record["mpdu"]) < 2 * 4
        assert_fcs(packet, None if padded else fcs)


def assert_radio(packet, record):
    assert packet.text("frame.interface_name") == "mesh"
    assert packet.text("frame.time_epoch") == epoch(record)
    assert packet.number("wpan-tap.sof_ts") == round(record["time_s"] * 1e9)
    (frequency_khz,) = struct.unpack("<f", packet.octets("wpan-tap.ch_freq"))
    assert frequency_khz == pytest.approx(record["frequency_hz"] / 1e3, rel=2**-24)
    (rss,) = struct.unpack("<f", packet.octets("wpan-tap.rss"))
    assert rss == pytest.approx(record["magnitude_db"], rel=2**-24)
    assert packet.number("wpan-tap.bit_rate") == 50_000
    assert packet.number("wpan-tap.sun_band") == 15
    assert packet.number("wpan-tap.sun_type") == 1
    assert packet.number("wpan-tap.mode.fsk_b") == 0
    comment = packet.text("frame.comment")
    for name in ("record_number", "framing", "snr_db", "frequency_hz", "burst", "whitening"):
        assert f"{name}: {record[name]}" in comment
    inferred = f"source (inferred from the unicast it answers): {record['source']}"
    assert (inferred in comment) == bool(record["source_inferred"])


def assert_mac(packet, record):
    assert packet.number("wpan.frame_type") == FRAME_TYPES[record["type"]]
    assert packet.number("wpan.seq_no") == record["sequence"]
    for party, name in (("src", "source"), ("dst", "destination")):
        named = None if record[f"{name}_inferred"] else record[name]
        assert packet.address(party) == named
    pan_id = packet.number("wpan.dst_pan")
    pan_id = packet.number("wpan.src_pan") if pan_id is None else pan_id
    assert (None if pan_id is None else f"{pan_id:04x}") == record["pan_id"]
    assert packet.number("wpan.aux_sec.sec_level") == record["security_level"]
    assert packet.number("wpan.aux_sec.frame_counter") == record["frame_counter"]
    assert packet.number("wpan.aux_sec.key_id_mode") == record["key_id_mode"]
    assert packet.number("wpan.aux_sec.key_index") == record["key_index"]
    mic = packet.octets("wpan.mic").hex() if "wpan.mic" in packet else ""
    assert mic == (record["mic"] or "")


def assert_fcs(packet, name):
    assert packet.number("wpan-tap.fcs_type") == FCS_TYPES[name]
    if name:
        assert name in packet
        assert packet.text("wpan.fcs_ok") in ("1", "True")
    else:
        assert "wpan.fcs" not in packet and "wpan.fcs32" not in packet


def test_rejected_packets_have_their_own_interface(recording, tmp_path):
    result = receive(
        *(recording, "--framing", "d", "--json", tmp_path / "out"),
        *("--pcapng", tmp_path / "out.pcapng"),
    )
    assert result.returncode == 0, result.stderr
    records, packets = frames(tmp_path / "out"), dissected(tmp_path / "out.pcapng")
    assert records and not any(record["check_ok"] for record in records)
    for packet, record in zip(packets, records, strict=True):
        assert packet.text("frame.interface_name") == "mesh rejected"
        assert packet.text("frame.time_epoch") == epoch(record)
        assert packet.number("frame.len") == len(record["octets"]) // 2
        assert f"reason_text: {record['reason_text']}" in packet.text("frame.comment")
        assert not packet.malformed


def test_a_file_without_packets_is_whole(recording, tmp_path):
    path = tmp_path / "none.pcapng"
    assert receive(recording, "--framing", "d", "--checked-only", "--pcapng", path).stdout == ""
    assert dissected(path) == []


def test_standard_output_has_the_same_octets(recording, tmp_path):
    assert receive(recording, "--pcapng", tmp_path / "out.pcapng").returncode == 0
    command = [*KAIFA_RX, str(recording), "--pcapng", "-"]
    result = subprocess.run(command, capture_output=True, timeout=60)
    assert result.returncode == 0
    assert result.stdout == (tmp_path / "out.pcapng").read_bytes()


def test_a_recording_without_a_date_counts_from_its_start(bare, tmp_path):
    options = ("--rate", SAMPLE_RATE, "--frequency", FREQUENCY, "--json", tmp_path / "out")
    assert receive(bare, *options, "--pcapng", tmp_path / "out.pcapng").returncode == 0
    for packet, record in zip(
        dissected(tmp_path / "out.pcapng"), frames(tmp_path / "out"), strict=True
    ):
        assert record["time"] is None
        assert packet.text("frame.time_epoch") == f"{record['time_s']:.9f}"


def test_a_reader_of_the_pipe_that_goes_away_ends_the_program(recording):
    command = " ".join(KAIFA_RX)
    result = subprocess.run(
        f"{command} {recording} --pcapng - | head -c 100",
        shell=True,
        capture_output=True,
        timeout=60,
    )
    assert len(result.stdout) == 100
    assert b"Traceback" not in result.stderr


def test_a_hostile_frame_leaves_the_file_readable(records, tmp_path):
    """Octets of any kind and number, of which the check passed all the same."""
    rng = random.Random(4)
    file = RecordFile(str(tmp_path / "hostile.pcapng"))
    output = PcapngOutput(file, "hostile" * 20, "\N{PILE OF POO}", 50e3, True, "test")
    for number in range(300):
        mpdu = rng.randbytes(rng.choice([0, 1, 2, 3, 5, 20, 127, 2045]))
        check = rng.choice(["fcs16", "fcs32", "crc_cms"])
        checked = {"check_ok": rng.random() < 0.8, "check": check, "framing": "A"}
        hostile = {"mpdu": mpdu.hex(), "octets": mpdu.hex(), "mac_error": 3000 * "\x00\n"}
        output.write({**records[0], **checked, **hostile, "record_number": number}, "")
    output.close()
    assert len(dissected(tmp_path / "hostile.pcapng")) == 300


def test_fcs_of_the_standards_vectors():
    for mpdu, fcs in (
        ("02006a", "e479"),
        ("69dc10cdabdebc9a0000120b005634120000120b000d0700000001" + 16 * "00", "9c2a"),
        ("49d811cdabffff5634120000120b000d0800000001" + 16 * "00", "1dc3"),
        ("00e212cdab5634120000120b00003f0888061a000000000001", "ed7c"),
    ):
        assert tap.fcs16(bytes.fromhex(mpdu)).to_bytes(2, "little").hex() == fcs


@pytest.mark.parametrize(
    "symbol_rate, deviation, frequency, expected",
    [
        (50e3, 25e3, 871.3e6, (15, 1, 0)),
        (50e3, 12.6e3, 868.3e6, (4, 1, 8)),
        (150e3, 37.5e3, 870.0e6, (15, 1, 9)),
        (50e3, 18.75e3, 871.3e6, None),
        (38.4e3, 20e3, 871.3e6, None),
        (50e3, 25e3, 915e6, None),
    ],
)
def test_sun_phy_is_told_where_the_standard_has_numbers(
    symbol_rate, deviation, frequency, expected
):
    record = {
        "mpdu": "02006a",
        "check": "fcs16",
        "magnitude_db": -20.0,
        "time_s": 1.0,
        "frequency_hz": frequency,
        "deviation_hz": deviation,
    }
    packet = tap.tap_packet(record, symbol_rate)
    told = None if expected is None else struct.pack("<HHBBBx", tap.SUN_PHY, 3, *expected)
    assert (struct.pack("<HH", tap.SUN_PHY, 3) in packet) == (told is not None)
    assert told is None or told in packet
