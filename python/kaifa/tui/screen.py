# SPDX-License-Identifier: GPL-3.0-or-later
"""What stands where on the terminal."""

import numpy as np
from rich import box
from rich.console import Console, Group
from rich.layout import Layout
from rich.panel import Panel
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from . import colours
from .seen import clock
from .spectrum_text import axis, bars, columns, levels, shades, waterfall

BAR_LINES = 3
# Up to this height parts have a line above them in place of a frame, for there are few lines.
LOW = 30
# From this width on, senders stand beside the frames, so wide
WIDE, SENDERS_WIDTH = 140, 58


def screen(seen, facts, status, width, height, coloured=True):
    """The whole terminal as a rich Layout.

    seen: a Seen, whose lock is held.  status: lines of counts.
    coloured: whether the terminal has colours, in which a line has two rows of the waterfall.
    facts: of the source: the texts source and band, and low_hz and high_hz, the edges of the band.
    """
    # A terminal of 24 lines has 3 of waterfall, a tall one more.
    waterfall_lines = min(max(height // 8, 3), 12)
    low = height <= LOW
    spectrum = BAR_LINES + waterfall_lines + (2 if low else 3)
    status = Text(status)
    head = 1 + len(status.wrap(Console(width=width), width))
    layout = Layout()
    layout.split_column(
        Layout(_head(facts, status), size=head, name="head"),
        Layout(
            _spectrum(seen, facts, width, waterfall_lines, low, coloured),
            size=spectrum,
            name="spectrum",
        ),
        Layout(name="lists"),
    )
    left = height - head - spectrum
    if width >= WIDE:
        layout["lists"].split_row(
            Layout(_frames(seen, left, low), name="frames"),
            Layout(_senders(seen, left, low), size=SENDERS_WIDTH, name="senders"),
        )
    else:
        below = max(5, left * 2 // 5)
        layout["lists"].split_column(
            Layout(_frames(seen, left - below, low), name="frames"),
            Layout(_senders(seen, below, low), size=below, name="senders"),
        )
    return layout


def _head(facts, status):
    line = Text("kaifa_rx", style="bold")
    line.append(f"  {facts['source']}  {facts['band']}", style="default")
    line.append("   q ends", style=colours.FAINT)
    return Group(line, status)


def _part(title, content, low, padding=0):
    if low:
        return Group(Rule(Text(title), style="default"), content)
    return Panel(content, title=title, box=box.ROUNDED, padding=padding)


def _rows(height, low):
    """How many rows a table has in a part so high."""
    return max(height - (2 if low else 3), 0)


def _spectrum(seen, facts, width, waterfall_lines, low, coloured):
    title = f"{facts['low_hz'] / 1e6:.2f} to {facts['high_hz'] / 1e6:.2f} MHz"
    if not seen.rows:
        return _part(title, Text("no samples yet", style=colours.FAINT), low, (0, 1))
    width -= 0 if low else 4
    needed = 2 * waterfall_lines
    rows = np.stack(list(seen.rows)[-needed:])
    level = levels(columns(rows, width))
    newest_first = np.zeros((needed, width), level.dtype)
    newest_first[: len(level)] = level[::-1]
    lines = bars(level[-4:].max(axis=0), BAR_LINES)
    lines += waterfall(newest_first) if coloured else shades(newest_first)
    lines.append(axis(facts["low_hz"], facts["high_hz"], width))
    return _part(title, Group(*lines), low, (0, 1))


def _frames(seen, height, low):
    table = _table(("time", "right"), ("MHz", "right"), ("dB", "right"), ("type", "left"))
    table.add_column("seq", justify="right")
    table.add_column("from > to", no_wrap=True, ratio=1)
    for record in _last(seen.frames, _rows(height, low)):
        table.add_row(*_frame_cells(record))
    return _part(f"frames ({len(seen.frames)} kept)", table, low)


def _frame_cells(record):
    head = (
        clock(record),
        f"{record['frequency_hz'] / 1e6:.4f}",
        f"{record['snr_db']:.0f}",
    )
    if not record["check_ok"]:
        return *head, Text("rejected", style=colours.REJECTED), "", Text(record["reason_text"])
    sequence = "" if record["sequence"] is None else str(record["sequence"])
    kind = Text(record["type"] or "?", style=colours.TYPES.get(record["type"], "default"))
    return *head, kind, sequence, f"{_party(record, 'source')} > {_party(record, 'destination')}"


def _senders(seen, height, low):
    table = _table(("sender", "left"), ("frames", "right"), ("bcn", "right"), ("dB", "right"))
    table.add_column("MHz", justify="right")
    table.add_column("last", justify="right", no_wrap=True, ratio=1)
    for address, sender in _last(seen.senders.items(), _rows(height, low)):
        table.add_row(
            address,
            str(sum(sender.frames.values())),
            str(sender.frames["beacon"]),
            f"{sender.snr_db:.0f}",
            f"{sender.frequency_hz / 1e6:.3f}",
            sender.time,
        )
    left_out = f", {seen.left_out} left out" if seen.left_out else ""
    return _part(f"senders ({len(seen.senders)}{left_out})", table, low)


def _last(of, count):
    return list(of)[len(of) - min(count, len(of)) :]


def _table(*named):
    table = Table(box=None, expand=True, padding=(0, 1, 0, 0), header_style=colours.FAINT)
    for name, justify in named:
        table.add_column(name, justify=justify, no_wrap=True)
    return table


def _party(record, name):
    # An acknowledgement names nobody; who is inferred from the exchange is marked so.
    return (record[name] or "-") + ("?" if record[f"{name}_inferred"] else "")
