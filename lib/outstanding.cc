// SPDX-License-Identifier: GPL-3.0-or-later
#include "outstanding.h"
#include <algorithm>

namespace gr {
namespace kaifa {

void outstanding::reset()
{
    d_kept.clear();
    d_size = 0;
    d_is_waiting = d_is_unlimited = false;
}

void outstanding::add(const pmt::pmt_t& part, size_t size)
{
    if (d_is_unlimited)
        return;
    d_kept.push_back({ part, size });
    d_size += size;
}

bool outstanding::must_wait(const gr::logger_ptr& logger, double patience_s)
{
    if (d_size <= d_most)
        return false;
    const bool has_freed = forget_freed();
    const bool is_over = d_size > d_most;
    const auto now = clock::now();
    if (has_freed || !d_is_waiting)
        d_changed = now;
    d_is_waiting = is_over;
    const std::chrono::duration<double> waited = now - d_changed;
    if (!is_over || waited.count() < patience_s)
        return is_over;
    logger->warn(
        "{} PDUs published here are kept and none was freed for {} s: from now on "
        "nothing limits the memory they take",
        d_kept.size(),
        patience_s);
    reset();
    d_is_unlimited = true;
    return false;
}

// True if there was any.
bool outstanding::forget_freed()
{
    uint64_t freed_size = 0;
    const auto is_freed = [&](const published& pdu) {
        const bool freed = pdu.part.expired();
        freed_size += freed ? pdu.size : 0;
        return freed;
    };
    d_kept.erase(std::remove_if(d_kept.begin(), d_kept.end(), is_freed), d_kept.end());
    d_size -= freed_size;
    return freed_size > 0;
}

} // namespace kaifa
} // namespace gr
