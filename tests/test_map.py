# SPDX-License-Identifier: GPL-3.0-or-later
"""kaifa_map shows the mesh that the records speak of."""

import json
import os
import random
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from collections import Counter
from dataclasses import replace
from datetime import date
from statistics import median

import matplotlib.image
import networkx as nx
import numpy as np
import pytest
from conftest import ROOT, frames, receive, simulate
from gnuradio.kaifa.pictures.mesh import acknowledged, mesh_graph
from gnuradio.kaifa.pictures.mesh_dot import mesh_dot
from gnuradio.kaifa.pictures.mesh_files import write_mesh
from gnuradio.kaifa.pictures.mesh_roles import (
    BEACON_BROADCAST,
    BEACON_ONLY,
    BROADCAST_ONLY,
    COLLECTOR,
    METER,
    NOT_HEARD,
    RELAY,
    add_roles,
)
from gnuradio.kaifa.pictures.paint import Paint
from gnuradio.kaifa.pictures.palette import DARK, LIGHT
from gnuradio.kaifa.pictures.read import read_frames

KAIFA_MAP = [sys.executable, shutil.which("kaifa_map")]
SUFFIXES = ("svg", "png", "pdf", "dot", "graphml", "gexf")
SVG = "{http://www.w3.org/2000/svg}"
XLINK = "{http://www.w3.org/1999/xlink}"


def kaifa_map(*arguments, **options):
    return subprocess.run(
        [*KAIFA_MAP, *map(str, arguments)], capture_output=True, text=True, timeout=60, **options
    )


@pytest.fixture(scope="module")
def mesh(tmp_path_factory):
    """JSON lines of a simulated mesh with two collectors, and what was sent in it."""
    folder = tmp_path_factory.mktemp("map")
    traffic = ("--unicast-rate", 25, "--broadcast-rate", 4, "--beacon-period", 6)
    recording = simulate(
        folder / "mesh", "--seconds", 6, "--nodes", 24, "--collectors", 2, "--snr-min", 16, *traffic
    )
    assert receive(recording, "--json", folder / "mesh.jsonl").returncode == 0
    return folder / "mesh.jsonl"


@pytest.fixture(scope="module")
def maps(mesh, tmp_path_factory):
    """{suffix: the map in that form}."""
    folder = tmp_path_factory.mktemp("maps")
    names = {suffix: folder / f"out.{suffix}" for suffix in SUFFIXES}
    result = kaifa_map(mesh, *(word for name in names.values() for word in ("--output", name)))
    assert (result.returncode, result.stderr) == (0, "")
    return names


def links(records):
    """{(source, destination): unicasts} of records."""
    unicasts = [record for record in records if record["type"] == "unicast"]
    return Counter((record["source"], record["destination"]) for record in unicasts)


def nodes(records):
    named = {record[party] for record in records for party in ("source", "destination")}
    return named - {None, "ffff"}


def titles(path, kind):
    """Of the groups of one class in an SVG file by Graphviz."""
    groups = ElementTree.parse(path).iter(f"{SVG}g")
    return [group.find(f"{SVG}title").text for group in groups if group.get("class") == kind]


def test_the_graph_is_what_the_records_say(mesh):
    records = [record for record in frames(mesh) if record["check_ok"]]
    graph = mesh_graph(read_frames([mesh]))
    assert set(graph) == nodes(records) and list(graph) == sorted(graph)
    expected = links(records)
    assert {(a, b): link["unicasts"] for a, b, link in graph.edges(data=True)} == expected
    for source, destination, link in graph.edges(data=True):
        snr = [
            record["snr_db"]
            for record in records
            if record["type"] == "unicast"
            and (record["source"], record["destination"]) == (source, destination)
        ]
        assert link["median_snr_db"] == pytest.approx(median(snr), abs=0.006)
        # Every acknowledgement that was received names the parties of one unicast.
        acks = sum(
            record["type"] == "ack"
            and (record["source"], record["destination"]) == (destination, source)
            for record in records
        )
        assert link["acknowledged"] == acks <= link["unicasts"]
        assert link["acknowledged_share"] == pytest.approx(acks / link["unicasts"], abs=1e-4)
    for address, node in graph.nodes.items():
        of_node = [record for record in records if record["source"] == address]
        types = Counter(record["type"] for record in of_node)
        assert node["packets"] == len(of_node)
        assert node["unicasts"] == types["unicast"]
        assert node["broadcasts"] == types["broadcast"]
        assert node["beacons"] == types["beacon"]
        assert node["acks_inferred"] == types["ack"]
        assert node["heard"] == any(not record["source_inferred"] for record in of_node)
        assert node["received"] == sum(n for (_, to), n in expected.items() if to == address)


