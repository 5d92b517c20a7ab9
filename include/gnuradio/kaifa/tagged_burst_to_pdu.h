// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef INCLUDED_KAIFA_TAGGED_BURST_TO_PDU_H
#define INCLUDED_KAIFA_TAGGED_BURST_TO_PDU_H

#include <gnuradio/block.h>
#include <gnuradio/kaifa/api.h>

namespace gr {
namespace kaifa {

/*!
 * \brief Cuts tagged bursts out of a wide band: mixes them to baseband, filters, decimates.
 * \ingroup kaifa
 *
 * \details
 * Input: complex, the band, with the new_burst and gone_burst tags of a burst tagger.
 * Message output cpdus: one PDU for each burst, a dictionary and a c32vector.
 *
 * A burst that is open when the input ends is published, marked as truncated, before the
 * block is done.
 */
class KAIFA_API tagged_burst_to_pdu : virtual public gr::block
{
public:
    typedef std::shared_ptr<tagged_burst_to_pdu> sptr;

    /*!
     * \brief Makes a tagged burst to PDU block.
     *
     * \param sample_rate Sample rate of the input in Hz.
     * \param output_rate Sample rate of the bursts in Hz; the nearest that can be made is used.
     * \param bandwidth Width in Hz of the part around the centre of a burst that passes
     *        unharmed.
     * \param max_burst_time Seconds after which a burst without an end is cut.
     * \throws std::invalid_argument (Python: ValueError) naming the parameter and its range.
     */
    static sptr make(double sample_rate,
                     double output_rate = 400e3,
                     double bandwidth = 100e3,
                     double max_burst_time = 0.5);

    /*!
     * \brief Lets bursts wait as long as those who get them need.
     *
     * Samples of bursts that somebody still keeps are limited to 8 MB: no more input is taken
     * meanwhile, but if nothing is given back in 5 s the limit is given up, for who keeps PDUs
     * for good must not stop the flowgraph. After this call it is not given up, and no more
     * than 2048 bursts may be kept by anybody behind this block, in the form of packets and
     * frames, too. For flowgraphs in which everything received is given back.
     */
    virtual void wait_for_readers() = 0;

    //! Sample rate of the bursts in Hz, as it is made.
    virtual double output_rate() const = 0;

    //! Bursts published.
    virtual uint64_t bursts() const = 0;

    //! Bursts published that were cut.
    virtual uint64_t truncated() const = 0;

    //! Tags that could not be used.
    virtual uint64_t bad_tags() const = 0;

    //! Seconds of processor time spent in signal processing.
    virtual double cpu_time() const = 0;

    //! What made the block end before its input did; empty if nothing.
    virtual std::string error() const = 0;
};

} // namespace kaifa
} // namespace gr

#endif /* INCLUDED_KAIFA_TAGGED_BURST_TO_PDU_H */
