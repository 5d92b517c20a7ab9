// SPDX-License-Identifier: GPL-3.0-or-later
#include "burst_to_stream_impl.h"
#include "pmt.h"
#include "upstream.h"
#include <gnuradio/io_signature.h>
#include <algorithm>

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
    if (pmt::length(pmt::cdr(pdu)) == 0)
        return "it has no samples";
    return "";
}

} // namespace

burst_to_stream::sptr burst_to_stream::make(int gap_samples)
{
    return gnuradio::make_block_sptr<burst_to_stream_impl>(gap_samples);
}

burst_to_stream_impl::burst_to_stream_impl(int gap_samples)
    : gr::sync_block("kaifa_burst_to_stream",
                     gr::io_signature::make(0, 0, 0),
                     gr::io_signature::make(1, 1, sizeof(gr_complex))),
      d_engine([&] { return bridge::new_burst_stream(gap_samples); })
{
    message_port_register_in(key::cpdus);
    set_msg_handler(key::cpdus, [this](const pmt::pmt_t& pdu) { handle_pdu(pdu); });
    set_msg_handler(key::system,
                    [this](const pmt::pmt_t& message) { handle_system(message); });
}

bool burst_to_stream_impl::start()
{
    d_pdus.clear();
    d_bursts = d_bad_pdus = 0;
    d_fault.guard(d_logger, [&] {
        d_engine.use([](auto& stream) { stream.reset(); });
        return 0;
    });
    return true;
}

void burst_to_stream_impl::handle_pdu(const pmt::pmt_t& pdu)
{
    const auto objection = objection_to(pdu);
    if (!objection.empty()) {
        if (d_bad_pdus++ == 0)
            d_logger->warn(
                "message on cpdus ignored: {}; expected a pair of a dictionary and "
                "a c32vector",
                objection);
        return;
    }
    d_fault.guard(d_logger, [&] {
        d_engine.use([&](auto& stream) { stream.push(pmt::length(pmt::cdr(pdu))); });
        d_pdus.push_back(pdu);
        d_bursts++;
        return 0;
    });
}

// The scheduler empties one port after the other. So bursts may still wait at theirs when the
// word that no more will come is read, though they were sent before it.
void burst_to_stream_impl::handle_system(const pmt::pmt_t& message)
{
    while (const auto pdu = delete_head_nowait(key::cpdus))
        handle_pdu(pdu);
    if (is_system_message(message))
        system_handler(message);
}

int burst_to_stream_impl::work(int noutput_items,
                               gr_vector_const_void_star&,
                               gr_vector_void_star& output_items)
{
    return d_fault.guard(d_logger, [&] {
        const auto out = static_cast<gr_complex*>(output_items[0]);
        const uint64_t begin = nitems_written(0);
        int written = 0;
        while (true) {
            const size_t room = noutput_items - written;
            const auto piece =
                d_engine.use([=](auto& stream) { return stream.pull(room); });
            if (piece.count == 0)
                return written;
            send(piece, begin + written, out + written);
            written += static_cast<int>(piece.count);
        }
    });
}

void burst_to_stream_impl::send(const bridge::StreamPiece& piece,
                                uint64_t offset,
                                gr_complex* out)
{
    if (!piece.is_burst) {
        std::fill_n(out, piece.count, gr_complex(0.0f));
        return;
    }
    const auto pdu = d_pdus.front();
    const auto dict = pmt::car(pdu);
    size_t length = 0;
    const auto* samples = pmt::c32vector_elements(pmt::cdr(pdu), length);
    std::copy_n(samples + piece.from, piece.count, out);
    if (piece.from == 0)
        add_item_tag(0, offset, key::burst_start, dict, alias_pmt());
    if (!piece.ends)
        return;
    auto end = pmt::make_dict();
    if (pmt::dict_has_key(dict, key::id))
        end = pmt::dict_add(end, key::id, pmt::dict_ref(dict, key::id, pmt::PMT_NIL));
    add_item_tag(0, offset + piece.count - 1, key::burst_end, end, alias_pmt());
    d_pdus.pop_front();
}

uint64_t burst_to_stream_impl::waiting_samples() const
{
    return d_engine.use([](auto& stream) { return stream.waiting_samples(); });
}

double burst_to_stream_impl::cpu_time() const
{
    return d_engine.use([](auto& stream) { return stream.cpu_time(); });
}

} // namespace kaifa
} // namespace gr