def test_the_collectors_stand_out(mesh):
    """The simulator's collectors are the first two nodes, and talk more than all others."""
    graph = mesh_graph(read_frames([mesh]))
    guessed = {address for address, node in graph.nodes.items() if node["role"] == COLLECTOR}
    truth = [json.loads(line) for line in mesh.with_suffix(".truth.jsonl").read_text().splitlines()]
    talk = Counter()
    for sent in truth:
        if sent["kind"] == "unicast":
            talk.update((sent["source"], sent["destination"]))
    assert guessed == {address for address, _ in talk.most_common(2)}


def test_roles():
    def role(graph, address, **seen):
        for node in graph.nodes.values():
            node.setdefault("packets", 1)
            node.setdefault("broadcasts", 0)
            node.setdefault("beacons", 0)
            node.setdefault("acks_inferred", 0)
        graph.nodes[address].update(seen)
        add_roles(graph)
        return graph.nodes[address]["role"]

    star = nx.DiGraph([(leaf, "hub") for leaf in "abcdefgh"])
    assert role(star, "hub") == COLLECTOR and star.nodes["a"]["role"] == METER
    assert star.nodes["hub"]["betweenness"] == 1 and star.nodes["hub"]["peers"] == 8
    chain = nx.DiGraph([("a", "b"), ("b", "c"), ("c", "d"), ("e", "b")])
    assert role(chain, "b") == RELAY and chain.nodes["a"]["role"] == METER
    star.add_node("alone")
    assert role(star, "alone", broadcasts=2, beacons=1) == BEACON_BROADCAST
    assert role(star, "alone", broadcasts=2, beacons=0) == BROADCAST_ONLY
    assert role(star, "alone", broadcasts=0, beacons=1) == BEACON_ONLY
    assert role(chain, "d", packets=0) == NOT_HEARD
    assert role(chain, "d", packets=2, acks_inferred=2) == NOT_HEARD
    assert role(chain, "d", packets=3, acks_inferred=2) == METER


def test_an_acknowledgement_counts_once_and_in_time(mesh):
    read = read_frames([mesh])
    answered = acknowledged(read)
    (unicast,) = np.flatnonzero(answered)[:1]
    (ack,) = [
        i
        for i in range(unicast, len(read))
        if read.type[i] == 3
        and read.sequence[i] == read.sequence[unicast]
        and read.source[i] == read.destination[unicast]
    ][:1]
    pair = read.select([unicast, ack])
    assert acknowledged(pair).tolist() == [True, False]
    late = replace(pair, time_ns=pair.time_ns + np.array([0, 2 * 10**9]))
    other = replace(pair, sequence=pair.sequence + np.array([0, 1], np.int16))
    twice = read.select([unicast, unicast, ack, ack])
    assert acknowledged(late).tolist() == acknowledged(other).tolist() == [False, False]
    assert acknowledged(twice).tolist() == [False, True, False, False]
    assert acknowledged(read.select([ack, unicast])).tolist() == [False, False]


