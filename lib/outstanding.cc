// SPDX-License-Identifier: GPL-3.0-or-later
#include "outstanding.h"
#include <algorithm>

namespace gr {
namespace kaifa {

namespace {
// 8 MB: a quarter of a second with twenty channels busy at 200 kHz.
constexpr uint64_t MOST_SAMPLES = 1 << 20;
constexpr std::chrono::seconds PATIENCE{ 5 };
} // namespace

void outstanding::add(const pmt::pmt_t& vector, size_t samples)
{
    if (d_is_unlimited)
        return;
    d_kept.push_back({ vector, samples });
    d_samples += samples;
}

bool outstanding::must_wait(const gr::logger_ptr& logger)
{
    if (d_samples <= MOST_SAMPLES)
        return false;
    const bool has_freed = forget_freed();
    const bool is_over = d_samples > MOST_SAMPLES;
    const auto now = clock::now();
    if (has_freed || !d_is_waiting)
        d_changed = now;
    d_is_waiting = is_over;
    if (!is_over || now - d_changed < PATIENCE)
        return is_over;
    logger->warn(
        "{} PDUs published here are kept and none was freed for {} s: from now on "
        "nothing limits the memory they take",
        d_kept.size(),
        PATIENCE.count());
    reset();
    d_is_unlimited = true;
    return false;
}

// True if there was any.
bool outstanding::forget_freed()
{
    uint64_t samples = 0;
    const auto is_freed = [&](const published& pdu) {
        const bool freed = pdu.vector.expired();
        samples += freed ? pdu.samples : 0;
        return freed;
    };
    d_kept.erase(std::remove_if(d_kept.begin(), d_kept.end(), is_freed), d_kept.end());
    d_samples -= samples;
    return samples > 0;
}

} // namespace kaifa
} // namespace gr
