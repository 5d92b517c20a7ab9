# SPDX-License-Identifier: GPL-3.0-or-later
"""Metadata for Hypothesis to make: the keys of SigMF, now and then with anything in them."""

from hypothesis import strategies as st

any_text = st.text(st.characters(), max_size=30)  # lone surrogates among it
any_value = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | any_text,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(any_text, inner, max_size=4),
    max_leaves=10,
)


def mostly(*values):
    """One of these, or anything."""
    return st.one_of(*[st.just(value) for value in values], any_value)


def fields(required, optional):
    return st.fixed_dictionaries(required, optional=optional)


CAPTURE = fields(
    {"core:sample_start": mostly(0, 1, 500, 10**18) | st.integers(0, 1000)},
    {
        "core:frequency": mostly(871e6, 871e6, 872e6),
        "core:datetime": mostly("2026-03-01T12:00:00.5Z", "1970-01-01T00:00:00Z"),
        "core:header_bytes": mostly(0, 10, 10**15),
        "core:global_index": mostly(0, 5, 10**12),
    },
)
GLOBAL = fields(
    {"core:datatype": mostly("ci8", "cf32_le"), "core:sample_rate": mostly(2e6, 1, -5.0)},
    {
        "core:dataset": mostly("b.bin", "no.bin", "../b.bin"),
        "core:offset": mostly(0, 5, 500, 10**18),
        "core:num_channels": mostly(1, 2),
        "core:sha512": mostly("0" * 128),
        "core:version": mostly("1.0.0"),
    },
)
ANNOTATION = fields(
    {"core:sample_start": st.integers(0, 2000)},
    {"core:sample_count": mostly(1, 10.0), "core:label": any_value},
)
META = fields(
    {"global": GLOBAL},
    {
        "captures": st.lists(CAPTURE, max_size=4) | any_value,
        "annotations": st.lists(ANNOTATION, max_size=4) | any_value,
    },
)
