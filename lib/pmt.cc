// SPDX-License-Identifier: GPL-3.0-or-later
#include "pmt.h"

namespace gr {
namespace kaifa {

namespace {

std::optional<uint64_t> unsigned_from(const pmt::pmt_t& value)
{
    if (pmt::is_uint64(value))
        return pmt::to_uint64(value);
    if (pmt::is_integer(value) && pmt::to_long(value) >= 0)
        return static_cast<uint64_t>(pmt::to_long(value));
    return std::nullopt;
}

dict_builder burst_measurements(const bridge::BurstTag& tag)
{
    dict_builder dict;
    dict.add(key::id, pmt::from_uint64(tag.id));
    dict.real(key::relative_frequency, tag.relative_frequency);
    dict.steady_real(key::bandwidth, tag.bandwidth);
    dict.real(key::magnitude_db, tag.magnitude_db);
    dict.real(key::noise_dbfs_hz, tag.noise_dbfs_hz);
    dict.real(key::snr_db, tag.snr_db);
    return dict;
}

// Last, for a packet has its own of these, and what was added last is replaced with the least work.
pmt::pmt_t with_place(dict_builder dict, const bridge::BurstTag& tag)
{
    dict.real(key::center_frequency, tag.center_frequency);
    dict.add(key::rx_time, time_tuple(tag.rx_time));
    return dict.dict();
}

} // namespace

std::optional<uint64_t> unsigned_in(const dict_view& dict, const pmt::pmt_t& name)
{
    return unsigned_from(dict[name]);
}

std::optional<double> real_in(const dict_view& dict, const pmt::pmt_t& name)
{
    const auto value = dict[name];
    if (pmt::is_uint64(value))
        return static_cast<double>(pmt::to_uint64(value));
    if (pmt::is_real(value) || pmt::is_integer(value))
        return pmt::to_double(value);
    return std::nullopt;
}

std::optional<bridge::Time> time_from(const pmt::pmt_t& value)
{
    if (!pmt::is_tuple(value) || pmt::length(value) != 2)
        return std::nullopt;
    const auto seconds = unsigned_from(pmt::tuple_ref(value, 0));
    const auto fraction = pmt::tuple_ref(value, 1);
    if (!seconds || !pmt::is_real(fraction))
        return std::nullopt;
    const double part = pmt::to_double(fraction);
    if (!(part >= 0.0 && part < 1.0))
        return std::nullopt;
    return bridge::Time{ *seconds, part };
}

std::optional<bridge::Time> time_in(const dict_view& dict)
{
    return time_from(dict[key::rx_time]);
}

pmt::pmt_t time_tuple(const bridge::Time& time)
{
    return pmt::make_tuple(pmt::from_uint64(time.seconds),
                           pmt::from_double(time.fraction));
}

pmt::pmt_t clock_dict(uint64_t sample,
                      const bridge::Time& time,
                      const pmt::pmt_t& source,
                      const std::optional<double>& uncertainty_s)
{
    dict_builder dict;
    dict.add(key::sample_offset, pmt::from_uint64(sample));
    dict.add(key::rx_time, time_tuple(time));
    dict.add(key::time_source, source);
    if (uncertainty_s)
        dict.real(key::time_uncertainty, *uncertainty_s);
    return dict.dict();
}

pmt::pmt_t loss_dict(uint64_t sample, uint64_t samples)
{
    dict_builder dict;
    dict.add(key::sample_offset, pmt::from_uint64(sample));
    dict.add(key::samples_lost, pmt::from_uint64(samples));
    return dict.dict();
}

pmt::pmt_t found_dict(uint64_t samples)
{
    return pmt::dict_add(pmt::make_dict(), key::samples_found, pmt::from_uint64(samples));
}

std::optional<bridge::BurstTag> burst_tag_from(const gr::tag_t& tag)
{
    if (!pmt::is_dict(tag.value))
        return std::nullopt;
    const dict_view dict(tag.value);
    const auto id = unsigned_in(dict, key::id);
    const auto relative_frequency = real_in(dict, key::relative_frequency);
    bridge::BurstTag burst{};
    burst.is_start = pmt::eqv(tag.key, key::new_burst);
    if (!id || (burst.is_start && !relative_frequency))
        return std::nullopt;
    burst.id = *id;
    burst.offset = tag.offset;
    burst.truncated = pmt::eqv(dict[key::truncated], pmt::PMT_T);
    burst.rx_time = time_in(dict).value_or(bridge::Time{ 0, 0.0 });
    burst.relative_frequency = relative_frequency.value_or(0.0);
    burst.center_frequency = real_in(dict, key::center_frequency).value_or(0.0);
    burst.sample_rate = real_in(dict, key::sample_rate).value_or(0.0);
    burst.bandwidth = real_in(dict, key::bandwidth).value_or(0.0);
    burst.magnitude_db = real_in(dict, key::magnitude_db).value_or(0.0);
    burst.noise_dbfs_hz = real_in(dict, key::noise_dbfs_hz).value_or(0.0);
    burst.snr_db = real_in(dict, key::snr_db).value_or(0.0);
    return burst;
}

pmt::pmt_t burst_tag_value(const bridge::BurstTag& tag)
{
    if (!tag.is_start) {
        const auto dict =
            pmt::dict_add(pmt::make_dict(), key::id, pmt::from_uint64(tag.id));
        return pmt::dict_add(dict, key::truncated, pmt::from_bool(tag.truncated));
    }
    auto dict = burst_measurements(tag);
    dict.steady_real(key::sample_rate, tag.sample_rate);
    dict.add(key::sample_offset, pmt::from_uint64(tag.offset));
    return with_place(std::move(dict), tag);
}

pmt::pmt_t burst_dict(const bridge::Burst& burst)
{
    auto dict = burst_measurements(burst.tag);
    dict.steady_real(key::sample_rate, burst.sample_rate);
    dict.steady_real(key::original_rate, burst.tag.sample_rate);
    dict.real(key::sample_offset, burst.sample_offset);
    dict.real(key::onset, burst.onset);
    dict.flag(key::truncated, burst.tag.truncated);
    return with_place(std::move(dict), burst.tag);
}

bridge::BurstInfo burst_info(const dict_view& dict, uint64_t key)
{
    bridge::BurstInfo info{};
    info.key = key;
    info.center_frequency = real_in(dict, key::center_frequency).value_or(0.0);
    info.sample_offset = real_in(dict, key::sample_offset).value_or(0.0);
    info.onset = real_in(dict, key::onset).value_or(info.sample_offset);
    info.original_rate = real_in(dict, key::original_rate).value_or(0.0);
    info.rx_time = time_in(dict).value_or(bridge::Time{ 0, 0.0 });
    info.magnitude_db = real_in(dict, key::magnitude_db).value_or(0.0);
    info.noise_dbfs_hz = real_in(dict, key::noise_dbfs_hz).value_or(0.0);
    info.snr_db = real_in(dict, key::snr_db).value_or(0.0);
    return info;
}

dict_builder packet_dict(const bridge::Packet& packet, const dict_view& burst)
{
    dict_builder dict(burst);
    dict.real(key::sample_start, packet.sample_start);
    dict.add(key::rx_time, time_tuple(packet.rx_time));
    dict.real(key::center_frequency, packet.center_frequency);
    dict.number(key::preamble_symbols, packet.preamble_symbols);
    dict.text(key::preamble_phase, std::string(packet.preamble_phase));
    dict.flag(key::inverted, packet.inverted);
    dict.text(key::sync_word, std::string(packet.sync_word));
    dict.number(key::sync_errors, packet.sync_errors);
    dict.number(key::sync_symbols, packet.sync_symbols);
    dict.real(key::deviation, packet.deviation);
    dict.real(key::clock_error_ppm, packet.clock_error_ppm);
    dict.text(key::packet_end, std::string(packet.packet_end));
    return dict;
}

std::pair<pmt::pmt_t, pmt::pmt_t> strobe_tag(const bridge::StrobeTag& tag)
{
    switch (tag.kind) {
    case bridge::StrobeKind::Preamble:
        return { key::preamble, pmt::PMT_T };
    case bridge::StrobeKind::Sync: {
        const auto errors = pmt::from_long(tag.errors);
        const auto dict = pmt::dict_add(pmt::make_dict(), key::sync_errors, errors);
        return { key::sync_word,
                 pmt::dict_add(dict, key::inverted, pmt::from_bool(tag.inverted)) };
    }
    case bridge::StrobeKind::Strobe:
        return { key::strobe, pmt::from_double(tag.soft) };
    case bridge::StrobeKind::End:
        return { key::packet_end, pmt::from_long(tag.bits) };
    }
    throw std::logic_error("unknown kind of strobe tag");
}

} // namespace kaifa
} // namespace gr
