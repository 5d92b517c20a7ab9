// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef INCLUDED_KAIFA_SAMPLE_CLOCK_IMPL_H
#define INCLUDED_KAIFA_SAMPLE_CLOCK_IMPL_H

#include "engine.h"
#include "fault.h"
#include "ffi/bridge.h"
#include "sample_queue.h"
#include <gnuradio/kaifa/sample_clock.h>
#include <optional>

namespace gr {
namespace kaifa {

/*!
 * The engine is told how many samples there are each time there are more. Samples that it has
 * judged are passed on from the input as they are; the others wait in a queue, so that the
 * source is not kept from handing out more.
 */
class sample_clock_impl : public sample_clock
{
public:
    explicit sample_clock_impl(double sample_rate);

    bool start() override;
    void forecast(int noutput_items, gr_vector_int& ninput_items_required) override;
    int general_work(int noutput_items,
                     gr_vector_int& ninput_items,
                     gr_vector_const_void_star& input_items,
                     gr_vector_void_star& output_items) override;

    uint64_t samples_lost() const override;
    double cpu_time() const override;
    std::string error() const override { return d_fault.text(); }

private:
    // Who tells the time of samples.
    enum class source { host, hardware };

    const double d_sample_rate;
    engine<bridge::SampleClock> d_engine;
    fault d_fault;
    sample_queue d_kept;
    uint64_t d_most_kept;
    uint64_t d_seen = 0;    // end of what the engine was told of
    uint64_t d_settled = 0; // end of what may be passed on
    source d_source = source::host;
    bool d_bad_time_logged = false;

    void judge(uint64_t end);
    void read_hardware_times(uint64_t end);
    void read_hardware_time(const tag_t& tag);
    void tell(const rust::Vec<bridge::ClockEvent>& events);
    void tell_anchor(const bridge::ClockEvent& event);
    void tell_loss(const bridge::ClockEvent& event);
    void pass_tags(uint64_t count);
};

} // namespace kaifa
} // namespace gr

#endif /* INCLUDED_KAIFA_SAMPLE_CLOCK_IMPL_H */
