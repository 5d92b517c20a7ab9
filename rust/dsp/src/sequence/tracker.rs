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
/// What a symbol leaves of the estimate of the amplitude before it.
const AMPLITUDE_KEPT: f32 = 1.0 - 1.0 / 32.0;

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
    /// Correlation with the right branch.
    amplitude: f32,
    reference: Reference,
    turns: ([f32; 4], [f32; 4]),
}

/// What a symbol's phase is compared with.
#[derive(Debug, Clone, Copy, Default)]
struct Reference {
    re: f32,
    im: f32,
    /// Turn by the bits and frequency of the symbol, each against its mean over the reference.
    turned: f32,
    faster: f32,
    last_speed: f32,
}

/// Sums over the symbols of a block.
#[derive(Debug)]
struct Sums {
    count: f32,
    along: f32,
    error: f32,
    error_turned: f32,
    turned: f32,
    error_faster: f32,
    faster: f32,
}

/// The same, of every so many symbols apart.
#[derive(Debug, Default)]
struct PartialSums {
    count: [f32; LANES],
    along: [f32; LANES],
    error: [f32; LANES],
    error_turned: [f32; LANES],
    turned: [f32; LANES],
    error_faster: [f32; LANES],
    faster: [f32; LANES],
}

impl Tracker {
    /// A transmitter of this modulation index, of which nothing is known.
    pub fn new(modulation_index: f64) -> Self {
        let mut tracker = Tracker {
            carrier: 0.0,
            deviation: 0.0,
            index: modulation_index as f32,
            carrier_variance: CARRIER_SPREAD,
            deviation_variance: DEVIATION_SPREAD,
            amplitude: 0.0,
            reference: Reference::default(),
            turns: Default::default(),
        };
        tracker.turn();
        tracker
    }

    /// What the phase of each state turns by from the middle of a symbol to that of the next:
    /// cosines and sines.
    pub fn turns(&self) -> ([f32; 4], [f32; 4]) {
        self.turns
    }

    /// Makes `turns` anew.
    fn turn(&mut self) {
        let bits = std::f32::consts::PI * self.index * (1.0 + self.deviation);
        let turns = [-bits, 0.0, bits].map(|turn| (turn + self.carrier).sin_cos());
        let [down, level, up] = turns;
        let states = [down, level, level, up];
        self.turns = (states.map(|turn| turn.1), states.map(|turn| turn.0));
    }

    /// Correlation with the right branch.
    pub fn amplitude(&self) -> f32 {
        self.amplitude
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
        let mut sums = PartialSums::default();
        let turns = self.turns();
        let half_turn = std::f32::consts::PI * self.index;
        let turned = [-half_turn, 0.0, 0.0, half_turn];
        let mut symbols = block.zip(bits.windows(3));
        // Apart from the rest, so that it stays in registers.
        let mut reference = self.reference;
        loop {
            let (mut compared, mut count) = (Compared::default(), 0);
            for (branches, bits) in symbols.by_ref().take(LANES) {
                let branch = usize::from(bits[0] << 2 | bits[1] << 1 | bits[2]) & 7;
                let correlation = branches.of(branch);
                reference.meet(shape.turn[branch]);
                compared.put(count, correlation, &reference);
                let state = branch & 3;
                let turn = (turns.0[state], turns.1[state]);
                reference.take(correlation, turn, turned[state]);
                count += 1;
            }
            if count == 0 {
                self.reference = reference;
                return self.correct(&sums.total());
            }
            compared.add(&mut sums);
        }
    }

    fn correct(&mut self, sums: &Sums) -> Option<TimingError> {
        if sums.count == 0.0 {
            return None;
        }
        let kept = if self.amplitude > 0.0 { AMPLITUDE_KEPT.powf(sums.count) } else { 0.0 };
        self.amplitude = kept * self.amplitude + (1.0 - kept) * sums.along / sums.count;
        // What points against its reference is no transmitter that could be followed.
        if self.amplitude <= 0.0 {
            return None;
        }
        // From here on in radians.
        let scale = 1.0 / self.amplitude.max(f32::MIN_POSITIVE);
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
        self.turn();

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

    /// Adds them to the sums. The first of all has no reference, and does not count.
    #[inline(always)]
    fn add(&self, sums: &mut PartialSums) {
        for k in 0..LANES {
            let (re, im) = (self.re[k], self.im[k]);
            let (reference_re, reference_im) = (self.reference_re[k], self.reference_im[k]);
            let (turned, faster) = (self.turned[k], self.faster[k]);
            let size = (reference_re * reference_re + reference_im * reference_im).sqrt();
            let (counts, inverse) = if size > 0.0 { (1.0, 1.0 / size) } else { (0.0, 0.0) };
            let along = (re * reference_re + im * reference_im) * inverse;
            let across = (im * reference_re - re * reference_im) * inverse;
            sums.count[k] += counts;
            sums.along[k] += along;
            sums.error[k] += across;
            sums.error_turned[k] += across * turned;
            sums.turned[k] += counts * turned * turned;
            sums.error_faster[k] += across * faster;
            sums.faster[k] += counts * faster * faster;
        }
    }
}

impl PartialSums {
    #[inline(always)]
    fn total(&self) -> Sums {
        // In pairs, pairs of pairs and so on, which takes few instructions.
        let total = |parts: &[f32; LANES]| {
            let eight: [f32; 8] = std::array::from_fn(|k| parts[k] + parts[8 + k]);
            let four: [f32; 4] = std::array::from_fn(|k| eight[k] + eight[4 + k]);
            (four[0] + four[2]) + (four[1] + four[3])
        };
        Sums {
            count: total(&self.count),
            along: total(&self.along),
            error: total(&self.error),
            error_turned: total(&self.error_turned),
            turned: total(&self.turned),
            error_faster: total(&self.error_faster),
            faster: total(&self.faster),
        }
    }
}
