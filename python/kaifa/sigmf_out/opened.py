# SPDX-License-Identifier: GPL-3.0-or-later
"""From what the command line says to SigMF outputs."""

import os
from pathlib import Path

from ..recording import InputError
from .annotated_copy import annotated_copy
from .annotation_output import AnnotationOutput
from .annotations import GENERATOR, Annotations
from .paths import META, meta_path
from .recorder import Recorder
from .rejects import RejectsOutput

REJECTS_LIMIT = 100_000_000  # octets


class SigmfOutputs:
    """What parse_arguments() read: recorder, a Recorder; annotations, an AnnotationOutput; rejects,
    a RejectsOutput; each None if there is none to be.

    source: the Input.  word: what that is.
    tell:   called with a line when an output has something to say.
    InputError if one cannot be used; then nothing was made but folders.
    """

    def __init__(self, args, source, word, tell):
        _check_names(args, source)
        self.rejects = _open_rejects(args, source, word, tell)
        self.recorder = _open_recorder(args, source, word)
        self.annotations = _open_annotations(args, source, self.recorder)

    def take_back(self):
        """Removes the files that were made."""
        if self.recorder:
            self.recorder.take_back()
        elif self.annotations:
            Path(self.annotations.name).unlink(missing_ok=True)


def _check_names(args, source):
    if not args.annotate:
        return
    path = Path(args.annotate)
    if path.suffix != META:
        raise InputError(f"--annotate {path}: expected a name that ends in {META}")
    recorded = args.record and meta_path(args.record)
    if recorded and os.path.realpath(path) != os.path.realpath(recorded):
        raise InputError(
            f"--annotate {path}: with --record annotations go into its metadata, expected "
            f"{recorded}"
        )
    if not recorded and (source.live or source.recording.path is None):
        raise InputError(
            f"--annotate {path}: expected a recording as SOURCE, or --record of the same name"
        )


def _open_recorder(args, source, word):
    if not args.record:
        return None
    facts = {
        "core:recorder": GENERATOR,
        "core:description": f"Received by kaifa_rx from {word}",
    }
    if source.live:
        facts["core:hw"] = word
    return Recorder(source, meta_path(args.record), facts)


def _open_annotations(args, source, recorder):
    if not args.annotate:
        return None
    metadata = (
        recorder.metadata if recorder else annotated_copy(Path(args.annotate), source.recording)
    )
    made = Annotations(source.sample_rate, args.symbol_rate)
    recording = source.recording
    known = recording and recording.samples is not None
    end = source.first_sample + recording.samples if known else None
    return AnnotationOutput(metadata, made, end)


def _open_rejects(args, source, word, tell):
    if not args.save_rejects:
        return None
    limit = REJECTS_LIMIT if args.rejects_limit is None else args.rejects_limit
    first = source.first_sample
    return RejectsOutput(args.save_rejects, limit, word, args.symbol_rate, tell, first)
