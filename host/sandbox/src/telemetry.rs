//! A plugin's own numbers.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::Serialize;
use thiserror::Error;

/// Names a plugin may use.
const MOST_NAMES: usize = 100;
/// Longest name, in bytes.
const NAME_BYTES: usize = 60;

/// The numbers of one plugin, kept while the host runs.
#[derive(Debug, Default)]
pub struct Telemetry {
    readings: Mutex<BTreeMap<String, Reading>>,
}

/// One number.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Reading {
    /// Up and down.
    Gauge(f64),
    /// Only up, from 0 at the start of the host.
    Counter(f64),
}

/// Why a number was not taken.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum TelemetryError {
    /// The name has another form.
    #[error("`{0}` is not a name: 1 to {NAME_BYTES} lower-case letters, digits and `_`, a letter first")]
    Name(String),
    /// The number is infinite, none at all, or a negative increase.
    #[error("{0} is not a number to take here")]
    Number(f64),
    /// There are enough names.
    #[error("there are {MOST_NAMES} names already")]
    TooMany,
    /// The name is one of the other kind.
    #[error("`{0}` is a gauge in one place and a counter in another")]
    Kind(String),
}

impl Telemetry {
    /// Sets a gauge.
    ///
    /// # Errors
    /// When name or number have a wrong form, or the name is a counter's.
    pub fn gauge(&self, name: &str, value: f64) -> Result<(), TelemetryError> {
        self.update(name, value, Reading::Gauge(value), |reading| match reading {
            Reading::Gauge(_) => Some(Reading::Gauge(value)),
            Reading::Counter(_) => None,
        })
    }

    /// Adds to a counter.
    ///
    /// # Errors
    /// As for [`Telemetry::gauge`]; also when `increase` is negative.
    pub fn counter(&self, name: &str, increase: f64) -> Result<(), TelemetryError> {
        if increase < 0.0 {
            return Err(TelemetryError::Number(increase));
        }
        self.update(
            name,
            increase,
            Reading::Counter(increase),
            |reading| match reading {
                Reading::Counter(sum) => Some(Reading::Counter(sum + increase)),
                Reading::Gauge(_) => None,
            },
        )
    }

    /// All numbers by name.
    #[must_use]
    pub fn readings(&self) -> BTreeMap<String, Reading> {
        self.lock().clone()
    }

    fn update(
        &self,
        name: &str,
        number: f64,
        first: Reading,
        next: impl FnOnce(Reading) -> Option<Reading>,
    ) -> Result<(), TelemetryError> {
        if !is_name(name) {
            return Err(TelemetryError::Name(
                crate::text::cut(name, NAME_BYTES).to_owned(),
            ));
        }
        if !number.is_finite() {
            return Err(TelemetryError::Number(number));
        }
        let mut readings = self.lock();
        if let Some(reading) = readings.get_mut(name) {
            *reading = next(*reading).ok_or_else(|| TelemetryError::Kind(name.to_owned()))?;
        } else if readings.len() >= MOST_NAMES {
            return Err(TelemetryError::TooMany);
        } else {
            readings.insert(name.to_owned(), first);
        }
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Reading>> {
        self.readings.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_name(name: &str) -> bool {
    name.len() <= NAME_BYTES
        && name.starts_with(|first: char| first.is_ascii_lowercase())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gauges_are_set_and_counters_add_up() {
        let telemetry = Telemetry::default();
        for value in [3.0, 2.0] {
            telemetry.gauge("queue_length", value).unwrap();
            telemetry.counter("rows_seen", value).unwrap();
        }
        let readings = telemetry.readings();
        assert_eq!(readings.get("queue_length"), Some(&Reading::Gauge(2.0)));
        assert_eq!(readings.get("rows_seen"), Some(&Reading::Counter(5.0)));
        assert_eq!(
            telemetry.gauge("rows_seen", 1.0),
            Err(TelemetryError::Kind("rows_seen".into()))
        );
    }

    #[test]
    fn names_and_numbers_that_would_break_a_metrics_page_are_refused() {
        let telemetry = Telemetry::default();
        for name in [
            "",
            "Rows",
            "rows seen",
            "rows\n",
            "_rows",
            "9rows",
            &"r".repeat(61),
        ] {
            assert!(
                matches!(telemetry.gauge(name, 1.0), Err(TelemetryError::Name(_))),
                "{name:?}"
            );
        }
        for number in [f64::NAN, f64::INFINITY] {
            assert!(
                matches!(telemetry.gauge("rows", number), Err(TelemetryError::Number(_))),
                "{number}"
            );
        }
        assert_eq!(telemetry.counter("rows", -1.0), Err(TelemetryError::Number(-1.0)));
    }

    #[test]
    fn the_number_of_names_is_bounded() {
        let telemetry = Telemetry::default();
        for index in 0..MOST_NAMES {
            telemetry.counter(&format!("name_{index}"), 1.0).unwrap();
        }
        assert_eq!(telemetry.counter("one_more", 1.0), Err(TelemetryError::TooMany));
        assert_eq!(telemetry.counter("name_7", 1.0), Ok(()));
    }
}
