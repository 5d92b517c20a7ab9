# SPDX-License-Identifier: GPL-3.0-or-later
"""kaifa_rx --tui in a terminal, which pyte plays."""

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import termios
import time

import pyte
import pytest
from conftest import ROOT, json_lines

MESH = ROOT / "examples" / "mesh.sigmf-meta"
COLUMNS, LINES = 80, 40
PATIENCE_SECONDS = 30
TOLD_OF_COLOURS = ("TERM", "COLORTERM", "NO_COLOR")
COLOURED = {"TERM": "xterm-256color"}
FEW_COLOURS = (
    {"TERM": "xterm-16color"},
    {"TERM": "linux"},
    {"TERM": "vt100"},
    COLOURED | {"NO_COLOR": "1"},
)


class Session:
    """kaifa_rx in a terminal of its own."""

    def __init__(self, *arguments, environment=COLOURED, **more):
        self.screen = pyte.Screen(COLUMNS, LINES)
        self._stream = pyte.ByteStream(self.screen)
        self.after = b""
        master, terminal = pty.openpty()
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
        self.before = termios.tcgetattr(terminal)
        self.terminal, self._master = terminal, master
        self.process = subprocess.Popen(
            ["kaifa_rx", *map(str, arguments)],
            stdin=terminal,
            stderr=terminal,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
            env={k: v for k, v in os.environ.items() if k not in TOLD_OF_COLOURS} | environment,
            **({"stdout": terminal} | more),
        )

    def text(self):
        """What stands on the screen."""
        return "\n".join(self.screen.display)

    def wait_for(self, *texts):
        """Reads until each text stands on the screen."""
        end = time.monotonic() + PATIENCE_SECONDS
        while not all(text in self.text() for text in texts):
            assert time.monotonic() < end, self.text()
            self._read()
        return self.text()

    def key(self, key):
        os.write(self._master, key)

    def end(self):
        """Waits for the end of the program; its exit status and the octets written last."""
        while self.process.poll() is None:
            self._read()
        while self._read():
            pass
        return self.process.returncode, self.after.decode(errors="replace")

    def _read(self):
        if not select.select([self._master], [], [], 0.1)[0]:
            return False
        octets = os.read(self._master, 1 << 16)
        self._stream.feed(octets)
        self.after = (self.after + octets)[-4096:]
        return True


@pytest.fixture
def session():
    """Starts sessions, and ends what is left of them."""
    sessions = []

    def start(*arguments, **more):
        sessions.append(Session(*arguments, **more))
        return sessions[-1]

    yield start
    for each in sessions:
        each.process.kill()
        each.process.wait()


def test_a_recording_is_shown_until_q_is_pressed(session, tmp_path):
    shown = session(MESH, "--tui", "--json", tmp_path / "out.jsonl")
    sent = json_lines(ROOT / "examples" / "mesh.truth.jsonl")
    kept = f"frames ({len(sent)} kept)"
    shown.wait_for(
        "The recording has ended", kept, "870.70 to 871.50 MHz", "senders (7)", "█", "checked 18"
    )
    newest = [r for r in json_lines(tmp_path / "out.jsonl") if r["record"] == "frame"][-1]
    shown.wait_for(newest["source"])
    shown.key(b"q")
    status, after = shown.end()
    assert status == 0
    assert "18 checked" in after or "checked 18" in after
    assert termios.tcgetattr(shown.terminal)[3] == shown.before[3]
    # The screen that was there before is back.
    assert after.rindex("\x1b[?1049l") < after.rindex("checked")


def ended(session, environment):
    """A session whose recording has ended, and the colours of its characters and their grounds."""
    shown = session(MESH, "--tui", environment=environment)
    shown.wait_for("The recording has ended", "unicast", "broadcast", "senders (7)")
    characters = [shown.screen.buffer[y][x] for y in range(LINES) for x in range(COLUMNS)]
    return shown, {(each.fg, each.bg) for each in characters if each.data.strip()}


def test_a_terminal_with_256_colours_has_a_coloured_waterfall(session):
    shown, colours = ended(session, COLOURED)
    assert "▀" in shown.text() and len(colours) > 10


@pytest.mark.parametrize("environment", FEW_COLOURS, ids=lambda each: "-".join(each.values()))
def test_a_terminal_with_few_colours_is_drawn_on_with_its_own_two(session, environment):
    """Which are legible whatever its theme; the waterfall is shaded."""
    shown, colours = ended(session, environment)
    assert colours == {("default", "default")}
    assert "▀" not in shown.text() and "▓" in shown.text() and "░" in shown.text()


def test_a_terminal_that_cannot_be_drawn_on_is_refused(session):
    status, after = session(MESH, "--tui", environment={"TERM": "dumb"}).end()
    assert status == 2
    assert "--tui: TERM is 'dumb', expected a terminal to draw on" in after


def test_ctrl_c_gives_the_terminal_back(session):
    shown = session(MESH, "--tui")
    shown.wait_for("The recording has ended")
    shown.key(b"\x03")
    assert shown.end()[0] == 0
    assert termios.tcgetattr(shown.terminal)[3] == shown.before[3]


def test_a_live_source_ends_with_q(session, tmp_path):
    data = MESH.with_suffix(".sigmf-data")
    radio = f"file={data},rate=800e3,freq=871.1e6,repeat=true,throttle=true"
    shown = session(radio, "--rate", "800k", "--frequency", "871.1M", "--tui")
    shown.wait_for("beacon")
    shown.key(b"q")
    assert shown.end()[0] == 0


def test_a_source_that_breaks_off_leaves_the_message(session, tmp_path):
    for suffix in (".sigmf-meta", ".sigmf-data"):
        (tmp_path / f"cut{suffix}").write_bytes(MESH.with_suffix(suffix).read_bytes())
    os.truncate(tmp_path / "cut.sigmf-data", 1_000_003)
    shown = session(tmp_path / "cut", "--tui")
    shown.wait_for("The recording has ended")
    shown.key(b"q")
    status, after = shown.end()
    assert status == 2
    assert "truncated, 3 octets left" in after


def test_without_a_terminal_it_says_so():
    result = subprocess.run(["kaifa_rx", MESH, "--tui"], capture_output=True, text=True, timeout=60)
    assert result.returncode == 2
    assert "--tui: standard error is no terminal" in result.stderr


def test_records_on_the_same_terminal_are_refused(session):
    shown = session(MESH, "--tui", "--json", "-")
    status, after = shown.end()
    assert status == 2
    assert "--tui: draws where standard output is" in after


def test_records_go_into_a_pipe_beside_it(session):
    shown = session(MESH, "--tui", "--json", "-", stdout=subprocess.PIPE)
    shown.wait_for("The recording has ended")
    shown.key(b"q")
    assert shown.end()[0] == 0
    assert len(shown.process.stdout.read().splitlines()) == 19


def test_a_kill_is_obeyed(session):
    shown = session(MESH, "--tui")
    shown.wait_for("The recording has ended")
    shown.process.send_signal(signal.SIGTERM)
    shown.end()
    assert termios.tcgetattr(shown.terminal)[3] == shown.before[3]
