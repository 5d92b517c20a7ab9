// SPDX-License-Identifier: GPL-3.0-or-later
//! The burst detector: samples to blocks, what is seen in them to events in order.

use super::config::{judged_threshold_db, Config};
use super::health::{Examination, Health, EVERY};
use super::watch::{Seen, Watch};
use super::window::Window;
use super::{BurstEnd, BurstEvent, BurstStart};
use crate::error::{in_range, Error, Result};
use crate::time::{Time, Timebase};
use crate::Complex32;

/// What a [`BurstDetector`] has seen so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Samples looked at.
    pub samples: u64,
    /// Bursts started.
    pub bursts: u64,
    /// Bursts cut because they were longer than the maximum (steady signals, too), or because the
    /// stream was broken.
    pub truncated: u64,
}

/// Watches the whole band and says where bursts start and end.
pub struct BurstDetector {
    config: Config,
    watch: Watch,
    timebase: Timebase,
    seen: Vec<Seen>,
    /// Events that wait for earlier ones, in order of offset.
    waiting: Vec<BurstEvent>,
    /// Where the stream is broken, of what is not settled.
    breaks: Vec<u64>,
    settled: u64,
    counts: Counts,
    examination: Examination,
}

impl BurstDetector {
    /// A detector that has seen nothing yet. An error names the parameter and its range.
    pub fn new(config: Config) -> Result<Self> {
        let config = config.judged()?;
        Ok(BurstDetector {
            watch: Watch::new(&config),
            timebase: Timebase::new(config.sample_rate_hz),
            seen: Vec::new(),
            waiting: Vec::new(),
            breaks: Vec::new(),
            settled: 0,
            counts: Counts::default(),
            examination: Examination::new(),
            config,
        })
    }

    /// The settings in force, `fft_size` resolved.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Looks at what is new in `window`, the samples from offset `begin` on; appends events in
    /// order of their offset to `events`.
    ///
    /// The window holds every sample from [`settled`](Self::settled) on, up to the newest: those
    /// before the newest were looked at in earlier calls, but where a burst began is seen in them
    /// once it is known to be one.
    ///
    /// # Errors
    /// A window that lacks samples; nothing of it was looked at.
    pub fn look(
        &mut self,
        begin: u64,
        window: &[Complex32],
        events: &mut Vec<BurstEvent>,
    ) -> Result<()> {
        self.take(begin, window)?;
        self.release(events);
        Ok(())
    }

    /// The recording ends where `window` does: looks at what is new in it as
    /// [`look`](Self::look) and closes what is open.
    ///
    /// # Errors
    /// A window that lacks samples; nothing was closed.
    pub fn finish(
        &mut self,
        begin: u64,
        window: &[Complex32],
        events: &mut Vec<BurstEvent>,
    ) -> Result<()> {
        self.take(begin, window)?;
        let rest = window.get((self.looked() - begin) as usize..).unwrap_or_default();
        if !rest.is_empty() {
            let mut block = rest.to_vec();
            block.resize(self.config.fft_size, Complex32::default());
            self.block(&block, begin, window);
        }
        self.watch.finish(self.window(begin, window), &mut self.seen);
        self.take_seen();
        // What was filled up with zeros is no part of the recording.
        let last = self.counts.samples.saturating_sub(1);
        for event in &mut self.waiting {
            let (BurstEvent::Start(BurstStart { sample_offset, .. })
            | BurstEvent::End(BurstEnd { sample_offset, .. })) = event;
            *sample_offset = last.min(*sample_offset);
        }
        self.settled = self.counts.samples;
        events.append(&mut self.waiting);
        Ok(())
    }

    /// All events before this offset have been given out.
    pub fn settled(&self) -> u64 {
        self.settled
    }

    /// Most samples by which [`settled`](Self::settled) can lie behind what was looked at.
    pub fn max_lookahead(&self) -> usize {
        self.watch.max_lookahead() as usize * self.config.fft_size
    }

    /// From sample `offset` on, `time` holds (an `rx_time` tag). Where it is later than counting says
    /// samples are missing, and no burst goes on behind it.
    pub fn anchor_time(&mut self, offset: u64, time: Time) {
        self.timebase.anchor(offset, time);
    }

    /// Changes the threshold; bursts that are up stay up.
    pub fn set_threshold_db(&mut self, threshold_db: f64) -> Result<()> {
        self.config.threshold_db = judged_threshold_db(threshold_db)?;
        self.watch.set_threshold_db(threshold_db);
        Ok(())
    }

    /// Changes the frequency of the middle of the band, for bursts that start from now on.
    pub fn set_center_frequency_hz(&mut self, hz: f64) -> Result<()> {
        self.config.center_frequency_hz = in_range("center_frequency", hz, 0.0, 1e12, "Hz")?;
        Ok(())
    }

