# SPDX-License-Identifier: GPL-3.0-or-later
"""The receivers: who is there, how far each has told, and what came of its records."""

from .copies import time_ns
from .numbers import Numbers

MOST_STATIONS = 200
MOST_RUNS = 4  # of a receiver; what is counted in older ones stays in the sums
# A broker that sends something again goes back from a run to an older one; so often it is two
# receivers with one name.
MOST_RETURNS = 5
# A receiver's records can come so much later than its newest: they wait for the end of a burst.
SETTLE_NS = 2_000_000_000
COUNTS = (
    *("records_received", "records_lost", "records_repeated", "records_unreadable"),
    "late_copies",
)


class Station:
    """One receiver."""

    def __init__(self, name):
        self.name = name
        self.online = False
        self.time = None  # of the newest record, as text
        self.waited_for = False  # more is to come
        self.clock_ahead_ns = 0  # of the others' clocks
        self.unreadable = self.late_copies = 0
        self._heard_at = None
        self._runs = {}  # run: Numbers, the newest last
        self._run, self._returns = None, 0
        self._old = {"received": 0, "repeated": 0, "lost": 0}

    def numbers(self, run):
        """The Numbers of a run."""
        if run in self._runs and run != self._run:
            self._returns += 1
        self._run = run
        if run not in self._runs:
            self._runs[run] = Numbers(known=bool(self._runs))
            self._bound()
        return self._runs[run]

    def is_two(self):
        """Two receivers have this name."""
        return self._returns >= MOST_RETURNS

    def heard(self, time, final, now):
        """A record came, whose time is this; None if it has none. `final`: the last of its run."""
        self.online = self.waited_for = not final
        self._heard_at = now
        if time is None:
            self.waited_for = False  # by what time, nobody could say
        else:
            self.time = time

    def came(self, now):
        """The receiver or our connection is there anew: it has a chance to tell something."""
        self._heard_at = now

    def is_online(self, online, now):
        """The broker says whether it is there."""
        self.online = self.waited_for = online
        self.came(now)

    def horizon_ns(self, now, wait_seconds):
        """All before it has come; None if that is not known. Only for one that is waited for."""
        if now - self._heard_at > wait_seconds:
            self.waited_for = False
        if self.time is None:
            return None
        return time_ns(self.time) - self.clock_ahead_ns - SETTLE_NS

    def counts(self):
        """By the names of the fields of a record."""
        runs = self._runs.values()
        return {
            "records_received": self._old["received"] + sum(run.received for run in runs),
            "records_lost": self._old["lost"] + sum(run.lost for run in runs),
            "records_repeated": self._old["repeated"] + sum(run.repeated for run in runs),
            "records_unreadable": self.unreadable,
            "late_copies": self.late_copies,
        }

    def state(self):
        """What a later program has to know of it, as JSON can say it."""
        return {
            "runs": {run: numbers.state() for run, numbers in self._runs.items()},
            "old": self._old,
            "unreadable": self.unreadable,
            "late_copies": self.late_copies,
        }

    def go_on(self, state):
        """Goes on from what state() said."""
        self._runs = {run: Numbers.from_state(saved) for run, saved in state["runs"].items()}
        self._old = state["old"]
        self.unreadable, self.late_copies = state["unreadable"], state["late_copies"]

    def _bound(self):
        while len(self._runs) > MOST_RUNS:
            oldest = self._runs.pop(next(iter(self._runs)))
            for name in self._old:
                self._old[name] += getattr(oldest, name)


class Stations:
    """Every receiver by its name."""

    def __init__(self, wait_seconds):
        self._wait_seconds = wait_seconds
        self._stations = {}

    def get(self, name):
        """The Station of that name; None if there are too many already."""
        if name not in self._stations and len(self._stations) < MOST_STATIONS:
            self._stations[name] = Station(name)
        return self._stations.get(name)

    def all(self):
        """By name."""
        return [self._stations[name] for name in sorted(self._stations)]

    def connected(self, now):
        """We are at the broker anew: who is waited for has a chance to tell something."""
        for station in self._stations.values():
            station.came(now)

    def horizon_ns(self, now):
        """Every receiver that is waited for has told all before it; None if nobody is waited for,
        or one has told nothing yet."""
        horizons = [
            station.horizon_ns(now, self._wait_seconds)
            for station in self._stations.values()
            if station.waited_for
        ]
        return None if not horizons or None in horizons else min(horizons)
