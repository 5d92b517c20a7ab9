// SPDX-License-Identifier: GPL-3.0-or-later
//! The command line and what it means for the simulator.

use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, Parser, ValueEnum};
use kaifa_dsp::demod::PreamblePhase;
use kaifa_dsp::frame::{Check, Encoding, Fec, Framing, Whitening};
use kaifa_dsp::sim::{Band, Carrier, Config, Interference, Mesh, Radio, SampleFormat, Traffic};
use kaifa_dsp::Complex32;

/// Makes a recording of a made-up meter mesh: OUT.sigmf-data, OUT.sigmf-meta and OUT.truth.jsonl.
///
/// The same options give the same files. Frequencies and rates are plain numbers: 2e6 is 2 MHz.
#[derive(Parser)]
#[command(version, allow_negative_numbers = true)]
pub struct Arguments {
    /// Name of the recording, with or without .sigmf-data
    pub out: PathBuf,
    #[command(flatten)]
    recording: RecordingArguments,
    #[command(flatten)]
    mesh: MeshArguments,
    #[command(flatten)]
    radio: RadioArguments,
    #[command(flatten)]
    traffic: TrafficArguments,
    #[command(flatten)]
    receiver: ReceiverArguments,
}

#[derive(Args)]
#[command(next_help_heading = "Recording")]
struct RecordingArguments {
    /// Length in seconds
    #[arg(long, value_name = "S", default_value_t = 4.0)]
    seconds: f64,
    /// Samples a second
    #[arg(long, value_name = "HZ", default_value_t = 2e6)]
    sample_rate: f64,
    /// Middle of the recorded band
    #[arg(long, value_name = "HZ", default_value_t = 871.7e6)]
    frequency: f64,
    /// Another seed, another mesh and other noise
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// ci8 rounds to 8 bits as a HackRF does, cf32 does not round
    #[arg(long, value_enum, default_value = "ci8")]
    format: Format,
    /// Seconds at the beginning in which nothing is sent
    #[arg(long, value_name = "S", default_value_t = 0.2)]
    lead_in: f64,
}

#[derive(Args)]
#[command(next_help_heading = "Mesh")]
struct MeshArguments {
    /// Meters
    #[arg(long, value_name = "N", default_value_t = 12)]
    nodes: u32,
    /// Collectors, which talk more than meters
    #[arg(long, value_name = "N", default_value_t = 1)]
    collectors: u32,
    /// Weakest node: signal over noise in 100 kHz
    #[arg(long, value_name = "DB", default_value_t = 13.0)]
    snr_min: f64,
    /// Strongest node
    #[arg(long, value_name = "DB", default_value_t = 26.0)]
    snr_max: f64,
    /// Largest carrier error of a node, either way
    #[arg(long, value_name = "HZ", default_value_t = 6e3)]
    carrier_error: f64,
    /// Largest symbol clock error of a node, either way
    #[arg(long, value_name = "PPM", default_value_t = 130.0)]
    clock_error: f64,
    /// Lowest channel
    #[arg(long, value_name = "HZ", default_value_t = 870.1e6)]
    channel_start: f64,
    /// From one channel to the next
    #[arg(long, value_name = "HZ", default_value_t = 200e3)]
    channel_spacing: f64,
    /// Number of channels; those outside the recorded band are not used
    #[arg(long, value_name = "N", default_value_t = 25)]
    channels: u32,
}

#[derive(Args)]
#[command(next_help_heading = "Radio")]
struct RadioArguments {
    /// a: length octet with FCS, b: length octet and chip CRC, c: 16-bit PHR, d: SUN FSK, e: SUN
    /// FSK with forward error correction and the sync word that goes with it
    #[arg(long, value_parser = framing, default_value = "a")]
    framing: Framing,
    /// fcs16 or fcs32 for a, c, d and e; crc_cms or crc_xmodem for b [default: fcs16, for b crc_cms]
    #[arg(long, value_parser = named(&Check::ALL, Check::name))]
    check: Option<Check>,
    /// none, cc11xx (for a and b) or pn9 (for c, d and e)
    #[arg(long, value_parser = named(&Whitening::ALL, Whitening::name), default_value = "none")]
    whitening: Whitening,
    /// nrnsc, rsc_interleaved or rsc, for e [default: nrnsc]
    #[arg(long, value_parser = named(&Fec::ALL, Fec::name))]
    fec: Option<Fec>,
    /// Symbols a second
    #[arg(long, value_name = "HZ", default_value_t = 50e3)]
    symbol_rate: f64,
    /// From the centre to one tone
    #[arg(long, value_name = "HZ", default_value_t = 25e3)]
    deviation: f64,
    /// Bandwidth-time product of the Gaussian filter; 0 for none
    #[arg(long, default_value_t = 0.5)]
    bt: f64,
    /// Shortest preamble
    #[arg(long, value_name = "OCTETS", default_value_t = 16)]
    preamble_min: u32,
    /// Longest preamble
    #[arg(long, value_name = "OCTETS", default_value_t = 39)]
    preamble_max: u32,
    /// Octets of the preamble [default: aa, for framings d and e 55]
    #[arg(long, value_enum)]
    preamble: Option<Preamble>,
}

