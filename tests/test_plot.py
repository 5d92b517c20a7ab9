# SPDX-License-Identifier: GPL-3.0-or-later
"""kaifa_plot shows what the records say."""

import io
import json
import os
import re
import resource
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from conftest import ROOT, frames, receive, simulate
from gnuradio.kaifa.pictures.beacon_period import beacon_period
from gnuradio.kaifa.pictures.canvas import look, save, x_times
from gnuradio.kaifa.pictures.frames import COLUMNS, NOBODY, Frames
from gnuradio.kaifa.pictures.paint import Paint, chosen_senders, own_colours
from gnuradio.kaifa.pictures.palette import DARK, LIGHT, colour_number
from gnuradio.kaifa.pictures.plot_frequency import plot_frequency
from gnuradio.kaifa.pictures.plot_occupancy import occupancy, plot_occupancy
from gnuradio.kaifa.pictures.plot_snr import plot_snr, spread
from gnuradio.kaifa.pictures.plot_timeline import plot_timeline
from gnuradio.kaifa.pictures.read import read_frames
from gnuradio.kaifa.pictures.scatter import MOST_POINTS
from gnuradio.kaifa.recording import InputError
from matplotlib.colors import to_hex
from matplotlib.text import Text

KAIFA_PLOT = [sys.executable, shutil.which("kaifa_plot")]
KINDS = {
    "frequency": plot_frequency,
    "timeline": plot_timeline,
    "snr": plot_snr,
    "occupancy": plot_occupancy,
}
SVG = "{http://www.w3.org/2000/svg}"
SYMBOL_RATE = 50e3


def plot(*arguments, **options):
    return subprocess.run(
        [*KAIFA_PLOT, *map(str, arguments)], capture_output=True, text=True, timeout=200, **options
    )


@pytest.fixture(scope="module")
def mesh(tmp_path_factory):
    """JSON lines of the recording in examples/."""
    name = tmp_path_factory.mktemp("plot") / "mesh.jsonl"
    assert receive(ROOT / "examples/mesh", "--json", name).returncode == 0
    return name


def synthetic(count, senders=50):
    """Packets at known places."""
    rng = np.random.default_rng(1)
    kinds = rng.integers(0, 4, count)
    columns = {
        "time_ns": 1_767_225_600 * 10**9 + np.sort(rng.integers(0, 3600 * 10**9, count)),
        "dated": True,
        "frequency_hz": 870.1e6 + 200e3 * rng.integers(0, 24, count) + rng.normal(0, 3e3, count),
        "snr_db": rng.uniform(8, 30, count),
        "magnitude_db": -20.0,
        "length": 40,
        "symbols": 600,
        "type": kinds,
        "check_ok": True,
        "source": np.where(kinds == 3, NOBODY, rng.integers(0, senders, count)),
        "source_inferred": False,
        "destination": NOBODY,
        "destination_inferred": False,
        "sequence": 1,
        "input": 0,
    }
    columns = {
        name: np.broadcast_to(columns[name], count).astype(COLUMNS[name]) for name in COLUMNS
    }
    return Frames(**columns, addresses=[f"000b12{i:010x}" for i in range(senders)], inputs=["-"])


def draw(kind, of, theme=LIGHT, chosen=()):
    with look(theme):
        return KINDS[kind](of, Paint(of, theme, chosen), SYMBOL_RATE)


def texts(figure):
    """Every text of a figure that is not empty."""
    figure.savefig(io.BytesIO())
    return [text.get_text() for text in figure.findobj(match=Text) if text.get_text()]


def artist(figure, gid):
    (found,) = figure.findobj(match=lambda each: each.get_gid() == gid)
    return found


def groups(path, name):
    """Elements of an SVG file whose id is `name`."""
    return [g for g in ElementTree.parse(path).iter(f"{SVG}g") if g.get("id") == name]


