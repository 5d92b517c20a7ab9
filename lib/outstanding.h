// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef INCLUDED_KAIFA_OUTSTANDING_H
#define INCLUDED_KAIFA_OUTSTANDING_H

#include <gnuradio/logger.h>
#include <pmt/pmt.h>
#include <chrono>
#include <deque>
#include <memory>

namespace gr {
namespace kaifa {

/*!
 * What was published in PDUs and somebody still keeps.
 *
 * Nothing upstream waits for the queues of GNU Radio's messages: a block that publishes faster
 * than another takes fills the memory. So a block that publishes asks here before it takes
 * more input.
 */
class outstanding
{
public:
    //! At most \p most of what add() counts may be kept.
    explicit outstanding(uint64_t most) : d_most(most) {}

    //! As if nothing had been published.
    void reset();

    //! Remembers a PMT of size \p size that is going to be published.
    void add(const pmt::pmt_t& part, size_t size);

    /*!
     * True while so much is kept that it is better to wait. Who keeps PDUs for good must not
     * stop the flowgraph for good: when nothing was freed for \p patience_s, that is logged, and
     * from then on nobody waits any more.
     */
    bool must_wait(const gr::logger_ptr& logger, double patience_s);

private:
    using clock = std::chrono::steady_clock;
    struct published {
        std::weak_ptr<pmt::pmt_base> part;
        size_t size;
    };

    const uint64_t d_most;
    std::deque<published> d_kept;
    uint64_t d_size = 0;           // of d_kept
    clock::time_point d_changed{}; // when something was freed, or the wait began
    bool d_is_waiting = false;
    bool d_is_unlimited = false;

    bool forget_freed();
};

} // namespace kaifa
} // namespace gr

#endif /* INCLUDED_KAIFA_OUTSTANDING_H */
