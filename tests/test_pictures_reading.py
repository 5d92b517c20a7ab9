# SPDX-License-Identifier: GPL-3.0-or-later
"""Frames are read back from every output as the records have them; pseudonyms are stable."""

import json
import random
import struct
import subprocess
import sys

import numpy as np
import pytest
from conftest import ROOT, frames, receive, simulate
from gnuradio.kaifa import pcapng
from gnuradio.kaifa.pictures.frames import COLUMNS, NOBODY, TYPES, UNICAST
from gnuradio.kaifa.pictures.json_columns import JsonColumns
from gnuradio.kaifa.pictures.mac_header import mac_header
from gnuradio.kaifa.pictures.pseudonyms import anonymized, pseudonym, read_key
from gnuradio.kaifa.pictures.read import read_frames
from gnuradio.kaifa.recording import InputError

KEY = b"sixteen octets at least"


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """The same records of examples/mesh, with some rejected, in all three forms."""
    folder = tmp_path_factory.mktemp("pictures")
    names = [folder / "mesh.jsonl", folder / "mesh.db", folder / "mesh.pcapng"]
    options = zip(("--json", "--db", "--pcapng"), names, strict=True)
    source = ROOT / "examples/mesh"
    assert receive(source, *(word for pair in options for word in pair)).returncode == 0
    return names


def same_columns(one, other, leave_out=()):
    for name in COLUMNS:
        if name not in leave_out:
            np.testing.assert_array_equal(getattr(one, name), getattr(other, name), name)
    assert one.addresses == other.addresses


def test_columns_are_what_the_records_say(files):
    records, read = frames(files[0]), read_frames(files[:1], extra=("mpdu", "mic", "header_ies"))
    assert len(read) == len(records) > 15 and read.notes == []
    by_time = sorted(records, key=lambda record: record["time"])
    for i, record in enumerate(by_time):
        utc = np.datetime64(int(read.time_ns[i]), "ns")
        assert str(utc) + "Z" == record["time"]
        assert read.frequency_hz[i] == record["frequency_hz"]
        assert read.snr_db[i] == record["snr_db"]
        assert read.magnitude_db[i] == record["magnitude_db"]
        assert TYPES[read.type[i]] == record["type"]
        assert read.sequence[i] == record["sequence"]
        assert read.address(read.source[i]) == record["source"]
        assert read.address(read.destination[i]) == record["destination"]
        assert read.source_inferred[i] == record["source_inferred"]
        assert read.destination_inferred[i] == record["destination_inferred"]
        assert read.length[i] == len(record["mpdu"]) // 2
        after_preamble = 4 * len(record["sync_word"] + record["octets"])
        assert read.symbols[i] == record["preamble_symbols"] + after_preamble
        for name in ("mpdu", "mic", "header_ies"):
            assert read.extra[name][i] == record[name]


def test_database_and_capture_say_the_same(files):
    expected = read_frames(files[:1], extra=("mpdu",))
    for name, unknown in ((files[1], ()), (files[2], ("symbols",))):
        read = read_frames([name], extra=("mpdu",))
        same_columns(expected, read, unknown)
        assert read.extra == expected.extra and read.notes == []


def test_rejected_packets_have_no_type(recording, tmp_path):
    names = tmp_path / "out.jsonl", tmp_path / "out.pcapng"
    receive(recording, "--framing", "d", "--json", names[0], "--pcapng", names[1])
    for name in names:
        read = read_frames([name])
        assert len(read) == len(frames(names[0])) > 0
        assert {TYPES[kind] for kind in read.type} == {"rejected"}
        assert not read.check_ok.any() and set(read.source) == {NOBODY}