@pytest.mark.parametrize("kind", ["frequency", "timeline", "snr"])
def test_every_packet_is_a_mark(kind, mesh, tmp_path):
    name = tmp_path / "out.svg"
    result = plot(mesh, "--kind", kind, "--output", name)
    assert (result.returncode, result.stderr) == (0, "")
    for packets, count in Counter(record["type"] for record in frames(mesh)).items():
        (group,) = groups(name, packets)
        # Matplotlib writes the shape each time where there are few.
        kind_of_mark = "use" if group.find(f"{SVG}defs") is not None else "path"
        assert len(list(group.iter(SVG + kind_of_mark))) == count > 0
    assert not groups(name, "rejected")


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_cut_off_of_a_single_packet(kind):
    figure = draw(kind, synthetic(1))
    texts(figure)  # has all of it placed
    for axes in figure.axes:
        label = axes.yaxis.label.get_window_extent()
        assert not axes.get_ylabel() or label.x0 > 0.1 * figure.dpi
    if kind == "frequency":
        ((_, (end, _)),) = artist(figure, "lengths").get_segments()
        assert end < figure.axes[0].get_xlim()[1]


def test_time_against_frequency(mesh):
    read, records = read_frames([mesh]), frames(mesh)
    figure, paint = draw("frequency", read), Paint(read, LIGHT)
    for kind in {record["type"] for record in records}:
        marks = artist(figure, kind)
        of_kind = sorted((r for r in records if r["type"] == kind), key=lambda r: r["time"])
        x, y = np.asarray(marks.get_offsets()).T
        np.testing.assert_array_equal(y, [record["frequency_hz"] / 1e6 for record in of_kind])
        days = [np.datetime64(r["time"][:-1], "ns").astype(np.int64) / 86400e9 for r in of_kind]
        np.testing.assert_allclose(x, days, rtol=1e-12)
        shown = [to_hex(rgba) for rgba in marks.get_facecolors()] if kind != "ack" else []
        for seen, record in zip(shown, of_kind, strict=False):
            assert seen == paint.of(record["source"]).lower()
    assert len(artist(figure, "lengths").get_segments()) == len(records)
    assert list(artist(figure, "871.3").get_ydata()) == [871.3, 871.3]
    words = texts(figure)
    senders = Counter(record["source"] for record in records)
    for sender, count in senders.items():
        assert f"{sender[-4:]}  {count}" in words
    for expected in (
        "871.3 MHz, beacons",
        "frequency (MHz)",
        "UTC, from 2026-01-01 on",
        f"Packets by sender ({len(senders)})",
        "00:00:00.100",
        f"{len(records)} packets of {len(senders)} senders, those of acknowledgements inferred, "
        "2026-01-01 00:00:00.030 to 00:00:00.355 UTC",
    ):
        assert expected in words


def test_too_many_packets_for_marks_are_cells():
    read = synthetic(MOST_POINTS + 1)
    figure = draw("frequency", read)
    image = artist(figure, "density")
    left, right, low, high = image.get_extent()
    rows, columns = image.get_array().shape[:2]
    x = read.time_ns / 86400e9
    column = np.clip((x - left) / (right - left) * columns, 0, columns - 1).astype(int)
    row = ((read.frequency_hz / 1e6 - low) / (high - low) * rows).astype(int)
    with_packets = np.zeros((rows, columns), bool)
    with_packets[row, column] = True
    # The same up to packets on the edge between two cells.
    different = np.count_nonzero(with_packets != (image.get_array()[..., 3] > 0))
    assert different < 0.001 * np.count_nonzero(with_packets)
    assert "beacon  " + f"{np.count_nonzero(read.type == 2):,}" in texts(figure)


def test_a_mark_is_smaller_where_there_are_more():
    sizes = [
        artist(draw("snr", synthetic(count)), "unicast").get_sizes()[0]
        for count in (20, 2_000, 50_000)
    ]
    assert sizes[0] > sizes[1] > sizes[2] > 1


