// SPDX-License-Identifier: GPL-3.0-or-later
//! The receiver from samples to frames without GNU Radio, with the settings that
//! `gnuradio.kaifa.receiver` gives its blocks.

use std::f64::consts::{PI, TAU};

use clap::ValueEnum;
use kaifa_dsp::demod::{self, BurstInfo, Packet, SyncStrobe};
use kaifa_dsp::detect::{self, BurstDetector, BurstEvent};
use kaifa_dsp::extract::{self, Burst, BurstExtractor};
use kaifa_dsp::frame::{self, FrameParser, Outcome, PacketBits};
use kaifa_dsp::sequence::{self, SequenceDetector};
use kaifa_dsp::Complex32;

use crate::radio::Radio;

/// Frequency of the middle of the band.
pub const CENTER_HZ: f64 = 872.5e6;
/// Zeros between two bursts on the stream, as `burst_to_stream` has them.
const GAP_SAMPLES: usize = 1024;

/// A way from bursts to packets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Path {
    /// Low pass, frequency discriminator, sync and strobe.
    Discriminator,
    /// Maximum likelihood sequence detection on the complex burst.
    Sequence,
}

impl Path {
    /// The paths asked for; all if none was.
    pub fn chosen(asked: &[Path]) -> Vec<Path> {
        if asked.is_empty() {
            Path::value_variants().to_vec()
        } else {
            asked.to_vec()
        }
    }

    /// Samples a symbol at which bursts are cut out for it.
    pub fn samples_per_symbol(self) -> f64 {
        match self {
            Path::Discriminator => 8.0,
            Path::Sequence => 4.0,
        }
    }
}

impl std::fmt::Display for Path {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Path::Discriminator => "discriminator",
            Path::Sequence => "sequence",
        })
    }
}

/// What a recording was received as.
pub struct Received {
    /// Every burst the tagger saw.
    pub bursts: Vec<Burst>,
    /// Every packet, and what became of it.
    pub packets: Vec<(Packet, Outcome)>,
}

/// Receives a recording.
pub fn receive(
    samples: &[Complex32],
    sample_rate_hz: f64,
    radio: &Radio,
    path: Path,
) -> Result<Received, kaifa_dsp::Error> {
    let bursts = cut_out(samples, sample_rate_hz, radio, path.samples_per_symbol())?;
    let packets = match path {
        Path::Discriminator => discriminate(&bursts, radio)?,
        Path::Sequence => detect_sequences(&bursts, radio)?,
    };
    Ok(Received { packets: read(packets)?, bursts })
}

/// Bursts found and brought to baseband.
fn cut_out(
    samples: &[Complex32],
    sample_rate_hz: f64,
    radio: &Radio,
    samples_per_symbol: f64,
) -> Result<Vec<Burst>, kaifa_dsp::Error> {
    let events = detect(samples, sample_rate_hz, radio)?;
    extract(samples, &events, sample_rate_hz, radio, samples_per_symbol)
}

/// Where bursts start and end.
pub fn detect(
    samples: &[Complex32],
    sample_rate_hz: f64,
    radio: &Radio,
) -> Result<Vec<BurstEvent>, kaifa_dsp::Error> {
    let mut detector = BurstDetector::new(detect::Config {
        sample_rate_hz,
        center_frequency_hz: CENTER_HZ,
        burst_bandwidth_hz: radio.bandwidth_hz(),
        ..detect::Config::default()
    })?;
    let mut events = Vec::new();
    detector.finish(0, samples, &mut events)?;
    Ok(events)
}

/// Bursts, as `events` tell of them, at baseband.
pub fn extract(
    samples: &[Complex32],
    events: &[BurstEvent],
    sample_rate_hz: f64,
    radio: &Radio,
    samples_per_symbol: f64,
) -> Result<Vec<Burst>, kaifa_dsp::Error> {
    let mut extractor = BurstExtractor::new(extract::Config {
        sample_rate_hz,
        output_rate_hz: samples_per_symbol * radio.symbol_rate_hz,
        bandwidth_hz: radio.bandwidth_hz(),
        ..extract::Config::default()
    })?;
    let mut bursts = Vec::new();
    extractor.process(samples, events, &mut bursts);
    extractor.finish(&mut bursts);
    Ok(bursts)
}

/// Packets by way of the discriminator.
fn discriminate(bursts: &[Burst], radio: &Radio) -> Result<Vec<Packet>, kaifa_dsp::Error> {
    let Some(rate) = bursts.first().map(|burst| burst.sample_rate_hz) else {
        return Ok(Vec::new());
    };
    let mut engine = SyncStrobe::new(demod::Config {
        sample_rate_hz: rate,
        symbol_rate_hz: radio.symbol_rate_hz,
        deviation_hz: radio.deviation_hz,
        hz_per_unit: radio.deviation_hz,
        ..demod::Config::default()
    })?;
    let taps = receiver_taps(rate, radio);
    let gain = rate / (TAU * radio.deviation_hz);
    let (mut events, mut packets, mut at) = (Vec::new(), Vec::new(), 0);
    for burst in bursts {
        // Tags are moved by the delay of the filter, so that it has none.
        let filtered = filter(&burst.samples, &taps, GAP_SAMPLES);
        engine.burst_start(at, burst_info(burst));
        engine.burst_end(at + burst.samples.len() as u64 - 1);
        at += filtered.len() as u64;
        let stream = demodulate(&filtered, gain);
        engine.process(&stream, &mut events, &mut packets);
        events.clear();
    }
    engine.finish(&mut events, &mut packets);
    Ok(packets)
}

