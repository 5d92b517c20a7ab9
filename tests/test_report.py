# SPDX-License-Identifier: GPL-3.0-or-later
"""kaifa_report: the page in a browser, held against the records it was made of."""

import base64
import collections
import csv
import hashlib
import json
import re
import shutil
import subprocess
import sys
import zlib

import pytest
from browser import browser, choose_first, console, eventually, octets_shown, resize, shown
from conftest import ROOT, frames, receive, simulate
from contrast import contrast
from gnuradio.kaifa.pictures.mesh import mesh_graph
from gnuradio.kaifa.pictures.paint import Paint
from gnuradio.kaifa.pictures.palette import LIGHT
from gnuradio.kaifa.pictures.read import read_frames
from many_frames import write_many
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

KAIFA_REPORT = [sys.executable, shutil.which("kaifa_report")]
MANY = 100_000
MOST_MILLISECONDS = 3000
MOST_OCTETS = 12_000_000


def report(*arguments):
    return subprocess.run(
        [*KAIFA_REPORT, *map(str, arguments)], capture_output=True, text=True, timeout=300
    )


@pytest.fixture(scope="module")
def mesh(tmp_path_factory):
    """Path of the records of a mesh of 62 nodes, 8 s."""
    folder = tmp_path_factory.mktemp("mesh")
    traffic = ("--unicast-rate", 20, "--broadcast-rate", 4, "--beacon-period", 8)
    radio = ("--channels", 9, "--snr-min", 14)
    name = simulate(
        folder / "mesh", "--nodes", 60, "--collectors", 2, "--seconds", 8, *traffic, *radio
    )
    result = receive(name, "--json", folder / "mesh.jsonl", "--db", folder / "mesh.db")
    assert result.returncode == 0, result.stderr
    return folder / "mesh.jsonl"


@pytest.fixture(scope="module")
def mesh_records(mesh):
    return frames(mesh)


@pytest.fixture(scope="module")
def mesh_page(mesh):
    """Path of the report of it."""
    path = mesh.with_name("report.html")
    result = report(mesh, "-o", path)
    assert (result.returncode, result.stderr) == (0, "")
    return path


@pytest.fixture(scope="module")
def chromium():
    with browser() as driver:
        yield driver


@pytest.fixture
def page(chromium, mesh_page):
    """The browser with the report open and all of it in view."""
    opened(chromium, mesh_page)
    yield chromium
    assert console(chromium) == []


def opened(driver, path):
    """Opens a report and returns the milliseconds until it was drawn."""
    for log in ("browser", "performance"):
        driver.get_log(log)
    driver.get(path.as_uri())
    return int(eventually(lambda: driver.execute_script(READY)))


READY = "return document.documentElement.dataset.ready"


def requests(driver):
    """URLs that the page asked the network for."""
    events = [json.loads(entry["message"])["message"] for entry in driver.get_log("performance")]
    asked = [e["params"]["request"]["url"] for e in events if e["method"] == REQUEST]
    return [url for url in asked if not url.startswith("data:")]


REQUEST = "Network.requestWillBeSent"


def text_of(driver, identity):
    return driver.find_element(By.ID, identity).text


def shows(driver, text):
    """Waits until the page says that it shows so many frames."""
    eventually(lambda: shown(driver) == text)


def press(driver, identity):
    driver.find_element(By.ID, identity).click()


def fill_in(driver, identity, text):
    field = driver.find_element(By.ID, identity)
    field.send_keys(Keys.CONTROL, "a", Keys.NULL, text, Keys.ENTER)


def fields_shown(driver):
    """{name: text} of the header of the frame chosen."""
    script = """return [...document.querySelectorAll('#details dl:first-of-type dt')]
        .map((node) => [node.textContent, node.nextElementSibling.textContent])"""
    return dict(driver.execute_script(script))


def test_a_hundred_thousand_frames_are_there_within_three_seconds(chromium, mesh_records, tmp_path):
    write_many(tmp_path / "many.jsonl", mesh_records, MANY)
    path = tmp_path / "many.html"
    assert report(tmp_path / "many.jsonl", "-o", path).returncode == 0
    milliseconds = min(opened(chromium, path) for _ in range(2))
    print(f"{path.stat().st_size} octets, drawn after {milliseconds} ms")
    assert milliseconds < MOST_MILLISECONDS
    assert path.stat().st_size < MOST_OCTETS
    shows(chromium, f"{MANY} frames")
    assert requests(chromium) == [path.as_uri()]
    assert console(chromium) == []


