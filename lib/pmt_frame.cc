// SPDX-License-Identifier: GPL-3.0-or-later
#include "dict_builder.h"
#include "pmt.h"

namespace gr {
namespace kaifa {

namespace {

// A dictionary that leaves out what the bridge marks as not there.
class frame_dict_builder : public dict_builder
{
public:
    using dict_builder::dict_builder;

    void text(const pmt::pmt_t& name, const rust::String& value)
    {
        if (!value.empty())
            dict_builder::text(name, static_cast<std::string>(value));
    }
    void number(const pmt::pmt_t& name, int64_t value)
    {
        if (value >= 0)
            dict_builder::number(name, value);
    }
    void octets(const pmt::pmt_t& name, const rust::Vec<uint8_t>& value)
    {
        add(name, pmt::init_u8vector(value.size(), value.data()));
    }
    void elements(const pmt::pmt_t& name, const rust::Vec<bridge::Ie>& ies)
    {
        const auto list = pmt::make_vector(ies.size(), pmt::PMT_NIL);
        for (size_t i = 0; i < ies.size(); i++) {
            const auto& content = ies[i].content;
            pmt::vector_set(
                list,
                i,
                pmt::cons(pmt::from_long(ies[i].id),
                          pmt::init_u8vector(content.size(), content.data())));
        }
        add(name, list);
    }
};

pmt::pmt_t mode_switch_dict(const bridge::ModeSwitch& mode_switch)
{
    dict_builder dict(pmt::make_dict());
    dict.number(key::parameter_entry, mode_switch.parameter_entry);
    dict.flag(key::fec, mode_switch.fec);
    dict.number(key::page, mode_switch.page);
    dict.number(key::modulation, mode_switch.modulation);
    dict.number(key::mode, mode_switch.mode);
    dict.number(key::phy_mode_id, mode_switch.phy_mode_id);
    return dict.dict();
}

void add_reception(frame_dict_builder& dict, const bridge::Frame& frame)
{
    dict.flag(key::check_ok, frame.check_ok);
    dict.text(key::reason, frame.reason);
    dict.text(key::reason_text, frame.reason_text);
    dict.text(key::framing, frame.framing);
    dict.text(key::check, frame.check);
    dict.text(key::whitening, frame.whitening);
    dict.text(key::fec, frame.fec);
    if (frame.is_mode_switch)
        dict.add(key::mode_switch, mode_switch_dict(frame.mode_switch));
    dict.octets(key::octets, frame.octets);
}

void add_mac_header(frame_dict_builder& dict, const bridge::Frame& frame)
{
    dict.text(key::mac_error, frame.mac_error);
    dict.text(key::irregularity, frame.irregularity);
    dict.text(key::type, frame.kind);
    dict.number(key::sequence, frame.sequence);
    dict.number(key::pan_id, frame.pan_id);
    dict.text(key::source, frame.source);
    dict.text(key::destination, frame.destination);
    dict.flag(key::source_inferred, frame.source_inferred);
    dict.flag(key::destination_inferred, frame.destination_inferred);
    dict.flag(key::encrypted, frame.encrypted);
    dict.number(key::security_level, frame.security_level);
    dict.number(key::frame_counter, frame.frame_counter);
    dict.number(key::key_id_mode, frame.key_id_mode);
    dict.number(key::key_index, frame.key_index);
    if (!frame.key_source.empty())
        dict.octets(key::key_source, frame.key_source);
    dict.elements(key::header_ies, frame.header_ies);
    dict.elements(key::payload_ies, frame.payload_ies);
    dict.octets(key::payload, frame.payload);
    dict.octets(key::mic, frame.mic);
}

} // namespace

bridge::PacketInfo packet_info(const dict_view& dict)
{
    bridge::PacketInfo info{};
    const auto sync_word = dict[key::sync_word];
    if (pmt::is_symbol(sync_word))
        info.sync_word = rust::String::lossy(pmt::symbol_to_string(sync_word));
    info.rx_time = time_in(dict).value_or(bridge::Time{ 0, 0.0 });
    info.center_frequency = real_in(dict, key::center_frequency).value_or(0.0);
    info.header_symbols = real_in(dict, key::preamble_symbols).value_or(0.0) +
                          real_in(dict, key::sync_symbols).value_or(0.0);
    return info;
}

pmt::pmt_t frame_dict(const bridge::Frame& frame, const dict_view& packet)
{
    frame_dict_builder dict(packet);
    add_reception(dict, frame);
    if (frame.check_ok)
        add_mac_header(dict, frame);
    return dict.dict();
}

pmt::pmt_t counts_dict(const bridge::FrameParserCounts& counts)
{
    auto reasons = pmt::make_dict();
    for (const auto& entry : counts.by_reason)
        reasons = pmt::dict_add(reasons,
                                pmt::mp(static_cast<std::string>(entry.reason)),
                                pmt::from_uint64(entry.count));
    auto dict =
        pmt::dict_add(pmt::make_dict(), key::frames, pmt::from_uint64(counts.frames));
    dict = pmt::dict_add(dict, key::ambiguous, pmt::from_uint64(counts.ambiguous));
    dict = pmt::dict_add(dict, key::with_length, pmt::from_uint64(counts.with_length));
    dict = pmt::dict_add(dict, key::rejects, pmt::from_uint64(counts.rejects));
    return pmt::dict_add(dict, key::reason, reasons);
}

} // namespace kaifa
} // namespace gr
