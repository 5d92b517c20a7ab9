# SPDX-License-Identifier: GPL-3.0-or-later
"""The page of a running receiver in Firefox."""

from conftest import frames
from firefox import firefox
from paced import receivers

SHOWN = "document.getElementById('shown').textContent.replace(/\\u202f/g, '')"
CONNECTION = "document.getElementById('connection').textContent"
OCTETS = "return [...document.querySelectorAll('.octet')].map((n) => n.textContent).join('')"


def test_frames_come_and_are_filtered_in_firefox(bare, tmp_path):
    with receivers(bare.read_bytes()) as start, firefox() as driver:
        receiver = start("127.0.0.1:0", "--json", tmp_path / "frames.jsonl")
        driver.open(receiver.url)
        before = driver.eventually(f"return parseInt({SHOWN})")
        assert driver.run(f"return {CONNECTION}") == "receiving"
        status, said = receiver.end()
        assert status == 0, said
        records = frames(tmp_path / "frames.jsonl")
        assert 0 < before < len(records)
        driver.eventually(f"return {SHOWN} === '{len(records)} frames'")
        driver.eventually(f"return {CONNECTION} === 'reception ended'")
        checked = driver.run("return document.getElementById('count-frames_checked').textContent")
        assert int(checked) == sum(record["check_ok"] for record in records)
        driver.run("document.querySelector('#table-frames .grid-row').click()")
        newest = max(records, key=lambda record: record["time_s"])
        assert driver.eventually(OCTETS) == newest["mpdu"]
        driver.run("document.getElementById('type-beacon').click()")
        others = sum(record["type"] != "beacon" for record in records)
        assert others < len(records)
        driver.eventually(f"return {SHOWN} === '{others} of {len(records)} frames'")
        (tmp_path / "seen.png").write_bytes(driver.picture())
        assert driver.console() == []
