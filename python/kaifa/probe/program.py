# SPDX-License-Identifier: GPL-3.0-or-later
"""One run of the probe: from a recording to text and JSON lines."""

import json
import sys
from dataclasses import dataclass, field

from ..recording import InputError, checksum_fault
from .bursts import burst_record, is_keyed
from .clusters import clusters
from .command import command
from .scan import Scan
from .summary import burst_lines, cluster_lines, other_line


@dataclass
class Result:
    """What a run found out.

    bursts, clusters: records.  fault: what is wrong with the recording; None if nothing is.
    """

    bursts: list = field(default_factory=list)
    clusters: list = field(default_factory=list)
    fault: str | None = None


def probe(args, recording):
    """Runs the probe and writes what it finds; returns a Result.

    InputError if an output cannot be written or the recording cannot be read.
    """
    with _output(args.json) as lines:
        result = Result(fault=recording.fault or checksum_fault(recording))
        scan = Scan(recording, _progress if sys.stderr.isatty() else None)
        try:
            found = [burst_record(finding, recording) for finding in scan.findings()]
        except ValueError as error:
            raise InputError(f"sample rate (--rate): {error}") from None
        result.bursts = sorted(found, key=lambda burst: burst["start_sample"])
        result.clusters = clusters(result.bursts)
        if args.json != "-":
            _print(text(result, args, recording))
        _write(lines, records(result, args))
    for trouble in troubles(result, scan, recording):
        print(f"kaifa_probe: {trouble}", file=sys.stderr)
    return result


def text(result, args, recording):
    """Lines for people."""
    seconds = recording.samples / recording.sample_rate
    yield f"{seconds:.3f} s at {recording.sample_rate / 1e6:g} Msps, {len(result.bursts)} signals"
    if recording.center_frequency is None:
        yield "frequency of the recording unknown: centres count from its middle (--frequency)"
    if args.bursts:
        yield ""
        yield from burst_lines(result.bursts)
    for cluster in result.clusters:
        yield ""
        yield from cluster_lines(cluster)
    yield ""
    if others := other_line(result.bursts):
        yield others
    if not result.clusters:
        yield "nothing here keys its frequency in time with a clock, as far as one can tell"
        return
    if without_noise(result, recording):
        yield "kaifa_rx judges bursts by the noise around them, of which there is little here."
    yield "On the right is how sure it is: 0 % as by chance. To receive the first kind:"
    yield ""
    yield command(result.clusters[0], args) or "(kaifa_rx cannot: see above what is missing)"


def without_noise(result, recording):
    """A burst lasts for most of the recording: kaifa_rx may not see that one starts."""
    longest = max((burst["duration_s"] for burst in result.bursts if is_keyed(burst)), default=0.0)
    return longest * recording.sample_rate > 0.5 * recording.samples


def records(result, args):
    """Objects for machines: every burst, every cluster, and how many there were."""
    yield from result.bursts
    for cluster in result.clusters:
        yield {**cluster, "command": command(cluster, args)}
    yield {
        "record": "summary",
        "bursts": len(result.bursts),
        "keyed_bursts": sum(map(is_keyed, result.bursts)),
        "clusters": len(result.clusters),
        "fault": result.fault,
    }


def troubles(result, scan, recording):
    """What a person should know of the recording."""
    if recording.note:
        yield recording.note
    if result.fault:
        yield result.fault
    if scan.not_numbers:
        yield f"{scan.not_numbers} samples are no finite numbers, taken for 0"


class _output:
    """The file of JSON lines, closed in the end; None without one."""

    def __init__(self, name):
        self._name, self._file = name, None

    def __enter__(self):
        if self._name == "-":
            return sys.stdout
        if self._name is not None:
            try:
                self._file = open(self._name, "w", encoding="utf-8")
            except OSError as error:
                raise InputError(f"{self._name}: {error.strerror}") from None
        return self._file

    def __exit__(self, *_exception):
        if self._file is not None:
            self._file.close()


def _write(lines, objects):
    if lines is None:
        return
    try:
        for each in objects:
            print(json.dumps(each), file=lines)
        lines.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise InputError(f"{lines.name}: {error.strerror}") from None


def _print(lines):
    for line in lines:
        print(line)
    sys.stdout.flush()


def _progress(share):
    print(f"\r{100 * share:3.0f} %\r", end="", file=sys.stderr, flush=True)