def test_other_forms_of_the_same_json_are_read_slowly_and_alike(files, tmp_path):
    """With spaces, keys in another order, a field more, carriage returns, blank lines."""
    lines = files[0].read_text().splitlines()
    rng = random.Random(1)
    for number, line in enumerate(lines):
        items = list(json.loads(line).items())
        if number % 3 == 1:
            rng.shuffle(items)
        if number % 3 == 2:
            items.append(("heard_by", [{"receiver": 'a "]} name', "snr_db": [1, {}]}]))
        lines[number] = json.dumps(dict(items)) + ("\r" if number % 2 else "\n")
    (tmp_path / "other.jsonl").write_text("\n".join(lines))
    expected = read_frames(files[:1], extra=("mpdu",))
    read = read_frames([tmp_path / "other.jsonl"], extra=("mpdu",))
    same_columns(expected, read)
    assert read.extra == expected.extra


def test_records_that_lack_a_field_are_read_quickly_too(files, tmp_path, monkeypatch):
    lines = [json.loads(line) for line in files[0].read_text().splitlines()]
    for record in lines:
        record.pop("sync_word", None)
    text = "\n".join(json.dumps(record, separators=(",", ":")) for record in lines[:-1])
    (tmp_path / "older.jsonl").write_text(text)
    monkeypatch.delattr(JsonColumns, "_token")  # which the slow way needs
    same_columns(read_frames(files[:1]), read_frames([tmp_path / "older.jsonl"]))


def test_several_inputs_are_put_together_in_order_of_time(files):
    read = read_frames([files[0], files[2]])
    alone = read_frames(files[:1])
    assert len(read) == 2 * len(alone) and np.all(np.diff(read.time_ns) >= 0)
    assert read.addresses == alone.addresses
    same_columns(alone, read.select(read.input == 0), ())
    assert read.inputs == [str(files[0]), str(files[2])]


def test_standard_input(files):
    program = "from gnuradio.kaifa.pictures.read import read_frames; print(len(read_frames(['-'])))"
    for name in (files[0], files[2]):
        with open(name, "rb") as file:
            result = subprocess.run(
                [sys.executable, "-c", program], stdin=file, capture_output=True, text=True
            )
        assert result.stdout == f"{len(read_frames([name]))}\n", result.stderr


def test_a_stretch_of_time(files):
    everything = read_frames(files[:1])
    first, last = int(everything.time_ns[0]), int(everything.time_ns[-1])
    for since, until, begin, end in [
        ("start+100ms", None, first + 100_000_000, last + 1),
        ("end-0.1s", None, last - 100_000_000, last + 1),
        (None, "start+0.2s", 0, first + 200_000_000),
        ("2026-01-01T00:00:00.1Z", "2026-01-01T00:00:00.2Z", 0.1e9, 0.2e9),
        ("2026-01-01", "2026-01-01T00:00", 0, 0),
        ("2026-01-01 00:00:00", "2027-01-01", 0, last + 1),
    ]:
        if since and since[0] == "2":
            begin, end = (1767225600 * 10**9 + x if x < 10**12 else x for x in (begin, end))
        times = everything.time_ns
        expected = times[(times >= begin) & (times < end)]
        np.testing.assert_array_equal(read_frames(files[:1], since, until).time_ns, expected)


@pytest.mark.parametrize(
    "text", ["yesterday", "2026-13-01", "start+1", "-1h", "", "2026-01-01T25:00"]
)
def test_a_time_that_is_none(files, text):
    with pytest.raises(InputError, match=r"--since: '.*' is no time, expected UTC like"):
        read_frames(files[:1], since=text)


def test_a_last_line_that_is_cut_off_is_left_out_and_told(files, tmp_path):
    text = files[0].read_bytes()
    whole = len(frames(files[0]))
    lines = text.splitlines(keepends=True)[:-1]
    for cut in (1, 50, 300, len(lines[-1]) - 2):
        (tmp_path / "cut.jsonl").write_bytes(b"".join(lines[:-1]) + lines[-1][:cut])
        read = read_frames([tmp_path / "cut.jsonl"])
        assert len(read) == whole - 1
        assert read.notes == [f"{tmp_path / 'cut.jsonl'}: the last line is cut off and left out"]


