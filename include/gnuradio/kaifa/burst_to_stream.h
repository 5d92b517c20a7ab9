// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef INCLUDED_KAIFA_BURST_TO_STREAM_H
#define INCLUDED_KAIFA_BURST_TO_STREAM_H

#include <gnuradio/kaifa/api.h>
#include <gnuradio/sync_block.h>

namespace gr {
namespace kaifa {

/*!
 * \brief Lays bursts one after the other in a stream, with zeros between them.
 * \ingroup kaifa
 *
 * \details
 * Message input cpdus: PDUs of a dictionary and a c32vector of any length. Output: complex.
 * Tags: burst_start with the dictionary of the burst on its first sample, burst_end with its
 * id on its last.
 *
 * No burst is dropped, and nothing is made up while none waits. When the block upstream is
 * done, everything that waits is handed out before this block is done, too. A message that is
 * not such a PDU is logged and counted.
 */
class KAIFA_API burst_to_stream : virtual public gr::sync_block
{
public:
    typedef std::shared_ptr<burst_to_stream> sptr;

    /*!
     * \brief Makes a burst to stream block.
     *
     * \param gap_samples Zeros after each burst.
     * \throws std::invalid_argument (Python: ValueError) naming the parameter and its range.
     */
    static sptr make(int gap_samples = 1024);

    //! Bursts taken in.
    virtual uint64_t bursts() const = 0;

    //! Messages that were no PDU of complex samples.
    virtual uint64_t bad_pdus() const = 0;

    //! Samples of bursts that wait to be handed out.
    virtual uint64_t waiting_samples() const = 0;

    //! Seconds of processor time spent in signal processing.
    virtual double cpu_time() const = 0;

    //! What made the block end before its input did; empty if nothing.
    virtual std::string error() const = 0;
};

} // namespace kaifa
} // namespace gr

#endif /* INCLUDED_KAIFA_BURST_TO_STREAM_H */
