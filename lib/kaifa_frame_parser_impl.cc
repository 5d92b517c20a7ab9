// SPDX-License-Identifier: GPL-3.0-or-later
#include "kaifa_frame_parser_impl.h"
#include "pmt.h"
#include "upstream.h"
#include <gnuradio/io_signature.h>

namespace gr {
namespace kaifa {

namespace {

// What keeps a message from being a packet; empty if nothing does.
std::string objection_to(const pmt::pmt_t& pdu)
{
    if (!pmt::is_pair(pdu))
        return "it is no pair";
    if (!pmt::is_dict(pmt::car(pdu)))
        return "its first half is no dictionary";
    if (!pmt::is_u8vector(pmt::cdr(pdu)))
        return "its second half is no u8vector";
    return "";
}

std::string objection_to_soft(const pmt::pmt_t& soft, const pmt::pmt_t& bits)
{
    if (pmt::is_null(soft))
        return "";
    if (!pmt::is_f32vector(soft))
        return "its soft values are no f32vector";
    if (pmt::length(soft) != pmt::length(bits))
        return "it has another number of soft values than of bits";
    return "";
}

// The soft values of the bits; none where the packet has none.
rust::Slice<const float> soft_values(const pmt::pmt_t& soft)
{
    if (pmt::is_null(soft))
        return {};
    size_t length = 0;
    const float* values = pmt::f32vector_elements(soft, length);
    return { values, length };
}

} // namespace

kaifa_frame_parser::sptr kaifa_frame_parser::make(const std::string& framing,
                                                  double symbol_rate)
{
    bridge::FrameParserConfig config;
    config.framing = rust::String::lossy(framing);
    config.symbol_rate = symbol_rate;
    return gnuradio::make_block_sptr<kaifa_frame_parser_impl>(config);
}

kaifa_frame_parser_impl::kaifa_frame_parser_impl(const bridge::FrameParserConfig& config)
    : gr::block("kaifa_frame_parser",
                gr::io_signature::make(0, 0, 0),
                gr::io_signature::make(0, 0, 0)),
      d_engine([&] { return bridge::new_frame_parser(config); })
{
    message_port_register_in(key::packets);
    message_port_register_out(key::frames);
    message_port_register_out(key::rejects);
    message_port_register_out(key::counts);
    set_msg_handler(key::packets, [this](const pmt::pmt_t& pdu) { handle_pdu(pdu); });
    set_msg_handler(key::system,
                    [this](const pmt::pmt_t& message) { handle_system(message); });
}

bool kaifa_frame_parser_impl::start()
{
    d_bad_pdus = 0;
    d_fault.guard(d_logger, [&] {
        d_engine.use([](auto& parser) { parser.reset(); });
        return 0;
    });
    return true;
}

void kaifa_frame_parser_impl::handle_pdu(const pmt::pmt_t& pdu)
{
    auto objection = objection_to(pdu);
    if (objection.empty()) {
        const dict_view packet(pmt::car(pdu));
        const auto soft = packet[key::soft];
        objection = objection_to_soft(soft, pmt::cdr(pdu));
        if (objection.empty())
            parse(packet, soft, pmt::cdr(pdu));
    }
    if (!objection.empty() && d_bad_pdus++ == 0)
        d_logger->warn(
            "message on packets ignored: {}; expected a pair of a dictionary and "
            "a u8vector of bits, with as many soft values or none",
            objection);
}

void kaifa_frame_parser_impl::parse(const dict_view& packet,
                                    const pmt::pmt_t& soft,
                                    const pmt::pmt_t& bits)
{
    d_fault.guard(d_logger, [&] {
        const auto info = packet_info(packet);
        size_t length = 0;
        const uint8_t* elements = pmt::u8vector_elements(bits, length);
        const auto frame = d_engine.use([&](auto& parser) {
            return parser.process(info, { elements, length }, soft_values(soft));
        });
        const auto mpdu = pmt::init_u8vector(frame.mpdu.size(), frame.mpdu.data());
        message_port_pub(frame.check_ok ? key::frames : key::rejects,
                         pmt::cons(frame_dict(frame, packet), mpdu));
        // A dictionary of dictionaries for every packet, and often nobody who looks at it.
        if (!pmt::is_null(message_subscribers(key::counts)))
            message_port_pub(key::counts, counts_dict(counts()));
        return 0;
    });
}

// The scheduler empties one port after the other. So packets may still wait at theirs when the
// word that no more will come is read, though they were sent before it.
void kaifa_frame_parser_impl::handle_system(const pmt::pmt_t& message)
{
    while (const auto pdu = delete_head_nowait(key::packets))
        handle_pdu(pdu);
    if (is_system_message(message))
        system_handler(message);
}

void kaifa_frame_parser_impl::set_framing(const std::string& framing)
{
    const auto name = rust::String::lossy(framing);
    d_engine.use([&](auto& parser) { parser.set_framing(name); });
}

std::string kaifa_frame_parser_impl::locked_framing() const
{
    return d_engine.use(
        [](auto& parser) { return static_cast<std::string>(parser.locked_framing()); });
}

bridge::FrameParserCounts kaifa_frame_parser_impl::counts() const
{
    return d_engine.use([](auto& parser) { return parser.counts(); });
}

std::map<std::string, uint64_t> kaifa_frame_parser_impl::rejects_by_reason() const
{
    std::map<std::string, uint64_t> rejects;
    for (const auto& entry : counts().by_reason)
        rejects.emplace(static_cast<std::string>(entry.reason), entry.count);
    return rejects;
}

double kaifa_frame_parser_impl::cpu_time() const
{
    return d_engine.use([](auto& parser) { return parser.cpu_time(); });
}

} // namespace kaifa
} // namespace gr
