// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef INCLUDED_KAIFA_HOST_TIME_H
#define INCLUDED_KAIFA_HOST_TIME_H

#include <cstdint>
#include <optional>

namespace gr {
namespace kaifa {

//! Nanoseconds on the monotonic clock that nobody sets and no time service slows or hurries
uint64_t monotonic_ns();

//! How UTC follows from monotonic_ns() at present
struct utc_tie {
    //! UTC less monotonic_ns(), in ns since 1970
    int64_t offset_ns;
    //! Most by which it is off, in s; nothing if the system does not know how good its clock is
    std::optional<double> error_s;

    static utc_tie now();
};

} // namespace kaifa
} // namespace gr

#endif /* INCLUDED_KAIFA_HOST_TIME_H */
