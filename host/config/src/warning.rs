//! What is sound in a file, and yet odd at this moment.

use std::fmt;

use ringkeeper_schedule::{FrozenSpan, OpenHours, contradictions};
use ringkeeper_seams::Timestamp;

use crate::{Config, Place};

/// Something that holds no host up and yet is likely not meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// Where.
    pub place: Place,
    /// The table it is about.
    pub key: String,
    /// What.
    pub message: String,
    /// What to do, as one sentence without a full stop.
    pub remedy: String,
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            place,
            key,
            message,
            remedy,
        } = self;
        write!(f, "{place}: {key}: {message}\n  fix: {remedy}")
    }
}

impl Config {
    /// What is sound and yet odd at this moment: waivers and freezes that are over, and windows that freezes leave no
    /// opening, each in the order of the file.
    #[must_use]
    pub fn warnings(&self, now: Timestamp) -> Vec<Warning> {
        self.waivers_over(now)
            .chain(self.freezes_over(now))
            .chain(self.windows_frozen(now))
            .collect()
    }

    fn waivers_over(&self, now: Timestamp) -> impl Iterator<Item = Warning> {
        let over = self
            .policy
            .waivers
            .iter()
            .filter(move |one| one.waiver.until <= now);
        over.map(|one| Warning {
            place: one.place.clone(),
            key: "policy.waiver".to_owned(),
            message: format!(
                "the waiver for keyspace {} is over since {}: its availability is guarded again",
                one.waiver.keyspace, one.waiver.until
            ),
            remedy: "remove it, or move `until` if the reason still holds".to_owned(),
        })
    }

    fn freezes_over(&self, now: Timestamp) -> impl Iterator<Item = Warning> {
        let over = self.freezes.iter().filter(move |one| one.span.to() <= now);
        over.map(|one| Warning {
            place: one.place.clone(),
            key: format!("freeze.{}", one.span.freeze().name),
            message: format!("the freeze is over since {}", one.span.to()),
            remedy: "remove it".to_owned(),
        })
    }

    fn windows_frozen(&self, now: Timestamp) -> impl Iterator<Item = Warning> {
        let windows: Vec<OpenHours> = self.windows.iter().map(|one| one.hours.clone()).collect();
        let freezes: Vec<FrozenSpan> = self.freezes.iter().map(|one| one.span.clone()).collect();
        let found = contradictions(&windows, &freezes, now).into_iter();
        found.filter_map(|contradiction| {
            let named = |one: &&crate::WindowConfig| one.hours.window().name == contradiction.window;
            Some(Warning {
                place: self.windows.iter().find(named)?.place.clone(),
                key: format!("window.{}", contradiction.window),
                message: contradiction.to_string(),
                remedy: "move one of them, if work is wanted".to_owned(),
            })
        })
    }
}
