# SPDX-License-Identifier: GPL-3.0-or-later
"""A headless Firefox for tests of pages, spoken to in its own protocol (Marionette): Debian has no
geckodriver."""

import base64
import contextlib
import json
import os
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

PATIENCE_SECONDS = 40
PROFILE = """user_pref("marionette.port", 0);
user_pref("ui.systemUsesDarkTheme", {dark});
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("app.update.enabled", false);
user_pref("browser.shell.checkDefaultBrowser", false);
user_pref("network.captive-portal-service.enabled", false);
user_pref("network.connectivity-service.enabled", false);
"""


@contextlib.contextmanager
def firefox(width=1440, height=960, dark=False):
    """A Firefox of its own."""
    with tempfile.TemporaryDirectory(prefix="kaifa-firefox-") as folder:
        profile = Path(folder) / "profile"
        profile.mkdir()
        (profile / "user.js").write_text(PROFILE.format(dark=int(dark)))
        command = [shutil.which("firefox-esr"), "--headless", "--marionette", "--no-remote"]
        process = subprocess.Popen(
            [
                *command,
                "--remote-allow-system-access",
                "--width",
                str(width),
                "--height",
                str(height),
                "--profile",
                profile,
            ],
            env=os.environ | {"HOME": folder},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            yield Firefox(_port(profile))
        finally:
            process.terminate()
            process.wait()


class Firefox:
    def __init__(self, port):
        self._socket = socket.create_connection(("127.0.0.1", port), PATIENCE_SECONDS)
        self._file = self._socket.makefile("rb")
        self._number = 0
        self._message()  # it says who it is
        self._ask("WebDriver:NewSession", {})

    def open(self, url):
        self._ask("WebDriver:Navigate", {"url": url})

    def run(self, script):
        """What a script in the page returns."""
        return self._ask("WebDriver:ExecuteScript", {"script": script, "args": []})["value"]

    def eventually(self, script):
        """What it returns, once that is true."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not (value := self.run(script)):
            assert time.monotonic() < deadline, f"waited in vain for {script}"
            time.sleep(0.05)
        return value

    def console(self):
        """Errors and warnings of pages that were opened from files or from this computer."""
        self._ask("Marionette:SetContext", {"value": "chrome"})
        messages = self.run(
            "return Services.console.getMessageArray().filter((m) => m instanceof Ci.nsIScriptError"
            " && /^(file:|http:..127.0.0.1)/.test(m.sourceName)).map((m) => m.errorMessage)"
        )
        self._ask("Marionette:SetContext", {"value": "content"})
        return messages

    def picture(self):
        """Octets of a PNG of what is seen."""
        shot = self._ask("WebDriver:TakeScreenshot", {"full": False})
        return base64.b64decode(shot["value"])

    def _ask(self, name, parameters):
        self._number += 1
        text = json.dumps([0, self._number, name, parameters]).encode()
        self._socket.sendall(b"%d:%s" % (len(text), text))
        _, number, error, result = self._message()
        assert number == self._number and error is None, error
        return result

    def _message(self):
        digits = b""
        while (octet := self._file.read(1)) != b":":
            assert octet, "Firefox has gone"
            digits += octet
        return json.loads(self._file.read(int(digits)))


def _port(profile):
    """Where it listens, once it says so."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    said = profile / "MarionetteActivePort"
    while not (said.exists() and said.read_text().strip()):
        assert time.monotonic() < deadline, "Firefox did not start"
        time.sleep(0.1)
    return int(said.read_text())
