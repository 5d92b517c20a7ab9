// SPDX-License-Identifier: GPL-3.0-or-later
#include "burst_tagger_impl.h"
#include "pmt.h"
#include "upstream.h"
#include <gnuradio/io_signature.h>
#include <cmath>

namespace gr {
namespace kaifa {

namespace {

// The scheduler's small steps cost more than the mathematics: work in larger ones.
constexpr int STEP_ITEMS = 8192;

// GNU Radio makes the buffers at both ends hold twice this many items: one half for the
// look-ahead and a step, the other for the neighbour to write into.
int output_multiple_for(size_t max_lookahead)
{
    int multiple = 16384;
    while (static_cast<size_t>(multiple) < max_lookahead + STEP_ITEMS)
        multiple *= 2;
    return multiple;
}

} // namespace

burst_tagger::sptr burst_tagger::make(double sample_rate,
                                      double center_frequency,
                                      double burst_bandwidth,
                                      double threshold_db,
                                      int fft_size,
                                      double hold_time,
                                      double max_burst_time,
                                      double dc_mask)
{
    bridge::BurstTaggerConfig config;
    config.sample_rate = sample_rate;
    config.center_frequency = center_frequency;
    config.burst_bandwidth = burst_bandwidth;
    config.threshold_db = threshold_db;
    config.fft_size = fft_size;
    config.hold_time = hold_time;
    config.max_burst_time = max_burst_time;
    config.dc_mask = dc_mask;
    return gnuradio::make_block_sptr<burst_tagger_impl>(config);
}

burst_tagger_impl::burst_tagger_impl(const bridge::BurstTaggerConfig& config)
    : gr::block("kaifa_burst_tagger",
                gr::io_signature::make(1, 1, sizeof(gr_complex)),
                gr::io_signature::make(1, 1, sizeof(gr_complex))),
      d_engine([&] { return bridge::new_burst_tagger(config); })
{
    const auto lookahead =
        d_engine.use([](auto& tagger) { return tagger.max_lookahead(); });
    set_output_multiple(output_multiple_for(lookahead));
    // Otherwise a flowgraph run with fewer items at a time than the multiple gives us room for
    // none.
    set_fixed_rate(true);
}

bool burst_tagger_impl::start()
{
    std::lock_guard<std::mutex> turn(d_anchors_mutex);
    d_seen = d_settled = 0;
    d_finished = d_bad_time_logged = false;
    d_fault.guard(d_logger, [&] {
        d_engine.use([&](auto& tagger) {
            tagger.reset();
            for (const auto& anchor : d_anchors)
                tagger.anchor_time(anchor.offset, anchor.time);
        });
        return 0;
    });
    return true;
}

void burst_tagger_impl::forecast(int, gr_vector_int& ninput_items_required)
{
    const uint64_t begin = nitems_read(0);
    const bool can_pass_on = d_settled > begin;
    ninput_items_required[0] =
        required_items(*this, can_pass_on ? 1 : d_seen - begin + STEP_ITEMS);
}

int burst_tagger_impl::general_work(int noutput_items,
                                    gr_vector_int& ninput_items,
                                    gr_vector_const_void_star& input_items,
                                    gr_vector_void_star& output_items)
{
    return d_fault.guard(d_logger, [&] {
        const auto in = static_cast<const gr_complex*>(input_items[0]);
        const auto out = static_cast<gr_complex*>(output_items[0]);
        const uint64_t begin = nitems_read(0);
        look(in, begin, ninput_items[0]);
        const int passed = static_cast<int>(
            std::min<uint64_t>(d_settled - begin, static_cast<uint64_t>(noutput_items)));
        std::copy_n(in, passed, out);
        consume_each(passed);
        return passed;
    });
}

// Shows the engine the input, of which it looks at what is new, and adds the tags it finds.
void burst_tagger_impl::look(const gr_complex* in, uint64_t begin, int available)
{
    const uint64_t end = begin + available;
    const bool is_last = is_end_of_input(*this, available);
    const auto anchors = time_tags(d_seen, end);
    rust::Vec<bridge::BurstTag> tags;
    const uint64_t settled = d_engine.use([&](auto& tagger) {
        for (const auto& anchor : anchors)
            tagger.anchor_time(anchor.offset, anchor.time);
        if (is_last && !d_finished)
            tagger.finish(begin, { in, end - begin }, tags);
        else if (end > d_seen)
            tagger.look(begin, { in, end - begin }, tags);
        return tagger.settled();
    });
    d_seen = end;
    d_finished = d_finished || is_last;
    // One sample stays behind until the end is known, see upstream.h.
    const uint64_t limit = is_last ? end : std::max(end, begin + 1) - 1;
    d_settled = is_last ? end : std::max(d_settled, std::min(settled, limit));
    for (const auto& tag : tags)
        add_item_tag(0,
                     tag.offset,
                     tag.is_start ? key::new_burst : key::gone_burst,
                     burst_tag_value(tag),
                     alias_pmt());
}

std::vector<burst_tagger_impl::anchor> burst_tagger_impl::time_tags(uint64_t begin,
                                                                    uint64_t end)
{
    std::vector<tag_t> tags;
    get_tags_in_range(tags, 0, begin, end, key::rx_time);
    std::vector<anchor> anchors;
    for (const auto& tag : tags) {
        if (const auto time = time_from(tag.value)) {
            anchors.push_back({ tag.offset, *time });
        } else if (!d_bad_time_logged) {
            d_bad_time_logged = true;
            d_logger->warn(
                "rx_time tag at sample {} ignored: it is {}, expected a tuple of "
                "uint64 seconds and a double fraction",
                tag.offset,
                pmt::write_string(tag.value));
        }
    }
    return anchors;
}

void burst_tagger_impl::set_threshold_db(double threshold_db)
{
    d_engine.use([&](auto& tagger) { tagger.set_threshold_db(threshold_db); });
}

void burst_tagger_impl::set_center_frequency(double center_frequency)
{
    d_engine.use([&](auto& tagger) { tagger.set_center_frequency(center_frequency); });
}

void burst_tagger_impl::add_time_anchor(uint64_t offset,
                                        uint64_t seconds,
                                        double fraction)
{
    if (!(fraction >= 0.0 && fraction < 1.0))
        throw std::invalid_argument("fraction is " + std::to_string(fraction) +
                                    ", expected 0 up to but not including 1");
    std::lock_guard<std::mutex> turn(d_anchors_mutex);
    const bridge::Time time{ seconds, fraction };
    d_anchors.push_back({ offset, time });
    d_engine.use([&](auto& tagger) { tagger.anchor_time(offset, time); });
}

bridge::BurstTaggerCounts burst_tagger_impl::counts() const
{
    return d_engine.use([](auto& tagger) { return tagger.counts(); });
}

std::map<std::string, double> burst_tagger_impl::health() const
{
    const auto health = d_engine.use([](auto& tagger) { return tagger.health(); });
    std::map<std::string, double> known{
        { "examined", health.examined },
        { "at_full_scale", health.at_full_scale },
        { "noise_dbfs_hz", health.noise_dbfs_hz },
        { "noise_steps", health.noise_steps },
        { "dc_spike_db", health.dc_spike_db },
    };
    for (auto entry = known.begin(); entry != known.end();)
        entry = std::isnan(entry->second) ? known.erase(entry) : std::next(entry);
    return known;
}

double burst_tagger_impl::cpu_time() const
{
    return d_engine.use([](auto& tagger) { return tagger.cpu_time(); });
}

} // namespace kaifa
} // namespace gr
