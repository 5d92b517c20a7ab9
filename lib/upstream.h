// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef INCLUDED_KAIFA_UPSTREAM_H
#define INCLUDED_KAIFA_UPSTREAM_H

#include <gnuradio/block.h>
#include <gnuradio/block_detail.h>
#include <gnuradio/buffer_reader.h>

namespace gr {
namespace kaifa {

// A block gets no call at the end of its input: the scheduler ends it when it asks for more
// items than there are and nobody writes any more. So each of our blocks keeps at least one
// item unconsumed until these functions say that no more will come, and is then called once
// more with what is left.

//! For forecast(): \p wanted items while more may come, 1 when none will
inline int required_items(gr::block& block, uint64_t wanted)
{
    return block.detail()->input(0)->done() ? 1 : static_cast<int>(wanted);
}

//! True if the \p available items that general_work() was given are the last there will be
inline bool is_end_of_input(gr::block& block, int available)
{
    const auto input = block.detail()->input(0);
    gr::thread::scoped_lock guard(*input->mutex());
    return input->done() && input->items_available() == available;
}

//! True if gr::block::system_handler() can take \p message: it throws at others
inline bool is_system_message(const pmt::pmt_t& message)
{
    static const auto done = pmt::mp("done");
    return pmt::is_pair(message) &&
           (!pmt::eqv(pmt::car(message), done) || pmt::is_integer(pmt::cdr(message)));
}

} // namespace kaifa
} // namespace gr

#endif /* INCLUDED_KAIFA_UPSTREAM_H */