def test_graphml_and_gexf_are_read_back(mesh, maps):
    graph, paint = mesh_graph(read_frames([mesh])), Paint(read_frames([mesh]), LIGHT)
    back = nx.read_graphml(maps["graphml"])
    assert dict(back.nodes.items()) == dict(graph.nodes.items())
    assert dict(back.edges.items()) == dict(graph.edges.items())
    back = nx.read_gexf(maps["gexf"])
    assert set(back) == set(graph) and set(back.edges) == set(graph.edges)
    for ends, link in graph.edges.items():
        assert back.edges[ends]["weight"] == link["unicasts"]
        assert back.edges[ends]["acknowledged"] == link["acknowledged"]
    for address, node in graph.nodes.items():
        assert back.nodes[address]["role"] == node["role"]
        seen = back.nodes[address]["viz"]["color"]
        assert "#{r:02X}{g:02X}{b:02X}".format(**seen) == paint.of(address).upper()
    assert str(date.today()).encode() not in maps["gexf"].read_bytes()


def test_the_picture_has_every_node_and_link(mesh, maps):
    graph = mesh_graph(read_frames([mesh]))
    assert sorted(titles(maps["svg"], "node")) == sorted(graph)
    assert sorted(titles(maps["svg"], "edge")) == sorted(f"{a}->{b}" for a, b in graph.edges)
    text = " ".join(ElementTree.parse(maps["svg"]).getroot().itertext())
    for address in graph:
        assert address[-4:] in text
    unicasts = sum(link["unicasts"] for *_, link in graph.edges(data=True))
    assert f"26 nodes, {len(graph.edges)} links with {unicasts} unicasts, 2026-01-01" in text
    assert "collector?" in text and "(?: a guess from the traffic)" in text
    tips = [each.get(f"{XLINK}title") for each in ElementTree.parse(maps["svg"]).iter(f"{SVG}a")]
    source, destination, link = next(iter(graph.edges(data=True)))
    share = f"{link['acknowledged_share']:.0%}"
    expected = f"{source[-4:]} to {destination[-4:]}: {link['unicasts']} unicasts, {share} ack"
    assert any(tip.startswith(expected) for tip in tips)
    corner = matplotlib.image.imread(maps["png"])[-1, -1]
    assert corner.tolist() == [1, 1, 1, 1]
    assert maps["pdf"].read_bytes().startswith(b"%PDF")


def circles(path):
    """Centre and radius of each node of a picture."""
    for group in ElementTree.parse(path).iter(f"{SVG}g"):
        if group.get("class") == "node":
            outlines = [*group.iter(f"{SVG}ellipse"), *group.iter(f"{SVG}polygon")]
            yield max(map(circle, outlines), key=lambda circle: circle[2])


def test_nodes_do_not_overlap(mesh, maps):
    """No two of the picture meet, taken as circles."""
    places = list(circles(maps["svg"]))
    x, y, radius = np.array(places).T
    apart = np.hypot(x[:, None] - x, y[:, None] - y) - radius[:, None] - radius
    count = len(mesh_graph(read_frames([mesh])))
    assert len(places) == count and np.all(apart[np.triu_indices(count, 1)] > 0)


def circle(outline):
    """Centre and radius of an ellipse or polygon."""
    if outline.tag == f"{SVG}ellipse":
        return [float(outline.get(name)) for name in ("cx", "cy", "rx")]
    points = np.array([point.split(",") for point in outline.get("points").split()], float)
    middle = (points.min(axis=0) + points.max(axis=0)) / 2
    return [*middle, np.hypot(*(points - middle).T).max()]


def graph_of(links, **of_link):
    """A graph of {(number of a node, that of another): unicasts}."""
    chance = random.Random(3)
    addresses = [f"000b12{chance.getrandbits(40):010x}" for _ in range(60)]
    graph = nx.DiGraph()
    for (source, destination), unicasts in links.items():
        more = {"acknowledged": 0, "acknowledged_share": 0.0, **of_link}
        graph.add_edge(addresses[source], addresses[destination], unicasts=unicasts, **more)
    for node in graph.nodes.values():
        node.update(packets=9, unicasts=9, broadcasts=0, beacons=0, acks_inferred=0, received=9)
    add_roles(graph)
    return graph


