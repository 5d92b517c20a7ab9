// SPDX-License-Identifier: GPL-3.0-or-later
#include "fsk_burst_demod_impl.h"
#include "packet_pdu.h"
#include "upstream.h"
#include <gnuradio/io_signature.h>

namespace gr {
namespace kaifa {

namespace {

// What keeps a message from being a burst; empty if nothing does.
std::string objection_to(const pmt::pmt_t& pdu)
{
    if (!pmt::is_pair(pdu))
        return "it is no pair";
    if (!pmt::is_dict(pmt::car(pdu)))
        return "its first half is no dictionary";
    if (!pmt::is_c32vector(pmt::cdr(pdu)))
        return "its second half is no c32vector";
    return "";
}

} // namespace

fsk_burst_demod::sptr fsk_burst_demod::make(double symbol_rate,
                                            double deviation,
                                            const std::string& sync_word,
                                            int sync_max_errors,
                                            int preamble_min_symbols,
                                            int max_packet_bits,
                                            const std::string& framing)
{
    bridge::BurstDemodConfig config;
    config.symbol_rate = symbol_rate;
    config.deviation = deviation;
    config.sync_word = rust::String::lossy(sync_word);
    config.sync_max_errors = sync_max_errors;
    config.preamble_min_symbols = preamble_min_symbols;
    config.max_packet_bits = max_packet_bits;
    config.framing = rust::String::lossy(framing);
    return gnuradio::make_block_sptr<fsk_burst_demod_impl>(config);
}

fsk_burst_demod_impl::fsk_burst_demod_impl(const bridge::BurstDemodConfig& config)
    : gr::block("kaifa_fsk_burst_demod",
                gr::io_signature::make(0, 0, 0),
                gr::io_signature::make(0, 0, 0)),
      d_engine([&] { return bridge::new_burst_demod(config); })
{
    message_port_register_in(key::cpdus);
    message_port_register_out(key::packets);
    set_msg_handler(key::cpdus, [this](const pmt::pmt_t& pdu) { handle_pdu(pdu); });
    set_msg_handler(key::system,
                    [this](const pmt::pmt_t& message) { handle_system(message); });
}

bool fsk_burst_demod_impl::start()
{
    d_bad_pdus = 0;
    d_fault.guard(d_logger, [&] {
        d_engine.use([](auto& demod) { demod.reset(); });
        return 0;
    });
    return true;
}

void fsk_burst_demod_impl::handle_pdu(const pmt::pmt_t& pdu)
{
    const auto objection = objection_to(pdu);
    if (!objection.empty()) {
        refuse(objection);
        return;
    }
    const dict_view burst(pmt::car(pdu));
    const auto sample_rate = real_in(burst, key::sample_rate);
    if (!sample_rate) {
        refuse("its dictionary has no number under sample_rate");
        return;
    }
    d_fault.guard(d_logger, [&] {
        try {
            demodulate(burst, *sample_rate, pmt::cdr(pdu));
        } catch (const std::invalid_argument& objection) {
            refuse(objection.what());
        }
        return 0;
    });
}

void fsk_burst_demod_impl::refuse(const std::string& objection)
{
    if (d_bad_pdus++ == 0)
        d_logger->warn(
            "message on cpdus ignored: {}; expected a pair of a dictionary with "
            "sample_rate and a c32vector",
            objection);
}

void fsk_burst_demod_impl::demodulate(const dict_view& burst,
                                      double sample_rate,
                                      const pmt::pmt_t& samples)
{
    const auto info = burst_info(burst, 0);
    size_t length = 0;
    const auto* elements = pmt::c32vector_elements(samples, length);
    std::vector<pmt::pmt_t> pdus;
    d_engine.use([&](auto& demod) {
        demod.process(info, sample_rate, { elements, length });
        while (demod.waiting() > 0)
            pdus.push_back(take_packet_pdu(
                demod, [&](const bridge::Packet&) -> const dict_view& { return burst; }));
    });
    for (const auto& packet : pdus)
        message_port_pub(key::packets, packet);
}

// The scheduler empties one port after the other. So bursts may still wait at theirs when the
// word that no more will come is read, though they were sent before it.
void fsk_burst_demod_impl::handle_system(const pmt::pmt_t& message)
{
    while (const auto pdu = delete_head_nowait(key::cpdus))
        handle_pdu(pdu);
    if (is_system_message(message))
        system_handler(message);
}

bridge::BurstDemodCounts fsk_burst_demod_impl::counts() const
{
    return d_engine.use([](auto& demod) { return demod.counts(); });
}

double fsk_burst_demod_impl::cpu_time() const
{
    return d_engine.use([](auto& demod) { return demod.cpu_time(); });
}

} // namespace kaifa
} // namespace gr
