// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef INCLUDED_KAIFA_SIGNAL_PROBE_H
#define INCLUDED_KAIFA_SIGNAL_PROBE_H

#include <gnuradio/gr_complex.h>
#include <gnuradio/kaifa/api.h>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace gr {
namespace kaifa {

//! A part of a recording: samples \p start up to before \p end, and a band in Hz from the middle.
struct KAIFA_API signal_region {
    uint64_t start;
    uint64_t end;
    double low;
    double high;
};

/*!
 * What a region of a recording holds. Samples count from the first of the recording, frequencies
 * in Hz from the middle of its band; confidences are from 0 to 1. Without a packet whose check
 * passes \p framing is empty and what stands behind it is not valid.
 */
struct KAIFA_API signal_finding {
    double start;
    double end;
    double center;
    double bandwidth;
    double magnitude_db;
    std::string modulation;
    double symbol_rate;
    double symbol_rate_confidence;
    double deviation;
    double deviation_confidence;
    size_t preamble_symbols;
    int preamble_last;
    size_t sync_break;
    std::vector<uint8_t> symbols;
    double framing_confidence;
    std::string framing;
    std::string check;
    std::string whitening;
    std::string fec;
    bool inverted;
    size_t packet_first;
    std::vector<uint8_t> sync_word;
    std::vector<uint8_t> mpdu;
    bool fills_burst;
    bool is_mac_frame;
};

/*!
 * \brief Finds out what an unknown signal is.
 * \ingroup kaifa
 *
 * \details
 * Functions on the samples of a recording: they keep no state.
 */
class KAIFA_API signal_probe
{
public:
    /*!
     * \brief Where in a recording there is a signal, of whatever bandwidth.
     *
     * \param samples The recording, or a part of it.
     * \param count Samples in it.
     * \param sample_rate In Hz, 1e3 to 1e9.
     * \throws std::invalid_argument (Python: ValueError) naming the parameter and its range.
     */
    static std::vector<signal_region>
    find_regions(const gr_complex* samples, size_t count, double sample_rate);

    /*!
     * \brief What a region of a recording holds.
     *
     * \details
     * Symbol rate, deviation, preamble, and, where a check passes, sync word and framing.
     *
     * \param samples The recording, or a part of it.
     * \param count Samples in it.
     * \param sample_rate In Hz, 1e3 to 1e9.
     * \param region Two or more of the samples, and a band that has a width.
     * \throws std::invalid_argument (Python: ValueError) naming the parameter and its range.
     */
    static signal_finding probe_region(const gr_complex* samples,
                                       size_t count,
                                       double sample_rate,
                                       const signal_region& region);
};

} // namespace kaifa
} // namespace gr

#endif /* INCLUDED_KAIFA_SIGNAL_PROBE_H */
