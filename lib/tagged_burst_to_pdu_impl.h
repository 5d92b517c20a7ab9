// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef INCLUDED_KAIFA_TAGGED_BURST_TO_PDU_IMPL_H
#define INCLUDED_KAIFA_TAGGED_BURST_TO_PDU_IMPL_H

#include "engine.h"
#include "fault.h"
#include "ffi/bridge.h"
#include "outstanding.h"
#include <gnuradio/kaifa/tagged_burst_to_pdu.h>
#include <atomic>

namespace gr {
namespace kaifa {

class tagged_burst_to_pdu_impl : public tagged_burst_to_pdu
{
public:
    explicit tagged_burst_to_pdu_impl(const bridge::BurstToPduConfig& config);

    bool start() override;
    void forecast(int noutput_items, gr_vector_int& ninput_items_required) override;
    int general_work(int noutput_items,
                     gr_vector_int& ninput_items,
                     gr_vector_const_void_star& input_items,
                     gr_vector_void_star& output_items) override;

    void wait_for_readers() override { d_waits_for_readers = true; }
    double output_rate() const override;
    uint64_t bursts() const override { return counts().bursts; }
    uint64_t truncated() const override { return counts().truncated; }
    uint64_t bad_tags() const override { return counts().bad_tags + d_bad_tags; }
    double cpu_time() const override;
    std::string error() const override { return d_fault.text(); }

private:
    engine<bridge::BurstToPdu> d_engine;
    fault d_fault;
    outstanding d_samples_kept;
    outstanding d_bursts_kept;
    std::atomic<bool> d_waits_for_readers{ false };
    std::atomic<uint64_t> d_bad_tags{ 0 }; // malformed: the engine never saw them

    bridge::BurstToPduCounts counts() const;
    rust::Vec<bridge::BurstTag> burst_tags(uint64_t begin, uint64_t end);
    void publish_waiting();
    bool must_wait();
};

} // namespace kaifa
} // namespace gr

#endif /* INCLUDED_KAIFA_TAGGED_BURST_TO_PDU_IMPL_H */
