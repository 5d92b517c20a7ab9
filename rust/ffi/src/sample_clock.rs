// SPDX-License-Identifier: GPL-3.0-or-later
//! The sample clock behind the wall.

use kaifa_dsp::clock;

use crate::bridge::ffi::{ClockEvent, ClockEventKind, Time};
use crate::engine::{Engine, Result};

/// A [`clock::SampleClock`] and the events on their way out of it.
pub struct SampleClock {
    engine: Engine<clock::SampleClock>,
    sample_rate: f64,
    events: Vec<clock::ClockEvent>,
}

/// A clock that has seen nothing yet.
pub fn new_sample_clock(sample_rate: f64) -> Result<Box<SampleClock>> {
    let engine = Engine::make(|| Ok(clock::SampleClock::new(sample_rate)?))?;
    Ok(Box::new(SampleClock { engine, sample_rate, events: Vec::new() }))
}

impl SampleClock {
    pub fn observe(
        &mut self,
        samples: u64,
        clock_ns: u64,
        events: &mut Vec<ClockEvent>,
    ) -> Result<()> {
        let found = &mut self.events;
        self.engine.run(|clock| clock.observe(samples, clock_ns, found))?;
        events.extend(found.drain(..).map(ClockEvent::from));
        Ok(())
    }

    pub fn hardware_time(
        &mut self,
        sample: u64,
        time: Time,
        events: &mut Vec<ClockEvent>,
    ) -> Result<()> {
        let found = &mut self.events;
        self.engine.run(|clock| clock.hardware_time(sample, time.into(), found))?;
        events.extend(found.drain(..).map(ClockEvent::from));
        Ok(())
    }

    pub fn settled(&mut self) -> Result<u64> {
        self.engine.run(|clock| clock.settled())
    }

    pub fn most_held(&mut self) -> Result<u64> {
        self.engine.run(|clock| clock.most_held())
    }

    pub fn lost(&mut self) -> Result<u64> {
        self.engine.run(|clock| clock.lost())
    }

    pub fn reset(&mut self) -> Result<()> {
        self.events.clear();
        self.engine = Engine::make(|| Ok(clock::SampleClock::new(self.sample_rate)?))?;
        Ok(())
    }

    pub fn cpu_time(&self) -> f64 {
        self.engine.cpu_s()
    }
}

impl From<clock::ClockEvent> for ClockEvent {
    fn from(event: clock::ClockEvent) -> Self {
        let none = ClockEvent {
            kind: ClockEventKind::Anchor,
            sample: 0,
            samples: 0,
            clock_ns: 0,
            is_measured: false,
            transfer_ns: 0.0,
            jitter_ns: 0.0,
        };
        match event {
            clock::ClockEvent::Anchor { sample, clock_ns, measured } => ClockEvent {
                sample,
                clock_ns,
                is_measured: measured.is_some(),
                transfer_ns: measured.map_or(0.0, |m| m.transfer_ns),
                jitter_ns: measured.map_or(0.0, |m| m.jitter_ns),
                ..none
            },
            clock::ClockEvent::Loss { sample, samples } => {
                ClockEvent { kind: ClockEventKind::Loss, sample, samples, ..none }
            }
            clock::ClockEvent::Found { samples } => {
                ClockEvent { kind: ClockEventKind::Found, samples, ..none }
            }
        }
    }
}