@pytest.mark.parametrize("senders", [5, 12, 13, 40])
@pytest.mark.parametrize("kind", ["frequency", "snr"])
def test_no_two_senders_share_a_colour_but_those_that_are_counted_as_others(kind, senders):
    read = synthetic(3000, senders)
    figure = draw(kind, read)
    count = np.bincount(read.source[read.source != NOBODY])
    busiest = sorted(range(senders), key=lambda i: -count[i])[:12]
    words = texts(figure)
    named = [word for word in words if re.fullmatch(r"[0-9a-f]{4}  \d+", word)]
    assert named == [f"{i:04x}  {count[i]}" for i in busiest]
    assert f"Packets by sender ({senders})" in words
    assert f"not named  {np.count_nonzero(read.source == NOBODY):,}" in words
    left = count.sum() - count[busiest].sum()
    others = [word for word in words if word.startswith("others")]
    if senders == 13:
        assert others == [f"others (1 sender)  {left:,}"]
    else:
        assert others == ([f"others ({senders - 12} senders)  {left:,}"] if senders > 12 else [])
    colour_of = {}
    for mark in ("unicast", "broadcast", "beacon"):
        marks = artist(figure, mark)
        for at, rgba in zip(marks.get_offsets(), marks.get_facecolors(), strict=True):
            colour_of.setdefault(to_hex(rgba), set()).add(tuple(at))
    y = read.frequency_hz / 1e6 if kind == "frequency" else read.snr_db
    sender_at = dict(zip(zip(x_times(read), y, strict=True), read.source.tolist(), strict=True))
    for colour, places in colour_of.items():
        sources = {sender_at[place] for place in places}
        if colour == LIGHT.others:
            assert sources == set(range(senders)) - set(busiest)
        else:
            assert len(sources) == 1 and sources < set(busiest)
    assert len(colour_of) == min(senders, 12) + (senders > 12)
    grey = [to_hex(rgba) == LIGHT.others for rgba in artist(figure, "beacon").get_facecolors()]
    assert grey == sorted(grey, reverse=True)  # the others lie below


def test_a_colour_stays_with_its_sender_where_it_can():
    read = synthetic(3000, 12)
    own, wanted = own_colours(read), {a: colour_number(a) for a in read.addresses}
    assert sorted(own.values()) == list(range(12))
    owner = {number: address for address, number in own.items()}
    packets = Counter(read.source[read.source != NOBODY].tolist())
    rank = {a: (-packets[i], a) for i, a in enumerate(read.addresses)}
    for address, number in own.items():
        # Only somebody who sends more can have it.
        assert number == wanted[address] or rank[owner[wanted[address]]] < rank[address]
    alone = read.select(read.source == 3)
    assert own_colours(alone) == {read.addresses[3]: wanted[read.addresses[3]]}


def test_chosen_senders_have_the_colours(mesh, tmp_path):
    read = synthetic(3000, 40)
    chosen = chosen_senders(read, ["0027", "000B120000000003"])
    assert chosen == sorted(chosen, key=lambda a: -np.sum(read.source == read.addresses.index(a)))
    assert set(chosen) == {"000b120000000027", "000b120000000003"}
    assert set(own_colours(read, chosen)) == set(chosen)
    assert len(own_colours(read)) == 12
    with pytest.raises(InputError, match="--sender: fits 18 senders, expected at most 12"):
        chosen_senders(read, ["0", "1", "2", "3", "4", "5"])
    words = texts(draw("frequency", read, chosen=chosen))
    assert sum(bool(re.fullmatch(r"[0-9a-f]{4}  \d+", word)) for word in words) == 2
    assert any(word.startswith("others (38 senders)") for word in words)
    assert plot(mesh, "--sender", "02be", "--sender", "8A20", cwd=tmp_path).returncode == 0


def test_names_of_lines_stand_apart_and_beside_the_marks():
    assert spread([1, 5, 5.1, 5.2, 9], 0, 9, 1) == [1, 5, 6, 7, 9]
    assert spread([8.9, 8.95, 9], 0, 9, 1) == [7, 8, 9]
    assert spread([], 0, 9, 1) == []
    read = synthetic(3000, 12)
    figure = draw("snr", read)
    figure.savefig(io.BytesIO())
    axes = figure.axes[0]
    names = [each for each in axes.texts if re.fullmatch("[0-9a-f]{4}", each.get_text())]
    assert len(names) == 12
    boxes = [Text.get_window_extent(name) for name in names]  # without the line to the name
    assert min(box.x0 for box in boxes) > axes.get_window_extent().x1
    assert max(box.x1 for box in boxes) < axes.artists[0].get_window_extent().x0
    middles = np.sort([(box.y0 + box.y1) / 2 for box in boxes])
    assert np.diff(middles).min() >= 0.8 * boxes[0].height


