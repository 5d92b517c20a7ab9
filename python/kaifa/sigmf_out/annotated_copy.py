# SPDX-License-Identifier: GPL-3.0-or-later
"""Metadata of a recording once more, to be annotated."""

import reprlib

from ..recording import InputError
from ..sigmf import read_meta
from .metadata import SIGMF_VERSION, Metadata
from .paths import DATA
from .recorder import SIGMF_NAMES
from .spool import COUNT, START

MOST_SAMPLES = 1 << 62


def annotated_copy(path, recording):
    """The Metadata at `path` of a Recording, as its own has it, and where there is none as the
    command line says. InputError if it cannot be made.

    Metadata find their samples beside them (SigMF, "Dataset Files"): the copy stands there, too.
    """
    if path.resolve().parent != recording.path.resolve().parent:
        raise InputError(
            f"{path}: would not find the samples, expected a name in {recording.path.parent}, "
            "where they are"
        )
    meta = read_meta(recording.meta_path) if recording.meta_path else _bare(recording)
    facts = dict(meta["global"])
    if recording.path.name != path.with_suffix(DATA).name:
        # The samples keep their name, and stay where they are.
        facts["core:dataset"] = recording.path.name
    facts.setdefault("core:version", SIGMF_VERSION)
    there = list(_annotations(meta, recording.meta_path))
    copy = Metadata(path, facts, lambda: meta.get("captures", []), "--annotate")
    for annotation in there:
        copy.annotate(annotation)
    return copy


def _annotations(meta, name):
    """Those that the recording has already; InputError if they cannot be put in order."""
    annotations = meta.get("annotations", [])
    if not isinstance(annotations, list):
        raise InputError(f"{name}: annotations cannot be read, expected a list")
    for annotation in annotations:
        try:
            places = {key: annotation[key] for key in (START, COUNT) if key in annotation}
            whole = {key: int(value) for key, value in places.items()}
            fits = all(0 <= value == places[key] < MOST_SAMPLES for key, value in whole.items())
        except (TypeError, ValueError, OverflowError):
            fits = False
        if not (fits and START in whole):
            raise InputError(
                f"{name}: annotation {reprlib.repr(annotation)} cannot be read, expected an "
                f"object with a whole number as {START}"
            )
        yield annotation | whole


def _bare(recording):
    tuned = recording.center_frequency is not None
    return {
        "global": {
            "core:datatype": SIGMF_NAMES[recording.format.name],
            "core:sample_rate": recording.sample_rate,
            "core:version": SIGMF_VERSION,
        },
        "captures": [
            {START: 0} | ({"core:frequency": recording.center_frequency} if tuned else {})
        ],
    }
