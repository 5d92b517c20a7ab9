// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef INCLUDED_KAIFA_DICT_VIEW_H
#define INCLUDED_KAIFA_DICT_VIEW_H

#include <pmt/pmt.h>
#include <utility>
#include <vector>

namespace gr {
namespace kaifa {

/*!
 * \brief Reads several entries of a PMT dictionary with symbols as keys.
 *
 * dict_ref() goes through the list of entries again for each one, with a dynamic cast at every
 * step; this does so once, and takes the values only of those that are asked for.
 */
class dict_view
{
public:
    dict_view(const pmt::pmt_t& dict) : d_dict(dict)
    {
        d_entries.reserve(MOST_ENTRIES);
        for (auto rest = dict; pmt::is_pair(rest); rest = pmt::cdr(rest))
            if (const auto entry = pmt::car(rest); pmt::is_pair(entry))
                d_entries.emplace_back(pmt::car(entry).get(), entry);
    }

    //! What stands under \p name; PMT_NIL if nothing does.
    pmt::pmt_t operator[](const pmt::pmt_t& name) const
    {
        for (const auto& [key, entry] : d_entries)
            if (key == name.get())
                return pmt::cdr(entry);
        return pmt::PMT_NIL;
    }

    //! The dictionary itself.
    const pmt::pmt_t& dict() const { return d_dict; }

    //! Calls \p visit with every key.
    template <class Visit>
    void each_key(Visit&& visit) const
    {
        for (const auto& [key, entry] : d_entries)
            visit(key);
    }

private:
    // Those of a packet, and some of a stranger.
    static constexpr size_t MOST_ENTRIES = 32;

    pmt::pmt_t d_dict;
    std::vector<std::pair<const pmt::pmt_base*, pmt::pmt_t>> d_entries;
};

} // namespace kaifa
} // namespace gr

#endif /* INCLUDED_KAIFA_DICT_VIEW_H */