def test_the_timeline_has_a_row_for_each_sender_with_its_period():
    times = 1_767_225_600 * 10**9 + np.array([0, 120, 240, 480, 600]) * 10**9
    read = synthetic(5, 3)
    read = replace(read, time_ns=times, type=np.full(5, 2, np.int8), source=np.zeros(5, np.int32))
    figure = draw("timeline", read)
    words = texts(figure)
    assert "120.0 s ± 0.00 (5 beacons)" in words and "0000" in words and "0001" not in words
    x, y = np.asarray(artist(figure, "beacon").get_offsets()).T
    assert list(y) == [0] * 5 and len(set(x)) == 5


def test_too_many_packets_for_the_timeline_are_strips():
    read = synthetic(MOST_POINTS + 1, 5)
    figure = draw("timeline", read)
    image = artist(figure, "density").get_array()
    drawn = image[..., 3].reshape(5, -1, image.shape[1])
    x = read.time_ns / 86400e9
    edges = np.linspace(*figure.axes[0].get_xlim(), image.shape[1] + 1)
    order = np.argsort(-np.bincount(read.source[read.source != NOBODY]), kind="stable")
    for row, sender in enumerate(order):
        count, _ = np.histogram(x[read.source == sender], edges)
        assert np.array_equal(drawn[row, 2] > 0, count > 0) and not drawn[row, 0].any()


def test_the_occupancy_is_the_time_of_the_packets(mesh):
    read = read_frames([mesh])
    centres, edges, share = occupancy(read, SYMBOL_RATE)
    seconds = np.diff(edges) / 1e9
    assert (share * seconds).sum() == pytest.approx(read.symbols.sum() / SYMBOL_RATE)
    # No two packets of the recording are on one channel at once.
    assert 0.99 < share.max() <= 1 + 1e-9 and share.min() == 0
    beacons = np.abs(read.frequency_hz - 871.3e6) < 50e3
    row = share[list(centres).index(871.3e6)]
    assert (row * seconds).sum() == pytest.approx(read.symbols[beacons].sum() / SYMBOL_RATE)
    means = 100 * share.mean(axis=1)
    busiest = centres[means.argmax()] / 1e6
    figure = draw("occupancy", read)
    assert f"busiest: {busiest:.1f} MHz, {means.max():.3g} %" in texts(figure)
    bars = [bar for bar in figure.axes[1].patches if bar.get_width() > 0]
    assert len(bars) == np.count_nonzero(means) == 3


def test_the_occupancy_is_the_same_of_a_capture(mesh, tmp_path):
    """With packets whose signal went on behind their end, and with error correction."""
    simulate(tmp_path / "fec", "--seconds", 1, "--unicast-rate", 20, "--framing", "e")
    receive(tmp_path / "fec", "--json", tmp_path / "fec.jsonl", "--pcapng", tmp_path / "fec.pcapng")
    receive(ROOT / "examples/mesh", "--pcapng", tmp_path / "mesh.pcapng")
    for lines, capture in ((mesh, "mesh.pcapng"), (tmp_path / "fec.jsonl", "fec.pcapng")):
        expected, read = read_frames([lines]), read_frames([tmp_path / capture])
        assert len(read) > 10 and read.symbols.tolist() == expected.symbols.tolist()
        for one, other in zip(occupancy(expected, 50e3), occupancy(read, 50e3), strict=True):
            np.testing.assert_allclose(one, other, atol=1e-9)
    result = plot(tmp_path / "fec.pcapng", "--kind", "occupancy", cwd=tmp_path)
    assert (result.returncode, result.stderr) == (0, "")


def test_speed(mesh, tmp_path):
    """KAIFA_FRAMES=1000000 pytest -s tests/test_plot.py -k speed makes the figures of the docs."""
    count = int(os.environ.get("KAIFA_FRAMES", 50_000))
    lines = [json.dumps(record, separators=(",", ":")) for record in frames(mesh)]
    head, _time, tail = zip(*(re.split('("time":"[^"]+")', line) for line in lines), strict=True)
    clock = np.datetime64("2026-01-01T00:00:00", "ns")
    with open(tmp_path / "many.jsonl", "w") as file:
        for i in range(count):
            k, utc = i % len(lines), clock + np.timedelta64(86 * i, "ms")
            file.write(f'{head[k]}"time":"{utc}Z"{tail[k]}\n')
    for kind in KINDS:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        result = plot(tmp_path / "many.jsonl", "--kind", kind, cwd=tmp_path)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        print(f"{kind}: {count} frames in {seconds:.1f} s of a processor")
        assert result.returncode == 0 and f"{count:,} packets" in result.stdout
        # Four times what it takes where it was measured.
        assert seconds < 6 + 50e-6 * count


