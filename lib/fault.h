// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef INCLUDED_KAIFA_FAULT_H
#define INCLUDED_KAIFA_FAULT_H

#include <gnuradio/block.h>
#include <gnuradio/logger.h>
#include <exception>
#include <mutex>
#include <string>

namespace gr {
namespace kaifa {

/*!
 * Keeps exceptions inside work() and message handlers: one that leaves them makes the
 * flowgraph hang. The first is logged and remembered, and from then on the block is done.
 */
class fault
{
public:
    //! The first exception's text; empty if there was none.
    std::string text() const
    {
        std::lock_guard<std::mutex> turn(d_mutex);
        return d_text;
    }

    //! Returns what \p work returns, or WORK_DONE if it fails now or failed earlier.
    template <class Work>
    int guard(const gr::logger_ptr& logger, Work&& work)
    {
        if (!text().empty())
            return gr::block::WORK_DONE;
        try {
            return work();
        } catch (const std::exception& error) {
            remember(error.what());
        } catch (...) {
            remember("unknown exception");
        }
        logger->error("{}", text());
        return gr::block::WORK_DONE;
    }

private:
    mutable std::mutex d_mutex;
    std::string d_text;

    void remember(const std::string& text)
    {
        std::lock_guard<std::mutex> turn(d_mutex);
        d_text = text.empty() ? "exception without a text" : text;
    }
};

} // namespace kaifa
} // namespace gr

#endif /* INCLUDED_KAIFA_FAULT_H */
