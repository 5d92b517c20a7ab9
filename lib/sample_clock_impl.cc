// SPDX-License-Identifier: GPL-3.0-or-later
#include "sample_clock_impl.h"
#include "host_time.h"
#include "pmt.h"
#include "upstream.h"
#include <gnuradio/io_signature.h>

namespace gr {
namespace kaifa {

namespace {

// A radio's clock that says less counts from its start, or from whenever it was set to 0.
constexpr uint64_t YEAR_2000 = 946684800;
// Drivers of gr-osmosdr hand out samples once three transfers are there, and what is measured
// lacks the piece of a transfer that is read first.
constexpr double TRANSFERS_ON_THE_WAY = 4.0;
// Clocks drift apart by at most 100 ppm, and anchors are given every second.
constexpr double DRIFT_S = 100e-6;

bridge::Time time_of(int64_t utc_ns)
{
    const auto ns = static_cast<uint64_t>(std::max<int64_t>(utc_ns, 0));
    constexpr uint64_t second = 1000000000;
    return { ns / second, static_cast<double>(ns % second) * 1e-9 };
}

std::optional<double> uncertainty(const bridge::ClockEvent& anchor, const utc_tie& tie)
{
    if (!anchor.is_measured || !tie.error_s)
        return std::nullopt;
    const double delay_s =
        (TRANSFERS_ON_THE_WAY * anchor.transfer_ns + anchor.jitter_ns) * 1e-9;
    return delay_s + DRIFT_S + *tie.error_s;
}

} // namespace

sample_clock::sptr sample_clock::make(double sample_rate)
{
    return gnuradio::make_block_sptr<sample_clock_impl>(sample_rate);
}

sample_clock_impl::sample_clock_impl(double sample_rate)
    : gr::block("kaifa_sample_clock",
                gr::io_signature::make(1, 1, sizeof(gr_complex)),
                gr::io_signature::make(1, 1, sizeof(gr_complex))),
      d_sample_rate(sample_rate),
      d_engine([&] { return bridge::new_sample_clock(sample_rate); }),
      d_most_kept(d_engine.use([](auto& clock) { return clock.most_held(); }))
{
    // The times of a radio that counts from its start are no dates and must not get through.
    set_tag_propagation_policy(TPP_DONT);
    message_port_register_out(key::clock);
}

bool sample_clock_impl::start()
{
    d_kept.clear();
    d_seen = d_settled = 0;
    d_source = source::host;
    d_bad_time_logged = false;
    d_fault.guard(d_logger, [&] {
        d_engine.use([](auto& clock) { clock.reset(); });
        return 0;
    });
    return true;
}

void sample_clock_impl::forecast(int, gr_vector_int& ninput_items_required)
{
    const uint64_t begin = nitems_read(0);
    const uint64_t usable = std::max<uint64_t>(d_seen, 1) - 1;
    const bool can_pass_on = std::min(d_settled, usable) > nitems_written(0);
    ninput_items_required[0] =
        required_items(*this, can_pass_on ? 1 : std::max(d_seen, begin) - begin + 1);
}

int sample_clock_impl::general_work(int noutput_items,
                                    gr_vector_int& ninput_items,
                                    gr_vector_const_void_star& input_items,
                                    gr_vector_void_star& output_items)
{
    return d_fault.guard(d_logger, [&] {
        const auto in = static_cast<const gr_complex*>(input_items[0]);
        const auto out = static_cast<gr_complex*>(output_items[0]);
        const uint64_t available = ninput_items[0];
        const uint64_t end = nitems_read(0) + available;
        const bool is_last = is_end_of_input(*this, ninput_items[0]);
        judge(end);
        if (is_last)
            d_settled = end;
        // One sample stays behind until the end is known, see upstream.h.
        const uint64_t usable =
            is_last ? available : std::max<uint64_t>(available, 1) - 1;
        const auto room =
            std::min<uint64_t>(d_settled - nitems_written(0), noutput_items);
        const uint64_t popped = d_kept.pop(out, room);
        const uint64_t passed = d_kept.size() > 0 ? 0 : std::min(room - popped, usable);
        std::copy_n(in, passed, out + popped);
        const uint64_t space =
            d_most_kept - std::min<uint64_t>(d_kept.size(), d_most_kept);
        // What is only waiting for room stays in the input: it need not be copied twice.
        const uint64_t kept = d_settled >= end ? 0 : std::min(usable - passed, space);
        d_kept.push(in + passed, kept);
        pass_tags(passed + kept);
        consume_each(static_cast<int>(passed + kept));
        return static_cast<int>(popped + passed);
    });
}

// Tells the engine of samples up to \p end, if there are new ones, and others what it finds.
void sample_clock_impl::judge(uint64_t end)
{
    if (end <= d_seen)
        return;
    const uint64_t now_ns = monotonic_ns();
    read_hardware_times(end);
    rust::Vec<bridge::ClockEvent> events;
    d_settled = d_engine.use([&](auto& clock) {
        clock.observe(end, now_ns, events);
        return std::max(d_settled, clock.settled());
    });
    d_seen = end;
    tell(events);
}

void sample_clock_impl::read_hardware_times(uint64_t end)
{
    std::vector<tag_t> tags;
    get_tags_in_range(tags, 0, d_seen, end, key::rx_time);
    for (const auto& tag : tags)
        read_hardware_time(tag);
}

void sample_clock_impl::read_hardware_time(const tag_t& tag)
{
    const auto time = time_from(tag.value);
    if (!time) {
        if (!d_bad_time_logged)
            d_logger->warn(
                "rx_time tag at sample {} ignored: it is {}, expected a tuple of "
                "uint64 seconds and a double fraction",
                tag.offset,
                pmt::write_string(tag.value));
        d_bad_time_logged = true;
        return;
    }
    rust::Vec<bridge::ClockEvent> events;
    d_engine.use([&](auto& clock) { clock.hardware_time(tag.offset, *time, events); });
    tell(events);
    d_source = time->seconds < YEAR_2000 ? source::host : source::hardware;
    if (d_source != source::hardware)
        return;
    add_item_tag(0, tag.offset, key::rx_time, tag.value, tag.srcid);
    message_port_pub(
        key::clock,
        clock_dict(tag.offset, *time, time_source::hardware, 1.0 / d_sample_rate));
}

void sample_clock_impl::tell(const rust::Vec<bridge::ClockEvent>& events)
{
    for (const auto& event : events) {
        switch (event.kind) {
        case bridge::ClockEventKind::Anchor:
            tell_anchor(event);
            break;
        case bridge::ClockEventKind::Loss:
            tell_loss(event);
            break;
        case bridge::ClockEventKind::Found:
            message_port_pub(key::clock, found_dict(event.samples));
            break;
        }
    }
}

void sample_clock_impl::tell_anchor(const bridge::ClockEvent& event)
{
    if (d_source == source::hardware)
        return;
    const auto tie = utc_tie::now();
    const auto time = time_of(event.clock_ns + tie.offset_ns);
    add_item_tag(0, event.sample, key::rx_time, time_tuple(time), alias_pmt());
    message_port_pub(
        key::clock,
        clock_dict(event.sample, time, time_source::host, uncertainty(event, tie)));
}

void sample_clock_impl::tell_loss(const bridge::ClockEvent& event)
{
    // A radio that did not tell of it does not tell the time behind it either.
    d_source = source::host;
    const auto samples = pmt::from_uint64(event.samples);
    add_item_tag(0, event.sample, key::samples_lost, samples, alias_pmt());
    message_port_pub(key::clock, loss_dict(event.sample, event.samples));
}

// Passes on the tags of the next \p count samples of the input, but for times.
void sample_clock_impl::pass_tags(uint64_t count)
{
    std::vector<tag_t> tags;
    get_tags_in_range(tags, 0, nitems_read(0), nitems_read(0) + count);
    for (const auto& tag : tags)
        if (!pmt::eqv(tag.key, key::rx_time))
            add_item_tag(0, tag);
}

uint64_t sample_clock_impl::samples_lost() const
{
    return d_engine.use([](auto& clock) { return clock.lost(); });
}

double sample_clock_impl::cpu_time() const
{
    return d_engine.use([](auto& clock) { return clock.cpu_time(); });
}

} // namespace kaifa
} // namespace gr