@pytest.mark.parametrize("missing", [0, 0.3])
@pytest.mark.parametrize("period", [2.0, 120.0, 3600.0])
def test_a_period_is_found_though_beacons_are_missing(period, missing):
    rng = np.random.default_rng(7)
    for _ in range(30):
        times = np.arange(40) * period + rng.normal(0, 0.005 * period, 40)
        times = np.sort(times[rng.random(40) >= missing])
        found = beacon_period((times * 1e9).astype(np.int64))
        assert found.seconds == pytest.approx(period, rel=0.01)
        assert found.beacons == len(times) and 0 < found.jitter_s < 0.02 * period


def test_no_period_is_found_where_there_is_none():
    rng = np.random.default_rng(8)
    for count in range(5):
        assert beacon_period(np.arange(count) * 10**9) is None
    for count, most in ((5, 0.05), (8, 0.05), (30, 0.01)):
        times = (np.sort(rng.integers(0, 3600 * 10**9, count)) for _ in range(400))
        assert np.mean([beacon_period(each) is not None for each in times]) < most


@pytest.mark.parametrize("suffix", [".png", ".svg", ".pdf"])
def test_the_same_frames_give_the_same_picture(suffix, mesh, tmp_path):
    for kind in KINDS:
        for name in ("one", "two"):
            with look(LIGHT):
                save(draw(kind, read_frames([mesh])), tmp_path / (name + suffix))
        one, two = ((tmp_path / (name + suffix)).read_bytes() for name in ("one", "two"))
        assert one == two and len(one) > 5000


def test_dark_pictures_are_dark(mesh):
    for kind in KINDS:
        figure = draw(kind, read_frames([mesh]), DARK)
        assert to_hex(figure.get_facecolor()) == DARK.background
        for axes in figure.axes:
            assert to_hex(axes.get_facecolor()) == DARK.panel


@pytest.mark.parametrize("kind", KINDS)
def test_no_address_is_left_with_pseudonyms(kind, mesh, tmp_path):
    (tmp_path / "key").write_text("a key of more than sixteen octets")
    records = frames(mesh)
    addresses = {record[party] for record in records for party in ("source", "destination")}
    named = tmp_path / "000b12a83102e0c6.jsonl"
    named.write_bytes(mesh.read_bytes())
    options = ("--kind", kind, "--anonymize", "--anonymize-key", tmp_path / "key")
    name = tmp_path / "out.svg"
    result = plot(named, *options, "--output", name)
    assert result.returncode == 0, result.stderr
    outputs = [name.read_bytes(), result.stdout.encode(), result.stderr.encode()]
    result = plot(named, *options, cwd=tmp_path)
    outputs += [(tmp_path / f"frames-{kind}.png").read_bytes(), result.stdout.encode()]
    for address in addresses - {None, "ffff"}:
        for octets in outputs:
            assert address.encode() not in octets.lower()
        # Nor its last digits, which pictures have as a name.
        words = re.findall(rb">([^<>]+)</text>", outputs[0])
        assert words and not any(address[-4:].encode() in word for word in words)
    assert (b"n-" in outputs[0]) == (kind != "occupancy")


def test_the_summary_fits_a_terminal(mesh, tmp_path):
    records = frames(mesh)
    lines = plot(mesh, "--output", tmp_path / "out.png").stdout.splitlines()
    assert max(map(len, lines[:-1])) <= 80
    senders = Counter(record["source"] for record in records)
    assert lines[0].startswith(f"{len(records)} packets of {len(senders)} senders")
    assert any(record["source_inferred"] for record in records)
    assert "its sender is inferred" in lines[1]
    for sender, count in senders.items():
        (line,) = (line for line in lines if line.startswith(sender))
        assert line.split()[1] == str(count)
    assert lines[-1] == f"picture: {tmp_path / 'out.png'}"


