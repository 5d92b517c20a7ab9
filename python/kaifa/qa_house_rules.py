#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules between the rooms of the project that a test can hold."""

import re
import subprocess
import unittest
from pathlib import Path

import tomllib
from gnuradio import kaifa

ROOT = Path(__file__).resolve().parents[2]


def files(folder, *suffixes):
    """Every file below a folder with one of the suffixes; there must be some."""
    found = [p for p in sorted((ROOT / folder).rglob("*")) if p.suffix in suffixes]
    assert found, folder
    return found


def lines_with(pattern, paths):
    """Where a pattern stands: file and line."""
    return [
        f"{path.relative_to(ROOT)}:{number}"
        for path in paths
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if re.search(pattern, line)
    ]


class qa_house_rules(unittest.TestCase):
    def test_the_signal_processing_knows_neither_gnu_radio_nor_the_bridge(self):
        manifest = tomllib.loads((ROOT / "rust/dsp/Cargo.toml").read_text())
        forbidden = {"cxx", "cxx-build", "libc", "kaifa-ffi", "pyo3"}
        self.assertEqual(forbidden & set(manifest["dependencies"]), set())
        self.assertEqual(lines_with(r'\bextern "|\bcxx\b', files("rust/dsp/src", ".rs")), [])

    def test_unsafe_stands_in_the_bridge_alone(self):
        self.assertIn("#![forbid(unsafe_code)]", (ROOT / "rust/dsp/src/lib.rs").read_text())
        others = files("rust/dsp/src", ".rs") + files("rust/sim-cli/src", ".rs")
        self.assertEqual(lines_with(r"\bunsafe (impl|fn|\{)", others), [])
        self.assertNotEqual(lines_with(r"\bunsafe (impl|\{)", files("rust/ffi/src", ".rs")), [])

    def test_every_unsafe_block_says_why_it_is_sound(self):
        for path in files("rust/ffi/src", ".rs"):
            lines = path.read_text().splitlines()
            for number, line in enumerate(lines):
                # The bridge macro's own `unsafe extern` promises nothing of ours.
                if re.search(r"\bunsafe (impl|fn|\{)", line):
                    before = "\n".join(lines[max(0, number - 4) : number])
                    self.assertIn("// SAFETY: ", before, f"{path}:{number + 1}")

    def test_the_public_headers_mention_neither_rust_nor_the_bridge(self):
        headers = files("include", ".h")
        self.assertEqual(lines_with(r"(?i)\brust\b|\bcxx\b|bridge|ffi", headers), [])

    def test_the_library_alone_sees_both_gnu_radio_and_the_bridge(self):
        sees_bridge = r'#include "(ffi/|rust/)'
        self.assertNotEqual(lines_with(sees_bridge, files("lib", ".h", ".cc")), [])
        self.assertEqual(lines_with(sees_bridge, files("python", ".h", ".cc")), [])
        headers_of_ours = files("rust/ffi", ".h")
        self.assertEqual(lines_with(r"#include <(gnuradio|pmt)/", headers_of_ours), [])

    def test_keys_become_symbols_in_one_place(self):
        sources = [p for p in files("lib", ".cc", ".h") if not p.name.startswith("pmt")]
        named = [p for p in sources if p.name != "upstream.h"]  # GNU Radio's own word `done`
        self.assertEqual(lines_with(r"pmt::(mp|intern|string_to_symbol)\(", named), [])

    def test_defaults_are_those_of_the_engines(self):
        for block, source in [
            ("burst_tagger", "detect/config.rs"),
            ("tagged_burst_to_pdu", "extract/config.rs"),
            ("sync_and_strobe", "demod/config.rs"),
        ]:
            text = (ROOT / "rust/dsp/src" / source).read_text()
            body = re.search(r"impl Default for Config \{(.*?)\n\}", text, re.S).group(1)
            code = dict(re.findall(r"\b(\w+): ([-+.*()\w ]+),?(?=[,\s}])", body))
            names = {"hold_s": "hold_time", "max_burst_s": "max_burst_time"}
            signature = getattr(kaifa, block).__init__.__doc__.splitlines()[0]
            compared = 0
            for name, value in code.items():
                ours = names.get(name, name.removesuffix("_hz"))
                found = re.search(rf"\b{ours}: \w+ = ([-.\w]+)", signature)
                if found and re.fullmatch(r"[-+.*()\de ]+", value):
                    self.assertEqual(float(found.group(1)), eval(value), (block, name))
                    compared += 1
            self.assertGreaterEqual(compared, 3, (block, code))

    def test_every_file_names_its_licence_first(self):
        listed = subprocess.run(
            ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False
        )
        if listed.returncode != 0:
            self.skipTest("not a git checkout")
        suffixes = {".rs", ".h", ".cc", ".py", ".cmake", ".yml", ".sh", ".js", ".css", ".html"}
        for name in listed.stdout.splitlines():
            path = ROOT / name
            if path.suffix in suffixes and path.exists():
                head = path.read_text().splitlines()[:2]
                self.assertTrue(any("SPDX-License-Identifier" in line for line in head), name)


if __name__ == "__main__":
    unittest.main()
