// SPDX-License-Identifier: GPL-3.0-or-later
#include "host_time.h"
#include <ctime>
#include <sys/timex.h>

namespace gr {
namespace kaifa {

namespace {

constexpr int64_t SECOND_NS = 1000000000;
// The clocks are read one after the other; the closest of some readings is taken.
constexpr int READINGS = 3;

int64_t read_ns(clockid_t clock)
{
    timespec time{};
    clock_gettime(clock, &time);
    return time.tv_sec * SECOND_NS + time.tv_nsec;
}

// What the kernel says of its clock, as a time service told it.
std::optional<double> system_error_s()
{
    timex state{};
    const int answer = adjtimex(&state);
    if (answer < 0 || answer == TIME_ERROR || (state.status & STA_UNSYNC))
        return std::nullopt;
    return static_cast<double>(state.maxerror) * 1e-6;
}

} // namespace

uint64_t monotonic_ns()
{
    return static_cast<uint64_t>(read_ns(CLOCK_MONOTONIC_RAW));
}

utc_tie utc_tie::now()
{
    int64_t offset_ns = 0, least_ns = INT64_MAX;
    for (int reading = 0; reading < READINGS; reading++) {
        const auto before = read_ns(CLOCK_MONOTONIC_RAW);
        const auto utc = read_ns(CLOCK_REALTIME);
        const auto after = read_ns(CLOCK_MONOTONIC_RAW);
        if (after - before < least_ns) {
            least_ns = after - before;
            offset_ns = utc - (before + after) / 2;
        }
    }
    auto error_s = system_error_s();
    if (error_s)
        *error_s += static_cast<double>(least_ns) * 1e-9;
    return { offset_ns, error_s };
}

} // namespace kaifa
} // namespace gr