def crowd(count, links):
    """`count` nodes with `links` between any two of them, some heavy."""
    chance = random.Random(3)
    pairs = [(a, b) for a in range(count) for b in range(count) if a != b]
    sent = {ends: int(chance.paretovariate(0.8)) for ends in chance.sample(pairs, links)}
    return graph_of(sent, median_snr_db=20.0)


def drawn(graph, path):
    """{link: box of its numbers} and {link: points on its arrow} of a picture of a graph."""
    write_mesh(graph, path, "subtitle", Paint(read_frames([]), LIGHT))
    boxes, ways = {}, {}
    for group in ElementTree.parse(path).iter(f"{SVG}g"):
        if group.get("class") in ("node numbers", "edge"):
            name = group.findtext(f"{SVG}title")
            d = group.find(f".//{SVG}path").get("d")
            points = np.array(re.findall(r"(-?[\d.]+),(-?[\d.]+)", d), float)
            if group.get("class") == "edge":
                t = np.linspace(0, 1, 500)[:, None]
                shares = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3
                ways[name] = sum(share * p for share, p in zip(shares, points, strict=True))
            else:
                boxes[name.removesuffix(" numbers")] = points.min(axis=0), points.max(axis=0)
    return boxes, ways


@pytest.mark.parametrize(("count", "links"), [(3, 6), (8, 30), (20, 40)])
def test_numbers_lie_on_their_link_and_cover_nothing_else(count, links, tmp_path):
    path = tmp_path / "out.svg"
    graph = crowd(count, links)
    boxes, ways = drawn(graph, path)
    assert len(ways) == links and 0.8 * links <= len(boxes)
    nodes_drawn = list(circles(path))
    for name, (low, high) in boxes.items():
        assert np.hypot(*(ways[name] - (low + high) / 2).T).min() < 2
        for x, y, radius in nodes_drawn:
            away = np.hypot(*(np.clip((x, y), low, high) - (x, y)))
            assert away >= 0.9 * radius
        for other, way in ways.items():
            assert other == name or not np.any(np.all((low < way) & (way < high), axis=1))
        for other, (low_2, high_2) in boxes.items():
            assert other == name or not np.all((low < high_2) & (low_2 < high))
    missing = links - len(boxes)
    text = " ".join(ElementTree.parse(path).getroot().itertext())
    assert (f"numbers of {missing} links have no room" in text) == (missing > 0)


def test_where_few_numbers_have_room_there_are_none(tmp_path):
    boxes, ways = drawn(crowd(30, 400), tmp_path / "out.svg")
    assert (len(boxes), len(ways)) == (0, 400)


def test_arrows_of_a_small_mesh_go_round_nodes(tmp_path):
    path = tmp_path / "out.svg"
    _, ways = drawn(crowd(8, 30), path)
    nodes_drawn = list(circles(path))
    for way in ways.values():
        under = [np.hypot(*(way - (x, y)).T).min() < 0.8 * radius for x, y, radius in nodes_drawn]
        assert sum(under) == 0


def test_a_star_is_drawn(tmp_path):
    """Graphviz 2.43 crashes on many of them if it has to route the arrows."""
    leaves = range(1, 20)
    star = graph_of({ends: 1 for leaf in leaves for ends in ((leaf, 0), (0, leaf))})
    assert len(drawn(star, tmp_path / "out.svg")[1]) == 38


def test_numbers_of_links_without_signal_to_noise_are_written(tmp_path):
    """As of a capture by another program."""
    boxes, _ = drawn(graph_of({(0, 1): 7}), tmp_path / "out.svg")
    assert len(boxes) == 1
    assert "7 · 0%" in (tmp_path / "out.svg").read_text()


