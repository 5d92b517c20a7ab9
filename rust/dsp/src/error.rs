// SPDX-License-Identifier: GPL-3.0-or-later
//! What can be wrong with a parameter, in words a user can act on.

/// A parameter that cannot be used.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Error {
    /// A value outside its range.
    #[error("{name} is {value}, expected {expected}")]
    Parameter {
        /// The parameter, as GNU Radio Companion and Python name it.
        name: &'static str,
        /// What was given.
        value: String,
        /// The range or form that would do, with its unit.
        expected: String,
    },
}

impl Error {
    /// An error for parameter `name`, which was `value` where `expected` was expected.
    pub fn parameter(
        name: &'static str,
        value: impl ToString,
        expected: impl Into<String>,
    ) -> Self {
        Error::Parameter { name, value: value.to_string(), expected: expected.into() }
    }
}

/// Result of everything in this crate that judges parameters.
pub type Result<T> = std::result::Result<T, Error>;

/// `value` if it is finite and within `low..=high`, else an error that says so.
pub(crate) fn in_range(
    name: &'static str,
    value: f64,
    low: f64,
    high: f64,
    unit: &str,
) -> Result<f64> {
    if value.is_finite() && (low..=high).contains(&value) {
        Ok(value)
    } else {
        Err(Error::parameter(name, format!("{value} {unit}"), format!("{low} to {high} {unit}")))
    }
}

/// An error unless `value` is within `low..=high`.
pub(crate) fn whole(
    name: &'static str,
    value: usize,
    low: usize,
    high: usize,
    unit: &str,
) -> Result<()> {
    if (low..=high).contains(&value) {
        return Ok(());
    }
    Err(Error::parameter(name, format!("{value} {unit}"), format!("{low} to {high} {unit}")))
}
