// SPDX-License-Identifier: GPL-3.0-or-later
//! A band in which a fixed number of channels is always busy.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::PathBuf;

use kaifa_dsp::sim::{Modulator, ModulatorConfig};
use kaifa_dsp::Complex32;
use rand::Rng;
use rand_chacha::ChaCha8Rng;

use crate::signals::{fill_noise, generator, TestFrame};

const SAMPLE_RATE_HZ: f64 = 10e6;
const CHANNEL_HZ: f64 = 400e3;
const MOST_CHANNELS: usize = 20;
/// Silence between two frames on a channel.
const GAP_S: f64 = 3e-3;
/// Noise alone at the beginning.
const LEAD_IN_S: f64 = 20e-3;
/// Power of a burst over noise in 100 kHz.
const SNR_DB: f64 = 20.0;
const NOISE_POWER: f64 = 1e-4;

/// Writes a recording of 10 Msps (cf32) in which BURSTS channels send frame after frame, 3 ms
/// apart, 20 dB over noise in 100 kHz, and its frames as lines of hexadecimal.
#[derive(clap::Args)]
pub struct Arguments {
    /// Channels that are busy, 0 to 20.
    #[arg(long, default_value_t = 2)]
    bursts: usize,
    /// Length in seconds.
    #[arg(long, default_value_t = 5.0)]
    seconds: f64,
    /// File to write the samples to; the frames go to the same name with `.frames` behind it.
    #[arg(long)]
    out: PathBuf,
}

/// One busy channel.
struct Channel {
    rng: ChaCha8Rng,
    center_hz: f64,
    amplitude: f32,
    /// Samples of silence left.
    silence: usize,
    modulator: Option<Modulator>,
}

/// Writes the recording and its truth.
pub fn run(arguments: &Arguments) -> Result<(), String> {
    if arguments.bursts > MOST_CHANNELS {
        return Err(format!("--bursts is {}, expected 0 to {MOST_CHANNELS}", arguments.bursts));
    }
    let written = write(arguments);
    written.map_err(|e| format!("cannot write {}: {e}", arguments.out.display()))
}

fn write(arguments: &Arguments) -> std::io::Result<()> {
    let mut samples = BufWriter::new(File::create(&arguments.out)?);
    let mut name = arguments.out.clone().into_os_string();
    name.push(".frames");
    let mut frames = BufWriter::new(File::create(name)?);
    let mut noise = generator(1);
    let mut channels: Vec<Channel> =
        (0..arguments.bursts).map(|k| Channel::new(k, arguments.bursts)).collect();
    let total = (arguments.seconds * SAMPLE_RATE_HZ) as usize;
    // The last frames of a recording are whole: nobody starts one that would not be over.
    let last_start = total.saturating_sub((20e-3 * SAMPLE_RATE_HZ) as usize);
    let mut piece = vec![Complex32::default(); 1 << 16];
    let mut done = 0;
    while done < total {
        let count = piece.len().min(total - done);
        fill_noise(&mut noise, NOISE_POWER, &mut piece[..count]);
        for channel in &mut channels {
            channel.add(&mut piece[..count], done, last_start, &mut frames)?;
        }
        for sample in &piece[..count] {
            samples.write_all(&sample.re.to_le_bytes())?;
            samples.write_all(&sample.im.to_le_bytes())?;
        }
        done += count;
    }
    samples.flush()?;
    frames.flush()
}

impl Channel {
    fn new(index: usize, count: usize) -> Self {
        let mut rng = generator(100 + index as u64);
        // Spread over the band, none in its middle, none on a bin of any transform.
        let place = (index as f64 + 0.5 - count as f64 / 2.0) * CHANNEL_HZ;
        let stray = rng.random_range(-5e3..5e3);
        let noise_density = NOISE_POWER / SAMPLE_RATE_HZ;
        Channel {
            center_hz: place + stray,
            amplitude: (10f64.powf(SNR_DB / 10.0) * noise_density * 100e3).sqrt() as f32,
            silence: ((LEAD_IN_S + rng.random_range(0.0..GAP_S)) * SAMPLE_RATE_HZ) as usize,
            modulator: None,
            rng,
        }
    }

    /// Adds what the channel sends to `out`, whose first sample has offset `begin`.
    fn add(
        &mut self,
        out: &mut [Complex32],
        begin: usize,
        last_start: usize,
        frames: &mut impl Write,
    ) -> std::io::Result<()> {
        let mut at = 0;
        while at < out.len() {
            let Some(modulator) = &mut self.modulator else {
                let count = self.silence.min(out.len() - at);
                at += count;
                self.silence -= count;
                if self.silence == 0 {
                    if begin + at > last_start {
                        self.silence = usize::MAX;
                    } else {
                        self.send(frames)?;
                    }
                }
                continue;
            };
            at += modulator.add_to(&mut out[at..]);
            if at < out.len() {
                self.modulator = None;
                self.silence = (GAP_S * SAMPLE_RATE_HZ) as usize;
            }
        }
        Ok(())
    }

    fn send(&mut self, frames: &mut impl Write) -> std::io::Result<()> {
        let frame = TestFrame::random(&mut self.rng);
        for octet in &frame.mpdu {
            write!(frames, "{octet:02x}")?;
        }
        writeln!(frames)?;
        let config = ModulatorConfig {
            sample_rate_hz: SAMPLE_RATE_HZ,
            carrier_offset_hz: self.center_hz,
            gaussian_bt: Some(0.5),
            timing_samples: self.rng.random_range(0.0..1.0),
            initial_phase_turns: self.rng.random_range(0.0..1.0),
            amplitude: self.amplitude,
            ..ModulatorConfig::default()
        };
        let modulator = Modulator::new(&frame.bits, &config);
        self.modulator = Some(modulator.expect("the settings are in range"));
        Ok(())
    }
}