def test_the_same_frames_give_the_same_files(mesh, maps, tmp_path):
    """In whatever order they come, and in another process."""
    lines = mesh.read_text().splitlines(keepends=True)
    (tmp_path / "mesh.jsonl").write_text("".join(reversed(lines[:-1])))
    names = [tmp_path / f"out.{suffix}" for suffix in SUFFIXES]
    options = [word for name in names for word in ("--output", name)]
    environment = {"PYTHONHASHSEED": "5"}
    result = kaifa_map(tmp_path / "mesh.jsonl", *options, env={**os.environ, **environment})
    assert result.returncode == 0, result.stderr
    for name in names:
        # In PDF the drawing library puts the time, and fonts as memory has them.
        if name.suffix != ".pdf":
            assert name.read_bytes() == maps[name.suffix[1:]].read_bytes(), name


def test_no_address_is_left_with_pseudonyms(mesh, tmp_path):
    (tmp_path / "key").write_text("a key of more than sixteen octets")
    named = tmp_path / "000b12a83102e0c6.jsonl"
    shutil.copy(mesh, named)
    options = ("--anonymize", "--anonymize-key", tmp_path / "key")
    names = [tmp_path / f"out.{suffix}" for suffix in SUFFIXES]
    outputs = [word for name in names for word in ("--output", name)]
    result = kaifa_map(named, *options, *outputs)
    assert result.returncode == 0, result.stderr
    said = result.stdout.encode() + result.stderr.encode()
    assert kaifa_map(named, *options, cwd=tmp_path).stdout.endswith("map: frames-mesh.svg\n")
    whole = [name.read_bytes() for name in names] + [said]
    for address in nodes(frames(mesh)):
        assert not any(address.encode() in octets for octets in whole)
    words = titles(names[0], "node")
    assert all(word.startswith("n-") for word in words) and len(words) == 26
    assert set(nx.read_graphml(tmp_path / "out.graphml")) == set(words)
    tips = [each.get(f"{XLINK}title") for each in ElementTree.parse(names[0]).iter(f"{SVG}a")]
    for address in nodes(frames(mesh)):
        assert not any(address[-4:] + " " in tip for tip in tips)
    other = tmp_path / "other.graphml"
    part = kaifa_map(named, *options, "--until", "start+2s", "--output", other)
    assert part.returncode == 0 and set(nx.read_graphml(other)) <= set(words)


