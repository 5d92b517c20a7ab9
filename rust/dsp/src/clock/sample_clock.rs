// SPDX-License-Identifier: GPL-3.0-or-later
//! Says where samples are missing, and when those that came were taken.

use super::baseline::Baseline;
use super::doubt::{Doubt, Verdict};
use super::hardware::HardwareClock;
use super::spread::{Measured, Spread};
use crate::error::{in_range, Result};
use crate::time::Time;

/// Samples that are later than usual by more than this are lost, or late. Ordinary jitter is less.
const STEP_NS: f64 = 2e6;
/// Time between anchors while nothing happens.
const ANCHOR_NS: f64 = 1e9;
/// Least time over which delays are compared, ...
const WINDOW_NS: f64 = 100e6;
/// ... and least samples: two USB transfers of the size that HackRF and RTL-SDR use.
const WINDOW_SAMPLES: f64 = 262_144.0;
/// Windows for which samples are kept back at most while it is not known whether some are missing.
const MOST_HELD_WINDOWS: f64 = 10.0;

/// What a [`SampleClock`] has to say.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum ClockEvent {
    /// From sample `sample` on, samples came at the earliest at `clock_ns` and what counting adds.
    Anchor {
        /// Counts from 0.
        sample: u64,
        /// On the clock that [`SampleClock::observe`] is given; before 0 if it began only then.
        clock_ns: i64,
        /// How the delays differ; nothing in the first moments.
        measured: Option<Measured>,
    },
    /// Before sample `sample`, `samples` are missing.
    Loss {
        /// Counts from 0, those missing not counted.
        sample: u64,
        /// By the clock, thus about.
        samples: u64,
    },
    /// Of those told to be lost, `samples` were late: they have come.
    Found {
        /// By the clock, thus about.
        samples: u64,
    },
}

/// Holds the count of samples against a clock that nobody sets.
///
/// The same observations give the same events. An observation says how many samples there are so
/// far; there may be many of them for a transfer, or few.
#[derive(Debug, Clone)]
pub struct SampleClock {
    sample_rate_hz: f64,
    window_ns: f64,
    most_held: u64,
    hardware: HardwareClock,
    steady: Option<Steady>,
    doubt: Option<Doubt>,
    settled: u64,
    lost: u64,
}

/// What is known once a sample has come.
#[derive(Debug, Clone)]
struct Steady {
    start_ns: u64,
    now_ns: f64,
    baseline: Baseline,
    spread: Spread,
    measured: Option<Measured>,
    /// When the last anchor was given, and the delay it stands for.
    anchored_ns: f64,
    anchored_delay_ns: f64,
}

impl SampleClock {
    /// A clock for samples at `sample_rate_hz`.
    ///
    /// # Errors
    /// A rate outside 1 Hz to 1 GHz.
    pub fn new(sample_rate_hz: f64) -> Result<Self> {
        let sample_rate_hz = in_range("sample_rate", sample_rate_hz, 1.0, 1e9, "Hz")?;
        let window_ns = WINDOW_NS.max(WINDOW_SAMPLES / sample_rate_hz * 1e9);
        let most_held = MOST_HELD_WINDOWS * window_ns * 1e-9 * sample_rate_hz;
        Ok(SampleClock {
            sample_rate_hz,
            window_ns,
            most_held: most_held as u64,
            hardware: HardwareClock::new(sample_rate_hz),
            steady: None,
            doubt: None,
            settled: 0,
            lost: 0,
        })
    }

    /// Everything before this sample has been judged: no event will speak of it any more.
    pub fn settled(&self) -> u64 {
        self.settled
    }

    /// Most samples that can have come and not be settled.
    pub fn most_held(&self) -> u64 {
        self.most_held
    }

    /// Samples that are missing so far, those found again not counted.
    pub fn lost(&self) -> u64 {
        self.lost
    }

