// SPDX-License-Identifier: GPL-3.0-or-later
//! What a symbol was, judged from its own value and those of its neighbours.
//!
//! What filters carry from one symbol into the next is no noise. Of all that the symbol and the one
//! after it can have been, the pair is believed that explains the values best (a maximum likelihood
//! sequence estimate over three symbols, the ones before decided already).

/// The surroundings of a symbol. Values are those of [`Levels::normal`](super::levels::Levels::normal).
#[derive(Debug, Clone, Copy)]
pub struct Surroundings {
    /// The two symbols before it.
    pub before: [f32; 2],
    /// Value of the symbol before it.
    pub value_before: f32,
    /// Its own value.
    pub value: f32,
    /// Value of the symbol after it, `None` at the end, and what the one behind that seems to be, 0
    /// at the end.
    pub after: Option<(f32, f32)>,
    /// Part of a symbol that is carried into either neighbour.
    pub smear: f32,
}

impl Surroundings {
    /// Soft value of the symbol: about -1 or 1 when nothing disturbs.
    pub fn soft(&self) -> f32 {
        // What one wrong symbol costs without noise.
        let scale = 4.0 * (1.0 + 2.0 * self.smear * self.smear);
        (self.cost(-1.0) - self.cost(1.0)) / scale
    }

    /// How badly `symbol` explains the values.
    fn cost(&self, symbol: f32) -> f32 {
        let [before2, before] = self.before;
        let square = |x: f32| x * x;
        let earlier = square(self.value_before - before - self.smear * (before2 + symbol));
        let own = |after: f32| square(self.value - symbol - self.smear * (before + after));
        let rest = match self.after {
            None => own(0.0),
            Some((value, behind)) => {
                let with = |after: f32| {
                    own(after) + square(value - after - self.smear * (symbol + behind))
                };
                with(-1.0).min(with(1.0))
            }
        };
        earlier + rest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_symbol_that_its_neighbours_outweigh_is_still_read() {
        let smear = 0.2;
        // A one between zeros, and a disturbance that takes it below zero.
        let value = 1.0 - 2.0 * smear - 0.7;
        let of = |value| Surroundings {
            before: [-1.0, -1.0],
            value_before: -1.0,
            value,
            after: Some((-1.0, -1.0)),
            smear,
        };
        assert!(value < 0.0 && of(value).soft() > 0.3, "{}", of(value).soft());
        assert!((of(1.0 - 2.0 * smear).soft() - 1.0).abs() < 1e-6);
    }

    #[test]
    fn without_neighbours_the_value_is_the_soft_value() {
        let alone = |value| Surroundings {
            before: [1.0, -1.0],
            value_before: -1.0,
            value,
            after: None,
            smear: 0.0,
        };
        assert_eq!((alone(0.5).soft(), alone(-1.25).soft()), (0.5, -1.25));
    }
}
