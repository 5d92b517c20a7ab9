// SPDX-License-Identifier: GPL-3.0-or-later
//! Frames on the air with everything known of them, and how many of them are received.

use kaifa_dsp::extract::Burst;
use kaifa_dsp::frame::Outcome;
use kaifa_dsp::sim::{modulate, ModulatorConfig};
use kaifa_dsp::Complex32;
use rand::Rng;
use rand_chacha::ChaCha8Rng;

use crate::chain::{Received, CENTER_HZ};
use crate::radio::Radio;
use crate::signals::{fill_noise, generator, TestFrame, PREAMBLE_OCTETS};

/// Sample rate of the band.
pub const SAMPLE_RATE_HZ: f64 = 2e6;
/// Noise alone before the first frame.
const LEAD_IN_S: f64 = 30e-3;
/// Furthest that a burst may start from a frame and still be its own, in symbols.
const NEAR_SYMBOLS: f64 = 64.0;

/// A channel on which frames are sent one after the other.
#[derive(Debug, Clone)]
pub struct Channel {
    /// Centre in Hz from the middle of the band.
    pub center_hz: f64,
    /// Error of the carrier in Hz.
    pub carrier_error_hz: Deviation,
    /// Error of the symbol clock in ppm.
    pub clock_error_ppm: Deviation,
    /// Power over that of a channel with 0 dB.
    pub gain_db: f64,
    /// Octets of preamble, at most those of a test frame.
    pub preamble_octets: u32,
    /// Shortest and longest silence between two frames in seconds.
    pub gap_s: (f64, f64),
    /// Symbols more of preamble over which transmitters come up to power, and as many over which they
    /// go down behind the frame. 0 switches them at once, which disturbs other channels.
    pub ramp_symbols: usize,
    /// Whether its frames are asked for, or only disturb.
    pub counted: bool,
}

/// An error of a transmitter, for each frame anew.
#[derive(Debug, Clone, Copy)]
pub enum Deviation {
    /// Anything up to this, either way.
    Within(f64),
    /// As much as this, one way or the other.
    Extreme(f64),
}

impl Deviation {
    fn draw(self, rng: &mut ChaCha8Rng) -> f64 {
        match self {
            Deviation::Within(most) => rng.random_range(-most..=most),
            Deviation::Extreme(value) if rng.random() => value,
            Deviation::Extreme(value) => -value,
        }
    }
}

impl Channel {
    /// A channel of frames with random timing, 20 ppm of clock error and 5 kHz of carrier error.
    pub fn at(center_hz: f64) -> Self {
        Channel {
            center_hz,
            carrier_error_hz: Deviation::Within(5e3),
            clock_error_ppm: Deviation::Within(20.0),
            gain_db: 0.0,
            preamble_octets: PREAMBLE_OCTETS,
            gap_s: (4e-3, 6e-3),
            ramp_symbols: 0,
            counted: true,
        }
    }
}

/// A frame that was sent.
struct Sent {
    mpdu: Vec<u8>,
    /// First sample of its preamble, and one past its last.
    start: f64,
    end: f64,
    /// Frequency in Hz, absolute.
    center_hz: f64,
    counted: bool,
}

impl Sent {
    /// Whether what has its centre at `hz` can be this frame.
    fn is_near(&self, hz: f64) -> bool {
        (hz - self.center_hz).abs() < 90e3
    }

    /// Whether `burst` holds at least a part of it.
    fn is_in(&self, burst: &Burst) -> bool {
        let step = burst.start.sample_rate_hz / burst.sample_rate_hz;
        let end = burst.sample_offset + burst.samples.len() as f64 * step;
        self.is_near(burst.start.center_frequency_hz)
            && burst.sample_offset < self.end
            && end > self.start
    }
}

/// A piece of band.
pub struct Air {
    radio: Radio,
    signal: Vec<Complex32>,
    /// Complex white Gaussian noise of power 1.
    noise: Vec<Complex32>,
    sent: Vec<Sent>,
}

impl Air {
    /// `frames` frames on each of `channels`, sent by transmitters of kind `radio`.
    pub fn new(radio: &Radio, channels: &[Channel], frames: usize, seed: u64) -> Self {
        let mut air =
            Air { radio: *radio, signal: Vec::new(), noise: Vec::new(), sent: Vec::new() };
        for (k, channel) in channels.iter().enumerate() {
            let mut rng = generator(seed * 1000 + k as u64);
            air.fill_channel(channel, frames, &mut rng);
        }
        air.signal.resize(air.signal.len() + (LEAD_IN_S * SAMPLE_RATE_HZ) as usize, ZERO);
        air.noise = vec![ZERO; air.signal.len()];
        fill_noise(&mut generator(seed * 1000 + 999), 1.0, &mut air.noise);
        air
    }

    /// The band in noise: on a channel with a gain of 0 dB the energy of a symbol is `ebn0_db` over
    /// the density of the noise.
    pub fn samples(&self, ebn0_db: f64) -> Vec<Complex32> {
        let scale = noise_power(self.radio.symbol_rate_hz, SAMPLE_RATE_HZ, ebn0_db).sqrt() as f32;
        self.signal.iter().zip(&self.noise).map(|(s, n)| s + n * scale).collect()
    }