def test_a_capture_that_is_cut_off_keeps_what_is_whole(files, tmp_path):
    octets = files[2].read_bytes()
    whole = len(read_frames(files[2:]))
    for cut in (len(octets) - 1, len(octets) - 30, len(octets) - 600):
        (tmp_path / "cut.pcapng").write_bytes(octets[:cut])
        read = read_frames([tmp_path / "cut.pcapng"])
        assert whole - 6 < len(read) < whole
        assert len(read.notes) == 1 and "cut off or damaged" in read.notes[0]


def test_a_capture_by_another_program(files, tmp_path):
    """Microseconds, no comment, no frequency, an FCS, and packets of another link type."""
    mpdu = bytes.fromhex("69dc10cdabdebc9a0000120b005634120000120b000d0700000001") + bytes(16)
    tap = struct.pack("<BBHHHBxxx", 0, 0, 12, 0, 1, 1) + mpdu + b"\x9c\x2a"
    blocks = [pcapng.section("another"), pcapng.interface(283, "a", "b", "c")]
    blocks[1] = blocks[1].replace(struct.pack("<HHB", 9, 1, 9), struct.pack("<HHB", 9, 1, 6))
    blocks.append(pcapng.interface(1, "ethernet", "b", "c"))
    blocks += [pcapng.packet(0, 1_767_225_600_000_001, tap, "snr_db: 5")]
    blocks += [pcapng.packet(1, 0, tap, "")] * 3
    (tmp_path / "other").write_bytes(b"".join(blocks))
    read = read_frames([tmp_path / "other"])
    assert read.time_ns.tolist() == [1_767_225_600_000_001_000] and read.dated.all()
    assert np.isnan(read.frequency_hz).all() and np.isnan(read.snr_db).all()
    assert read.addresses == ["000b120000123456", "000b1200009abcde"]
    assert (read.type[0], read.sequence[0], read.length[0]) == (UNICAST, 0x10, len(mpdu))
    assert read.notes == [f"{tmp_path / 'other'}: 3 packets of link type 1 left out, expected 283"]


BAD = {
    "empty object": (b"{}\n{}\n", "line 1 is {}, expected a record of kaifa_rx"),
    "text": (b"hello\nthere\n", "line 1 is hello, expected"),
    "an array": (b"[1, 2]\n", "line 1 is"),
    "not UTF-8": (b"\xff\xfe\x00\n\n", "line 1 is"),
    "another's database": (b"SQLite format 3\0" + bytes(100), "cannot be read as a database"),
    "libpcap": (b"\xd4\xc3\xb2\xa1" + bytes(20), "editcap"),
    "half a capture": (b"\x0a\x0d\x0d\x0a\x1c\0\0\0", "is damaged, expected a PCAPNG file"),
    "one long line": (b"x" * (3 << 24), "has a line of more than"),
    "deep": (b"[" * 100_000 + b"\n", "line 1 is"),
}


@pytest.mark.parametrize("octets, message", BAD.values(), ids=BAD)
def test_what_is_no_record_is_told_in_one_line(octets, message, tmp_path):
    (tmp_path / "bad").write_bytes(octets)
    with pytest.raises(InputError) as caught:
        read_frames([tmp_path / "bad"])
    assert message in str(caught.value) and "\n" not in str(caught.value)
    assert str(tmp_path / "bad") in str(caught.value)


@pytest.mark.parametrize(
    "field, value",
    [
        ("schema_version", 2),
        ("frequency_hz", "871e6"),
        ("frequency_hz", float("nan")),
        ("time", "2026-01-01"),
        ("time", "2026-02-30T00:00:00.000000000Z"),
        ("time_s", None),
        ("sequence", 2**70),
        ("source", "../../etc/passwd"),
        ("source", 3),
        ("mpdu", 5),
        ("type", "<script>"),
    ],
)
def test_a_field_that_is_wrong_is_named(files, tmp_path, field, value):
    lines = files[0].read_text().splitlines()
    lines[3] = json.dumps({**json.loads(lines[3]), field: value})
    (tmp_path / "bad").write_text("\n".join(lines))
    with pytest.raises(InputError, match=f"line 4 has {field}|2026-02-30"):
        read_frames([tmp_path / "bad"])


