# SPDX-License-Identifier: GPL-3.0-or-later
"""Metadata that nobody honest writes: a recording or one line, soon and in little memory."""

import json
import os
import resource
import sys
from pathlib import Path

import pytest
from conftest import ROOT, receive
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(ROOT / "tests" / "fuzz"))
import sigmf_strategies  # noqa: E402
import sigmf_target  # noqa: E402

CORPUS = sorted((ROOT / "tests" / "fuzz" / "corpus" / "sigmf").iterdir())
# The same in every run, as every test.
FIXED = settings(
    derandomize=True, deadline=None, max_examples=400, database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("metadata")
    sigmf_target.prepare(path)
    return path


@FIXED
@given(sigmf_strategies.any_value)
def test_any_json(folder, value):
    sigmf_target.judge(json.dumps(value).encode(), folder)


@FIXED
@given(sigmf_strategies.META)
def test_metadata_with_anything_in_a_field(folder, meta):
    sigmf_target.judge(json.dumps(meta).encode(), folder)


@FIXED
@given(st.binary(max_size=200))
def test_any_octets(folder, octets):
    sigmf_target.judge(octets, folder)


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.name)
def test_the_fuzzers_corpus_whole_and_cut_short(path, folder):
    octets = path.read_bytes()
    for end in range(len(octets) + 1):
        sigmf_target.judge(octets[:end], folder)


def test_good_metadata_of_the_corpus_are_read(folder):
    """So that the others are not refused for a reason common to all."""
    octets = (ROOT / "tests/fuzz/corpus/sigmf/every_field").read_bytes()
    recording = sigmf_target.judge(octets, folder)
    assert (recording.samples, len(recording.anchors)) == (995, 2)


def many(text, octets):
    return '{"global": {}, "captures": [' + text * (octets // len(text)) + "0]}"


def with_samples_in(name):
    facts = {"core:datatype": "ci8", "core:sample_rate": 1, "core:dataset": name}
    return json.dumps({"global": facts})


HOSTILE = {
    "lists in lists": ("[" * 100_000, "too many lists in lists"),
    "objects in objects": ('{"a":' * 100_000, "too many lists in lists"),
    "too long": (many("[],", 40 << 20), "is too long, expected at most 32 MiB"),
    "long": (many("[],", 30 << 20), "captures is [[], [], [], "),
    "many numbers": (many("1.5,", 30 << 20), "captures is [1.5"),
    "many digits": ('{"global": ' + "9" * 10_000 + "}", "not valid"),
    "no number": (
        '{"global": {"core:datatype": "ci8", "core:sample_rate": NaN}}',
        "core:sample_rate is nan",
    ),
    "no text": (with_samples_in("\ud800"), "cannot be opened"),
    "pipe": (with_samples_in("pipe"), "pipe: is a pipe, expected a file"),
    "folder": (with_samples_in("."), "core:dataset is '.', expected the name of a file"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_the_program_tells_in_one_line_and_takes_no_gigabytes(name, tmp_path):
    def limit():
        resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))

    text, told = HOSTILE[name]
    sigmf_target.prepare(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    Path(tmp_path / "a.sigmf-meta").write_text(text)
    result = receive(tmp_path / "a", preexec_fn=limit)
    assert (result.returncode, result.stdout) == (2, "")
    (line,) = result.stderr.splitlines()
    assert told in line and len(line) < 500
