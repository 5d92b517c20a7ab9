// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef INCLUDED_KAIFA_ENGINE_H
#define INCLUDED_KAIFA_ENGINE_H

#include "rust/cxx.h"
#include <mutex>
#include <stdexcept>
#include <string>
#include <utility>

namespace gr {
namespace kaifa {

/*!
 * Calls into Rust; a refused parameter becomes std::invalid_argument, a panic
 * std::runtime_error, both with the text from Rust.
 */
template <class Call>
auto translated(Call&& call) -> decltype(call())
{
    try {
        return call();
    } catch (const rust::Error& error) {
        const std::string text = error.what();
        if (text.rfind("internal error: ", 0) == 0)
            throw std::runtime_error(text);
        throw std::invalid_argument(text);
    }
}

/*!
 * Owns an engine of the bridge. Every use of it is one turn under a lock, because GNU Radio
 * calls work() and setters from different threads.
 */
template <class Engine>
class engine
{
public:
    //! Takes the engine that \p make makes.
    template <class Make>
    explicit engine(Make&& make) : d_engine(translated(std::forward<Make>(make)))
    {
    }

    //! Calls \p call with the engine while nobody else has it.
    template <class Call>
    auto use(Call&& call) const
    {
        std::lock_guard<std::mutex> turn(d_mutex);
        return translated([&] { return call(*d_engine); });
    }

private:
    mutable std::mutex d_mutex;
    mutable rust::Box<Engine> d_engine;
};

} // namespace kaifa
} // namespace gr

#endif /* INCLUDED_KAIFA_ENGINE_H */