def test_types_are_filtered(page, mesh_records):
    kinds = collections.Counter(record["type"] for record in mesh_records)
    total = len(mesh_records)
    for name, number in kinds.items():
        assert text_of(page, f"type-{name}").split()[-1] == str(number)
    press(page, "type-ack")
    shows(page, f"{total - kinds['ack']} of {total} frames")
    press(page, "type-beacon")
    shows(page, f"{total - kinds['ack'] - kinds['beacon']} of {total} frames")
    assert page.find_element(By.ID, "type-ack").get_attribute("aria-pressed") == "false"
    press(page, "reset")
    shows(page, f"{total} frames")


def test_time_is_filtered(page, mesh_records):
    chosen = sum("00:00:02" <= record["time"][11:] < "00:00:05" for record in mesh_records)
    fill_in(page, "from", "2026-01-01 00:00:02")
    fill_in(page, "to", "2026-01-01T00:00:04.999999999Z")
    shows(page, f"{chosen} of {len(mesh_records)} frames")
    fill_in(page, "to", "tomorrow")
    assert page.find_element(By.ID, "to").get_attribute("aria-invalid") is not None
    shows(page, f"{chosen} of {len(mesh_records)} frames")


def test_a_meter_is_found_by_its_last_digits(page, mesh_records):
    address = mesh_records[0]["source"]
    fill_in(page, "find", address[-4:])
    shows(page, f"{len(of_meter(mesh_records, address))} of {len(mesh_records)} frames")
    fill_in(page, "find", "nobody")
    assert page.find_element(By.ID, "find").get_attribute("aria-invalid") is not None


def of_meter(records, address):
    return [r for r in records if address in (r["source"], r["destination"])]


def test_a_node_of_the_mesh_leaves_its_own_frames(page, mesh_records):
    node = page.find_elements(By.CSS_SELECTOR, "g.node")[0]
    label = node.find_element(By.TAG_NAME, "text").get_attribute("textContent")
    (address,) = {r["source"] for r in mesh_records if (r["source"] or "").endswith(label)}
    click = "arguments[0].dispatchEvent(new MouseEvent('click', {bubbles: true}))"
    page.execute_script(click, node)
    shows(page, f"{len(of_meter(mesh_records, address))} of {len(mesh_records)} frames")
    assert "chosen" in node.get_attribute("class")
    links = {(s, d) for s, d in links_of(mesh_records) if address in (s, d)}
    assert number_in(page, "tab-links") == len(links)
    page.find_element(By.TAG_NAME, "body").send_keys(Keys.ESCAPE)
    shows(page, f"{len(mesh_records)} frames")


def links_of(records):
    """Frames from each meter to each other one."""
    return collections.Counter(
        (r["source"], r["destination"]) for r in records if r["type"] == "unicast"
    )


def number_in(driver, identity):
    return int(driver.find_element(By.ID, identity).find_element(By.TAG_NAME, "small").text)


COLOURS = """return Object.fromEntries([...document.querySelectorAll('g.node')].map((node) =>
    [node.querySelector('text').textContent, node.querySelector('.dot').style.getPropertyValue(
        '--color').trim().toLowerCase()]))"""


def test_colours_are_those_of_the_other_pictures_and_lent_to_who_is_chosen(page, mesh):
    read = read_frames([str(mesh)])
    paint = Paint(read, LIGHT)
    expected = {address[-4:]: paint.of(address).lower() for address in mesh_graph(read)}
    assert page.execute_script(COLOURS) == expected
    assert len(set(expected.values())) == 13
    assert page.find_element(By.ID, "others").is_displayed()
    grey = next(name for name, colour in expected.items() if colour == LIGHT.others)
    fill_in(page, "find", grey)
    eventually(lambda: page.execute_script(COLOURS)[grey] != LIGHT.others)
    changed = page.execute_script(COLOURS)
    (lender,) = {name for name in expected if changed[name] != expected[name]} - {grey}
    assert (changed[grey], changed[lender]) == (expected[lender], LIGHT.others)
    page.find_element(By.TAG_NAME, "body").send_keys(Keys.ESCAPE)
    eventually(lambda: page.execute_script(COLOURS) == expected)


