// SPDX-License-Identifier: GPL-3.0-or-later
//! The whole contract between the engines and the GNU Radio blocks.
//!
//! Units are Hz, seconds, dB and samples of the stream the engine looks at. An offset counts from
//! the first sample the engine saw. Every call that runs an engine can fail: constructors and
//! setters because of a parameter, all of them because of a bug in an engine.

use crate::burst_demod::{new_burst_demod, BurstDemod};
use crate::burst_stream::{new_burst_stream, BurstStream};
use crate::burst_tagger::{new_burst_tagger, BurstTagger};
use crate::burst_to_pdu::{new_burst_to_pdu, BurstToPdu};
use crate::frame_parser::{new_frame_parser, FrameParser};
use crate::probe::{find_regions, probe_region};
use crate::sample_clock::{new_sample_clock, SampleClock};
use crate::sync_strobe::{new_sync_strobe, SyncStrobe};

#[allow(missing_docs)] // the fields are those of the engines, explained there
#[cxx::bridge(namespace = "gr::kaifa::bridge")]
pub mod ffi {
    /// A point in time as an `rx_time` tag has it.
    #[derive(Clone, Copy)]
    struct Time {
        seconds: u64,
        fraction: f64,
    }

    enum ClockEventKind {
        Anchor,
        Loss,
        Found,
    }

    /// What a sample clock says. Of an anchor, `sample`, `clock_ns` and what is measured are valid,
    /// of a loss `sample` and `samples`, of samples found `samples`.
    struct ClockEvent {
        kind: ClockEventKind,
        sample: u64,
        samples: u64,
        clock_ns: i64,
        is_measured: bool,
        transfer_ns: f64,
        jitter_ns: f64,
    }

    struct BurstTaggerConfig {
        sample_rate: f64,
        center_frequency: f64,
        burst_bandwidth: f64,
        threshold_db: f64,
        fft_size: i64,
        hold_time: f64,
        max_burst_time: f64,
        dc_mask: f64,
    }

    /// A `new_burst` or `gone_burst` tag; of an end, `id`, `offset` and `truncated` are valid.
    struct BurstTag {
        is_start: bool,
        id: u64,
        offset: u64,
        truncated: bool,
        rx_time: Time,
        center_frequency: f64,
        relative_frequency: f64,
        sample_rate: f64,
        bandwidth: f64,
        magnitude_db: f64,
        noise_dbfs_hz: f64,
        snr_db: f64,
    }

    #[derive(Clone, Copy)]
    struct BurstTaggerCounts {
        samples: u64,
        bursts: u64,
        truncated: u64,
    }

    /// What is not known is not a number.
    #[derive(Clone, Copy)]
    struct BurstTaggerHealth {
        examined: f64,
        at_full_scale: f64,
        noise_dbfs_hz: f64,
        noise_steps: f64,
        dc_spike_db: f64,
    }

    struct BurstToPduConfig {
        sample_rate: f64,
        output_rate: f64,
        bandwidth: f64,
        max_burst_time: f64,
    }

    #[derive(Clone, Copy)]
    struct BurstToPduCounts {
        samples: u64,
        bursts: u64,
        truncated: u64,
        bad_tags: u64,
    }

    /// A burst that was cut out, without its samples.
    struct Burst {
        tag: BurstTag,
        sample_offset: f64,
        onset: f64,
        sample_rate: f64,
        length: usize,
    }

    /// What comes next in a stream: samples of the burst that has waited longest, from sample
    /// `from` of it on, or zeros. A `count` of 0 means nothing.
    #[derive(Default)]
    struct StreamPiece {
        is_burst: bool,
        from: usize,
        count: usize,
        ends: bool,
    }

    struct SyncStrobeConfig {
        sample_rate: f64,
        symbol_rate: f64,
        deviation: f64,
        demod_gain: f64,
        sync_word: String,
        sync_max_errors: i64,
        preamble_min_symbols: i64,
        max_packet_bits: i64,
        framing: String,
    }