def test_one_packet_is_not_counted_as_several(mesh, tmp_path):
    (tmp_path / "one").write_text(json.dumps(frames(mesh)[0]) + "\n")
    for kind in ("frequency", "timeline", "snr"):
        name = tmp_path / f"{kind}.svg"
        result = plot(tmp_path / "one", "--kind", kind, "--output", name)
        assert result.returncode == 0, result.stderr
        assert result.stdout.startswith("1 packet of 1 sender, ")
        assert not re.search(r"\b1 (packets|senders)", name.read_text())


def test_the_picture_has_the_name_of_the_input(mesh, tmp_path):
    assert plot(mesh, cwd=tmp_path).stdout.endswith("picture: mesh-frequency.png\n")
    assert (tmp_path / "mesh-frequency.png").read_bytes().startswith(b"\x89PNG")
    with open(mesh, "rb") as file:
        assert plot("-", "--kind", "snr", cwd=tmp_path, stdin=file).returncode == 0
    assert (tmp_path / "frames-snr.png").exists()


@pytest.mark.parametrize(
    "arguments, message",
    [
        (["none.jsonl"], "none.jsonl: No such file"),
        (["{mesh}", "--output", "out.gif"], "out.gif: is no kind of picture, expected .png, .svg"),
        (["{mesh}", "--output", "none/out.png"], "none/out.png: cannot be written, No such file"),
        (["{mesh}", "--since", "2030-01-01"], "there are no frames in the inputs"),
        (["{mesh}", "--since", "noon"], "--since: 'noon' is no time, expected UTC like"),
        (["{mesh}", "--kind", "pie"], "invalid choice"),
        (["{mesh}", "--symbol-rate", "0"], "expected more than 0 Hz"),
        (["{mesh}", "--sender", "zz"], "--sender 'zz': expected the last digits of a sender"),
        (["{mesh}", "--sender", ""], "--sender '': expected the last digits of a sender"),
        (["{mesh}", "--anonymize-key", "key"], "expected --anonymize with it"),
        (["{mesh}", "--anonymize", "--anonymize-key", "none"], "expected a file with a key"),
        (["{capture}", "--kind", "occupancy"], "captures of other programs do not tell how long"),
        ([], "the following arguments are required"),
    ],
)
def test_what_cannot_be_used_is_told_in_one_line(arguments, message, mesh, tmp_path):
    capture = tmp_path / "mesh.pcapng"
    receive(ROOT / "examples/mesh", "--pcapng", capture)
    capture.write_bytes(capture.read_bytes().replace(b"kaifa_rx", b"somebody"))
    arguments = [argument.format(mesh=mesh, capture=capture) for argument in arguments]
    result = plot(*arguments, cwd=tmp_path)
    assert result.returncode == 2 and result.stdout == ""
    assert result.stderr.startswith("kaifa_plot: ") and result.stderr.count("\n") == 1
    assert message in result.stderr


def test_what_the_inputs_do_not_tell_is_told(mesh, tmp_path):
    for field, kind in (("frequency_hz", "frequency"), ("snr_db", "snr"), ("source", "timeline")):
        lines = [json.dumps({**record, field: None}) for record in frames(mesh)]
        (tmp_path / "poor.jsonl").write_text("\n".join(lines))
        result = plot(tmp_path / "poor.jsonl", "--kind", kind, cwd=tmp_path)
        assert result.returncode == 2 and "expected" in result.stderr
        assert result.stderr.count("\n") == 1


def test_one_packet_is_enough(mesh):
    for number in range(4):
        for kind in KINDS:
            figure = draw(kind, read_frames([mesh]).select([number]))
            assert any("1" in word for word in texts(figure))


def test_packets_without_a_date_count_from_the_first_sample(mesh):
    read = read_frames([mesh])
    undated = replace(read, time_ns=read.time_ns - read.time_ns[0], dated=np.zeros(len(read), bool))
    for kind in KINDS:
        assert "time from the first sample (s)" in texts(draw(kind, undated))


def test_a_reader_that_goes_away_is_no_fault(mesh, tmp_path):
    command = f"{' '.join(KAIFA_PLOT)} {mesh} --output {tmp_path}/out.png | true"
    result = subprocess.run(command, shell=True, capture_output=True, timeout=60)
    assert result.stderr == b""
