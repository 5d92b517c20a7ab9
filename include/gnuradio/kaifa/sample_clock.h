// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef INCLUDED_KAIFA_SAMPLE_CLOCK_H
#define INCLUDED_KAIFA_SAMPLE_CLOCK_H

#include <gnuradio/block.h>
#include <gnuradio/kaifa/api.h>

namespace gr {
namespace kaifa {

/*!
 * \brief Tells the time of a radio's samples, and where samples are missing.
 * \ingroup kaifa
 *
 * \details
 * Stands directly behind a source that is a radio. Input and output: complex, the same samples.
 *
 * Samples are held against the computer's monotonic clock. Where they are later than before by
 * more than 2 ms, and stay so though nothing waits any more, samples are missing: a tag
 * samples_lost (uint64, how many) stands on the first behind them, and rx_time tells the time
 * from there on. While it is not known whether samples are late or missing they are kept
 * back, for up to ten windows of a tenth of a second or of two USB transfers. rx_time tags
 * also stand on the first sample and on one about every second.
 *
 * If the radio tells dates in rx_time tags of its own, those are passed on instead, and a jump
 * of them against the count of samples is a loss of its size.
 *
 * Message output clock: a dictionary for each rx_time tag and each loss, sent before the sample
 * it speaks of.
 */
class KAIFA_API sample_clock : virtual public gr::block
{
public:
    typedef std::shared_ptr<sample_clock> sptr;

    /*!
     * \brief Makes a sample clock.
     *
     * \param sample_rate Sample rate in Hz.
     * \throws std::invalid_argument (Python: ValueError) naming the parameter and its range.
     */
    static sptr make(double sample_rate);

    //! Samples that are missing so far.
    virtual uint64_t samples_lost() const = 0;

    //! Seconds of processor time spent in signal processing.
    virtual double cpu_time() const = 0;

    //! What made the block end before its input did; empty if nothing.
    virtual std::string error() const = 0;
};

} // namespace kaifa
} // namespace gr

#endif /* INCLUDED_KAIFA_SAMPLE_CLOCK_H */