    /// What became of the frames.
    pub fn score(&self, received: &Received) -> Score {
        let mut score = Score::default();
        let near = NEAR_SYMBOLS / self.radio.symbol_rate_hz * SAMPLE_RATE_HZ;
        let mut unclaimed: Vec<&Vec<u8>> = Vec::new();
        let mut starts = Vec::new();
        for (packet, outcome) in &received.packets {
            starts.push((packet.sample_start, packet.center_frequency_hz));
            if let Outcome::Frame(frame) = outcome {
                unclaimed.push(&frame.mpdu);
            }
        }
        for sent in &self.sent {
            let claimed = unclaimed.iter().position(|mpdu| **mpdu == sent.mpdu);
            claimed.map(|at| unclaimed.swap_remove(at));
            if !sent.counted {
                continue;
            }
            score.frames += 1;
            let within = |at: f64| at > sent.start - near && at < sent.end;
            let synchronised = || starts.iter().any(|&(at, hz)| within(at) && sent.is_near(hz));
            let detected = || received.bursts.iter().any(|burst| sent.is_in(burst));
            if claimed.is_some() {
                score.received += 1;
            } else if synchronised() {
                score.bit_errors += 1;
            } else if detected() {
                score.without_sync += 1;
            } else {
                score.undetected += 1;
            }
        }
        score.made_up = unclaimed.len();
        score
    }

    fn fill_channel(&mut self, channel: &Channel, frames: usize, rng: &mut ChaCha8Rng) {
        let silence = |rng: &mut ChaCha8Rng| {
            let seconds = rng.random_range(channel.gap_s.0..=channel.gap_s.1);
            (seconds * SAMPLE_RATE_HZ) as usize
        };
        let mut at = (LEAD_IN_S * SAMPLE_RATE_HZ) as usize + silence(rng);
        for _ in 0..frames {
            let frame = TestFrame::random(rng);
            let cut = 8 * (PREAMBLE_OCTETS - channel.preamble_octets) as usize;
            let config = modulator(&self.radio, channel, rng);
            let bits = ramped(&frame.bits[cut..], channel.ramp_symbols);
            let mut burst = modulate(&bits, &config).expect("the settings are in range");
            let ramp = channel.ramp_symbols as f64 / self.radio.symbol_rate_hz * SAMPLE_RATE_HZ;
            shape(&mut burst, ramp as usize);
            let end = at + burst.len();
            if self.signal.len() < end {
                self.signal.resize(end, ZERO);
            }
            self.signal[at..end].iter_mut().zip(&burst).for_each(|(sum, s)| *sum += s);
            self.sent.push(Sent {
                mpdu: frame.mpdu,
                start: at as f64 - config.timing_samples,
                end: end as f64,
                center_hz: CENTER_HZ + config.carrier_offset_hz,
                counted: channel.counted,
            });
            at = end + silence(rng);
        }
    }
}

/// `bits`, which begin with a preamble, with `more` symbols at either end.
fn ramped(bits: &[u8], more: usize) -> Vec<u8> {
    let alternating = |k: usize| bits[(k + more) % 2];
    let before = (0..more).map(alternating);
    before.chain(bits.iter().copied()).chain((0..more).map(alternating)).collect()
}

/// Raised cosine edges of `ramp` samples.
fn shape(burst: &mut [Complex32], ramp: usize) {
    let last = burst.len() - 1;
    for k in 0..ramp {
        let gain = 0.5 - 0.5 * (std::f32::consts::PI * (k as f32 + 0.5) / ramp as f32).cos();
        burst[k] *= gain;
        burst[last - k] *= gain;
    }
}

const ZERO: Complex32 = Complex32::new(0.0, 0.0);

fn modulator(radio: &Radio, channel: &Channel, rng: &mut ChaCha8Rng) -> ModulatorConfig {
    ModulatorConfig {
        sample_rate_hz: SAMPLE_RATE_HZ,
        symbol_rate_hz: radio.symbol_rate_hz,
        deviation_hz: radio.deviation_hz,
        gaussian_bt: radio.gaussian_bt,
        clock_error_ppm: channel.clock_error_ppm.draw(rng),
        carrier_offset_hz: channel.center_hz + channel.carrier_error_hz.draw(rng),
        timing_samples: rng.random_range(0.0..1.0),
        initial_phase_turns: rng.random_range(0.0..1.0),
        amplitude: 10f64.powf(channel.gain_db / 20.0) as f32,
    }
}

/// Power of white noise over the whole of `sample_rate_hz` in which a signal of power 1 has
/// `ebn0_db`: the energy of a bit is 1 / `bit_rate_hz`, the noise's density its power over the
/// sample rate.
pub fn noise_power(bit_rate_hz: f64, sample_rate_hz: f64, ebn0_db: f64) -> f64 {
    sample_rate_hz / bit_rate_hz / 10f64.powf(ebn0_db / 10.0)
}

/// What became of frames.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Score {
    /// Frames sent.
    pub frames: usize,
    /// Of these, those whose check passed and that are equal.
    pub received: usize,
    /// Lost: no burst where they were.
    pub undetected: usize,
    /// Lost: a burst, but no sync word in it.
    pub without_sync: usize,
    /// Lost: a packet, but not one that is checked and equal.
    pub bit_errors: usize,
    /// Checked frames that nobody sent, and copies.
    pub made_up: usize,
}

impl Score {
    /// Part of the frames that was lost.
    pub fn loss(&self) -> f64 {
        (self.frames - self.received) as f64 / self.frames as f64
    }
}

impl std::ops::AddAssign for Score {
    fn add_assign(&mut self, more: Score) {
        self.frames += more.frames;
        self.received += more.received;
        self.undetected += more.undetected;
        self.without_sync += more.without_sync;
        self.bit_errors += more.bit_errors;
        self.made_up += more.made_up;
    }
}
