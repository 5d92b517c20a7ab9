// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef INCLUDED_KAIFA_KAIFA_FRAME_PARSER_H
#define INCLUDED_KAIFA_KAIFA_FRAME_PARSER_H

#include <gnuradio/block.h>
#include <gnuradio/kaifa/api.h>
#include <map>
#include <string>

namespace gr {
namespace kaifa {

/*!
 * \brief Finds the framing of packets, checks them and reads the IEEE 802.15.4 MAC header.
 * \ingroup kaifa
 *
 * \details
 * Message input packets: PDUs of a dictionary and a u8vector of bits after the sync word, one
 * in each octet. Where the dictionary has soft values, these are used.
 * Message outputs: frames, a PDU for each packet whose check passed; rejects, one for each
 * other, with the reason; counts, a dictionary after each packet. The vector of both PDUs is
 * the MAC frame from the frame control field up to before the check.
 *
 * A message that is no such PDU is logged and counted.
 */
class KAIFA_API kaifa_frame_parser : virtual public gr::block
{
public:
    typedef std::shared_ptr<kaifa_frame_parser> sptr;

    /*!
     * \brief Makes a frame parser.
     *
     * \param framing The framing: a, b, c, d, e, or auto, which finds it out from the checks
     *        that pass.
     * \param symbol_rate Symbols per second.
     * \throws std::invalid_argument (Python: ValueError) naming the parameter and its range.
     */
    static sptr make(const std::string& framing = "auto", double symbol_rate = 50e3);

    //! Changes the framing; what was found out so far is forgotten.
    virtual void set_framing(const std::string& framing) = 0;

    //! The framing found out, a capital letter; empty while there is none.
    virtual std::string locked_framing() const = 0;

    //! Packets whose check passed.
    virtual uint64_t frames() const = 0;

    //! Packets whose length field could be followed to its end, frames included.
    virtual uint64_t with_length() const = 0;

    //! Packets that are no checked frame.
    virtual uint64_t rejects() const = 0;

    //! The same by the short name of the reason.
    virtual std::map<std::string, uint64_t> rejects_by_reason() const = 0;

    //! Messages that were no PDU of bits.
    virtual uint64_t bad_pdus() const = 0;

    //! Seconds of processor time spent in parsing.
    virtual double cpu_time() const = 0;

    //! What made the block stop working; empty if nothing.
    virtual std::string error() const = 0;
};

} // namespace kaifa
} // namespace gr

#endif /* INCLUDED_KAIFA_KAIFA_FRAME_PARSER_H */