    /// Start of a burst on the stream; `key` is the caller's name for it.
    struct BurstInfo {
        key: u64,
        center_frequency: f64,
        sample_offset: f64,
        onset: f64,
        original_rate: f64,
        rx_time: Time,
        magnitude_db: f64,
        noise_dbfs_hz: f64,
        snr_db: f64,
    }

    enum StrobeKind {
        Preamble,
        Sync,
        Strobe,
        End,
    }

    /// A mark on a sample; fields beside `offset` are valid for the kind that has them.
    struct StrobeTag {
        kind: StrobeKind,
        offset: u64,
        errors: u32,
        inverted: bool,
        soft: f32,
        bits: u32,
    }

    /// A packet without its bits. Without a burst `burst_key` is not valid.
    struct Packet {
        has_burst: bool,
        burst_key: u64,
        length: usize,
        sample_start: f64,
        rx_time: Time,
        center_frequency: f64,
        preamble_symbols: u32,
        preamble_phase: String,
        inverted: bool,
        sync_word: String,
        sync_errors: u32,
        sync_symbols: u32,
        deviation: f64,
        clock_error_ppm: f64,
        packet_end: String,
    }

    #[derive(Clone, Copy)]
    struct SyncStrobeCounts {
        samples: u64,
        bursts: u64,
        packets: u64,
        bursts_without_sync: u64,
    }

    struct BurstDemodConfig {
        symbol_rate: f64,
        deviation: f64,
        sync_word: String,
        sync_max_errors: i64,
        preamble_min_symbols: i64,
        max_packet_bits: i64,
        framing: String,
    }

    #[derive(Clone, Copy)]
    struct BurstDemodCounts {
        bursts: u64,
        packets: u64,
        bursts_without_sync: u64,
    }

    struct FrameParserConfig {
        framing: String,
        symbol_rate: f64,
    }

    /// What the parser is told of a packet beside its bits. `header_symbols` are those of preamble
    /// and sync word; `sync_word` is in hexadecimal digits, empty if it is not known.
    struct PacketInfo {
        sync_word: String,
        rx_time: Time,
        center_frequency: f64,
        header_symbols: f64,
    }

    /// An information element.
    struct Ie {
        id: u8,
        content: Vec<u8>,
    }

    /// What a PHR says that announces another mode.
    #[derive(Default)]
    struct ModeSwitch {
        parameter_entry: u8,
        fec: bool,
        page: u8,
        modulation: u8,
        mode: u8,
        phy_mode_id: u8,
    }

    /// A checked frame, or a reject when `check_ok` is false. A number of -1 or an empty text
    /// stands for a field that is not there; `mode_switch` is valid if `is_mode_switch`.
    struct Frame {
        check_ok: bool,
        reason: String,
        reason_text: String,
        framing: String,
        check: String,
        whitening: String,
        fec: String,
        is_mode_switch: bool,
        mode_switch: ModeSwitch,
        mpdu: Vec<u8>,
        octets: Vec<u8>,
        mac_error: String,
        irregularity: String,
        kind: String,
        sequence: i64,
        pan_id: i64,
        source: String,
        destination: String,
        source_inferred: bool,
        destination_inferred: bool,
        security_level: i64,
        key_id_mode: i64,
        frame_counter: i64,
        key_index: i64,
        key_source: Vec<u8>,
        encrypted: bool,
        header_ies: Vec<Ie>,
        payload_ies: Vec<Ie>,
        payload: Vec<u8>,
        mic: Vec<u8>,
    }

    /// How many packets were rejected for one reason.
    struct ReasonCount {
        reason: String,
        count: u64,
    }

    struct FrameParserCounts {
        frames: u64,
        ambiguous: u64,
        with_length: u64,
        rejects: u64,
        by_reason: Vec<ReasonCount>,
    }

    /// A part of a recording, `low` and `high` from the middle of its band.
    struct ProbeRegion {
        start: u64,
        end: u64,
        low: f64,
        high: f64,
    }

