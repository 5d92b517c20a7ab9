// SPDX-License-Identifier: GPL-3.0-or-later
//! When a sample was taken, and how many are missing: the count of samples against a clock.
//!
//! A radio that loses samples says so at best with a letter on the terminal, and who tells the time
//! by counting samples falls behind from then on. Samples come late, but never early. So the least
//! delay of a while, which [`baseline`] follows, is the steady one. A sample that is later than that
//! may be late, as every sample is that waited in a buffer or for a busy computer, or others may be
//! missing before it. What waited comes faster than it was taken, until nothing waits any more: if
//! the delay then stays where it is, samples are missing, as many as fit in the difference
//! ([`doubt`]).
//!
//! A radio with a clock of its own tells the time of samples in `rx_time` tags; [`hardware`] holds
//! them against the count.

mod baseline;
mod doubt;
mod hardware;
mod sample_clock;
mod spread;

pub use sample_clock::{ClockEvent, SampleClock};
