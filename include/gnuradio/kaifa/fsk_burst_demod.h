// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef INCLUDED_KAIFA_FSK_BURST_DEMOD_H
#define INCLUDED_KAIFA_FSK_BURST_DEMOD_H

#include <gnuradio/block.h>
#include <gnuradio/kaifa/api.h>

namespace gr {
namespace kaifa {

/*!
 * \brief Finds the packets in a burst, looking at many symbols at once.
 * \ingroup kaifa
 *
 * \details
 * Message input cpdus: PDUs of a dictionary and a c32vector, a burst at baseband with 3.5 to 32
 * samples a symbol; the dictionary has at least sample_rate. Message output packets: one PDU for
 * each packet, a dictionary and a u8vector of bits after the sync word, as sync_and_strobe has
 * them.
 *
 * The likeliest sequence of bits is looked for on the complex samples (noncoherent sequence
 * detection), which reads weaker signals than a frequency discriminator. Pulses may be
 * rectangular or Gaussian. A message that is no such PDU is logged and counted.
 */
class KAIFA_API fsk_burst_demod : virtual public gr::block
{
public:
    typedef std::shared_ptr<fsk_burst_demod> sptr;

    /*!
     * \brief Makes an FSK burst demodulator.
     *
     * \param symbol_rate Symbols per second.
     * \param deviation Nominal deviation in Hz, from the centre to one tone; 1/8 to 1 of the
     * symbol rate.
     * \param sync_word Sync words, 2 to 16 hexadecimal digits each, first bit sent first; one, or
     *        up to 8 of one length with commas or spaces between. Default: the four
     *        start-of-frame delimiters of SUN FSK.
     * \param sync_max_errors Bits of the sync word that may be wrong.
     * \param preamble_min_symbols Alternating symbols before the sync word that are asked for.
     * \param max_packet_bits Longest packet in bits after the sync word.
     * \param framing Framing that tells the end of a packet: a, b, c, d, e, or auto.
     * \throws std::invalid_argument (Python: ValueError) naming the parameter and its range.
     */
    static sptr make(double symbol_rate = 50e3,
                     double deviation = 25e3,
                     const std::string& sync_word = "904e,6f4e,7a0e,632d",
                     int sync_max_errors = 1,
                     int preamble_min_symbols = 16,
                     int max_packet_bits = 16392,
                     const std::string& framing = "auto");

    //! Packets published.
    virtual uint64_t packets() const = 0;

    //! Bursts looked at.
    virtual uint64_t bursts() const = 0;

    //! Bursts without a sync word.
    virtual uint64_t bursts_without_sync() const = 0;

    //! Messages that were no burst this block can use.
    virtual uint64_t bad_pdus() const = 0;

    //! Seconds of processor time spent in signal processing.
    virtual double cpu_time() const = 0;

    //! What made the block end before its input did; empty if nothing.
    virtual std::string error() const = 0;
};

} // namespace kaifa
} // namespace gr

#endif /* INCLUDED_KAIFA_FSK_BURST_DEMOD_H */