def test_mesh_and_tables_count_what_the_records_say(page, mesh_records):
    links = links_of(mesh_records)
    parties = {r[party] for r in mesh_records for party in ("source", "destination")}
    meters = parties - {None, "ffff"}
    assert len(page.find_elements(By.CSS_SELECTOR, "g.node")) == len(meters)
    assert len(page.find_elements(By.CSS_SELECTOR, ".edges path")) == len(links)
    assert number_in(page, "tab-meters") == len(meters)
    assert number_in(page, "tab-links") == len(links)
    press(page, "tab-links")
    page.find_element(By.XPATH, "//div[@id='table-links']//button[.='Unicasts']").click()
    eventually(lambda: "Unicasts ▾" in page.page_source)
    first = page.find_element(By.CSS_SELECTOR, "#table-links .grid-row").text.split("\n")
    assert int(first[2]) == links[first[0], first[1]] == max(links.values())
    acked = acknowledged(mesh_records)[first[0], first[1]]
    assert first[3] == f"{round(100 * acked / int(first[2]))} %"


def saved(driver, name, folder):
    """Rows of a table, by the file that the page saves."""
    allowed = {"behavior": "allow", "downloadPath": str(folder)}
    driver.execute_cdp_cmd("Browser.setDownloadBehavior", allowed)
    press(driver, f"tab-{name}")
    press(driver, "save")
    path = folder / f"{name}.csv"
    eventually(path.exists)
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_a_link_leaves_the_frames_between_two(page, mesh_records):
    press(page, "tab-links")
    choose_first(page, "table-links")
    row = "return [...document.querySelector('#table-links .chosen').children]"
    eventually(lambda: page.find_elements(By.CSS_SELECTOR, "#table-links .chosen"))
    ends = set(page.execute_script(f"{row}.map((node) => node.textContent)")[:2])
    between = [r for r in mesh_records if {r["source"], r["destination"]} == ends]
    shows(page, f"{len(between)} of {len(mesh_records)} frames")


def test_saved_tables_say_what_the_map_says(page, mesh, mesh_records, tmp_path):
    assert len(saved(page, "frames", tmp_path)) == len(mesh_records)
    says_what_the_map_says(page, mesh, tmp_path)


def test_roles_are_those_of_the_map(chromium, mesh_records, tmp_path):
    """A tree in which each meter but the last sends to two, and three that send to all."""
    of_type = {record["type"]: record for record in mesh_records}
    template = of_type["unicast"]
    path = tmp_path / "tree.jsonl"
    with path.open("w") as file:
        for n in range(1, 15):
            ends = {"source": f"{(n - 1) // 2:016x}", "destination": f"{n:016x}"}
            file.write(json.dumps(template | ends) + "\n")
        for kind, address in (("beacon", 90), ("broadcast", 91), ("beacon", 92), ("broadcast", 92)):
            file.write(json.dumps(of_type[kind] | {"source": f"{address:016x}"}) + "\n")
    assert report(path, "-o", tmp_path / "tree.html").returncode == 0
    opened(chromium, tmp_path / "tree.html")
    roles = says_what_the_map_says(chromium, path, tmp_path)
    assert collections.Counter(roles) == {
        "relay?": 6, "meter": 1, "not heard": 8,
        "beacon only": 1, "broadcast only": 1, "beacon+broadcast": 1,
    }  # fmt: skip
    # Only heard, so hollow.
    hollow = chromium.find_elements(
        By.CSS_SELECTOR, ".beacon-only, .broadcast-only, .beacon-broadcast"
    )
    fills = {
        node.find_element(By.CSS_SELECTOR, ".dot").value_of_css_property("fill") for node in hollow
    }
    assert len(hollow) == 3 and fills == {"rgb(255, 255, 255)"}
    assert console(chromium) == []


