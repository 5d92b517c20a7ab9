# SPDX-License-Identifier: GPL-3.0-or-later
"""kaifa_report in Firefox: what differs between browsers does not show."""

import shutil
import subprocess
import sys

import matplotlib.image
import numpy as np
import pytest
from conftest import frames, receive
from contrast import contrast
from firefox import firefox

SHOWN = "return document.getElementById('shown').textContent.replace(/\\u202f/g, '')"
CHOOSE = "document.querySelector('g.node').dispatchEvent(new MouseEvent('click', {bubbles: true}))"
OCTETS = "return [...document.querySelectorAll('.octet')].map((n) => n.textContent).join('')"
# Middle of the scrollbar of the table, if there is one, and whether the page overflows.
PLACES = """const grid = document.querySelector('#table-frames .grid');
    const box = grid.getBoundingClientRect();
    return {track: [box.left + (grid.clientWidth + grid.offsetWidth) / 2, box.bottom - 12],
            wide: document.documentElement.scrollWidth > innerWidth,
            panel: getComputedStyle(document.body).getPropertyValue('--panel')}"""


@pytest.fixture(scope="module")
def page(recording, tmp_path_factory):
    """(path of a report of the session's recording, its records)."""
    folder = tmp_path_factory.mktemp("firefox")
    lines, path = folder / "mesh.jsonl", folder / "report.html"
    assert receive(recording, "--json", lines).returncode == 0
    report = [sys.executable, shutil.which("kaifa_report"), lines, "-o", path]
    subprocess.run(report, check=True)
    return path, frames(lines)


@pytest.mark.parametrize("dark", [False, True])
def test_the_page_works_in_firefox(page, dark, tmp_path):
    path, records = page
    with firefox(dark=dark) as driver:
        driver.open(path.as_uri())
        assert int(driver.eventually("return document.documentElement.dataset.ready")) < 10_000
        assert driver.run(SHOWN) == f"{len(records)} frames"
        nodes = driver.run("return document.querySelectorAll('g.node').length")
        parties = {r[party] for r in records for party in ("source", "destination")}
        assert nodes == len(parties - {None, "ffff"})
        driver.run("document.querySelector('#table-frames .grid-row').click()")
        first = min(records, key=lambda record: record["time"])
        assert driver.eventually(OCTETS) == first["mpdu"]
        driver.run("document.getElementById('type-beacon').click()")
        beacons = sum(record["type"] == "beacon" for record in records)
        expected = f"{len(records) - beacons} of {len(records)} frames"
        driver.eventually(f"return ({SHOWN.removeprefix('return ')}) === '{expected}'")
        driver.run(CHOOSE)
        driver.eventually("return document.querySelector('g.node.chosen') !== null")
        places = driver.run(PLACES)
        assert not places["wide"]
        (tmp_path / "seen.png").write_bytes(driver.picture())
        assert driver.console() == []
    seen = np.rint(255 * matplotlib.image.imread(tmp_path / "seen.png")[..., :3]).astype(int)
    # Both themes to the last corner: the track of a scrollbar is no lighter than what it is on.
    x, y = map(round, places["track"])
    assert contrast("#{:02x}{:02x}{:02x}".format(*seen[y, x]), places["panel"].strip()) < 1.5
