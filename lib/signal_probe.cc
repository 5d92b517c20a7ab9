// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine.h"
#include "ffi/bridge.h"
#include <gnuradio/kaifa/signal_probe.h>

namespace gr {
namespace kaifa {

namespace {

rust::Slice<const bridge::Sample> slice(const gr_complex* samples, size_t count)
{
    return { samples, count };
}

std::vector<uint8_t> octets(const rust::Vec<uint8_t>& from)
{
    return { from.begin(), from.end() };
}

signal_finding translated_finding(const bridge::ProbeFinding& from)
{
    signal_finding to{};
    to.start = from.start;
    to.end = from.end;
    to.center = from.center;
    to.bandwidth = from.bandwidth;
    to.magnitude_db = from.magnitude_db;
    to.modulation = std::string(from.modulation);
    to.symbol_rate = from.symbol_rate;
    to.symbol_rate_confidence = from.symbol_rate_confidence;
    to.deviation = from.deviation;
    to.deviation_confidence = from.deviation_confidence;
    to.preamble_symbols = from.preamble_symbols;
    to.preamble_last = from.preamble_last;
    to.sync_break = from.sync_break;
    to.symbols = octets(from.symbols);
    to.framing_confidence = from.framing_confidence;
    to.framing = std::string(from.framing);
    to.check = std::string(from.check);
    to.whitening = std::string(from.whitening);
    to.fec = std::string(from.fec);
    to.inverted = from.inverted;
    to.packet_first = from.packet_first;
    to.sync_word = octets(from.sync_word);
    to.mpdu = octets(from.mpdu);
    to.fills_burst = from.fills_burst;
    to.is_mac_frame = from.is_mac_frame;
    return to;
}

} // namespace

std::vector<signal_region>
signal_probe::find_regions(const gr_complex* samples, size_t count, double sample_rate)
{
    const auto found = translated(
        [&] { return bridge::find_regions(slice(samples, count), sample_rate); });
    std::vector<signal_region> regions;
    for (const auto& region : found)
        regions.push_back({ region.start, region.end, region.low, region.high });
    return regions;
}

signal_finding signal_probe::probe_region(const gr_complex* samples,
                                          size_t count,
                                          double sample_rate,
                                          const signal_region& region)
{
    const bridge::ProbeRegion inside{ region.start, region.end, region.low, region.high };
    return translated_finding(translated([&] {
        return bridge::probe_region(slice(samples, count), sample_rate, inside);
    }));
}

} // namespace kaifa
} // namespace gr
