// SPDX-License-Identifier: GPL-3.0-or-later
#include "tagged_burst_to_pdu_impl.h"
#include "pmt.h"
#include "upstream.h"
#include <gnuradio/io_signature.h>
#include <gnuradio/thread/thread.h>
#include <limits>

namespace gr {
namespace kaifa {

namespace {
// The scheduler's small steps cost more than the mathematics. A buffer that holds less than two
// of these is used by halves.
constexpr uint64_t STEP_ITEMS = 16384;
// 8 MB: a quarter of a second with twenty channels busy at 200 kHz.
constexpr uint64_t MOST_SAMPLES_KEPT = 1 << 20;
constexpr uint64_t MOST_BURSTS_KEPT = 2048;
constexpr double PATIENCE_S = 5.0;
} // namespace

tagged_burst_to_pdu::sptr tagged_burst_to_pdu::make(double sample_rate,
                                                    double output_rate,
                                                    double bandwidth,
                                                    double max_burst_time)
{
    bridge::BurstToPduConfig config;
    config.sample_rate = sample_rate;
    config.output_rate = output_rate;
    config.bandwidth = bandwidth;
    config.max_burst_time = max_burst_time;
    return gnuradio::make_block_sptr<tagged_burst_to_pdu_impl>(config);
}

tagged_burst_to_pdu_impl::tagged_burst_to_pdu_impl(const bridge::BurstToPduConfig& config)
    : gr::block("kaifa_tagged_burst_to_pdu",
                gr::io_signature::make(1, 1, sizeof(gr_complex)),
                gr::io_signature::make(0, 0, 0)),
      d_engine([&] { return bridge::new_burst_to_pdu(config); }),
      d_samples_kept(MOST_SAMPLES_KEPT), d_bursts_kept(MOST_BURSTS_KEPT)
{
    message_port_register_out(key::cpdus);
}

bool tagged_burst_to_pdu_impl::start()
{
    d_bad_tags = 0;
    d_samples_kept.reset();
    d_bursts_kept.reset();
    d_fault.guard(d_logger, [&] {
        d_engine.use([](auto& extractor) { extractor.reset(); });
        return 0;
    });
    return true;
}

void tagged_burst_to_pdu_impl::forecast(int, gr_vector_int& ninput_items_required)
{
    const uint64_t half = detail()->input(0)->max_possible_items_available() / 2;
    const auto wanted = std::max<uint64_t>(2, std::min(STEP_ITEMS, half));
    ninput_items_required[0] = required_items(*this, wanted);
}

int tagged_burst_to_pdu_impl::general_work(int,
                                           gr_vector_int& ninput_items,
                                           gr_vector_const_void_star& input_items,
                                           gr_vector_void_star&)
{
    if (must_wait()) {
        // Here stop() may interrupt the thread, by an exception that GNU Radio catches.
        boost::this_thread::sleep(boost::posix_time::milliseconds(1));
        return 0;
    }
    return d_fault.guard(d_logger, [&] {
        const auto in = static_cast<const gr_complex*>(input_items[0]);
        const bool is_last = is_end_of_input(*this, ninput_items[0]);
        // One sample stays behind until the end is known, see upstream.h.
        const int taken = is_last ? ninput_items[0] : std::max(ninput_items[0] - 1, 0);
        const auto tags = burst_tags(nitems_read(0), nitems_read(0) + taken);
        d_engine.use([&](auto& extractor) {
            extractor.process({ in, static_cast<size_t>(taken) },
                              { tags.data(), tags.size() });
            if (is_last)
                extractor.finish();
        });
        publish_waiting();
        consume_each(taken);
        return 0;
    });
}

bool tagged_burst_to_pdu_impl::must_wait()
{
    if (!d_waits_for_readers)
        return d_samples_kept.must_wait(d_logger, PATIENCE_S);
    const double for_ever = std::numeric_limits<double>::infinity();
    return d_samples_kept.must_wait(d_logger, for_ever) ||
           d_bursts_kept.must_wait(d_logger, for_ever);
}

rust::Vec<bridge::BurstTag> tagged_burst_to_pdu_impl::burst_tags(uint64_t begin,
                                                                 uint64_t end)
{
    std::vector<tag_t> tags;
    get_tags_in_range(tags, 0, begin, end);
    rust::Vec<bridge::BurstTag> bursts;
    for (const auto& tag : tags) {
        if (!pmt::eqv(tag.key, key::new_burst) && !pmt::eqv(tag.key, key::gone_burst))
            continue;
        if (const auto burst = burst_tag_from(tag)) {
            bursts.push_back(*burst);
        } else if (d_bad_tags++ == 0) {
            d_logger->warn(
                "{} tag at sample {} ignored: it is {}, expected a dictionary with id "
                "and, for new_burst, relative_frequency",
                pmt::write_string(tag.key),
                tag.offset,
                pmt::write_string(tag.value));
        }
    }
    return bursts;
}

void tagged_burst_to_pdu_impl::publish_waiting()
{
    std::vector<pmt::pmt_t> pdus;
    d_engine.use([&](auto& extractor) {
        while (extractor.waiting() > 0) {
            const auto burst = extractor.front();
            const auto samples = pmt::make_c32vector(burst.length, 0.0f);
            size_t length = 0;
            auto* const elements = pmt::c32vector_writable_elements(samples, length);
            extractor.take({ elements, length });
            const auto dict = burst_dict(burst);
            pdus.push_back(pmt::cons(dict, samples));
            d_samples_kept.add(samples, length);
            // The dictionaries of packets and frames go on from this one: they keep its entries.
            if (d_waits_for_readers)
                d_bursts_kept.add(pmt::dict_ref(dict, key::id, pmt::PMT_NIL), 1);
        }
    });
    for (const auto& pdu : pdus)
        message_port_pub(key::cpdus, pdu);
}

double tagged_burst_to_pdu_impl::output_rate() const
{
    return d_engine.use([](auto& extractor) { return extractor.output_rate(); });
}

bridge::BurstToPduCounts tagged_burst_to_pdu_impl::counts() const
{
    return d_engine.use([](auto& extractor) { return extractor.counts(); });
}

double tagged_burst_to_pdu_impl::cpu_time() const
{
    return d_engine.use([](auto& extractor) { return extractor.cpu_time(); });
}

} // namespace kaifa
} // namespace gr
