// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef INCLUDED_KAIFA_PMT_H
#define INCLUDED_KAIFA_PMT_H

#include "dict_builder.h"
#include "dict_view.h"
#include "ffi/bridge.h"
#include <gnuradio/tags.h>
#include <pmt/pmt.h>
#include <optional>

namespace gr {
namespace kaifa {

//! Every name that a tag, a PDU or a port of ours has; docs/tags_and_pdus.md explains them
namespace key {
// message ports
inline const pmt::pmt_t cpdus = pmt::mp("cpdus");
inline const pmt::pmt_t packets = pmt::mp("packets");
inline const pmt::pmt_t frames = pmt::mp("frames");
inline const pmt::pmt_t rejects = pmt::mp("rejects");
inline const pmt::pmt_t counts = pmt::mp("counts");
inline const pmt::pmt_t clock = pmt::mp("clock");
inline const pmt::pmt_t system = pmt::mp("system");
// stream tags
inline const pmt::pmt_t rx_time = pmt::mp("rx_time");
inline const pmt::pmt_t samples_lost = pmt::mp("samples_lost");
inline const pmt::pmt_t new_burst = pmt::mp("new_burst");
inline const pmt::pmt_t gone_burst = pmt::mp("gone_burst");
inline const pmt::pmt_t burst_start = pmt::mp("burst_start");
inline const pmt::pmt_t burst_end = pmt::mp("burst_end");
inline const pmt::pmt_t preamble = pmt::mp("preamble");
inline const pmt::pmt_t sync_word = pmt::mp("sync_word");
inline const pmt::pmt_t strobe = pmt::mp("strobe");
inline const pmt::pmt_t packet_end = pmt::mp("packet_end");
// of the clock of samples
inline const pmt::pmt_t samples_found = pmt::mp("samples_found");
inline const pmt::pmt_t time_source = pmt::mp("time_source");
inline const pmt::pmt_t time_uncertainty = pmt::mp("time_uncertainty");
// of a burst
inline const pmt::pmt_t id = pmt::mp("id");
inline const pmt::pmt_t center_frequency = pmt::mp("center_frequency");
inline const pmt::pmt_t relative_frequency = pmt::mp("relative_frequency");
inline const pmt::pmt_t sample_rate = pmt::mp("sample_rate");
inline const pmt::pmt_t original_rate = pmt::mp("original_rate");
inline const pmt::pmt_t bandwidth = pmt::mp("bandwidth");
inline const pmt::pmt_t magnitude_db = pmt::mp("magnitude_db");
inline const pmt::pmt_t noise_dbfs_hz = pmt::mp("noise_dbfs_hz");
inline const pmt::pmt_t snr_db = pmt::mp("snr_db");
inline const pmt::pmt_t sample_offset = pmt::mp("sample_offset");
inline const pmt::pmt_t onset = pmt::mp("onset");
inline const pmt::pmt_t truncated = pmt::mp("truncated");
// of a packet
inline const pmt::pmt_t sample_start = pmt::mp("sample_start");
inline const pmt::pmt_t preamble_symbols = pmt::mp("preamble_symbols");
inline const pmt::pmt_t preamble_phase = pmt::mp("preamble_phase");
inline const pmt::pmt_t inverted = pmt::mp("inverted");
inline const pmt::pmt_t sync_errors = pmt::mp("sync_errors");
inline const pmt::pmt_t deviation = pmt::mp("deviation");
inline const pmt::pmt_t clock_error_ppm = pmt::mp("clock_error_ppm");
inline const pmt::pmt_t sync_symbols = pmt::mp("sync_symbols");
inline const pmt::pmt_t soft = pmt::mp("soft");
// of a frame
inline const pmt::pmt_t check_ok = pmt::mp("check_ok");
inline const pmt::pmt_t reason = pmt::mp("reason");
inline const pmt::pmt_t reason_text = pmt::mp("reason_text");
inline const pmt::pmt_t framing = pmt::mp("framing");
inline const pmt::pmt_t check = pmt::mp("check");
inline const pmt::pmt_t whitening = pmt::mp("whitening");
inline const pmt::pmt_t fec = pmt::mp("fec");
inline const pmt::pmt_t mode_switch = pmt::mp("mode_switch");
inline const pmt::pmt_t parameter_entry = pmt::mp("parameter_entry");
inline const pmt::pmt_t page = pmt::mp("page");
inline const pmt::pmt_t modulation = pmt::mp("modulation");
inline const pmt::pmt_t mode = pmt::mp("mode");
inline const pmt::pmt_t phy_mode_id = pmt::mp("phy_mode_id");
inline const pmt::pmt_t octets = pmt::mp("octets");
inline const pmt::pmt_t mac_error = pmt::mp("mac_error");
inline const pmt::pmt_t irregularity = pmt::mp("irregularity");
inline const pmt::pmt_t type = pmt::mp("type");
inline const pmt::pmt_t sequence = pmt::mp("sequence");
inline const pmt::pmt_t pan_id = pmt::mp("pan_id");
inline const pmt::pmt_t source = pmt::mp("source");
inline const pmt::pmt_t destination = pmt::mp("destination");
inline const pmt::pmt_t source_inferred = pmt::mp("source_inferred");
inline const pmt::pmt_t destination_inferred = pmt::mp("destination_inferred");
inline const pmt::pmt_t encrypted = pmt::mp("encrypted");
inline const pmt::pmt_t security_level = pmt::mp("security_level");
inline const pmt::pmt_t frame_counter = pmt::mp("frame_counter");
inline const pmt::pmt_t key_id_mode = pmt::mp("key_id_mode");
inline const pmt::pmt_t key_index = pmt::mp("key_index");
inline const pmt::pmt_t key_source = pmt::mp("key_source");
inline const pmt::pmt_t header_ies = pmt::mp("header_ies");
inline const pmt::pmt_t payload_ies = pmt::mp("payload_ies");
inline const pmt::pmt_t payload = pmt::mp("payload");
inline const pmt::pmt_t mic = pmt::mp("mic");
inline const pmt::pmt_t ambiguous = pmt::mp("ambiguous");
inline const pmt::pmt_t with_length = pmt::mp("with_length");
} // namespace key

//! Who tells the time of samples
namespace time_source {
inline const pmt::pmt_t host = pmt::mp("host");
inline const pmt::pmt_t hardware = pmt::mp("hardware");
} // namespace time_source

//! The number under \p name, or nothing if there is none
std::optional<uint64_t> unsigned_in(const dict_view& dict, const pmt::pmt_t& name);

//! The number under \p name, or nothing if there is none
std::optional<double> real_in(const dict_view& dict, const pmt::pmt_t& name);

//! A tuple of whole seconds and a fraction of 0 to 1, or nothing if it is none
std::optional<bridge::Time> time_from(const pmt::pmt_t& value);

//! The time under rx_time, or nothing if there is none
std::optional<bridge::Time> time_in(const dict_view& dict);

pmt::pmt_t time_tuple(const bridge::Time& time);

//! What sample_clock says on its port clock: \p sample was taken at \p time
pmt::pmt_t clock_dict(uint64_t sample,
                      const bridge::Time& time,
                      const pmt::pmt_t& source,
                      const std::optional<double>& uncertainty_s);

//! What sample_clock says on its port clock: before \p sample, \p samples are missing
pmt::pmt_t loss_dict(uint64_t sample, uint64_t samples);

//! What sample_clock says on its port clock: \p samples told to be lost have come
pmt::pmt_t found_dict(uint64_t samples);

//! The new_burst or gone_burst tag in \p tag, or nothing if it lacks what is needed
std::optional<bridge::BurstTag> burst_tag_from(const gr::tag_t& tag);

//! The value of a new_burst or gone_burst tag
pmt::pmt_t burst_tag_value(const bridge::BurstTag& tag);

//! The dictionary of a burst PDU
pmt::pmt_t burst_dict(const bridge::Burst& burst);

//! What sync and strobe needs of the dictionary of a burst; what is missing becomes 0
bridge::BurstInfo burst_info(const dict_view& burst, uint64_t key);

//! The dictionary of a packet PDU but for its soft values, which goes on from that of its burst
dict_builder packet_dict(const bridge::Packet& packet, const dict_view& burst);

//! What the frame parser needs of the dictionary of a packet; what is missing becomes 0
bridge::PacketInfo packet_info(const dict_view& packet);

//! The dictionary of a frame or reject PDU, which goes on from that of its packet
pmt::pmt_t frame_dict(const bridge::Frame& frame, const dict_view& packet);

//! What the frame parser says on its port counts
pmt::pmt_t counts_dict(const bridge::FrameParserCounts& counts);

//! Key and value of a tag of sync and strobe
std::pair<pmt::pmt_t, pmt::pmt_t> strobe_tag(const bridge::StrobeTag& tag);

} // namespace kaifa
} // namespace gr

#endif /* INCLUDED_KAIFA_PMT_H */