    /// What was seen so far.
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// How the radio seems to be set, by the samples so far.
    pub fn health(&self) -> Health {
        let (noise, at_dc) = (self.watch.noise_power(), self.watch.noise_power_at_dc());
        self.examination.health(noise, at_dc, self.config.sample_rate_hz)
    }

    /// Back to the state of a new detector, settings kept.
    pub fn reset(&mut self) {
        // The settings were judged when they were made.
        if let Ok(new) = BurstDetector::new(self.config.clone()) {
            *self = new;
        }
    }

    /// Looks at every new block that is complete.
    fn take(&mut self, begin: u64, window: &[Complex32]) -> Result<()> {
        let (settled, seen) = (self.settled, self.counts.samples);
        let end = begin.saturating_add(window.len() as u64);
        if begin > settled || end < seen {
            let given = format!("samples {begin} to {end}");
            let needed = format!("every sample from {settled} to at least {seen}");
            return Err(Error::parameter("window", given, needed));
        }
        self.counts.samples = end;
        let new = window.get((self.looked() - begin) as usize..).unwrap_or_default();
        for block in new.chunks_exact(self.config.fft_size) {
            self.block(block, begin, window);
            self.examine(block);
        }
        Ok(())
    }

    fn examine(&mut self, newest: &[Complex32]) {
        if (self.watch.blocks() - 1).is_multiple_of(EVERY) {
            self.examination.look(newest, self.watch.power_at_dc());
        }
    }

    /// End of the blocks looked at.
    fn looked(&self) -> u64 {
        self.watch.blocks() * self.config.fft_size as u64
    }

    fn window<'a>(&self, begin: u64, samples: &'a [Complex32]) -> Window<'a> {
        let Config { sample_rate_hz, fft_size: block, .. } = self.config;
        Window { begin, samples, block, sample_rate_hz }
    }

    fn block(&mut self, samples: &[Complex32], begin: u64, window: &[Complex32]) {
        let mut from = self.looked();
        let until = from + self.config.fft_size as u64;
        while let Some(at) = self.timebase.break_in(from, until) {
            self.breaks.push(at);
            self.watch.break_at(at);
            from = at + 1;
        }
        self.watch.block(samples, self.window(begin, window), &mut self.seen);
        self.take_seen();
        let size = self.config.fft_size as u64;
        self.settled = self.settled.max(self.watch.settled_block() * size);
    }

    /// Makes events of what was seen, with a block of margin on each side.
    fn take_seen(&mut self) {
        self.counts.bursts = self.watch.ids();
        let margin = self.config.fft_size as u64;
        for seen in std::mem::take(&mut self.seen) {
            let event = match seen {
                Seen::Start { id, sample, center, excess, noise } => {
                    let broken = self.breaks.iter().rev().find(|&&at| at <= sample);
                    let earliest = self.settled.max(broken.copied().unwrap_or(0));
                    let offset = sample.saturating_sub(margin).max(earliest);
                    BurstEvent::Start(self.start(id, offset, center, excess, noise))
                }
                Seen::End { id, sample, truncated } => {
                    self.counts.truncated += u64::from(truncated);
                    let broken = self.breaks.iter().find(|&&at| at >= sample);
                    let latest = broken.copied().unwrap_or(u64::MAX);
                    let sample_offset = (sample + margin).min(latest).max(self.settled);
                    BurstEvent::End(BurstEnd { id, sample_offset, truncated })
                }
            };
            let offset = event.sample_offset();
            let at = self.waiting.partition_point(|e| e.sample_offset() <= offset);
            self.waiting.insert(at, event);
        }
    }

    fn start(&self, id: u64, offset: u64, center: f64, excess: f64, noise: f64) -> BurstStart {
        let rate = self.config.sample_rate_hz;
        let bin_hz = rate / self.config.fft_size as f64;
        let relative_frequency_hz = center * bin_hz - rate / 2.0;
        let bandwidth_hz = self.watch.width() as f64 * bin_hz;
        let noise_density = noise / rate;
        BurstStart {
            id,
            sample_offset: offset,
            rx_time: self.timebase.at(offset),
            center_frequency_hz: self.config.center_frequency_hz + relative_frequency_hz,
            relative_frequency_hz,
            sample_rate_hz: rate,
            bandwidth_hz,
            magnitude_db: 10.0 * (excess * noise_density * bandwidth_hz).log10(),
            noise_dbfs_hz: 10.0 * noise_density.log10(),
            snr_db: 10.0 * excess.log10(),
        }
    }

    /// Gives out the events that no later one can precede.
    fn release(&mut self, events: &mut Vec<BurstEvent>) {
        let ready = self.waiting.partition_point(|e| e.sample_offset() < self.settled);
        events.extend(self.waiting.drain(..ready));
        self.timebase.forget_before(self.settled);
        self.breaks.retain(|&at| at >= self.settled);
    }
}
