// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef INCLUDED_KAIFA_KAIFA_FRAME_PARSER_IMPL_H
#define INCLUDED_KAIFA_KAIFA_FRAME_PARSER_IMPL_H

#include "dict_view.h"
#include "engine.h"
#include "fault.h"
#include "ffi/bridge.h"
#include <gnuradio/kaifa/kaifa_frame_parser.h>
#include <atomic>

namespace gr {
namespace kaifa {

class kaifa_frame_parser_impl : public kaifa_frame_parser
{
public:
    explicit kaifa_frame_parser_impl(const bridge::FrameParserConfig& config);

    bool start() override;

    void set_framing(const std::string& framing) override;
    std::string locked_framing() const override;
    uint64_t frames() const override { return counts().frames; }
    uint64_t with_length() const override { return counts().with_length; }
    uint64_t rejects() const override { return counts().rejects; }
    std::map<std::string, uint64_t> rejects_by_reason() const override;
    uint64_t bad_pdus() const override { return d_bad_pdus; }
    double cpu_time() const override;
    std::string error() const override { return d_fault.text(); }

private:
    engine<bridge::FrameParser> d_engine;
    fault d_fault;
    std::atomic<uint64_t> d_bad_pdus{ 0 };

    bridge::FrameParserCounts counts() const;
    void handle_pdu(const pmt::pmt_t& pdu);
    void parse(const dict_view& packet, const pmt::pmt_t& soft, const pmt::pmt_t& bits);
    void handle_system(const pmt::pmt_t& message);
};

} // namespace kaifa
} // namespace gr

#endif /* INCLUDED_KAIFA_KAIFA_FRAME_PARSER_IMPL_H */
