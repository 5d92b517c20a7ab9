// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef INCLUDED_KAIFA_UPSTREAM_H
#define INCLUDED_KAIFA_UPSTREAM_H

#include <gnuradio/block.h>
#include <gnuradio/block_detail.h>
#include <gnuradio/buffer_reader.h>
#include <algorithm>

namespace gr {
namespace kaifa {

// A block gets no call at the end of its input: the scheduler ends it when it asks for more
// items than there are and nobody writes any more. So each of our blocks keeps at least one
// item unconsumed until these functions say that no more will come, and is then called once
// more with what is left.

//! For forecast(): \p wanted items while more may come, 1 when none will
inline int required_items(gr::block& block, uint64_t wanted)
{
    const auto input = block.detail()->input(0);
    if (input->done())
        return 1;
    const uint64_t possible = input->max_possible_items_available();
    return static_cast<int>(std::max<uint64_t>(1, std::min(wanted, possible)));
}

//! True if the \p available items that general_work() was given are the last there will be
inline bool is_end_of_input(gr::block& block, int available)
{
    const auto input = block.detail()->input(0);
    gr::thread::scoped_lock guard(*input->mutex());
    return input->done() && input->items_available() == available;
}

} // namespace kaifa
} // namespace gr

#endif /* INCLUDED_KAIFA_UPSTREAM_H */