def test_files_that_are_not_there(tmp_path):
    for name in (tmp_path / "none", tmp_path):
        with pytest.raises(InputError, match=str(name)):
            read_frames([name])


def test_garbage_never_gets_through_as_a_traceback(files, tmp_path):
    rng = random.Random(2)
    for name in files:
        octets = name.read_bytes()
        for _ in range(60):
            damaged = bytearray(octets[: rng.randrange(1, len(octets))])
            for _ in range(rng.randrange(20)):
                damaged[rng.randrange(len(damaged))] = rng.randrange(256)
            (tmp_path / "garbage").write_bytes(damaged)
            try:
                read_frames([tmp_path / "garbage"], extra=("mpdu",))
            except InputError as error:
                assert "\n" not in str(error)


def test_frames_without_a_date_do_not_mix_with_dated_ones(files, bare, tmp_path):
    undated = tmp_path / "undated.jsonl"
    receive(bare, "--rate", 2e6, "--frequency", 871.7e6, "--json", undated)
    alone = read_frames([undated])
    assert not alone.dated.any() and alone.time_ns[0] < 10 * 10**9
    both = read_frames([undated, files[0]])
    assert len(both) == len(read_frames(files[:1]))
    assert both.notes == [f"{len(alone)} frames without a date are left out, for others have one"]
    with pytest.raises(InputError, match="nobody knows"):
        read_frames([undated], since="2026-01-01")


def test_the_mac_header_is_read_as_the_parser_reads_it(tmp_path):
    """All kinds of packets of a simulated mesh."""
    simulate(tmp_path / "mesh", "--seconds", 2, "--beacon-period", 4, "--snr-min", 16)
    receive(tmp_path / "mesh", "--json", tmp_path / "out")
    records = [record for record in frames(tmp_path / "out") if record["check_ok"]]
    assert {record["type"] for record in records} == {"unicast", "broadcast", "beacon", "ack"}
    for record in records:
        parties = [
            None if record[f"{party}_inferred"] else record[party]
            for party in ("source", "destination")
        ]
        expected = (record["type"], record["sequence"], *parties)
        assert mac_header(bytes.fromhex(record["mpdu"])) == expected


def test_the_mac_header_reads_anything():
    rng = random.Random(3)
    for _ in range(5000):
        name, *_ = mac_header(rng.randbytes(rng.randrange(24)))
        assert name in TYPES


def test_a_pseudonym_depends_on_address_and_key_alone(files):
    read = read_frames(files[:1])
    one, other = anonymized(read, KEY), anonymized(read.select(slice(5, 9)), KEY)
    assert one.addresses == other.addresses != anonymized(read, KEY + b"!").addresses
    # Fixed for good, lest a new version breaks the link between old and new pictures.
    assert pseudonym(KEY, "000b120000123456") == "n-hyyvwsns"
    assert pseudonym(KEY, "ffff") == "ffff"
    assert not set(read.addresses) & set(one.addresses) - {"ffff"}


def test_what_could_hold_an_address_goes(files):
    read = anonymized(read_frames(files[:1], extra=("mpdu", "payload", "snr_db")), KEY)
    assert read.extra["mpdu"] == read.extra["payload"] == [None] * len(read)
    assert None not in read.extra["snr_db"]
    assert read.inputs == ["input 1"]


def test_a_key_is_made_once_and_for_its_user_alone(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert read_key() == read_key() and len(read_key()) >= 32
    assert (tmp_path / "kaifa/anonymize.key").stat().st_mode & 0o777 == 0o600
    (tmp_path / "short").write_text("short\n")
    for name in ("short", "none"):
        with pytest.raises(InputError, match="expected a"):
            read_key(tmp_path / name)
