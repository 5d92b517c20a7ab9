// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef INCLUDED_KAIFA_SYNC_AND_STROBE_H
#define INCLUDED_KAIFA_SYNC_AND_STROBE_H

#include <gnuradio/block.h>
#include <gnuradio/kaifa/api.h>

namespace gr {
namespace kaifa {

/*!
 * \brief Finds preamble and sync word on a frequency discriminator and strobes the packet.
 * \ingroup kaifa
 *
 * \details
 * Input: float, the output of a quadrature demodulator, with the burst_start and burst_end tags
 * of a burst to stream block, if there are any. Output: float, the same samples at the same
 * offsets, later by up to a burst.
 *
 * Tags: preamble and sync_word on their first samples, strobe with the soft value of the bit on
 * every sampling instant, packet_end. Message output packets: one PDU for each packet, a
 * dictionary and a u8vector of bits after the sync word.
 */
class KAIFA_API sync_and_strobe : virtual public gr::block
{
public:
    typedef std::shared_ptr<sync_and_strobe> sptr;

    /*!
     * \brief Makes a sync and strobe block.
     *
     * \param sample_rate Sample rate of the input in Hz.
     * \param symbol_rate Symbols per second.
     * \param deviation Nominal deviation in Hz, from the centre to one tone.
     * \param demod_gain Gain of the quadrature demodulator in front.
     * \param sync_word Sync words, 2 to 16 hexadecimal digits each, first bit sent first; one, or
     *        up to 8 of one length with commas or spaces between. Default: the four
     *        start-of-frame delimiters of SUN FSK.
     * \param sync_max_errors Bits of the sync word that may be wrong.
     * \param preamble_min_symbols Alternating symbols before the sync word that are asked for.
     * \param max_packet_bits Longest packet in bits after the sync word.
     * \param framing Framing that tells the end of a packet: a, b, c, d, e, or auto, which
     *        knows it behind 6f4e and 632d only.
     * \throws std::invalid_argument (Python: ValueError) naming the parameter and its range.
     */
    static sptr make(double sample_rate,
                     double symbol_rate = 50e3,
                     double deviation = 25e3,
                     double demod_gain = 1.0,
                     const std::string& sync_word = "904e,6f4e,7a0e,632d",
                     int sync_max_errors = 1,
                     int preamble_min_symbols = 16,
                     int max_packet_bits = 16392,
                     const std::string& framing = "auto");

    //! Packets published.
    virtual uint64_t packets() const = 0;

    //! Bursts begun.
    virtual uint64_t bursts() const = 0;

    //! Bursts that ended without a sync word.
    virtual uint64_t bursts_without_sync() const = 0;

    //! Burst tags that could not be used.
    virtual uint64_t bad_tags() const = 0;

    //! Seconds of processor time spent in signal processing.
    virtual double cpu_time() const = 0;

    //! What made the block end before its input did; empty if nothing.
    virtual std::string error() const = 0;
};

} // namespace kaifa
} // namespace gr

#endif /* INCLUDED_KAIFA_SYNC_AND_STROBE_H */