def says_what_the_map_says(page, mesh, tmp_path):
    """Holds the tables of meters and links against the graph of kaifa_map; returns the roles."""
    graph = mesh_graph(read_frames([str(mesh)]))
    meters = {row["Meter"]: row for row in saved(page, "meters", tmp_path)}
    assert meters.keys() == graph.nodes.keys()
    columns = {"Unicasts": "unicasts", "Acks": "acks_inferred", "Received": "received",
               "Beacons": "beacons", "Broadcasts": "broadcasts", "Neighbours": "peers"}  # fmt: skip
    for address, node in graph.nodes.items():
        row = meters[address]
        assert row["Role"] == node["role"]
        assert {c: int(row[c]) for c in columns} == {c: node[key] for c, key in columns.items()}
        if node["heard"]:
            assert float(row["SNR dB"]) == pytest.approx(node["median_snr_db"], abs=0.006)
    links = {(row["From"], row["To"]): row for row in saved(page, "links", tmp_path)}
    assert links.keys() == set(graph.edges)
    for ends, row in links.items():
        assert int(row["Unicasts"]) == graph.edges[ends]["unicasts"]
        share = graph.edges[ends]["acknowledged_share"]
        assert float(row["Acked"]) == pytest.approx(share, abs=1e-4)
        assert float(row["SNR dB"]) == pytest.approx(graph.edges[ends]["median_snr_db"], abs=0.006)
    return [row["Role"] for row in meters.values()]


def acknowledged(records):
    """Of each link, the unicasts that were acknowledged."""
    waiting, count = {}, collections.Counter()
    for r in sorted(records, key=lambda r: r["time"]):
        if r["type"] == "unicast":
            waiting[r["source"], r["destination"], r["sequence"]] = r["time_s"]
        elif r["type"] == "ack":
            sent_s = waiting.pop((r["destination"], r["source"], r["sequence"]), None)
            count[r["destination"], r["source"]] += sent_s is not None and r["time_s"] - sent_s <= 1
    return count


@pytest.mark.parametrize("kind", ["unicast", "broadcast", "beacon", "ack"])
def test_a_frame_shows_its_header_and_octets(page, mesh_records, kind):
    ordered = sorted(mesh_records, key=lambda record: record["time"])
    record = next(r for r in ordered if r["type"] == kind)
    for other in {r["type"] for r in mesh_records} - {kind}:
        press(page, f"type-{other}")
    first = "return document.querySelector('#table-frames .grid-row').innerText"
    eventually(lambda: kind in page.execute_script(first))
    # In the table, too, an inferred party is marked.
    marks = record["source_inferred"] + record["destination_inferred"]
    assert page.execute_script(first).count("?") == marks
    choose_first(page)
    eventually(lambda: octets_shown(page) == record["mpdu"])
    fields = fields_shown(page)
    assert fields["sequence number"] == str(record["sequence"])
    for party in ("source", "destination"):
        if record[party]:
            expected = {"ffff": "ffff (broadcast)"}.get(record[party], record[party])
            inferred = " (inferred)" if record[f"{party}_inferred"] else ""
            assert fields[party] == expected + inferred
        else:
            assert party not in fields
    if record["security_level"] is None:
        assert "frame counter" not in fields
    else:
        assert fields["frame counter"] == str(record["frame_counter"])
        assert fields["payload"] == f"{len(record['payload']) // 2} octets"
        assert fields["MIC"] == record["mic"]
    assert f"{record['frequency_hz']:.12g}" in text_of(page, "details")


def test_the_octets_of_a_field_light_up_with_it(page, mesh_records):
    choose_first(page)
    eventually(lambda: octets_shown(page))
    record = min(mesh_records, key=lambda record: record["time"])
    source = page.find_element(By.XPATH, "//div[@id='details']//dt[.='source']")
    ActionChains(page).scroll_to_element(source).move_to_element(source).perform()
    lit = page.find_elements(By.CSS_SELECTOR, ".octet.lit")
    assert "".join(node.text for node in lit) == bytes.fromhex(record["source"])[::-1].hex()


def test_all_of_it_goes_by_keys(page, mesh_records):
    picture = page.find_element(By.CSS_SELECTOR, "#scatter canvas")
    picture.send_keys("n")
    ordered = sorted(mesh_records, key=lambda record: record["time"])
    eventually(lambda: octets_shown(page) == ordered[0]["mpdu"])
    picture.send_keys("n")
    eventually(lambda: octets_shown(page) == ordered[1]["mpdu"])
    picture.send_keys("++")
    eventually(lambda: " of " in shown(page))
    picture.send_keys("0")
    shows(page, f"{len(mesh_records)} frames")
    page.find_element(By.ID, "graph").send_keys(Keys.ARROW_RIGHT, Keys.ENTER)
    eventually(lambda: " of " in shown(page))
    table = page.find_element(By.CSS_SELECTOR, "#table-frames .grid")
    table.send_keys(Keys.END, Keys.ENTER)
    script = """return document.getElementById(
        arguments[0].getAttribute('aria-activedescendant'))?.ariaSelected"""
    eventually(lambda: page.execute_script(script, table) == "true")


