// SPDX-License-Identifier: GPL-3.0-or-later
//! What a transmitter is, and what a receiver is told of it.

/// A kind of transmitter.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Radio {
    /// Symbols a second.
    pub symbol_rate_hz: f64,
    /// From the centre to one tone, in Hz.
    pub deviation_hz: f64,
    /// Bandwidth-time product of the Gaussian filter; `None` sends rectangular pulses. Receivers
    /// are not told.
    pub gaussian_bt: Option<f64>,
}

impl Radio {
    /// Modulation index: distance of the tones over the symbol rate.
    pub fn modulation_index(&self) -> f64 {
        2.0 * self.deviation_hz / self.symbol_rate_hz
    }

    /// Width of a burst as the receiver judges it (Carson's rule).
    pub fn bandwidth_hz(&self) -> f64 {
        2.0 * (self.deviation_hz + self.symbol_rate_hz / 2.0)
    }
}

impl std::fmt::Display for Radio {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.gaussian_bt {
            Some(bt) => write!(f, "GFSK BT {bt}")?,
            None => write!(f, "plain FSK")?,
        }
        let (rate, index) = (self.symbol_rate_hz / 1e3, self.modulation_index());
        write!(f, ", {rate:.0} kb/s, h = {index}")
    }
}
