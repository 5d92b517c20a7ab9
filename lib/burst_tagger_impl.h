// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef INCLUDED_KAIFA_BURST_TAGGER_IMPL_H
#define INCLUDED_KAIFA_BURST_TAGGER_IMPL_H

#include "engine.h"
#include "fault.h"
#include "ffi/bridge.h"
#include <gnuradio/kaifa/burst_tagger.h>
#include <atomic>
#include <mutex>
#include <vector>

namespace gr {
namespace kaifa {

/*!
 * The engine looks at each sample once, as soon as it is there, but samples are passed on only
 * when their tags are known. What lies between stays in the input buffer, so nothing is copied
 * but input to output.
 */
class burst_tagger_impl : public burst_tagger
{
public:
    explicit burst_tagger_impl(const bridge::BurstTaggerConfig& config);

    bool start() override;
    void forecast(int noutput_items, gr_vector_int& ninput_items_required) override;
    int fixed_rate_ninput_to_noutput(int ninput) override { return ninput; }
    int fixed_rate_noutput_to_ninput(int noutput) override { return noutput; }
    int general_work(int noutput_items,
                     gr_vector_int& ninput_items,
                     gr_vector_const_void_star& input_items,
                     gr_vector_void_star& output_items) override;

    void set_threshold_db(double threshold_db) override;
    void set_center_frequency(double center_frequency) override;
    void add_time_anchor(uint64_t offset, uint64_t seconds, double fraction) override;
    uint64_t samples() const override { return counts().samples; }
    uint64_t bursts() const override { return counts().bursts; }
    uint64_t truncated() const override { return counts().truncated; }
    std::map<std::string, double> health() const override;
    double cpu_time() const override;
    std::string error() const override { return d_fault.text(); }

private:
    struct anchor {
        uint64_t offset;
        bridge::Time time;
    };

    engine<bridge::BurstTagger> d_engine;
    fault d_fault;
    uint64_t d_seen = 0;     // end of what the engine has looked at
    uint64_t d_settled = 0;  // end of what may be passed on
    bool d_finished = false; // the engine was told that nothing more comes
    bool d_bad_time_logged = false;
    std::vector<anchor> d_anchors; // given by the user; they outlive start()
    std::mutex d_anchors_mutex;

    bridge::BurstTaggerCounts counts() const;
    std::vector<anchor> time_tags(uint64_t begin, uint64_t end);
    void look(const gr_complex* in, uint64_t begin, int available);
};

} // namespace kaifa
} // namespace gr

#endif /* INCLUDED_KAIFA_BURST_TAGGER_IMPL_H */
