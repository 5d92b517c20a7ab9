// SPDX-License-Identifier: GPL-3.0-or-later
//! Following a transmitter by the bits decided: carrier, deviation, and how far its clock is off.
//!
//! Each symbol's phase is compared with a reference, the symbols before it remembered
//! exponentially. Against that reference a carrier error stands out as a constant, an error of the
//! deviation in proportion to what the bits have turned the phase by, and a timing error in
//! proportion to the difference of frequency: three regressions on the same phase errors.

use super::templates::Shape;
use super::trellis::{Branches, MEMORY};

/// Variance of a symbol's phase error, at a signal that is just readable, in radians squared.
const PHASE_NOISE: f32 = 0.1;
/// Variance of the carrier before and while it is followed, in (radians a symbol) squared.
const CARRIER_SPREAD: f32 = 4e-4;
const CARRIER_WALK: f32 = 1e-7;
/// Variance of the deviation before and while it is followed, relative.
const DEVIATION_SPREAD: f32 = 2.5e-3;
const DEVIATION_WALK: f32 = 1e-8;
/// Share by which a symbol moves the estimate of the amplitude.
const AMPLITUDE_SHARE: f32 = 1.0 / 32.0;

/// How far the clock was seen to be off.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TimingError {
    /// Symbols by which the transmitter is later than believed.
    pub error: f64,
    /// Variance of that.
    pub variance: f64,
}

/// What is known of a transmitter beside its clock.
#[derive(Debug, Clone)]
pub struct Tracker {
    /// Radians a symbol by which the carrier is above the frequency taken out.
    pub carrier: f32,
    /// Relative error of the deviation.
    pub deviation: f32,
    /// Correlation with the right branch.
    pub amplitude: f32,
    index: f32,
    carrier_variance: f32,
    deviation_variance: f32,
    /// Phase reference.
    re: f32,
    im: f32,
    /// Turn by the bits and frequency of the symbol, each against its mean over the reference.
    turned: f32,
    faster: f32,
    last_speed: f32,
}

/// Sums over the symbols of a block.
#[derive(Debug, Default)]
struct Sums {
    count: f32,
    error: f32,
    error_turned: f32,
    turned: f32,
    error_faster: f32,
    faster: f32,
}

impl Tracker {
    /// A transmitter of this modulation index, of which nothing is known.
    pub fn new(modulation_index: f64) -> Self {
        Tracker {
            carrier: 0.0,
            deviation: 0.0,
            amplitude: 0.0,
            index: modulation_index as f32,
            carrier_variance: CARRIER_SPREAD,
            deviation_variance: DEVIATION_SPREAD,
            re: 0.0,
            im: 0.0,
            turned: 0.0,
            faster: 0.0,
            last_speed: 0.0,
        }
    }

    /// What the phase of each state turns by from the middle of a symbol to that of the next.
    pub fn turns(&self) -> ([f32; 4], [f32; 4]) {
        let bits = std::f32::consts::PI * self.index * (1.0 + self.deviation);
        let turns = [-bits, 0.0, 0.0, bits].map(|turn| (turn + self.carrier).sin_cos());
        (turns.map(|turn| turn.1), turns.map(|turn| turn.0))
    }

    /// Takes the symbols of `block`, `bits` being those of it with the one before and the one
    /// after; `turns` are those that the trellis went by.
    pub fn learn<'a>(
        &mut self,
        block: impl Iterator<Item = &'a Branches>,
        bits: &[u8],
        shape: &Shape,
        turns: &([f32; 4], [f32; 4]),
    ) -> Option<TimingError> {
        let mut sums = Sums::default();
        for (branches, bits) in block.zip(bits.windows(3)) {
            let state = usize::from(bits[1] << 1 | bits[2]);
            let correlation = branches.of(bits[0], state);
            let speed = if bits[0] == 0 { shape.turn[state] } else { -shape.turn[3 - state] };
            self.symbol(correlation, speed, &mut sums);
            self.turn(correlation, state, turns);
        }
        self.correct(&sums)
    }

    fn symbol(&mut self, (re, im): (f32, f32), speed: f32, sums: &mut Sums) {
        self.faster += speed - self.last_speed;
        self.last_speed = speed;
        let size = (self.re * self.re + self.im * self.im).sqrt();
        if size <= 0.0 {
            self.amplitude = (re * re + im * im).sqrt();
            return;
        }
        let along = (re * self.re + im * self.im) / size;
        self.amplitude += AMPLITUDE_SHARE * (along - self.amplitude);
        let error = (im * self.re - re * self.im) / (size * self.amplitude.max(1e-30));
        let error = error.clamp(-1.0, 1.0);
        sums.count += 1.0;
        sums.error += error;
        sums.error_turned += error * self.turned;
        sums.turned += self.turned * self.turned;
        sums.error_faster += error * self.faster;
        sums.faster += self.faster * self.faster;
    }

    /// Puts the symbol into the reference and turns it on to the next.
    fn turn(&mut self, (re, im): (f32, f32), state: usize, turns: &([f32; 4], [f32; 4])) {
        let (re, im) = (MEMORY * self.re + re, MEMORY * self.im + im);
        let (cos, sin) = (turns.0[state & 3], turns.1[state & 3]);
        (self.re, self.im) = (re * cos - im * sin, re * sin + im * cos);
        let halves = [-1.0, 0.0, 0.0, 1.0][state & 3];
        self.turned = MEMORY * self.turned + std::f32::consts::PI * self.index * halves;
        self.faster *= MEMORY;
    }

    fn correct(&mut self, sums: &Sums) -> Option<TimingError> {
        if sums.count == 0.0 {
            return None;
        }
        self.carrier_variance += CARRIER_WALK;
        let lag = 1.0 / (1.0 - MEMORY);
        let noise = PHASE_NOISE / (sums.count * lag * lag);
        let gain = self.carrier_variance / (self.carrier_variance + noise);
        self.carrier += gain * sums.error / (sums.count * lag);
        self.carrier_variance *= 1.0 - gain;

        self.deviation_variance += DEVIATION_WALK;
        let seen = self.deviation_variance * sums.turned;
        self.deviation += self.deviation_variance * sums.error_turned / (seen + PHASE_NOISE);
        self.deviation_variance *= PHASE_NOISE / (seen + PHASE_NOISE);

        (sums.faster > 0.1).then(|| TimingError {
            error: f64::from(-sums.error_faster / sums.faster).clamp(-0.5, 0.5),
            variance: f64::from(PHASE_NOISE / sums.faster),
        })
    }
}