def test_a_stretch_of_time(mesh, tmp_path):
    times = sorted(record["time"] for record in frames(mesh))
    middle = times[len(times) // 2]
    early, late = tmp_path / "early.graphml", tmp_path / "late.graphml"
    assert kaifa_map(mesh, "--until", middle, "--output", early).returncode == 0
    assert kaifa_map(mesh, "--since", middle, "--output", late).returncode == 0
    before = [record for record in frames(mesh) if record["time"] < middle]
    after = [record for record in frames(mesh) if record["time"] >= middle]
    for name, records in ((early, before), (late, after)):
        graph = nx.read_graphml(name)
        assert {ends: link["unicasts"] for ends, link in graph.edges.items()} == links(records)


def test_a_dark_map_is_dark(mesh):
    read = read_frames([mesh])
    text = mesh_dot(mesh_graph(read), "subtitle", Paint(read, DARK))
    assert f'bgcolor="{DARK.background}"' in text
    colours = set(re.findall(r'fillcolor="(#\w+)"', text))
    assert colours == {*DARK.senders, DARK.others}


def test_twelve_meters_have_colours_of_their_own_or_those_chosen(mesh, tmp_path):
    graph = mesh_graph(read_frames([mesh]))
    fills = {}

    def fill_of(*options):
        result = kaifa_map(mesh, *options, "--output", tmp_path / "out.dot")
        assert result.returncode == 0, result.stderr
        text = (tmp_path / "out.dot").read_text()
        assert ("grey: not among the senders" in text) == (len(graph) > 12)
        return dict(re.findall(r'^  "(\w+)" \[.*fillcolor="(#\w+)"', text, re.MULTILINE))

    fills = fill_of()
    own = {address for address, fill in fills.items() if fill != LIGHT.others}
    packets = Counter(r["source"] for r in frames(mesh) if r["source"])
    assert len(own) == len({fills[address] for address in own}) == 12
    assert min(packets[a] for a in own) >= max(packets[a] for a in set(graph) - own)
    quiet = min(packets, key=packets.get)
    fills = fill_of("--sender", quiet[-4:])
    assert [a for a, fill in fills.items() if fill != LIGHT.others] == [quiet]


def test_few_links_have_their_numbers_written(tmp_path):
    receive(ROOT / "examples/mesh", "--json", tmp_path / "mesh.jsonl")
    assert kaifa_map(tmp_path / "mesh.jsonl", cwd=tmp_path).returncode == 0
    path = tmp_path / "mesh-mesh.svg"
    text = " ".join(" ".join(ElementTree.parse(path).getroot().itertext()).split())
    assert "1 · 100% 27 dB" in text and "1 · 0% 24 dB" in text
    graph = mesh_graph(read_frames([tmp_path / "mesh.jsonl"]))
    assert sorted(titles(path, "node")) == sorted(graph)
    assert sorted(titles(path, "node numbers")) == sorted(
        f"{a}->{b} numbers" for a, b in graph.edges
    )
    assert "broadcast only" in text and "not heard" in text and "relay?" in text


def test_the_summary_fits_a_terminal(mesh, tmp_path):
    lines = kaifa_map(mesh, "--output", tmp_path / "out.graphml").stdout.splitlines()
    assert max(map(len, lines[:-1])) <= 80
    graph = mesh_graph(read_frames([mesh]))
    assert lines[0].startswith(f"26 nodes, {len(graph.edges)} links with")
    assert lines[1].startswith("2026-01-01 00:00:00.")
    assert lines[2].startswith("2 collector?, ")
    assert lines[2].endswith(" meter (?: a guess from the traffic)")
    (busiest,) = sorted(graph.nodes.items(), key=lambda item: (-item[1]["peers"], item[0]))[:1]
    (line,) = (line for line in lines[4:5])
    assert line.split()[:3] == [busiest[0], "collector?", str(busiest[1]["peers"])]


@pytest.mark.parametrize(
    "arguments, message",
    [
        (["none.jsonl"], "none.jsonl: No such file"),
        (["{mesh}", "--output", "out.jpg"], "out.jpg: is no kind of map, expected .svg"),
        (["{mesh}", "--output", "none/out.dot"], "none/out.dot: cannot be written, No such"),
        (["{mesh}", "--until", "2020-01-01"], "there are no frames in the inputs"),
        ([], "the following arguments are required"),
    ],
)
def test_what_cannot_be_used_is_told_in_one_line(arguments, message, mesh, tmp_path):
    result = kaifa_map(*(word.format(mesh=mesh) for word in arguments), cwd=tmp_path)
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.startswith("kaifa_map: ") and result.stderr.count("\n") == 1
    assert message in result.stderr


def test_frames_that_name_nobody_make_no_map(mesh, tmp_path):
    nobody = {"source": None, "destination": None}
    lines = [json.dumps({**record, **nobody}) for record in frames(mesh)]
    (tmp_path / "nobody.jsonl").write_text("\n".join(lines))
    result = kaifa_map(tmp_path / "nobody.jsonl", cwd=tmp_path)
    assert result.returncode == 2 and "expected some that do" in result.stderr


def test_without_graphviz_the_other_forms_are_written(mesh, tmp_path):
    environment = {**os.environ, "PATH": str(tmp_path)}
    result = kaifa_map(mesh, "--output", tmp_path / "out.svg", env=environment)
    assert result.returncode == 2 and "apt install graphviz" in result.stderr
    result = kaifa_map(mesh, "--output", tmp_path / "out.gexf", env=environment)
    assert result.returncode == 0, result.stderr
