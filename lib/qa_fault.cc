// SPDX-License-Identifier: GPL-3.0-or-later
// A block whose work fails must end its flowgraph and say why.
#include "fault.h"
#include <gnuradio/blocks/null_source.h>
#include <gnuradio/io_signature.h>
#include <gnuradio/sync_block.h>
#include <gnuradio/top_block.h>
#include <cstdio>
#include <stdexcept>

namespace {

class failing_sink : public gr::sync_block
{
public:
    explicit failing_sink(bool throws_an_exception)
        : gr::sync_block("failing_sink",
                         gr::io_signature::make(1, 1, sizeof(float)),
                         gr::io_signature::make(0, 0, 0)),
          d_throws_an_exception(throws_an_exception)
    {
    }

    int work(int noutput_items, gr_vector_const_void_star&, gr_vector_void_star&) override
    {
        return fault.guard(d_logger, [&]() -> int {
            if (calls++ < 3)
                return noutput_items;
            if (d_throws_an_exception)
                throw std::runtime_error("out of paper");
            throw 7;
        });
    }

    gr::kaifa::fault fault;
    int calls = 0;

private:
    bool d_throws_an_exception;
};

// Whether a flowgraph with an endless source ends, and with which error.
bool ends_with(bool throws_an_exception, const std::string& expected)
{
    auto top = gr::make_top_block("qa_fault");
    auto sink = gnuradio::make_block_sptr<failing_sink>(throws_an_exception);
    top->connect(gr::blocks::null_source::make(sizeof(float)), 0, sink, 0);
    top->run();
    std::printf("%d calls, error: %s\n", sink->calls, sink->fault.text().c_str());
    return sink->calls == 4 && sink->fault.text() == expected;
}

} // namespace

int main()
{
    const bool all =
        ends_with(true, "out of paper") && ends_with(false, "unknown exception");
    return all ? 0 : 1;
}
