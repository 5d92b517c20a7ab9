// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <complex>

namespace gr::kaifa::bridge {

//! GNU Radio's gr_complex, by the name under which the bridge knows it
using Sample = std::complex<float>;

} // namespace gr::kaifa::bridge
