// SPDX-License-Identifier: GPL-3.0-or-later
//! The frame parser behind the wall.

use kaifa_dsp::frame::bits::to_soft;
use kaifa_dsp::frame::{self, Config, Encoding, Fec, Outcome, PacketBits, Reason, Reject};
use kaifa_dsp::mac::{self, Security};
use kaifa_dsp::{error, Error};

use crate::bridge::ffi::{
    Frame, FrameParserConfig, FrameParserCounts, Ie, ModeSwitch, PacketInfo, ReasonCount,
};
use crate::convert::framing;
use crate::engine::{Engine, Result};

/// A [`frame::FrameParser`].
pub struct FrameParser {
    engine: Engine<frame::FrameParser>,
    symbol_rate_hz: f64,
}

/// A parser that has seen nothing yet.
pub fn new_frame_parser(config: &FrameParserConfig) -> Result<Box<FrameParser>> {
    let symbol_rate_hz = symbol_rate(config.symbol_rate)?;
    let engine = Engine::make(|| {
        let framing = framing(&config.framing)?;
        Ok(frame::FrameParser::new(Config { framing, ..Config::default() })?)
    })?;
    Ok(Box::new(FrameParser { engine, symbol_rate_hz }))
}

/// A symbol rate, which the engine takes with each packet and not as a setting.
fn symbol_rate(hz: f64) -> error::Result<f64> {
    if (1.0..=1e9).contains(&hz) {
        Ok(hz)
    } else {
        Err(Error::parameter("symbol_rate", format!("{hz} Hz"), "1 to 1000000000 Hz"))
    }
}

impl FrameParser {
    pub fn process(&mut self, info: &PacketInfo, bits: &[u8], soft: &[f32]) -> Result<Frame> {
        let packet = PacketBits {
            soft: if soft.is_empty() { to_soft(bits).into() } else { soft.into() },
            sync_word: u64::from_str_radix(&info.sync_word, 16).ok(),
            time: info.rx_time.into(),
            center_frequency_hz: info.center_frequency,
            header_s: info.header_symbols / self.symbol_rate_hz,
            symbol_rate_hz: self.symbol_rate_hz,
        };
        self.engine.run(|parser| parser.process(&packet)).map(Frame::from)
    }

    pub fn set_framing(&mut self, name: &str) -> Result<()> {
        let framing = framing(name)?;
        self.engine.run(|parser| parser.set_framing(framing))
    }

    pub fn locked_framing(&mut self) -> Result<String> {
        let locked = self.engine.run(|parser| parser.locked_framing())?;
        Ok(locked.map_or(String::new(), |framing| framing.name().to_owned()))
    }

    pub fn counts(&mut self) -> Result<FrameParserCounts> {
        let counts = self.engine.run(|parser| parser.counts().clone())?;
        let by_reason = counts.rejects.iter();
        Ok(FrameParserCounts {
            frames: counts.frames,
            ambiguous: counts.ambiguous,
            with_length: counts.with_length,
            rejects: counts.rejects.values().sum(),
            by_reason: by_reason
                .map(|(&reason, &count)| ReasonCount { reason: reason.to_owned(), count })
                .collect(),
        })
    }

    pub fn reset(&mut self) -> Result<()> {
        self.engine.run(frame::FrameParser::reset)
    }

    pub fn cpu_time(&self) -> f64 {
        self.engine.cpu_s()
    }
}

/// What stands in the bridge for a number that is not there.
const NOTHING: i64 = -1;

fn number<T: Into<i64>>(value: Option<T>) -> i64 {
    value.map_or(NOTHING, T::into)
}

impl From<Outcome> for Frame {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Frame(frame) => (*frame).into(),
            Outcome::Reject(reject) => (*reject).into(),
        }
    }
}

impl From<Reject> for Frame {
    fn from(reject: Reject) -> Self {
        let switch = match reject.reason {
            Reason::ModeSwitch(switch) => Some(ModeSwitch::from(switch)),
            _ => None,
        };
        Frame {
            is_mode_switch: switch.is_some(),
            mode_switch: switch.unwrap_or_default(),
            reason: reject.reason.code().to_owned(),
            reason_text: reject.reason.to_string(),
            mpdu: reject.mpdu,
            octets: reject.octets,
            ..unread(reject.encoding)
        }
    }
}

impl From<frame::Frame> for Frame {
    fn from(frame: frame::Frame) -> Self {
        let security = frame.security.as_ref();
        Frame {
            check_ok: true,
            mpdu: frame.mpdu,
            octets: frame.octets,
            mac_error: frame.mac_error.map_or(String::new(), |error| error.to_string()),
            irregularity: frame.irregularity.unwrap_or_default().to_owned(),
            kind: frame.kind.name().to_owned(),
            sequence: number(frame.sequence),
            pan_id: number(frame.pan_id),
            source: frame.source.unwrap_or_default(),
            destination: frame.destination.unwrap_or_default(),
            source_inferred: frame.source_inferred,
            destination_inferred: frame.destination_inferred,
            security_level: number(security.map(Security::level)),
            key_id_mode: number(security.map(Security::key_id_mode)),
            frame_counter: number(security.and_then(|security| security.frame_counter)),
            key_index: number(security.and_then(|security| security.key_index)),
            key_source: security.map_or(Vec::new(), |security| security.key_source.clone()),
            encrypted: frame.encrypted,
            header_ies: frame.header_ies.into_iter().map(Ie::from).collect(),
            payload_ies: frame.payload_ies.into_iter().map(Ie::from).collect(),
            payload: frame.payload,
            mic: frame.mic,
            ..unread(Some(frame.encoding))
        }
    }
}

impl From<frame::ModeSwitch> for ModeSwitch {
    fn from(switch: frame::ModeSwitch) -> Self {
        ModeSwitch {
            parameter_entry: switch.parameter_entry,
            fec: switch.fec,
            page: switch.page,
            modulation: switch.modulation,
            mode: switch.mode,
            phy_mode_id: switch.phy_mode_id(),
        }
    }
}

impl From<mac::Ie> for Ie {
    fn from(ie: mac::Ie) -> Self {
        Ie { id: ie.id, content: ie.content }
    }
}

/// A frame of which nothing but its encoding is known.
fn unread(encoding: Option<Encoding>) -> Frame {
    let name = |name: fn(Encoding) -> &'static str| encoding.map_or("", name).to_owned();
    Frame {
        check_ok: false,
        reason: String::new(),
        reason_text: String::new(),
        framing: name(|encoding| encoding.framing.name()),
        check: name(|encoding| encoding.check.name()),
        whitening: name(|encoding| encoding.whitening.name()),
        fec: name(|encoding| encoding.fec.map_or("", Fec::name)),
        is_mode_switch: false,
        mode_switch: ModeSwitch::default(),
        mpdu: Vec::new(),
        octets: Vec::new(),
        mac_error: String::new(),
        irregularity: String::new(),
        kind: String::new(),
        sequence: NOTHING,
        pan_id: NOTHING,
        source: String::new(),
        destination: String::new(),
        source_inferred: false,
        destination_inferred: false,
        security_level: NOTHING,
        key_id_mode: NOTHING,
        frame_counter: NOTHING,
        key_index: NOTHING,
        key_source: Vec::new(),
        encrypted: false,
        header_ies: Vec::new(),
        payload_ies: Vec::new(),
        payload: Vec::new(),
        mic: Vec::new(),
    }
}
