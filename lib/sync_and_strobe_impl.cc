// SPDX-License-Identifier: GPL-3.0-or-later
#include "sync_and_strobe_impl.h"
#include "packet_pdu.h"
#include "upstream.h"
#include <gnuradio/io_signature.h>
#include <limits>

namespace gr {
namespace kaifa {

sync_and_strobe::sptr sync_and_strobe::make(double sample_rate,
                                            double symbol_rate,
                                            double deviation,
                                            double demod_gain,
                                            const std::string& sync_word,
                                            int sync_max_errors,
                                            int preamble_min_symbols,
                                            int max_packet_bits,
                                            const std::string& framing)
{
    bridge::SyncStrobeConfig config;
    config.sample_rate = sample_rate;
    config.symbol_rate = symbol_rate;
    config.deviation = deviation;
    config.demod_gain = demod_gain;
    config.sync_word = rust::String::lossy(sync_word);
    config.sync_max_errors = sync_max_errors;
    config.preamble_min_symbols = preamble_min_symbols;
    config.max_packet_bits = max_packet_bits;
    config.framing = rust::String::lossy(framing);
    return gnuradio::make_block_sptr<sync_and_strobe_impl>(config);
}

sync_and_strobe_impl::sync_and_strobe_impl(const bridge::SyncStrobeConfig& config)
    : gr::block("kaifa_sync_and_strobe",
                gr::io_signature::make(1, 1, sizeof(float)),
                gr::io_signature::make(1, 1, sizeof(float))),
      d_engine([&] { return bridge::new_sync_strobe(config); })
{
    message_port_register_out(key::packets);
}

bool sync_and_strobe_impl::start()
{
    d_seen = d_settled = d_next_key = 0;
    d_finished = false;
    d_waiting.clear();
    d_passed = 0;
    d_bursts.clear();
    d_bad_tags = 0;
    d_fault.guard(d_logger, [&] {
        d_engine.use([](auto& strobe) { strobe.reset(); });
        return 0;
    });
    return true;
}

void sync_and_strobe_impl::forecast(int, gr_vector_int& ninput_items_required)
{
    const bool can_pass_on = d_settled > nitems_written(0);
    ninput_items_required[0] = required_items(*this, can_pass_on ? 1 : 2);
}

int sync_and_strobe_impl::general_work(int noutput_items,
                                       gr_vector_int& ninput_items,
                                       gr_vector_const_void_star& input_items,
                                       gr_vector_void_star& output_items)
{
    return d_fault.guard(d_logger, [&] {
        const int available = ninput_items[0];
        const bool is_last = is_end_of_input(*this, available);
        // One item stays unconsumed until all is passed on, see upstream.h. While the output
        // cannot take what is settled nothing is taken either: it would pile up here.
        const bool is_full =
            d_settled - nitems_written(0) >= static_cast<uint64_t>(noutput_items);
        const int taken = is_full ? 0 : std::max(available - 1, 0);
        const uint64_t begin = nitems_read(0);
        if (!is_full)
            look(static_cast<const float*>(input_items[0]),
                 begin,
                 begin + (is_last ? available : taken),
                 is_last);
        const int passed = pass_on(static_cast<float*>(output_items[0]), noutput_items);
        const bool is_over = d_finished && nitems_written(0) + passed == d_seen;
        consume_each(is_over ? available : taken);
        return passed;
    });
}

// Shows the engine the input from d_seen to end and hands out what it finds.
void sync_and_strobe_impl::look(const float* in,
                                uint64_t begin,
                                uint64_t end,
                                bool is_last)
{
    announce_bursts(end);
    const rust::Slice<const float> fresh{ in + (d_seen - begin), end - d_seen };
    rust::Vec<bridge::StrobeTag> tags;
    const uint64_t settled = d_engine.use([&](auto& strobe) {
        if (!fresh.empty())
            strobe.process(fresh, tags);
        if (is_last && !d_finished)
            strobe.finish(tags);
        return strobe.settled();
    });
    d_waiting.insert(d_waiting.end(), fresh.begin(), fresh.end());
    d_seen = end;
    d_finished = d_finished || is_last;
    d_settled = is_last ? end : std::max(d_settled, std::min(settled, end));
    for (const auto& tag : tags) {
        const auto [name, value] = strobe_tag(tag);
        add_item_tag(0, tag.offset, name, value, alias_pmt());
    }
    publish_waiting();
}

void sync_and_strobe_impl::announce_bursts(uint64_t end)
{
    std::vector<tag_t> tags;
    get_tags_in_range(tags, 0, d_seen, end);
    for (const auto& tag : tags) {
        if (pmt::eqv(tag.key, key::burst_start))
            start_burst(tag);
        else if (pmt::eqv(tag.key, key::burst_end))
            end_burst(tag.offset);
    }
}

void sync_and_strobe_impl::start_burst(const tag_t& tag)
{
    if (!pmt::is_dict(tag.value)) {
        if (d_bad_tags++ == 0)
            d_logger->warn(
                "burst_start tag at sample {} ignored: it is {}, expected a dictionary",
                tag.offset,
                pmt::write_string(tag.value));
        return;
    }
    if (!d_bursts.empty())
        d_bursts.rbegin()->second.end =
            std::min(d_bursts.rbegin()->second.end, tag.offset);
    const uint64_t key = d_next_key++;
    d_bursts[key] = { tag.value, std::numeric_limits<uint64_t>::max() };
    d_engine.use([&](auto& strobe) {
        strobe.burst_start(tag.offset, burst_info(tag.value, key));
    });
}

void sync_and_strobe_impl::end_burst(uint64_t offset)
{
    if (!d_bursts.empty())
        d_bursts.rbegin()->second.end = std::min(d_bursts.rbegin()->second.end, offset);
    d_engine.use([&](auto& strobe) { strobe.burst_end(offset); });
}

void sync_and_strobe_impl::publish_waiting()
{
    std::vector<pmt::pmt_t> pdus;
    d_engine.use([&](auto& strobe) {
        while (strobe.waiting() > 0) {
            pdus.push_back(take_packet_pdu(strobe, [&](const bridge::Packet& packet) {
                const auto burst = d_bursts.find(packet.burst_key);
                const bool is_known = packet.has_burst && burst != d_bursts.end();
                return is_known ? burst->second.dict : pmt::make_dict();
            }));
        }
    });
    while (!d_bursts.empty() && d_bursts.begin()->second.end < d_settled)
        d_bursts.erase(d_bursts.begin());
    for (const auto& pdu : pdus)
        message_port_pub(key::packets, pdu);
}

int sync_and_strobe_impl::pass_on(float* out, int room)
{
    const auto settled = d_settled - nitems_written(0);
    const int passed =
        static_cast<int>(std::min<uint64_t>(settled, static_cast<uint64_t>(room)));
    std::copy_n(d_waiting.begin() + d_passed, passed, out);
    d_passed += passed;
    if (d_passed > d_waiting.size() / 2) {
        d_waiting.erase(d_waiting.begin(), d_waiting.begin() + d_passed);
        d_passed = 0;
    }
    return passed;
}

bridge::SyncStrobeCounts sync_and_strobe_impl::counts() const
{
    return d_engine.use([](auto& strobe) { return strobe.counts(); });
}

double sync_and_strobe_impl::cpu_time() const
{
    return d_engine.use([](auto& strobe) { return strobe.cpu_time(); });
}

} // namespace kaifa
} // namespace gr