def test_everything_that_can_be_used_has_a_name(page):
    nameless = page.execute_script("""return [...document.querySelectorAll(
        'button, input, select, [tabindex="0"], [role=grid], [role=tabpanel]')]
        .filter((node) => !(node.textContent.trim() || node.getAttribute('aria-label')
            || node.getAttribute('aria-labelledby') || node.labels?.length))
        .map((node) => node.outerHTML)""")
    assert nameless == []


@pytest.mark.parametrize("width", [380, 800, 2200])
def test_it_fits_any_width(page, width):
    try:
        resize(page, width, 900)
        across = page.execute_script("return document.documentElement.scrollWidth")
        assert across <= width
    finally:
        resize(page, 1400, 950)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_texts_stand_out_from_their_ground(theme):
    """Contrast of at least 4.5 (WCAG 2.2, 1.4.3), and 3 of marks in the mesh (1.4.11)."""
    style = (ROOT / "python/kaifa/report/page/style.css").read_text()
    blocks = re.findall(r":root \{(.*?)\}", style, re.S)
    colors = dict(re.findall(r"--([\w-]+): (#\w{6})", blocks[theme == "dark"]))
    for ground in ("panel", "ground", "stripe", "hover"):
        for text in ("text", "muted", "problem"):
            assert contrast(colors[text], colors[ground]) >= 4.5, (text, ground)
    for text in ("faint", "accent"):
        assert contrast(colors[text], colors["panel"]) >= 4.5, text
    assert contrast(colors["faint"], colors["tone"]) >= 3
    assert contrast(colors["edge"], colors["panel"]) >= 3


def test_a_database_and_a_capture_show_the_same(chromium, mesh, mesh_records, tmp_path):
    name = mesh.with_suffix("")
    capture = tmp_path / "mesh.pcapng"
    assert receive(name, "--pcapng", capture).returncode == 0
    for source in (mesh.with_suffix(".db"), capture):
        path = tmp_path / f"{source.suffix[1:]}.html"
        assert report(source, "-o", path).returncode == 0
        opened(chromium, path)
        shows(chromium, f"{len(mesh_records)} frames")
        links = chromium.find_elements(By.CSS_SELECTOR, ".edges path")
        assert len(links) == len(links_of(mesh_records))
        choose_first(chromium)
        first = min(mesh_records, key=lambda record: record["time"])
        eventually(lambda first=first: octets_shown(chromium) == first["mpdu"])
        assert fields_shown(chromium)["source"] == first["source"]
        assert console(chromium) == []


def test_who_heard_a_frame_is_shown(chromium, mesh_records, tmp_path):
    heard = [{"station": "roof", "snr_db": 21.5}, {"station": "cellar", "snr_db": 9.25}]
    collected = [mesh_records[0] | {"station": "roof", "heard_by": heard}, mesh_records[1]]
    path = tmp_path / "collected.jsonl"
    path.write_text("".join(json.dumps(record) + "\n" for record in collected))
    assert report(path, "-o", tmp_path / "collected.html").returncode == 0
    opened(chromium, tmp_path / "collected.html")
    choose_first(chromium)
    lines = "station roof, snr_db 21.5\nstation cellar, snr_db 9.25"
    eventually(lambda: lines in text_of(chromium, "details"))


def test_hostile_contents_stay_text(chromium, mesh_records, tmp_path):
    attack = "</script><img src=x onerror=\"document.title='taken'\"><script>alert(1)</script>"
    record = dict(mesh_records[0], check_ok=False, reason="check_failed", reason_text=attack)
    record |= {"type": None, "source": None, "destination": None, "framing": attack}
    path = tmp_path / "<img src=x onerror=alert(1)>.jsonl"
    path.write_text(json.dumps(record) + "\n" + json.dumps(mesh_records[1]) + "\n")
    assert report(path, "-o", tmp_path / "hostile.html").returncode == 0
    opened(chromium, tmp_path / "hostile.html")
    shows(chromium, "2 frames")
    choose_first(chromium)
    eventually(lambda: attack in text_of(chromium, "details"))
    assert path.name in chromium.title
    assert chromium.find_elements(By.TAG_NAME, "img") == []
    assert requests(chromium) == [(tmp_path / "hostile.html").as_uri()]
    assert console(chromium) == []