    /// What a region holds; the fields from `framing` on are valid if `has_packet`.
    #[derive(Default)]
    struct ProbeFinding {
        start: f64,
        end: f64,
        center: f64,
        bandwidth: f64,
        magnitude_db: f64,
        modulation: String,
        symbol_rate: f64,
        symbol_rate_confidence: f64,
        deviation: f64,
        deviation_confidence: f64,
        preamble_symbols: usize,
        preamble_last: u8,
        sync_break: usize,
        symbols: Vec<u8>,
        has_packet: bool,
        framing: String,
        check: String,
        whitening: String,
        fec: String,
        inverted: bool,
        packet_first: usize,
        sync_word: Vec<u8>,
        mpdu: Vec<u8>,
        fills_burst: bool,
        is_mac_frame: bool,
        framing_confidence: f64,
    }

    unsafe extern "C++" {
        include!("ffi/include/sample.h");
        type Sample = crate::complex::Sample;
    }

    extern "Rust" {
        type SampleClock;
        fn new_sample_clock(sample_rate: f64) -> Result<Box<SampleClock>>;
        /// There are `samples` when the clock says `clock_ns`.
        fn observe(
            self: &mut SampleClock,
            samples: u64,
            clock_ns: u64,
            events: &mut Vec<ClockEvent>,
        ) -> Result<()>;
        /// A tag says that `sample`, not observed yet, was taken at `time`.
        fn hardware_time(
            self: &mut SampleClock,
            sample: u64,
            time: Time,
            events: &mut Vec<ClockEvent>,
        ) -> Result<()>;
        fn settled(self: &mut SampleClock) -> Result<u64>;
        fn most_held(self: &mut SampleClock) -> Result<u64>;
        fn lost(self: &mut SampleClock) -> Result<u64>;
        fn reset(self: &mut SampleClock) -> Result<()>;
        fn cpu_time(self: &SampleClock) -> f64;
    }

    extern "Rust" {
        type BurstTagger;
        fn new_burst_tagger(config: &BurstTaggerConfig) -> Result<Box<BurstTagger>>;
        /// Looks at what is new in `window`, which begins at offset `begin`, at most `settled()`.
        fn look(
            self: &mut BurstTagger,
            begin: u64,
            window: &[Sample],
            tags: &mut Vec<BurstTag>,
        ) -> Result<()>;
        /// As `look`, and nothing comes after `window`.
        fn finish(
            self: &mut BurstTagger,
            begin: u64,
            window: &[Sample],
            tags: &mut Vec<BurstTag>,
        ) -> Result<()>;
        fn settled(self: &mut BurstTagger) -> Result<u64>;
        fn max_lookahead(self: &mut BurstTagger) -> Result<usize>;
        fn anchor_time(self: &mut BurstTagger, offset: u64, time: Time) -> Result<()>;
        fn set_threshold_db(self: &mut BurstTagger, threshold_db: f64) -> Result<()>;
        fn set_center_frequency(self: &mut BurstTagger, hz: f64) -> Result<()>;
        fn counts(self: &mut BurstTagger) -> Result<BurstTaggerCounts>;
        fn health(self: &mut BurstTagger) -> Result<BurstTaggerHealth>;
        fn reset(self: &mut BurstTagger) -> Result<()>;
        fn cpu_time(self: &BurstTagger) -> f64;
    }

    extern "Rust" {
        type BurstToPdu;
        fn new_burst_to_pdu(config: &BurstToPduConfig) -> Result<Box<BurstToPdu>>;
        fn process(self: &mut BurstToPdu, samples: &[Sample], tags: &[BurstTag]) -> Result<()>;
        fn finish(self: &mut BurstToPdu) -> Result<()>;
        /// Bursts that wait to be taken.
        fn waiting(self: &BurstToPdu) -> usize;
        /// What is known of the next burst.
        fn front(self: &mut BurstToPdu) -> Result<Burst>;
        /// Moves the next burst into `samples`, which has its length.
        fn take(self: &mut BurstToPdu, samples: &mut [Sample]) -> Result<()>;
        fn output_rate(self: &mut BurstToPdu) -> Result<f64>;
        fn counts(self: &mut BurstToPdu) -> Result<BurstToPduCounts>;
        fn reset(self: &mut BurstToPdu) -> Result<()>;
        fn cpu_time(self: &BurstToPdu) -> f64;
    }