/// Packets by way of the sequence detector.
pub fn detect_sequences(bursts: &[Burst], radio: &Radio) -> Result<Vec<Packet>, kaifa_dsp::Error> {
    let mut engine = SequenceDetector::new(sequence::Config {
        symbol_rate_hz: radio.symbol_rate_hz,
        deviation_hz: radio.deviation_hz,
        ..sequence::Config::default()
    })?;
    let mut packets = Vec::new();
    for burst in bursts {
        let info = burst_info(burst);
        engine.process(&info, burst.sample_rate_hz, &burst.samples, &mut packets)?;
    }
    Ok(packets)
}

/// The low pass before the discriminator, as `python/kaifa/demodulators.py` has it made.
fn receiver_taps(rate_hz: f64, radio: &Radio) -> Vec<f32> {
    let beyond = (0.3 * radio.symbol_rate_hz).max(0.1 * radio.bandwidth_hz());
    low_pass_taps(rate_hz, radio.deviation_hz + beyond, radio.symbol_rate_hz / 2.0)
}

/// GNU Radio's `firdes.low_pass` with a Hamming window and gain 1.
fn low_pass_taps(rate_hz: f64, cutoff_hz: f64, transition_hz: f64) -> Vec<f32> {
    // Attenuation of the window in dB, and what the length follows from it by.
    let count = (53.0 * rate_hz / (22.0 * transition_hz)) as usize | 1;
    let half = (count / 2) as f64;
    let angle = TAU * cutoff_hz / rate_hz;
    let taps: Vec<f64> = (0..count)
        .map(|n| {
            let t = n as f64 - half;
            let sinc = if t == 0.0 { angle / PI } else { (t * angle).sin() / (t * PI) };
            sinc * (0.54 - 0.46 * (TAU * n as f64 / (count - 1) as f64).cos())
        })
        .collect();
    let gain: f64 = taps.iter().sum();
    taps.iter().map(|tap| (tap / gain) as f32).collect()
}

/// `samples` and `gap` zeros behind them through symmetric `taps`, without delay.
fn filter(samples: &[Complex32], taps: &[f32], gap: usize) -> Vec<Complex32> {
    let half = taps.len() / 2;
    let mut padded = vec![Complex32::default(); half];
    padded.extend_from_slice(samples);
    padded.resize(samples.len() + gap + 2 * half, Complex32::default());
    padded.windows(taps.len()).map(|near| near.iter().zip(taps).map(|(s, t)| s * t).sum()).collect()
}

/// GNU Radio's `quadrature_demod_cf`, with an exact arc tangent.
fn demodulate(samples: &[Complex32], gain: f64) -> Vec<f32> {
    let mut before = Complex32::default();
    let mut turn = |&now: &Complex32| {
        let turn = now * std::mem::replace(&mut before, now).conj();
        turn.im.atan2(turn.re) * gain as f32
    };
    samples.iter().map(&mut turn).collect()
}

/// What the metadata of tagger and extractor become on the stream.
fn burst_info(burst: &Burst) -> BurstInfo {
    let since_tag = burst.sample_offset - burst.start.sample_offset as f64;
    BurstInfo {
        id: burst.start.id,
        center_frequency_hz: burst.start.center_frequency_hz,
        sample_offset: burst.sample_offset,
        onset: burst.onset,
        original_rate_hz: burst.start.sample_rate_hz,
        rx_time: burst.start.rx_time.plus(since_tag / burst.start.sample_rate_hz),
        magnitude_db: burst.start.magnitude_db,
        noise_dbfs_hz: burst.start.noise_dbfs_hz,
        snr_db: burst.start.snr_db,
    }
}

/// The frames of packets, framing found out on the way.
pub fn read(packets: Vec<Packet>) -> Result<Vec<(Packet, Outcome)>, kaifa_dsp::Error> {
    let mut parser = FrameParser::new(frame::Config::default())?;
    let one = |packet: Packet| {
        let outcome = parser.process(&PacketBits {
            soft: packet.soft.as_slice().into(),
            sync_word: Some(packet.sync_word.bits),
            time: packet.time,
            center_frequency_hz: packet.center_frequency_hz,
            header_s: f64::from(packet.preamble_symbols + packet.sync_word.length)
                / packet.symbol_rate_hz,
            symbol_rate_hz: packet.symbol_rate_hz,
        });
        (packet, outcome)
    };
    Ok(packets.into_iter().map(one).collect())
}
