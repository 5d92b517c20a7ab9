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
    index: f32,
    carrier_variance: f32,
    deviation_variance: f32,
    reference: Reference,
}

/// What a symbol's phase is compared with.
#[derive(Debug, Clone, Copy, Default)]
struct Reference {
    re: f32,
    im: f32,
    /// Correlation with the right branch.
    amplitude: f32,
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
            index: modulation_index as f32,
            carrier_variance: CARRIER_SPREAD,
            deviation_variance: DEVIATION_SPREAD,
            reference: Reference::default(),
        }
    }

    /// What the phase of each state turns by from the middle of a symbol to that of the next.
    pub fn turns(&self) -> ([f32; 4], [f32; 4]) {
        let bits = std::f32::consts::PI * self.index * (1.0 + self.deviation);
        let turns = [-bits, 0.0, 0.0, bits].map(|turn| (turn + self.carrier).sin_cos());
        (turns.map(|turn| turn.1), turns.map(|turn| turn.0))
    }

    /// Correlation with the right branch.
    pub fn amplitude(&self) -> f32 {
        self.reference.amplitude
    }

    /// Takes the symbols of `block`, `bits` being those of it with the one before and the one
    /// after.
    #[inline(always)]
    pub fn learn<'a>(
        &mut self,
        block: impl Iterator<Item = &'a Branches>,
        bits: &[u8],
        shape: &Shape,
    ) -> Option<TimingError> {
        let mut sums = Sums::default();
        let turns = self.turns();
        let half_turn = std::f32::consts::PI * self.index;
        let turned = [-half_turn, 0.0, 0.0, half_turn];
        let mut symbols = block.zip(bits.windows(3));
        loop {
            let (mut compared, mut count) = (Compared::default(), 0);
            for (branches, bits) in symbols.by_ref().take(LANES) {
                let branch = usize::from(bits[0] << 2 | bits[1] << 1 | bits[2]) & 7;
                let correlation = branches.of(branch);
                self.reference.meet(shape.turn[branch]);
                compared.put(count, correlation, &self.reference);
                let state = branch & 3;
                let turn = (turns.0[state], turns.1[state]);
                self.reference.take(correlation, turn, turned[state]);
                count += 1;
            }
            if count == 0 {
                return self.correct(&sums);
            }
            compared.add(count, &mut self.reference.amplitude, &mut sums);
        }
    }

    fn correct(&mut self, sums: &Sums) -> Option<TimingError> {
        if sums.count == 0.0 {
            return None;
        }
        // From here on in radians.
        let scale = 1.0 / self.reference.amplitude.max(f32::MIN_POSITIVE);
        self.carrier_variance += CARRIER_WALK;
        let lag = 1.0 / (1.0 - MEMORY);
        let noise = PHASE_NOISE / (sums.count * lag * lag);
        let gain = self.carrier_variance / (self.carrier_variance + noise);
        self.carrier += gain * scale * sums.error / (sums.count * lag);
        self.carrier_variance *= 1.0 - gain;

        self.deviation_variance += DEVIATION_WALK;
        let seen = self.deviation_variance * sums.turned;
        self.deviation +=
            self.deviation_variance * scale * sums.error_turned / (seen + PHASE_NOISE);
        self.deviation_variance *= PHASE_NOISE / (seen + PHASE_NOISE);

        (sums.faster > 0.1).then(|| TimingError {
            error: f64::from(-scale * sums.error_faster / sums.faster).clamp(-0.5, 0.5),
            variance: f64::from(PHASE_NOISE / sums.faster),
        })
    }
}

impl Reference {
    /// Turns to a symbol of this frequency.
    #[inline(always)]
    fn meet(&mut self, speed: f32) {
        self.faster += speed - self.last_speed;
        self.last_speed = speed;
    }

    /// Puts a symbol into the reference and turns it on to the next, by cosine and sine.
    #[inline(always)]
    fn take(&mut self, (re, im): (f32, f32), (cos, sin): (f32, f32), turned: f32) {
        let (re, im) = (MEMORY * self.re + re, MEMORY * self.im + im);
        (self.re, self.im) = (re * cos - im * sin, re * sin + im * cos);
        self.turned = MEMORY * self.turned + turned;
        self.faster *= MEMORY;
    }
}

/// Symbols that are compared side by side.
const LANES: usize = 16;

/// Symbols and the references they are compared with.
#[derive(Debug, Default)]
struct Compared {
    re: [f32; LANES],
    im: [f32; LANES],
    reference_re: [f32; LANES],
    reference_im: [f32; LANES],
    turned: [f32; LANES],
    faster: [f32; LANES],
}

impl Compared {
    #[inline(always)]
    fn put(&mut self, k: usize, (re, im): (f32, f32), reference: &Reference) {
        (self.re[k], self.im[k]) = (re, im);
        (self.reference_re[k], self.reference_im[k]) = (reference.re, reference.im);
        (self.turned[k], self.faster[k]) = (reference.turned, reference.faster);
    }

    /// Adds the first `count` to the sums, in order of time, and follows the amplitude.
    #[inline(always)]
    fn add(&self, count: usize, amplitude: &mut f32, sums: &mut Sums) {
        let [mut size, mut along, mut across] = [[0.0f32; LANES]; 3];
        for k in 0..LANES {
            let (re, im) = (self.re[k], self.im[k]);
            let (reference_re, reference_im) = (self.reference_re[k], self.reference_im[k]);
            size[k] = (reference_re * reference_re + reference_im * reference_im).sqrt();
            let inverse = 1.0 / size[k];
            along[k] = (re * reference_re + im * reference_im) * inverse;
            across[k] = (im * reference_re - re * reference_im) * inverse;
        }
        for k in 0..count {
            if size[k] <= 0.0 {
                // The first of all.
                *amplitude = (self.re[k] * self.re[k] + self.im[k] * self.im[k]).sqrt();
                continue;
            }
            *amplitude += AMPLITUDE_SHARE * (along[k] - *amplitude);
            sums.count += 1.0;
            sums.error += across[k];
            sums.error_turned += across[k] * self.turned[k];
            sums.turned += self.turned[k] * self.turned[k];
            sums.error_faster += across[k] * self.faster[k];
            sums.faster += self.faster[k] * self.faster[k];
        }
    }
}
