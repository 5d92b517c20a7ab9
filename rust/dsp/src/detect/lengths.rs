// SPDX-License-Identifier: GPL-3.0-or-later
//! The times a watch works with, in blocks.

use super::Config;

/// Time between two looks at the band.
const STEP_S: f64 = 0.5e-3;
/// Time over which centre and strength of a new burst are measured: most of a preamble of 16 octets
/// at 50 kbit/s.
const OPENING_S: f64 = 2.0e-3;
/// Time from which the noise floor starts.
const START_S: f64 = 4e-3;
/// Steps by which a burst may have begun before it was seen.
const LOOK_BACK_STEPS: u64 = 3;

/// Lengths in blocks, from the times of the settings.
#[derive(Debug, Clone, Copy)]
pub struct Lengths {
    /// Blocks between two looks at the band.
    pub step: u64,
    /// Over which a new burst is measured.
    pub opening: u64,
    /// From which the floor starts.
    pub start: u64,
    /// Without energy after which a burst is over.
    pub hold: u64,
    /// Of the longest burst.
    pub longest: u64,
    /// By which a burst may have begun before it was seen.
    pub look_back: u64,
    /// What is seen never began or ended further behind the newest step than this.
    pub lag: u64,
}

impl Lengths {
    /// For judged settings.
    pub fn new(config: &Config) -> Self {
        let block_s = config.fft_size as f64 / config.sample_rate_hz;
        let blocks = |seconds: f64| ((seconds / block_s).round() as u64).max(1);
        let step = blocks(STEP_S);
        let (opening, start) = (blocks(OPENING_S).max(2 * step), blocks(START_S).max(2 * step));
        let hold = blocks(config.hold_s).max(step);
        let look_back = LOOK_BACK_STEPS * step;
        // One block each for an edge before the first block, and for the margin of a tag.
        let lag = (opening + step + look_back + 2).max(hold + 4 * step + 1);
        Lengths { step, opening, start, hold, longest: blocks(config.max_burst_s), look_back, lag }
    }

    /// Most blocks that are taken but may still hold the beginning or end of something.
    pub fn most_unsettled(&self) -> u64 {
        (self.lag + self.step).max(self.start)
    }

    /// Rows of powers that are needed at once, a multiple of a step.
    pub fn rows(&self) -> usize {
        ((self.most_unsettled() + self.step).next_multiple_of(self.step)) as usize
    }
}
