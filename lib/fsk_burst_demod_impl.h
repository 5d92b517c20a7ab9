// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef INCLUDED_KAIFA_FSK_BURST_DEMOD_IMPL_H
#define INCLUDED_KAIFA_FSK_BURST_DEMOD_IMPL_H

#include "dict_view.h"
#include "engine.h"
#include "fault.h"
#include "ffi/bridge.h"
#include <gnuradio/kaifa/fsk_burst_demod.h>
#include <atomic>

namespace gr {
namespace kaifa {

class fsk_burst_demod_impl : public fsk_burst_demod
{
public:
    explicit fsk_burst_demod_impl(const bridge::BurstDemodConfig& config);

    bool start() override;

    uint64_t packets() const override { return counts().packets; }
    uint64_t bursts() const override { return counts().bursts; }
    uint64_t bursts_without_sync() const override { return counts().bursts_without_sync; }
    uint64_t bad_pdus() const override { return d_bad_pdus; }
    double cpu_time() const override;
    std::string error() const override { return d_fault.text(); }

private:
    engine<bridge::BurstDemod> d_engine;
    fault d_fault;
    std::atomic<uint64_t> d_bad_pdus{ 0 };

    bridge::BurstDemodCounts counts() const;
    void handle_pdu(const pmt::pmt_t& pdu);
    void handle_system(const pmt::pmt_t& message);
    void
    demodulate(const dict_view& burst, double sample_rate, const pmt::pmt_t& samples);
    void refuse(const std::string& objection);
};

} // namespace kaifa
} // namespace gr

#endif /* INCLUDED_KAIFA_FSK_BURST_DEMOD_IMPL_H */
