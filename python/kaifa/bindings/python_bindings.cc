// SPDX-License-Identifier: GPL-3.0-or-later
#include "docstrings.h"
#include <gnuradio/kaifa/burst_tagger.h>
#include <gnuradio/kaifa/burst_to_stream.h>
#include <gnuradio/kaifa/fsk_burst_demod.h>
#include <gnuradio/kaifa/kaifa_frame_parser.h>
#include <gnuradio/kaifa/sample_clock.h>
#include <gnuradio/kaifa/signal_probe.h>
#include <gnuradio/kaifa/sync_and_strobe.h>
#include <gnuradio/kaifa/tagged_burst_to_pdu.h>
#include <pybind11/complex.h>
#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

namespace py = pybind11;
using namespace gr::kaifa;

namespace {

void bind_sample_clock(py::module& m)
{
    py::class_<sample_clock, gr::block, gr::basic_block, std::shared_ptr<sample_clock>>(
        m, "sample_clock", DOC_sample_clock)
        .def(py::init(&sample_clock::make), DOC_sample_clock_make, py::arg("sample_rate"))
        .def("samples_lost", &sample_clock::samples_lost, DOC_sample_clock_samples_lost)
        .def("cpu_time", &sample_clock::cpu_time, DOC_sample_clock_cpu_time)
        .def("error", &sample_clock::error, DOC_sample_clock_error);
}

void bind_burst_tagger(py::module& m)
{
    py::class_<burst_tagger, gr::block, gr::basic_block, std::shared_ptr<burst_tagger>>(
        m, "burst_tagger", DOC_burst_tagger)
        .def(py::init(&burst_tagger::make),
             DOC_burst_tagger_make,
             py::arg("sample_rate"),
             py::arg("center_frequency") = 872.5e6,
             py::arg("burst_bandwidth") = 100e3,
             py::arg("threshold_db") = 4.0,
             py::arg("fft_size") = 0,
             py::arg("hold_time") = 1e-3,
             py::arg("max_burst_time") = 0.2,
             py::arg("dc_mask") = 0.0)
        .def("set_threshold_db",
             &burst_tagger::set_threshold_db,
             DOC_burst_tagger_set_threshold_db,
             py::arg("threshold_db"))
        .def("set_center_frequency",
             &burst_tagger::set_center_frequency,
             DOC_burst_tagger_set_center_frequency,
             py::arg("center_frequency"))
        .def("add_time_anchor",
             &burst_tagger::add_time_anchor,
             DOC_burst_tagger_add_time_anchor,
             py::arg("offset"),
             py::arg("seconds"),
             py::arg("fraction"))
        .def("samples", &burst_tagger::samples, DOC_burst_tagger_samples)
        .def("bursts", &burst_tagger::bursts, DOC_burst_tagger_bursts)
        .def("truncated", &burst_tagger::truncated, DOC_burst_tagger_truncated)
        .def("health", &burst_tagger::health, DOC_burst_tagger_health)
        .def("cpu_time", &burst_tagger::cpu_time, DOC_burst_tagger_cpu_time)
        .def("error", &burst_tagger::error, DOC_burst_tagger_error);
}

void bind_tagged_burst_to_pdu(py::module& m)
{
    py::class_<tagged_burst_to_pdu,
               gr::block,
               gr::basic_block,
               std::shared_ptr<tagged_burst_to_pdu>>(
        m, "tagged_burst_to_pdu", DOC_tagged_burst_to_pdu)
        .def(py::init(&tagged_burst_to_pdu::make),
             DOC_tagged_burst_to_pdu_make,
             py::arg("sample_rate"),
             py::arg("output_rate") = 400e3,
             py::arg("bandwidth") = 100e3,
             py::arg("max_burst_time") = 0.5)
        .def("wait_for_readers",
             &tagged_burst_to_pdu::wait_for_readers,
             DOC_tagged_burst_to_pdu_wait_for_readers)
        .def("output_rate",
             &tagged_burst_to_pdu::output_rate,
             DOC_tagged_burst_to_pdu_output_rate)
        .def("bursts", &tagged_burst_to_pdu::bursts, DOC_tagged_burst_to_pdu_bursts)
        .def("truncated",
             &tagged_burst_to_pdu::truncated,
             DOC_tagged_burst_to_pdu_truncated)
        .def("bad_tags", &tagged_burst_to_pdu::bad_tags, DOC_tagged_burst_to_pdu_bad_tags)
        .def("cpu_time", &tagged_burst_to_pdu::cpu_time, DOC_tagged_burst_to_pdu_cpu_time)
        .def("error", &tagged_burst_to_pdu::error, DOC_tagged_burst_to_pdu_error);
}

void bind_burst_to_stream(py::module& m)
{
    py::class_<burst_to_stream,
               gr::sync_block,
               gr::block,
               gr::basic_block,
               std::shared_ptr<burst_to_stream>>(
        m, "burst_to_stream", DOC_burst_to_stream)
        .def(py::init(&burst_to_stream::make),
             DOC_burst_to_stream_make,
             py::arg("gap_samples") = 1024)
        .def("bursts", &burst_to_stream::bursts, DOC_burst_to_stream_bursts)
        .def("bad_pdus", &burst_to_stream::bad_pdus, DOC_burst_to_stream_bad_pdus)
        .def("waiting_samples",
             &burst_to_stream::waiting_samples,
             DOC_burst_to_stream_waiting_samples)
        .def("cpu_time", &burst_to_stream::cpu_time, DOC_burst_to_stream_cpu_time)
        .def("error", &burst_to_stream::error, DOC_burst_to_stream_error);
}

void bind_sync_and_strobe(py::module& m)
{
    py::class_<sync_and_strobe,
               gr::block,
               gr::basic_block,
               std::shared_ptr<sync_and_strobe>>(
        m, "sync_and_strobe", DOC_sync_and_strobe)
        .def(py::init(&sync_and_strobe::make),
             DOC_sync_and_strobe_make,
             py::arg("sample_rate"),
             py::arg("symbol_rate") = 50e3,
             py::arg("deviation") = 25e3,
             py::arg("demod_gain") = 1.0,
             py::arg("sync_word") = "904e,6f4e,7a0e,632d",
             py::arg("sync_max_errors") = 1,
             py::arg("preamble_min_symbols") = 16,
             py::arg("max_packet_bits") = 16392,
             py::arg("framing") = "auto")
        .def("packets", &sync_and_strobe::packets, DOC_sync_and_strobe_packets)
        .def("bursts", &sync_and_strobe::bursts, DOC_sync_and_strobe_bursts)
        .def("bursts_without_sync",
             &sync_and_strobe::bursts_without_sync,
             DOC_sync_and_strobe_bursts_without_sync)
        .def("bad_tags", &sync_and_strobe::bad_tags, DOC_sync_and_strobe_bad_tags)
        .def("cpu_time", &sync_and_strobe::cpu_time, DOC_sync_and_strobe_cpu_time)
        .def("error", &sync_and_strobe::error, DOC_sync_and_strobe_error);
}

void bind_fsk_burst_demod(py::module& m)
{
    py::class_<fsk_burst_demod,
               gr::block,
               gr::basic_block,
               std::shared_ptr<fsk_burst_demod>>(
        m, "fsk_burst_demod", DOC_fsk_burst_demod)
        .def(py::init(&fsk_burst_demod::make),
             DOC_fsk_burst_demod_make,
             py::arg("symbol_rate") = 50e3,
             py::arg("deviation") = 25e3,
             py::arg("sync_word") = "904e,6f4e,7a0e,632d",
             py::arg("sync_max_errors") = 1,
             py::arg("preamble_min_symbols") = 16,
             py::arg("max_packet_bits") = 16392,
             py::arg("framing") = "auto")
        .def("packets", &fsk_burst_demod::packets, DOC_fsk_burst_demod_packets)
        .def("bursts", &fsk_burst_demod::bursts, DOC_fsk_burst_demod_bursts)
        .def("bursts_without_sync",
             &fsk_burst_demod::bursts_without_sync,
             DOC_fsk_burst_demod_bursts_without_sync)
        .def("bad_pdus", &fsk_burst_demod::bad_pdus, DOC_fsk_burst_demod_bad_pdus)
        .def("cpu_time", &fsk_burst_demod::cpu_time, DOC_fsk_burst_demod_cpu_time)
        .def("error", &fsk_burst_demod::error, DOC_fsk_burst_demod_error);
}

void bind_kaifa_frame_parser(py::module& m)
{
    py::class_<kaifa_frame_parser,
               gr::block,
               gr::basic_block,
               std::shared_ptr<kaifa_frame_parser>>(
        m, "kaifa_frame_parser", DOC_kaifa_frame_parser)
        .def(py::init(&kaifa_frame_parser::make),
             DOC_kaifa_frame_parser_make,
             py::arg("framing") = "auto",
             py::arg("symbol_rate") = 50e3)
        .def("set_framing",
             &kaifa_frame_parser::set_framing,
             DOC_kaifa_frame_parser_set_framing,
             py::arg("framing"))
        .def("locked_framing",
             &kaifa_frame_parser::locked_framing,
             DOC_kaifa_frame_parser_locked_framing)
        .def("frames", &kaifa_frame_parser::frames, DOC_kaifa_frame_parser_frames)
        .def("with_length",
             &kaifa_frame_parser::with_length,
             DOC_kaifa_frame_parser_with_length)
        .def("rejects", &kaifa_frame_parser::rejects, DOC_kaifa_frame_parser_rejects)
        .def("rejects_by_reason",
             &kaifa_frame_parser::rejects_by_reason,
             DOC_kaifa_frame_parser_rejects_by_reason)
        .def("bad_pdus", &kaifa_frame_parser::bad_pdus, DOC_kaifa_frame_parser_bad_pdus)
        .def("cpu_time", &kaifa_frame_parser::cpu_time, DOC_kaifa_frame_parser_cpu_time)
        .def("error", &kaifa_frame_parser::error, DOC_kaifa_frame_parser_error);
}

using samples_array = py::array_t<gr_complex, py::array::c_style>;

py::bytes bytes(const std::vector<uint8_t>& from)
{
    return { reinterpret_cast<const char*>(from.data()), from.size() };
}

py::dict packet(const signal_finding& found)
{
    using namespace py::literals;
    return py::dict("framing"_a = found.framing,
                    "check"_a = found.check,
                    "whitening"_a = found.whitening,
                    "fec"_a = found.fec,
                    "inverted"_a = found.inverted,
                    "first"_a = found.packet_first,
                    "sync_word"_a = bytes(found.sync_word),
                    "mpdu"_a = bytes(found.mpdu),
                    "fills_burst"_a = found.fills_burst,
                    "is_mac_frame"_a = found.is_mac_frame,
                    "confidence"_a = found.framing_confidence);
}

py::dict finding(const signal_finding& found)
{
    using namespace py::literals;
    const py::object none = py::none();
    return py::dict("start"_a = found.start,
                    "end"_a = found.end,
                    "center"_a = found.center,
                    "bandwidth"_a = found.bandwidth,
                    "magnitude_db"_a = found.magnitude_db,
                    "modulation"_a = found.modulation,
                    "symbol_rate"_a = found.symbol_rate,
                    "symbol_rate_confidence"_a = found.symbol_rate_confidence,
                    "deviation"_a = found.deviation,
                    "deviation_confidence"_a = found.deviation_confidence,
                    "preamble_symbols"_a = found.preamble_symbols,
                    "preamble_last"_a = found.preamble_last,
                    "sync_break"_a = found.sync_break,
                    "symbols"_a = bytes(found.symbols),
                    "packet"_a = found.framing.empty() ? none : packet(found));
}

py::list find_regions(const samples_array& samples, double sample_rate)
{
    std::vector<signal_region> found;
    {
        const auto data = samples.data();
        const size_t count = samples.size();
        py::gil_scoped_release others_may_run;
        found = signal_probe::find_regions(data, count, sample_rate);
    }
    py::list regions;
    for (const auto& region : found)
        regions.append(py::make_tuple(region.start, region.end, region.low, region.high));
    return regions;
}

py::dict probe_region(const samples_array& samples,
                      double sample_rate,
                      const std::tuple<uint64_t, uint64_t, double, double>& region)
{
    signal_finding found;
    {
        const auto& [start, end, low, high] = region;
        const auto data = samples.data();
        const size_t count = samples.size();
        py::gil_scoped_release others_may_run;
        found = signal_probe::probe_region(
            data, count, sample_rate, signal_region{ start, end, low, high });
    }
    return finding(found);
}

void bind_signal_probe(py::module& m)
{
    m.def("find_regions",
          &find_regions,
          DOC_signal_probe_find_regions,
          py::arg("samples"),
          py::arg("sample_rate"));
    m.def("probe_region",
          &probe_region,
          DOC_signal_probe_probe_region,
          py::arg("samples"),
          py::arg("sample_rate"),
          py::arg("region"));
}

} // namespace

PYBIND11_MODULE(kaifa_python, m)
{
    m.doc() = "Blocks that receive the KAIFA smart meter mesh.";
    // The base classes are known to Python once GNU Radio is imported.
    py::module::import("gnuradio.gr");
    bind_sample_clock(m);
    bind_burst_tagger(m);
    bind_tagged_burst_to_pdu(m);
    bind_burst_to_stream(m);
    bind_sync_and_strobe(m);
    bind_fsk_burst_demod(m);
    bind_kaifa_frame_parser(m);
    bind_signal_probe(m);
}
