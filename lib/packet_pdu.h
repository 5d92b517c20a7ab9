// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef INCLUDED_KAIFA_PACKET_PDU_H
#define INCLUDED_KAIFA_PACKET_PDU_H

#include "pmt.h"

namespace gr {
namespace kaifa {

/*!
 * Takes the next packet out of \p finder, an engine of the bridge in which one waits, as the PDU
 * that it is published as; \p burst_of gives the dictionary of its burst.
 */
template <class Finder, class BurstOf>
pmt::pmt_t take_packet_pdu(Finder& finder, BurstOf&& burst_of)
{
    const auto packet = finder.front();
    auto dict = packet_dict(packet, burst_of(packet));
    const auto bits = pmt::make_u8vector(packet.length, 0);
    const auto soft = pmt::make_f32vector(packet.length, 0.0f);
    size_t length = 0;
    auto* const bit_elements = pmt::u8vector_writable_elements(bits, length);
    auto* const soft_elements = pmt::f32vector_writable_elements(soft, length);
    finder.take({ bit_elements, length }, { soft_elements, length });
    dict.add(key::soft, soft);
    return pmt::cons(dict.dict(), bits);
}

} // namespace kaifa
} // namespace gr

#endif /* INCLUDED_KAIFA_PACKET_PDU_H */