#[derive(Args)]
#[command(next_help_heading = "Traffic (0: none)")]
struct TrafficArguments {
    /// Unicasts a second
    #[arg(long, value_name = "HZ", default_value_t = 4.0)]
    unicast_rate: f64,
    /// Share of the unicasts that are acknowledged, 0 to 1
    #[arg(long, value_name = "SHARE", default_value_t = 0.9)]
    ack_probability: f64,
    /// Broadcasts a second
    #[arg(long, value_name = "HZ", default_value_t = 2.0)]
    broadcast_rate: f64,
    /// Seconds from one beacon of a node to the next
    #[arg(long, value_name = "S", default_value_t = 120.0)]
    beacon_period: f64,
    /// Channel of the beacons
    #[arg(long, value_name = "HZ", default_value_t = 871.3e6)]
    beacon_frequency: f64,
    /// Shortest encrypted payload
    #[arg(long, value_name = "OCTETS", default_value_t = 12)]
    payload_min: u32,
    /// Longest encrypted payload
    #[arg(long, value_name = "OCTETS", default_value_t = 100)]
    payload_max: u32,
}

#[derive(Args)]
#[command(next_help_heading = "Receiver and interference")]
struct ReceiverArguments {
    /// Noise power over the whole band, relative to full scale
    #[arg(long, value_name = "DBFS", default_value_t = -34.0)]
    noise_dbfs: f64,
    /// Constant in the samples, relative to full scale
    #[arg(long, num_args = 2, value_names = ["I", "Q"], default_values_t = [0.012, 0.009])]
    dc_offset: Vec<f32>,
    /// Steady carrier at a frequency, signal over noise in 100 kHz; may be repeated
    #[arg(long, num_args = 2, value_names = ["HZ", "DB"])]
    carrier: Vec<f64>,
    /// Impulses a second, each 10 us at full scale
    #[arg(long, value_name = "HZ", default_value_t = 0.0)]
    impulse_rate: f64,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    Ci8,
    Cf32,
}

#[derive(Clone, Copy, ValueEnum)]
enum Preamble {
    /// 1010…10, as the meters'
    Aa,
    /// 0101…01, as the standard's
    #[value(name = "55")]
    FiftyFive,
}

impl Arguments {
    /// How the samples are to be stored.
    pub fn sample_format(&self) -> SampleFormat {
        match self.recording.format {
            Format::Ci8 => SampleFormat::Ci8,
            Format::Cf32 => SampleFormat::Cf32,
        }
    }

    /// The simulation that was asked for, not yet judged.
    pub fn config(&self) -> Config {
        let (recording, receiver) = (&self.recording, &self.receiver);
        Config {
            seed: recording.seed,
            sample_rate_hz: recording.sample_rate,
            center_frequency_hz: recording.frequency,
            duration_s: recording.seconds,
            lead_in_s: recording.lead_in,
            mesh: self.mesh.mesh(),
            band: self.mesh.band(),
            radio: self.radio.radio(),
            traffic: self.traffic.traffic(),
            interference: receiver.interference(),
            noise_dbfs: receiver.noise_dbfs,
            dc_offset: Complex32::new(receiver.dc_offset[0], receiver.dc_offset[1]),
            quantise_8bit: self.sample_format() == SampleFormat::Ci8,
        }
    }
}

impl MeshArguments {
    fn mesh(&self) -> Mesh {
        Mesh {
            nodes: self.nodes,
            collectors: self.collectors,
            snr_db: self.snr_min..=self.snr_max,
            carrier_error_hz: -self.carrier_error..=self.carrier_error,
            clock_error_ppm: -self.clock_error..=self.clock_error,
        }
    }

    fn band(&self) -> Band {
        Band {
            start_hz: self.channel_start,
            spacing_hz: self.channel_spacing,
            count: self.channels,
        }
    }
}

impl RadioArguments {
    fn radio(&self) -> Radio {
        let check = self.check.unwrap_or(match self.framing {
            Framing::B => Check::CrcCms,
            _ => Check::Fcs16,
        });
        let preamble = self.preamble.unwrap_or(match self.framing {
            Framing::D | Framing::E => Preamble::FiftyFive,
            _ => Preamble::Aa,
        });
        let fec = self.fec.or((self.framing == Framing::E).then_some(Fec::Nrnsc));
        Radio {
            symbol_rate_hz: self.symbol_rate,
            deviation_hz: self.deviation,
            gaussian_bt: Some(self.bt).filter(|&bt| bt != 0.0),
            encoding: Encoding { framing: self.framing, check, whitening: self.whitening, fec },
            preamble_octets: self.preamble_min..=self.preamble_max,
            preamble_phase: match preamble {
                Preamble::Aa => PreamblePhase::EndsInZero,
                Preamble::FiftyFive => PreamblePhase::EndsInOne,
            },
        }
    }
}

impl TrafficArguments {
    fn traffic(&self) -> Traffic {
        Traffic {
            unicast_rate_hz: self.unicast_rate,
            broadcast_rate_hz: self.broadcast_rate,
            beacon_period_s: self.beacon_period,
            beacon_frequency_hz: self.beacon_frequency,
            ack_probability: self.ack_probability,
            payload_octets: self.payload_min..=self.payload_max,
        }
    }
}

impl ReceiverArguments {
    fn interference(&self) -> Interference {
        let carrier = |pair: &[f64]| Carrier { frequency_hz: pair[0], snr_db: pair[1] };
        Interference {
            carriers: self.carrier.chunks_exact(2).map(carrier).collect(),
            impulse_rate_hz: self.impulse_rate,
        }
    }
}

fn framing(name: &str) -> Result<Framing, String> {
    Framing::from_str(&name.to_uppercase()).map_err(|e| e.to_string())
}

/// A parser for the names of `all`.
fn named<T: Copy + Send + Sync>(
    all: &'static [T],
    name: fn(T) -> &'static str,
) -> impl Fn(&str) -> Result<T, String> + Clone + Send + Sync {
    move |given| {
        let names = || all.iter().map(|&one| name(one)).collect::<Vec<_>>().join(", ");
        let found = all.iter().copied().find(|&one| name(one) == given);
        found.ok_or_else(|| format!("expected one of {}", names()))
    }
}
