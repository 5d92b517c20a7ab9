#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""GNU Radio Companion's view of the blocks: it must agree with the code."""

import inspect
import os
import re
import unittest
from pathlib import Path

import pmt
import yaml
from gnuradio import gr, kaifa
from gnuradio.grc.core.platform import Platform

GRC = Path(__file__).resolve().parents[2] / "grc"
ALL = sorted(path.name.removesuffix(".block.yml") for path in GRC.glob("*.block.yml"))
# A widget needs a window to be made.
WIDGETS = ["kaifa_band_view", "kaifa_frame_table", "kaifa_funnel", "kaifa_packet_view"]
BLOCKS = [name for name in ALL if name not in WIDGETS]
SAMPLE_RATE = 2e6


def maker(block_id):
    """The class a block of the companion makes."""
    name = block_id if hasattr(kaifa, block_id) else block_id.removeprefix("kaifa_")
    return getattr(kaifa, name)


def defaults_of(made):
    """{parameter: default} of a class, from its signature; None where there is no default."""
    text = made.__init__.__doc__ or ""
    if "self: " in text:  # pybind11 writes the signature into the documentation
        line = text.splitlines()[0]
        pairs = re.findall(r"(\w+): [\w.]+(?: = ('[^']*'|[^,)]+))?", line)
        return {
            name: eval(default) if default else None for name, default in pairs if name != "self"
        }
    parameters = list(inspect.signature(made.__init__).parameters.values())[1:]
    return {p.name: None if p.default is p.empty else p.default for p in parameters}


class qa_grc(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        os.environ.setdefault("GRC_BLOCKS_PATH", str(GRC))
        cls.platform = Platform(
            version=gr.version(),
            version_parts=(gr.major_version(), gr.api_version(), gr.minor_version()),
            prefs=gr.prefs(),
        )
        cls.platform.build_library([str(GRC), "/usr/share/gnuradio/grc/blocks"])
        cls.yaml = {name: yaml.safe_load((GRC / f"{name}.block.yml").read_text()) for name in ALL}

    def placed(self, block_id, **parameters):
        """A block in a flowgraph that has a variable samp_rate."""
        graph = self.platform.make_flow_graph()
        rate = graph.new_block("variable")
        rate.params["id"].set_value("samp_rate")
        rate.params["value"].set_value(repr(SAMPLE_RATE))
        block = graph.new_block(block_id)
        block.params["id"].set_value("block_0")
        for name, value in parameters.items():
            block.params[name].set_value(value)
        graph.rewrite()
        graph.validate()
        return block

    def objections(self, block):
        """What the companion marks, but that nothing is connected to the block."""
        return [text for text in block.get_error_messages() if "not connected" not in text]

    def test_every_block_is_made_from_its_defaults(self):
        self.assertGreaterEqual(len(BLOCKS), 6)
        for name in BLOCKS:
            block = self.placed(name)
            self.assertEqual(self.objections(block), [], name)
            scope = {"samp_rate": SAMPLE_RATE}
            exec(block.templates.render("imports"), scope)
            made = eval(block.templates.render("make"), scope)
            self.assertIsInstance(made, maker(name))
            for callback in block.get_callbacks():
                method = re.search(r"(\w+)\(", callback.split(".", 1)[1]).group(1)
                self.assertTrue(callable(getattr(made, method)), (name, callback))

    def test_make_names_every_parameter_of_the_code(self):
        for name in BLOCKS:
            make = self.yaml[name]["templates"]["make"]
            named = re.findall(r"(\w+)=\$\{(\w+)\}", make)
            self.assertTrue(all(left == right for left, right in named), name)
            parameters = defaults_of(maker(name))
            self.assertEqual([left for left, _ in named], list(parameters), name)
            listed = {parameter["id"] for parameter in self.yaml[name]["parameters"]}
            self.assertEqual(listed, set(parameters), name)

    def test_defaults_are_those_of_the_code(self):
        for name in BLOCKS:
            code = defaults_of(maker(name))
            for parameter in self.yaml[name]["parameters"]:
                wanted = code[parameter["id"]]
                if wanted is None:  # needed, or taken from the block inside
                    continue
                given = parameter["default"]
                if parameter["dtype"] != "string":
                    given = eval(given)
                self.assertEqual(given, wanted, (name, parameter["id"]))

    def test_everything_is_documented(self):
        for name in ALL:
            text = self.yaml[name]["documentation"]
            for parameter in self.yaml[name]["parameters"]:
                label = re.sub(r" \(.*\)", "", parameter["label"])
                self.assertIn(f"{label}: ", text, name)
            for port in self.yaml[name].get("inputs", []) + self.yaml[name].get("outputs", []):
                if port["domain"] == "message":
                    self.assertIn(port["id"], text, name)

    def test_python_has_a_docstring_for_everything(self):
        for name in BLOCKS:
            made = maker(name)
            self.assertTrue(made.__doc__, name)
            for method, value in vars(made).items():
                if callable(value) and not method.startswith("_"):
                    # The first line is the signature where pybind11 wrote it.
                    words = [line for line in (value.__doc__ or "").splitlines() if line]
                    self.assertTrue(len(words) > ("self: " in (words or [""])[0]), (name, method))

    def test_message_ports_are_those_of_the_code(self):
        for name in BLOCKS:
            if name == "kaifa_receiver":  # a hierarchical block does not tell its ports
                continue
            scope = {"samp_rate": SAMPLE_RATE, "kaifa": kaifa}
            made = eval(self.placed(name).templates.render("make"), scope).to_basic_block()
            ports = {"inputs": made.message_ports_in(), "outputs": made.message_ports_out()}
            for side, vector in ports.items():
                listed = [
                    p["id"] for p in self.yaml[name].get(side, []) if p["domain"] == "message"
                ]
                code = [str(port) for port in pmt.to_python(vector)]
                self.assertEqual(sorted(listed), sorted(set(code) - {"system"}), (name, side))

    def test_out_of_range_values_are_marked(self):
        for name, parameter, value in [
            ("kaifa_burst_tagger", "threshold_db", "0"),
            ("kaifa_burst_tagger", "fft_size", "1000"),
            ("kaifa_tagged_burst_to_pdu", "bandwidth", "399e3"),
            ("kaifa_burst_to_stream", "gap_samples", "-1"),
            ("kaifa_sync_and_strobe", "sync_word", "xyz"),
            ("kaifa_sync_and_strobe", "preamble_min_symbols", "7"),
            ("kaifa_frame_parser", "symbol_rate", "0"),
            ("kaifa_receiver", "threshold_db", "99"),
        ]:
            block = self.placed(name, **{parameter: value})
            self.assertNotEqual(self.objections(block), [], (name, parameter))

    def test_labels_are_our_own_and_all_blocks_are_in_the_tree(self):
        labels = [self.yaml[name]["label"] for name in ALL]
        self.assertEqual(len(set(labels)), len(labels))
        self.assertTrue(all(label.startswith("Kaifa ") for label in labels))
        tree = yaml.safe_load((GRC / "kaifa.tree.yml").read_text())
        self.assertEqual(sorted(tree["[Kaifa]"]), ALL)
        self.assertTrue(all(self.yaml[name]["id"] == name for name in ALL))


if __name__ == "__main__":
    unittest.main()
