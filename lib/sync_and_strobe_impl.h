// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef INCLUDED_KAIFA_SYNC_AND_STROBE_IMPL_H
#define INCLUDED_KAIFA_SYNC_AND_STROBE_IMPL_H

#include "engine.h"
#include "fault.h"
#include "ffi/bridge.h"
#include <gnuradio/kaifa/sync_and_strobe.h>
#include <atomic>
#include <map>
#include <vector>

namespace gr {
namespace kaifa {

/*!
 * The marks of a burst can become known as late as its end, and a burst can be longer than a
 * buffer. So input is taken in at once and waits here until its tags are known.
 */
class sync_and_strobe_impl : public sync_and_strobe
{
public:
    explicit sync_and_strobe_impl(const bridge::SyncStrobeConfig& config);

    bool start() override;
    void forecast(int noutput_items, gr_vector_int& ninput_items_required) override;
    int general_work(int noutput_items,
                     gr_vector_int& ninput_items,
                     gr_vector_const_void_star& input_items,
                     gr_vector_void_star& output_items) override;

    uint64_t packets() const override { return counts().packets; }
    uint64_t bursts() const override { return counts().bursts; }
    uint64_t bursts_without_sync() const override { return counts().bursts_without_sync; }
    uint64_t bad_tags() const override { return d_bad_tags; }
    double cpu_time() const override;
    std::string error() const override { return d_fault.text(); }

private:
    struct burst {
        pmt::pmt_t dict;
        uint64_t end; // offset of its last sample, the largest number while it is open
    };

    engine<bridge::SyncStrobe> d_engine;
    fault d_fault;
    uint64_t d_seen = 0;          // end of what the engine has looked at
    uint64_t d_settled = 0;       // end of what may be passed on
    bool d_finished = false;      // the engine was told that nothing more comes
    std::vector<float> d_waiting; // seen, not passed on; the first d_passed are gone
    size_t d_passed = 0;
    uint64_t d_next_key = 0;
    std::map<uint64_t, burst> d_bursts; // whose packets may still come
    std::atomic<uint64_t> d_bad_tags{ 0 };

    bridge::SyncStrobeCounts counts() const;
    void look(const float* in, uint64_t begin, uint64_t end, bool is_last);
    void announce_bursts(uint64_t end);
    void start_burst(const tag_t& tag);
    void end_burst(uint64_t offset);
    void publish_waiting();
    int pass_on(float* out, int room);
};

} // namespace kaifa
} // namespace gr

#endif /* INCLUDED_KAIFA_SYNC_AND_STROBE_IMPL_H */
