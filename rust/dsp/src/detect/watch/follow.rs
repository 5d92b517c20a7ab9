// SPDX-License-Identifier: GPL-3.0-or-later
//! Bursts that are up, to their ends.

use std::ops::Range;

use super::{Seen, Watch};
use crate::detect::burst::{Burst, Phase, View};
use crate::detect::centre::around;
use crate::detect::window::Window;

impl Watch {
    /// Ends bursts where the stream is broken. It comes last in a step, as what is left of them
    /// there is no new burst.
    pub(super) fn cut(&mut self, blocks: Range<u64>, window: Window, seen: &mut Vec<Seen>) {
        let until = blocks.end * self.spectrum.size() as u64;
        while let Some(at) = self.breaks.front().copied().filter(|&at| at < until) {
            self.breaks.pop_front();
            let mut up = std::mem::take(&mut self.bursts);
            up.retain_mut(|burst| {
                self.announce(burst, window, seen);
                let stays = burst.first_sample >= at;
                if !stays && burst.last_loud + 1 >= blocks.start {
                    seen.push(Seen::End { id: burst.id, sample: at, truncated: true });
                } else if !stays {
                    self.close(burst, false, window, seen);
                }
                stays
            });
            self.bursts = up;
            self.marks.outdate();
            self.broken_at = at;
        }
    }

    /// Follows the bursts that are up through the newest step, which ends before block `now`.
    pub(super) fn follow(&mut self, now: u64, window: Window, seen: &mut Vec<Seen>) {
        let mut up = std::mem::take(&mut self.bursts);
        up.retain_mut(|burst| {
            burst.follow(self.bands.energy_around(burst.center), now - 1);
            let over = now - 1 - burst.last_loud >= self.lengths.hold;
            let too_long = now - burst.first_block >= self.lengths.longest;
            if over || too_long || now - burst.first_block >= self.lengths.opening {
                self.announce(burst, window, seen);
            }
            if over || too_long {
                self.close(burst, !over, window, seen);
            }
            if too_long && !over {
                let reach = around(burst.center, 2.0 * self.width as f64, self.marks.free.len());
                self.floor.absorb(self.bands.ratios(), reach);
            }
            !(over || too_long)
        });
        self.bursts = up;
    }

    /// A step in which little can be told: bursts that are up stay up. The end of a strong burst may
    /// be what disturbs the band.
    pub(super) fn hold(&mut self, now: u64) {
        for burst in &mut self.bursts {
            burst.follow(self.bands.energy_around(burst.center), now - 1);
            burst.hold(now, self.lengths.hold);
        }
    }

    /// Measures a burst, if that has not been done.
    pub(super) fn announce(&mut self, burst: &mut Burst, window: Window, seen: &mut Vec<Seen>) {
        if burst.phase == Phase::Open {
            return;
        }
        self.marks.outdate();
        let look_back = burst.first_block.saturating_sub(self.lengths.look_back);
        let unbroken = self.broken_at / self.spectrum.size() as u64;
        let earliest = look_back.max(self.settled_block()).max(unbroken);
        let until = self.stepped - 1;
        burst.settle(&mut self.view(window), earliest, until);
        self.marks.skirts.extend(burst.skirt(self.width as f64));
        let sample = burst.first_sample.max(self.broken_at);
        burst.first_sample = sample;
        let bins = &self.floor.power()[burst.bins.clone()];
        let noise = bins.iter().map(|&p| f64::from(p)).sum::<f64>() / bins.len().max(1) as f64;
        seen.push(Seen::Start {
            id: burst.id,
            sample,
            center: burst.center,
            excess: f64::from(burst.level - 1.0).max(1e-3),
            noise,
        });
    }

    pub(super) fn close(
        &mut self,
        burst: &Burst,
        truncated: bool,
        window: Window,
        seen: &mut Vec<Seen>,
    ) {
        self.marks.outdate();
        let sample = burst.end_sample(&mut self.view(window));
        seen.push(Seen::End { id: burst.id, sample, truncated });
    }

    fn view<'a>(&'a mut self, window: Window<'a>) -> View<'a> {
        let size = self.spectrum.size() as u64;
        let from = self.settled_block() * size;
        View {
            spectrum: &self.spectrum,
            inverse_floor: self.floor.inverse(),
            window: window.limited(from, self.stepped * size),
            skirts: &self.marks.skirts,
            edges: &mut self.edges,
            width: self.width as f64,
        }
    }
}
