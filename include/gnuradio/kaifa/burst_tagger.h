// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef INCLUDED_KAIFA_BURST_TAGGER_H
#define INCLUDED_KAIFA_BURST_TAGGER_H

#include <gnuradio/block.h>
#include <gnuradio/kaifa/api.h>
#include <map>
#include <string>

namespace gr {
namespace kaifa {

/*!
 * \brief Watches a wide band and tags where bursts start and end.
 * \ingroup kaifa
 *
 * \details
 * Input: complex, the band. Output: complex, the same samples at the same offsets, some
 * milliseconds later.
 *
 * Tags: new_burst on the first sample of a burst, gone_burst one past its last (or on the
 * last sample of a recording that ends before). Both stand on the sample they speak of. Every
 * rx_time tag on the input, a tuple of uint64 seconds and double fraction, sets the time from
 * its sample on; one of another form is logged and ignored.
 *
 * The result does not depend on how the scheduler cuts the stream.
 */
class KAIFA_API burst_tagger : virtual public gr::block
{
public:
    typedef std::shared_ptr<burst_tagger> sptr;

    /*!
     * \brief Makes a burst tagger.
     *
     * \param sample_rate Sample rate of the input in Hz.
     * \param center_frequency Frequency of the middle of the input band in Hz.
     * \param burst_bandwidth Bandwidth of a burst in Hz, over which its energy is judged.
     * \param threshold_db Signal and noise over noise in burst_bandwidth, in dB, from which on
     *        a burst is seen.
     * \param fft_size Samples in a Fourier transform, a power of two; 0 chooses.
     * \param hold_time Seconds without energy after which a burst is over.
     * \param max_burst_time Seconds after which a burst is closed and counted as truncated.
     * \param dc_mask Half width in Hz of the part around the middle of the band that is not
     *        looked at; 0 looks at all.
     * \throws std::invalid_argument (Python: ValueError) naming the parameter and its range.
     */
    static sptr make(double sample_rate,
                     double center_frequency = 872.5e6,
                     double burst_bandwidth = 100e3,
                     double threshold_db = 4.0,
                     int fft_size = 0,
                     double hold_time = 1e-3,
                     double max_burst_time = 0.2,
                     double dc_mask = 0.0);

    //! Changes the threshold, in dB, from the next samples on.
    virtual void set_threshold_db(double threshold_db) = 0;

    //! Changes the frequency of the middle of the band, in Hz, from the next samples on.
    virtual void set_center_frequency(double center_frequency) = 0;

    //! From input sample \p offset on, the time is \p seconds and \p fraction of a second.
    virtual void add_time_anchor(uint64_t offset, uint64_t seconds, double fraction) = 0;

    //! Samples looked at.
    virtual uint64_t samples() const = 0;

    //! Bursts started.
    virtual uint64_t bursts() const = 0;

    //! Bursts cut because they were longer than max_burst_time.
    virtual uint64_t truncated() const = 0;

    /*!
     * \brief How the radio seems to be set, by name; what is not known is left out.
     *
     * \details
     * examined: samples looked at for this, one block in 16; at_full_scale: of these, samples
     * whose I or Q is at least 0.99, left out if some are beyond 1.01; noise_dbfs_hz: median
     * noise density in dB of full scale per Hz; noise_steps: standard deviation of the noise in
     * I and in Q, in steps of the converter; dc_spike_db: level in the bin in the middle of the
     * band over the noise beside it.
     */
    virtual std::map<std::string, double> health() const = 0;

    //! Seconds of processor time spent in signal processing.
    virtual double cpu_time() const = 0;

    //! What made the block end before its input did; empty if nothing.
    virtual std::string error() const = 0;
};

} // namespace kaifa
} // namespace gr

#endif /* INCLUDED_KAIFA_BURST_TAGGER_H */
