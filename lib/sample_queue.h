// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef INCLUDED_KAIFA_SAMPLE_QUEUE_H
#define INCLUDED_KAIFA_SAMPLE_QUEUE_H

#include <gnuradio/gr_complex.h>
#include <algorithm>
#include <vector>

namespace gr {
namespace kaifa {

//! Samples that wait, first in, first out
class sample_queue
{
public:
    size_t size() const { return d_items.size() - d_begin; }

    void clear() { *this = sample_queue(); }

    void push(const gr_complex* samples, size_t count)
    {
        d_items.insert(d_items.end(), samples, samples + count);
    }

    //! Moves up to \p room samples to \p out; returns how many.
    size_t pop(gr_complex* out, size_t room)
    {
        const size_t count = std::min(room, size());
        std::copy_n(d_items.begin() + d_begin, count, out);
        d_begin += count;
        // What is gone is given up when it is most: so each sample moves about once.
        if (d_begin > d_items.size() / 2) {
            d_items.erase(d_items.begin(), d_items.begin() + d_begin);
            d_begin = 0;
        }
        return count;
    }

private:
    std::vector<gr_complex> d_items;
    size_t d_begin = 0;
};

} // namespace kaifa
} // namespace gr

#endif /* INCLUDED_KAIFA_SAMPLE_QUEUE_H */
