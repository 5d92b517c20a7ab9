// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef INCLUDED_KAIFA_BURST_TO_STREAM_IMPL_H
#define INCLUDED_KAIFA_BURST_TO_STREAM_IMPL_H

#include "engine.h"
#include "fault.h"
#include "ffi/bridge.h"
#include <gnuradio/kaifa/burst_to_stream.h>
#include <atomic>
#include <deque>

namespace gr {
namespace kaifa {

class burst_to_stream_impl : public burst_to_stream
{
public:
    explicit burst_to_stream_impl(int gap_samples);

    bool start() override;
    int work(int noutput_items,
             gr_vector_const_void_star& input_items,
             gr_vector_void_star& output_items) override;

    uint64_t bursts() const override { return d_bursts; }
    uint64_t bad_pdus() const override { return d_bad_pdus; }
    uint64_t waiting_samples() const override;
    double cpu_time() const override;
    std::string error() const override { return d_fault.text(); }

private:
    engine<bridge::BurstStream> d_engine;
    fault d_fault;
    std::deque<pmt::pmt_t> d_pdus; // those whose last sample is not out yet
    std::atomic<uint64_t> d_bursts{ 0 };
    std::atomic<uint64_t> d_bad_pdus{ 0 };

    void handle_pdu(const pmt::pmt_t& pdu);
    void handle_system(const pmt::pmt_t& message);
    void send(const bridge::StreamPiece& piece, uint64_t offset, gr_complex* out);
};

} // namespace kaifa
} // namespace gr

#endif /* INCLUDED_KAIFA_BURST_TO_STREAM_IMPL_H */
