# SPDX-License-Identifier: GPL-3.0-or-later
"""Parts of the receiver's outputs that need no recording."""

from gnuradio.kaifa.host_clock import HostClock
from gnuradio.kaifa.records import utc_text

RATE = 8e6


def test_time_with_nanoseconds():
    assert utc_text(1767225600, 0.0) == "2026-01-01T00:00:00.000000000Z"
    assert utc_text(1767225600, 0.000000001) == "2026-01-01T00:00:00.000000001Z"


def test_a_fraction_that_rounds_up_carries():
    assert utc_text(1767225599, 0.9999999999) == "2026-01-01T00:00:00.000000000Z"


def follow(clock, seconds, start, delay=0.0, missing=0.0):
    """Feeds ten pairs a second; samples come with up to 5 ms of jitter."""
    anchors = []
    for step in range(int(10 * seconds)):
        now = start + step / 10
        jitter = 0.005 * (step % 4 != 0)
        samples = round((now - 1000.0 - delay - missing - jitter) * RATE)
        anchors.append(clock.update(now, max(samples, 0)))
    return [anchor for anchor in anchors if anchor]


def test_anchors_tell_the_time_of_a_sample():
    clock = HostClock(RATE)
    for sample, moment in follow(clock, 5, 1000.1):
        assert abs(moment - (1000.0 + sample / RATE)) < 1e-3
    assert clock.lost_samples == 0


def test_samples_lost_are_counted_and_the_time_goes_on():
    clock = HostClock(RATE)
    follow(clock, 5, 1000.1)
    anchors = follow(clock, 5, 1005.1, missing=0.0164)
    assert abs(clock.lost_samples - 0.0164 * RATE) < 100
    sample, moment = anchors[-1]
    assert abs(moment - (1000.0 + sample / RATE + 0.0164)) < 1e-3


def test_samples_that_were_only_late_are_not_lost():
    clock = HostClock(RATE)
    follow(clock, 5, 1000.1)
    follow(clock, 3, 1005.1, delay=0.5)
    assert clock.lost_samples > 0
    follow(clock, 3, 1008.1)
    assert clock.lost_samples == 0


def test_a_clock_that_drifts_loses_nothing():
    clock = HostClock(RATE)
    for second in range(600):
        now = 1000.0 + second
        clock.update(now, round((now - 1000.0 + 1) * RATE * (1 - 50e-6)))
    assert clock.lost_samples == 0