    /// There are `samples`, not less than before, when the clock says `clock_ns`. Appends to
    /// `events` what this tells, in order of samples.
    pub fn observe(&mut self, samples: u64, clock_ns: u64, events: &mut Vec<ClockEvent>) {
        if samples == 0 {
            return;
        }
        let at_ns = samples as f64 / self.sample_rate_hz * 1e9;
        let window_ns = self.window_ns;
        let steady = self.steady.get_or_insert_with(|| Steady::new(clock_ns, -at_ns, window_ns));
        let now_ns = steady.tick(clock_ns);
        let delay_ns = now_ns - at_ns;
        let late_ns = delay_ns - steady.baseline.at(now_ns);
        steady.spread.see(late_ns, now_ns);
        if late_ns <= STEP_NS {
            steady.baseline.see(delay_ns, now_ns);
            self.doubt = None;
            self.tell_time(events);
            self.settled = samples;
            return;
        }
        let settled = self.settled;
        let doubt = self.doubt.get_or_insert_with(|| Doubt::new(now_ns, window_ns));
        match doubt.see(samples, delay_ns, now_ns, settled) {
            Some(verdict) => self.lose(verdict, samples, events),
            None => self.settled = settled.max(samples.saturating_sub(self.most_held)),
        }
    }

    /// A tag of the radio says that sample `sample` was taken at `time`. Before the samples behind
    /// it are observed.
    pub fn hardware_time(&mut self, sample: u64, time: Time, events: &mut Vec<ClockEvent>) {
        let lost_s = self.hardware.tag(sample, time);
        if lost_s == 0.0 {
            return;
        }
        if let Some(steady) = &mut self.steady {
            steady.baseline.raise(lost_s * 1e9);
            steady.anchored_delay_ns += lost_s * 1e9;
        }
        self.tell_loss(sample, lost_s, events);
    }

    fn lose(&mut self, verdict: Verdict, samples: u64, events: &mut Vec<ClockEvent>) {
        self.doubt = None;
        let Some(steady) = &mut self.steady else { return };
        let lost_ns = verdict.delay_ns - steady.baseline.at(steady.now_ns);
        steady.baseline.raise(lost_ns);
        self.settled = verdict.before;
        self.tell_loss(verdict.before, lost_ns * 1e-9, events);
        self.anchor(events);
        self.settled = samples;
    }

    fn tell_loss(&mut self, sample: u64, lost_s: f64, events: &mut Vec<ClockEvent>) {
        let samples = (lost_s * self.sample_rate_hz).round() as u64;
        self.lost += samples;
        events.push(ClockEvent::Loss { sample, samples });
    }

    /// Gives an anchor when one is due: now and then, and when samples came earlier than any
    /// before. If some were told to be lost they had only been late.
    fn tell_time(&mut self, events: &mut Vec<ClockEvent>) {
        let Some(steady) = &mut self.steady else { return };
        let (since_ns, sooner_ns) = steady.since_anchor();
        let is_sooner = sooner_ns > STEP_NS;
        if since_ns < if is_sooner { self.window_ns } else { ANCHOR_NS } {
            return;
        }
        steady.measured = steady.spread.take().or(steady.measured);
        let found = (sooner_ns * 1e-9 * self.sample_rate_hz).round().max(0.0) as u64;
        if is_sooner && self.lost > 0 {
            let samples = found.min(self.lost);
            self.lost -= samples;
            events.push(ClockEvent::Found { samples });
        }
        self.anchor(events);
    }

    fn anchor(&mut self, events: &mut Vec<ClockEvent>) {
        let Some(steady) = &mut self.steady else { return };
        let (sample, delay_ns) = (self.settled, steady.baseline.at(steady.now_ns));
        (steady.anchored_ns, steady.anchored_delay_ns) = (steady.now_ns, delay_ns);
        let at_ns = sample as f64 / self.sample_rate_hz * 1e9 + delay_ns;
        let clock_ns = steady.start_ns as i64 + at_ns.round() as i64;
        events.push(ClockEvent::Anchor { sample, clock_ns, measured: steady.measured });
    }
}

impl Steady {
    fn new(start_ns: u64, delay_ns: f64, window_ns: f64) -> Self {
        Steady {
            start_ns,
            now_ns: 0.0,
            baseline: Baseline::new(delay_ns, 0.0),
            spread: Spread::new(window_ns),
            measured: None,
            anchored_ns: f64::NEG_INFINITY,
            anchored_delay_ns: delay_ns,
        }
    }

    /// The clock says `clock_ns`; gives that from the start on. A clock never goes back.
    fn tick(&mut self, clock_ns: u64) -> f64 {
        self.now_ns = self.now_ns.max(clock_ns.saturating_sub(self.start_ns) as f64);
        self.now_ns
    }

    /// Time since the last anchor, and by how much samples come sooner since.
    fn since_anchor(&self) -> (f64, f64) {
        let sooner_ns = self.anchored_delay_ns - self.baseline.at(self.now_ns);
        (self.now_ns - self.anchored_ns, sooner_ns)
    }
}
