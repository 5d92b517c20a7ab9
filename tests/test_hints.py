# SPDX-License-Identifier: GPL-3.0-or-later
"""Why no frames come: the hint for each state of the counts, and none where all is well."""

import pytest
from gnuradio.kaifa.hints import RecentHints, hint

RATE = 8e6
WELL = {
    "samples": 1_000_000_000,
    "bursts": 120,
    "sync": 118,
    "length": 117,
    "checked": 115,
    "rejected": 3,
    "rejects": {"check_failed": 2, "too_short": 1},
    "examined": 62_500_000,
    "at_full_scale": 10,
    "noise_dbfs_hz": -118.0,
    "noise_steps": 1.5,
    "dc_spike_db": 25.0,
}
QUIET = (
    WELL | dict.fromkeys(("bursts", "sync", "length", "checked", "rejected"), 0) | {"rejects": {}}
)
CLIPPING = {"at_full_scale": 70_000}
LOW_GAIN = {"noise_steps": 0.4, "noise_dbfs_hz": -121.0}
OTHERS = {"bursts": 40}
UNREAD = {"bursts": 40, "sync": 39, "length": 30, "rejected": 39, "rejects": {"check_failed": 39}}
ENDLESS = UNREAD | {"length": 3, "rejects": {"too_short": 36, "check_failed": 3}}
SWITCHED = UNREAD | {"rejects": {"mode_switch": 39}}
SILENT = {"noise_dbfs_hz": None, "noise_steps": None, "dc_spike_db": None}


@pytest.mark.parametrize(
    ("state", "seconds", "name"),
    [
        (WELL, 125, None),
        (WELL | {"dc_spike_db": 60.0}, 125, None),
        (WELL | LOW_GAIN, 125, "low_gain"),
        (WELL | OTHERS, 125, None),
        (WELL | CLIPPING, 125, "clipping"),
        (WELL | {"at_full_scale": None}, 125, None),
        (QUIET, 0.5, None),
        (QUIET, 125, None),
        (QUIET | {"bursts": 5}, 1000, None),
        (QUIET | {"bursts": 5, "sync": 2, "rejected": 2, "rejects": {"check_failed": 2}}, 9, None),
        (QUIET, 151, "nothing"),
        (QUIET | CLIPPING, 5, "clipping"),
        (QUIET | LOW_GAIN, 5, "low_gain"),
        (QUIET | {"dc_spike_db": 45.0}, 5, "dc_spike"),
        (QUIET | SILENT, 1, "silence"),
        (QUIET | SILENT | {"examined": 0, "at_full_scale": None}, 1, None),
        (QUIET | OTHERS, 60, "no_sync"),
        (QUIET | {"bursts": 4000, "sync": 7, "rejected": 7}, 60, "no_sync"),
        (QUIET | UNREAD, 60, "no_check"),
        (QUIET | ENDLESS, 60, "no_length"),
        (QUIET | SWITCHED, 60, "mode_switch"),
        (QUIET | UNREAD | LOW_GAIN, 60, "low_gain"),
        (QUIET | {"samples": 0}, 0, None),
        (WELL | {"noise_steps": 0.001}, 125, None),
    ],
)
def test_the_first_cause_is_named(state, seconds, name):
    said = hint(state, seconds)
    assert (said and said.name) == name


def test_the_end_of_a_short_quiet_recording_says_that_it_is_short():
    assert hint(QUIET, 2.0, final=True).name == "too_short"
    assert hint(QUIET | {"dc_spike_db": 49.0}, 0.002, final=True).name == "no_noise"
    assert hint(QUIET, 0.002) is None, "more may come"
    # Few bursts say nothing yet while more may come, and are all there is at the end.
    few = QUIET | {"bursts": 5}
    weak = few | {"sync": 2, "length": 2, "rejected": 2, "rejects": {"check_failed": 2}}
    assert (hint(few, 2.0), hint(weak, 2.0)) == (None, None)
    assert hint(few, 2.0, final=True).name == "no_sync"
    assert hint(weak, 2.0, final=True).name == "no_check"
    assert hint(WELL, 2.0, final=True) is None


def test_a_sentence_names_what_was_seen_and_what_to_try():
    for state, words in (
        (CLIPPING, ("0.11 %", "--gain")),
        (LOW_GAIN, ("0.4 steps", "--gain")),
        (OTHERS, ("40 bursts", "no sync words", "--symbol-rate", "--deviation", "kaifa_probe")),
        (UNREAD, ("39 sync words", "check_failed", "--json")),
        ({"dc_spike_db": 45.2}, ("45 dB", "--frequency", "--dc-mask")),
    ):
        text = hint(QUIET | state, 60).text
        assert all(word in text for word in words), text
        assert "\n" not in text


def after(counts, seconds, **more):
    """Counts some seconds of samples later, with `more` of each."""
    later = counts | {name: counts[name] + value for name, value in more.items()}
    later["samples"] += int(seconds * RATE)
    later["examined"] += int(seconds * RATE / 16)
    return later


def test_trouble_after_a_long_good_reception_is_seen():
    hints, counts = RecentHints(RATE), WELL | {"samples": 0, "examined": 0, "at_full_scale": 0}
    names = []
    for second in range(600):
        counts = after(counts, 1.0, bursts=3, sync=3, length=3, checked=3 if second < 200 else 0)
        if second >= 200:
            counts = counts | {"rejects": {"check_failed": counts["rejects"]["check_failed"] + 3}}
        said = hints.hint(counts)
        names.append(said and said.name)
    assert set(names[:200]) == {None}
    assert names[199 + 152] == "no_check"
    assert set(names[352:]) == {"no_check"}


def test_clipping_that_was_cured_is_forgotten():
    hints, counts = RecentHints(RATE), WELL | {"samples": 0, "examined": 0, "at_full_scale": 0}
    names = []
    for second in range(400):
        clipped = 5000 if second < 100 else 0
        counts = after(counts, 1.0, bursts=3, sync=3, length=3, checked=3, at_full_scale=clipped)
        said = hints.hint(counts)
        names.append(said and said.name)
    assert names[99] == "clipping" and names[-1] is None