def content(path):
    """What is packed into a report."""
    text = path.read_text()
    data = re.search(r'id="data">([^<]*)<', text)[1]
    return text, zlib.decompress(base64.b64decode(data))


def test_numbers_that_are_none_do_not_break_the_page(chromium, mesh_records, tmp_path):
    odd = [float("nan"), float("inf"), 10**400, -(2**60), [float("nan"), {"a": 10**30}], True, {}]
    ordered = sorted(mesh_records, key=lambda record: record["time"])
    path = tmp_path / "odd.jsonl"
    with path.open("w") as file:
        for n, value in enumerate(odd):
            fields = {"burst": value, "header_ies": value}
            file.write(json.dumps(ordered[n] | fields) + "\n")
    assert report(path, "-o", tmp_path / "odd.html").returncode == 0
    opened(chromium, tmp_path / "odd.html")
    shows(chromium, f"{len(odd)} frames")
    table = chromium.find_element(By.CSS_SELECTOR, "#scatter canvas")
    for n in range(len(odd)):
        table.send_keys("n")
        eventually(lambda n=n: octets_shown(chromium) == ordered[n]["mpdu"])
    assert console(chromium) == []


def test_pseudonyms_leave_no_address(mesh, mesh_records, tmp_path, chromium):
    key = tmp_path / "key"
    key.write_text("sixteen octets of a key")
    path = tmp_path / "anonymous.html"
    result = report(mesh, "--anonymize", "--anonymize-key", key, "-o", path)
    assert result.returncode == 0, result.stderr
    text, packed = content(path)
    addresses = {r["source"] for r in mesh_records if r["source"]}
    _, plain = content(report_of(mesh, tmp_path))
    for address in addresses:
        octets = bytes.fromhex(address)
        assert address.encode() in plain and octets[::-1] in plain
        for form in (address.encode(), octets, octets[::-1]):
            assert form not in packed and form not in text.encode()
    assert b"mesh.jsonl" not in packed
    opened(chromium, path)
    shows(chromium, f"{len(mesh_records)} frames")
    choose_first(chromium)
    eventually(lambda: "No octets kept" in text_of(chromium, "details"))


def report_of(path, folder):
    page = folder / "plain.html"
    assert report(path, "-o", page).returncode == 0
    return page


def test_one_frame_and_frames_without_a_date(chromium, mesh_records, tmp_path):
    record = dict(mesh_records[0], time=None)
    (tmp_path / "one.jsonl").write_text(json.dumps(record) + "\n")
    assert report(tmp_path / "one.jsonl", "-o", tmp_path / "one.html").returncode == 0
    opened(chromium, tmp_path / "one.html")
    shows(chromium, "1 frame")
    assert f"{record['time_s']:.6f} s" in text_of(chromium, "table-frames")
    assert console(chromium) == []


def test_what_cannot_be_used_is_told_in_a_line(mesh, tmp_path):
    copy = tmp_path / "copy.jsonl"
    shutil.copy(mesh, copy)
    for arguments, words in [
        ([tmp_path / "none.jsonl"], "No such file"),
        ([copy, "-o", copy], "is an input as well"),
        ([copy, "-o", tmp_path / "no" / "where.html"], "No such file"),
        ([copy, "-o", "/dev/full"], "No space left"),
        ([copy, "--since", "2030-01-01", "-o", tmp_path / "r.html"], "no frames"),
        ([], "INPUT"),
    ]:
        result = report(*arguments)
        assert result.returncode == 2
        assert words in result.stderr and result.stderr.count("\n") == 1, result.stderr
    assert copy.read_bytes() == mesh.read_bytes()
    assert list(tmp_path.iterdir()) == [copy]


def test_the_library_is_the_published_one_with_its_licence():
    folder = ROOT / "python/kaifa/report/vendor"
    for listed in folder.glob("*.sha256"):
        checksum, name = listed.read_text().split()
        octets = (folder / name).read_bytes()
        assert hashlib.sha256(octets).hexdigest() == checksum
        assert b"Permission to use, copy, modify" in octets[:1000]
    assert len(list(folder.glob("*.sha256"))) == len(list(folder.glob("*.js"))) == 1
