// SPDX-License-Identifier: GPL-3.0-or-later
//! The samples of a mesh, piece by piece.

use super::config::{decibels, Config};
use super::interference::Interferer;
use super::modulator::{Modulator, ModulatorConfig};
use super::noise::Noise;
use super::random::{generator, Stream};
use super::schedule::{Schedule, Transmission};
use super::truth::Truth;
use crate::error::Result;
use crate::Complex32;
use rand::Rng;
use rand_chacha::ChaCha8Rng;

/// Samples worked on at a time: few enough to stay in the cache.
const BLOCK: usize = 4096;

/// Receiver levels on either side of zero.
const LEVELS: f32 = 128.0;

/// Makes a recording of a meter mesh.
///
/// The same [`Config`] gives the same samples, whatever the sizes of the pieces asked for. On
/// another platform the last bits of a sample may differ before it is rounded to 8 bits, as the
/// exponential and logarithm of the standard library may, on which levels, the Gaussian pulse and
/// the rare far values of the noise depend.
pub struct Simulator {
    config: Config,
    noise: Noise,
    interferer: Interferer,
    schedule: Schedule,
    phases: ChaCha8Rng,
    next: Option<Transmission>,
    /// What is being sent, in order of start: the first sample and the samples.
    active: Vec<(u64, Modulator)>,
    truth: Vec<Truth>,
    position: u64,
    clipped: u64,
}

impl Simulator {
    /// A simulator at the first sample.
    ///
    /// # Errors
    /// The first setting that cannot be used, by name.
    pub fn new(config: Config) -> Result<Self> {
        config.validate()?;
        let mut schedule = Schedule::new(&config);
        Ok(Simulator {
            noise: Noise::new(config.seed, decibels(config.noise_dbfs), config.dc_offset),
            interferer: Interferer::new(&config),
            next: schedule.next()?,
            schedule,
            phases: generator(config.seed, Stream::Phases),
            active: Vec::new(),
            truth: Vec::new(),
            position: 0,
            clipped: 0,
            config,
        })
    }

    /// The settings.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Overwrites the beginning of `out` with the next samples and returns how many there are:
    /// `out.len()`, at the end of the recording fewer, then 0.
    ///
    /// # Errors
    /// A frame that cannot be encoded; a configuration that [`Simulator::new`] took has none.
    pub fn fill(&mut self, out: &mut [Complex32]) -> Result<usize> {
        let left = self.config.total_samples() - self.position;
        let count = out.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        for block in out[..count].chunks_mut(BLOCK) {
            self.fill_block(block)?;
        }
        Ok(count)
    }

    /// What began in the samples given out since the last call, in order of start.
    pub fn take_truth(&mut self) -> Vec<Truth> {
        std::mem::take(&mut self.truth)
    }

    /// Samples given out so far of which 8 bits could not hold the value.
    pub fn clipped(&self) -> u64 {
        self.clipped
    }

    fn fill_block(&mut self, block: &mut [Complex32]) -> Result<()> {
        let end = self.position + block.len() as u64;
        self.start_until(end)?;
        self.noise.fill(block);
        self.interferer.add_to(self.position, block);
        let position = self.position;
        self.active.retain_mut(|(start, modulator)| {
            let offset = start.saturating_sub(position) as usize;
            modulator.add_to(&mut block[offset..]);
            *start + modulator.length() > end
        });
        if self.config.quantise_8bit {
            self.clipped +=
                block.iter_mut().map(quantise).filter(|&clipped| clipped).count() as u64;
        }
        self.position = end;
        Ok(())
    }

    /// Begins every transmission that has a sample before `end`.
    fn start_until(&mut self, end: u64) -> Result<()> {
        let rate_hz = self.config.sample_rate_hz;
        while let Some(next) = self.next.take() {
            let first = (next.start_s * rate_hz).ceil();
            if first >= end as f64 {
                self.next = Some(next);
                break;
            }
            self.start(first, next)?;
            self.next = self.schedule.next()?;
        }
        Ok(())
    }

    fn start(&mut self, first: f64, transmission: Transmission) -> Result<()> {
        let Transmission { start_s, plan, sequence, preamble_octets, mpdu, packet } = transmission;
        let node = self.schedule.node(plan.sender);
        let frequency_hz = plan.channel_hz + node.carrier_error_hz;
        let radio = &self.config.radio;
        let modulator = Modulator::new(
            &packet.bits,
            &ModulatorConfig {
                sample_rate_hz: self.config.sample_rate_hz,
                symbol_rate_hz: radio.symbol_rate_hz,
                deviation_hz: radio.deviation_hz,
                gaussian_bt: radio.gaussian_bt,
                clock_error_ppm: node.clock_error_ppm,
                carrier_offset_hz: frequency_hz - self.config.center_frequency_hz,
                timing_samples: first - start_s * self.config.sample_rate_hz,
                initial_phase_turns: self.phases.random(),
                amplitude: self.config.amplitude(node.snr_db),
            },
        )?;
        self.truth.push(Truth {
            start: first as u64,
            length: modulator.length(),
            frequency_hz,
            channel_hz: plan.channel_hz,
            snr_db: node.snr_db,
            kind: plan.kind,
            octets: packet.octets,
            mpdu,
            preamble_octets,
            sender: node.eui64,
            recipient: plan.recipient.map(|recipient| self.schedule.node(recipient).eui64),
            sequence,
        });
        self.active.push((first as u64, modulator));
        Ok(())
    }
}

/// The whole recording at once, with what is in it.
///
/// # Errors
/// As [`Simulator::new`].
pub fn simulate(config: &Config) -> Result<(Vec<Complex32>, Vec<Truth>)> {
    let mut simulator = Simulator::new(config.clone())?;
    let mut samples = vec![Complex32::default(); config.total_samples() as usize];
    simulator.fill(&mut samples)?;
    Ok((samples, simulator.take_truth()))
}

/// Rounds to what an 8-bit receiver gives, and tells whether it had to clip.
fn quantise(sample: &mut Complex32) -> bool {
    let (re, re_clipped) = nearest_level(sample.re * LEVELS);
    let (im, im_clipped) = nearest_level(sample.im * LEVELS);
    *sample = Complex32::new(re, im) / LEVELS;
    re_clipped || im_clipped
}

fn nearest_level(value: f32) -> (f32, bool) {
    // Made positive, so that the cast rounds down.
    let level = (value.clamp(-LEVELS, LEVELS - 1.0) + (LEVELS + 0.5)) as i32 - LEVELS as i32;
    (level as f32, !(-LEVELS - 0.5..LEVELS - 0.5).contains(&value))
}
