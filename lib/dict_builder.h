// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef INCLUDED_KAIFA_DICT_BUILDER_H
#define INCLUDED_KAIFA_DICT_BUILDER_H

#include "dict_view.h"
#include "pmt_entry_cache.h"
#include <pmt/pmt.h>
#include <algorithm>
#include <vector>

namespace gr {
namespace kaifa {

/*!
 * \brief Adds entries to a PMT dictionary with symbols as keys.
 *
 * dict_add() goes through all entries for each one that is added, ten times the cost of making
 * the entry once there are some tens. This looks for a key in a list of its own.
 */
class dict_builder
{
public:
    explicit dict_builder(const dict_view& dict = pmt::make_dict()) : d_dict(dict.dict())
    {
        d_keys.reserve(MOST_KEYS);
        dict.each_key([this](const pmt::pmt_base* key) { d_keys.push_back(key); });
    }

    void add(const pmt::pmt_t& name, const pmt::pmt_t& value)
    {
        add_entry(name, pmt::cons(name, value));
    }
    void real(const pmt::pmt_t& name, double value)
    {
        add(name, pmt::from_double(value));
    }
    //! A number that is often the same as in the last dictionary
    void steady_real(const pmt::pmt_t& name, double value)
    {
        add_entry(name, d_cache.real(name, value));
    }
    void number(const pmt::pmt_t& name, int64_t value)
    {
        add_entry(name, d_cache.number(name, value));
    }
    void flag(const pmt::pmt_t& name, bool value)
    {
        add_entry(name, d_cache.flag(name, value));
    }
    void text(const pmt::pmt_t& name, std::string value)
    {
        add_entry(name, d_cache.text(name, std::move(value)));
    }

    const pmt::pmt_t& dict() const { return d_dict; }

private:
    static constexpr size_t MOST_KEYS = 64; // those of a frame, and some of a stranger

    void add_entry(const pmt::pmt_t& name, const pmt::pmt_t& entry)
    {
        // Symbols are interned: the same name is the same object.
        if (std::find(d_keys.begin(), d_keys.end(), name.get()) != d_keys.end()) {
            d_dict = pmt::dcons(entry, pmt::dict_delete(d_dict, name));
        } else {
            d_keys.push_back(name.get());
            d_dict = pmt::dcons(entry, d_dict);
        }
    }

    entry_cache& d_cache = entry_cache::of_thread();
    pmt::pmt_t d_dict;
    std::vector<const pmt::pmt_base*> d_keys;
};

} // namespace kaifa
} // namespace gr

#endif /* INCLUDED_KAIFA_DICT_BUILDER_H */
