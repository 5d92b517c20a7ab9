// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef INCLUDED_KAIFA_PMT_ENTRY_CACHE_H
#define INCLUDED_KAIFA_PMT_ENTRY_CACHE_H

#include <pmt/pmt.h>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <variant>

namespace gr {
namespace kaifa {

/*!
 * \brief The last entry of every name, to be used again where its value is the same.
 *
 * Half of what is said of a burst is what was said of the one before. An entry costs six
 * allocations, one that is used again two; entries are never changed once they are made.
 */
class entry_cache
{
public:
    //! The one of this thread: of a block, for each has a thread of its own
    static entry_cache& of_thread()
    {
        static thread_local entry_cache cache;
        return cache;
    }

    const pmt::pmt_t& flag(const pmt::pmt_t& name, bool value)
    {
        return entry(name, value, [&] { return pmt::from_bool(value); });
    }
    const pmt::pmt_t& number(const pmt::pmt_t& name, int64_t value)
    {
        return entry(name, value, [&] { return pmt::from_long(value); });
    }
    const pmt::pmt_t& real(const pmt::pmt_t& name, double value)
    {
        return entry(name, value, [&] { return pmt::from_double(value); });
    }
    const pmt::pmt_t& text(const pmt::pmt_t& name, std::string value)
    {
        return entry(name, value, [&] { return pmt::mp(value); });
    }

private:
    struct kept {
        std::variant<bool, int64_t, double, std::string> value;
        pmt::pmt_t entry;
    };

    template <class Value, class Make>
    const pmt::pmt_t& entry(const pmt::pmt_t& name, const Value& value, Make&& make)
    {
        // Symbols are interned: the same name is the same object, and lives for ever.
        auto& last = d_last[name.get()];
        const auto* known = std::get_if<Value>(&last.value);
        if (!last.entry || !known || *known != value) {
            last.value = value;
            last.entry = pmt::cons(name, make());
        }
        return last.entry;
    }

    std::unordered_map<const pmt::pmt_base*, kept> d_last;
};

} // namespace kaifa
} // namespace gr

#endif /* INCLUDED_KAIFA_PMT_ENTRY_CACHE_H */