    extern "Rust" {
        type BurstStream;
        fn new_burst_stream(gap_samples: i64) -> Result<Box<BurstStream>>;
        fn push(self: &mut BurstStream, length: usize) -> Result<()>;
        fn pull(self: &mut BurstStream, room: usize) -> Result<StreamPiece>;
        fn waiting_samples(self: &mut BurstStream) -> Result<usize>;
        fn reset(self: &mut BurstStream) -> Result<()>;
        fn cpu_time(self: &BurstStream) -> f64;
    }

    extern "Rust" {
        type SyncStrobe;
        fn new_sync_strobe(config: &SyncStrobeConfig) -> Result<Box<SyncStrobe>>;
        fn burst_start(self: &mut SyncStrobe, offset: u64, info: &BurstInfo) -> Result<()>;
        fn burst_end(self: &mut SyncStrobe, offset: u64) -> Result<()>;
        fn process(self: &mut SyncStrobe, samples: &[f32], tags: &mut Vec<StrobeTag>)
            -> Result<()>;
        fn finish(self: &mut SyncStrobe, tags: &mut Vec<StrobeTag>) -> Result<()>;
        fn settled(self: &mut SyncStrobe) -> Result<u64>;
        /// Packets that wait to be taken.
        fn waiting(self: &SyncStrobe) -> usize;
        /// What is known of the next packet.
        fn front(self: &SyncStrobe) -> Result<Packet>;
        /// Moves the next packet into `bits` and `soft`, which have its length.
        fn take(self: &mut SyncStrobe, bits: &mut [u8], soft: &mut [f32]) -> Result<()>;
        fn counts(self: &mut SyncStrobe) -> Result<SyncStrobeCounts>;
        fn reset(self: &mut SyncStrobe) -> Result<()>;
        fn cpu_time(self: &SyncStrobe) -> f64;
    }

    extern "Rust" {
        type BurstDemod;
        fn new_burst_demod(config: &BurstDemodConfig) -> Result<Box<BurstDemod>>;
        /// Finds the packets of a burst of `sample_rate` Hz, as told in `info`.
        fn process(
            self: &mut BurstDemod,
            info: &BurstInfo,
            sample_rate: f64,
            samples: &[Sample],
        ) -> Result<()>;
        /// Packets that wait to be taken.
        fn waiting(self: &BurstDemod) -> usize;
        /// What is known of the next packet.
        fn front(self: &BurstDemod) -> Result<Packet>;
        /// Moves the next packet into `bits` and `soft`, which have its length.
        fn take(self: &mut BurstDemod, bits: &mut [u8], soft: &mut [f32]) -> Result<()>;
        fn counts(self: &mut BurstDemod) -> Result<BurstDemodCounts>;
        fn reset(self: &mut BurstDemod) -> Result<()>;
        fn cpu_time(self: &BurstDemod) -> f64;
    }

    extern "Rust" {
        type FrameParser;
        fn new_frame_parser(config: &FrameParserConfig) -> Result<Box<FrameParser>>;
        /// `soft` has as many values as there are `bits`, or none.
        fn process(
            self: &mut FrameParser,
            info: &PacketInfo,
            bits: &[u8],
            soft: &[f32],
        ) -> Result<Frame>;
        fn set_framing(self: &mut FrameParser, name: &str) -> Result<()>;
        /// The framing found out; empty while there is none.
        fn locked_framing(self: &mut FrameParser) -> Result<String>;
        fn counts(self: &mut FrameParser) -> Result<FrameParserCounts>;
        fn reset(self: &mut FrameParser) -> Result<()>;
        fn cpu_time(self: &FrameParser) -> f64;
    }

    extern "Rust" {
        /// Where in a recording there is a signal.
        fn find_regions(samples: &[Sample], sample_rate: f64) -> Result<Vec<ProbeRegion>>;
        /// What a region of a recording holds.
        fn probe_region(
            samples: &[Sample],
            sample_rate: f64,
            region: &ProbeRegion,
        ) -> Result<ProbeFinding>;
    }
}
