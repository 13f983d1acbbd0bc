//! When work may happen, and when it must not, as it is written down.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

mod clock;
mod contradiction;
mod frozen_span;
mod impacts;
mod open_hours;

pub use contradiction::{Contradiction, LOOKS_AHEAD, contradictions};
pub use frozen_span::FrozenSpan;
pub use impacts::{CHANGE, DISRUPT, IMPACTS};
pub use open_hours::{OpenHours, Opening};

/// A day of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Day {
    /// Monday.
    Mon,
    /// Tuesday.
    Tue,
    /// Wednesday.
    Wed,
    /// Thursday.
    Thu,
    /// Friday.
    Fri,
    /// Saturday.
    Sat,
    /// Sunday.
    Sun,
}

impl Day {
    /// Every day, from Monday on.
    pub const EVERY: [Self; 7] = [
        Self::Mon,
        Self::Tue,
        Self::Wed,
        Self::Thu,
        Self::Fri,
        Self::Sat,
        Self::Sun,
    ];

    /// The word for it in files and answers, e.g. `mon`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Mon => "mon",
            Self::Tue => "tue",
            Self::Wed => "wed",
            Self::Thu => "thu",
            Self::Fri => "fri",
            Self::Sat => "sat",
            Self::Sun => "sun",
        }
    }
}

/// A time of the week at which work may happen, as a file or a person wrote it. Where work of an impact has any window in
/// a data centre, it begins only while one is open; where it has none, at any time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// Names it, for people and for removing it.
    pub name: String,
    /// The cluster it is about; every one where none is named.
    #[serde(default)]
    pub cluster: Option<String>,
    /// Data centres it is about; all where empty.
    #[serde(default)]
    pub data_centres: BTreeSet<String>,
    /// Words of impact it is about: `change`, `disrupt`.
    pub impacts: BTreeSet<String>,
    /// Days on which it opens; every day where empty.
    #[serde(default)]
    pub days: BTreeSet<Day>,
    /// When it opens on each of them, `HH:MM` on the clock on the wall.
    pub from: String,
    /// When it closes, `HH:MM` up to `24:00`; on the day after where that is earlier than `from`.
    pub to: String,
    /// The zone of that clock, e.g. `Europe/Berlin`.
    pub zone: String,
}

/// A time in which nothing may happen, whatever windows say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Freeze {
    /// Names it, for people and for removing it.
    pub name: String,
    /// The cluster it is about; every one where none is named.
    #[serde(default)]
    pub cluster: Option<String>,
    /// Data centres it is about; all where empty.
    #[serde(default)]
    pub data_centres: BTreeSet<String>,
    /// Words of impact it is about: `change`, `disrupt`; both where empty.
    #[serde(default)]
    pub impacts: BTreeSet<String>,
    /// When it begins, `YYYY-MM-DDTHH:MM` on the clock on the wall.
    pub from: String,
    /// When it ends, likewise; later than `from`.
    pub to: String,
    /// The zone of that clock.
    pub zone: String,
    /// Why; shown to whoever is held up.
    pub reason: String,
}

impl Window {
    /// Whether it is about this cluster.
    #[must_use]
    pub fn is_of(&self, cluster: &str) -> bool {
        self.cluster.as_deref().is_none_or(|own| own == cluster)
    }

    /// Whether it is about work of this impact in this data centre.
    #[must_use]
    pub fn concerns(&self, data_centre: &str, impact: &str) -> bool {
        names(&self.data_centres, data_centre) && self.impacts.contains(impact)
    }
}

impl Freeze {
    /// Whether it is about this cluster.
    #[must_use]
    pub fn is_of(&self, cluster: &str) -> bool {
        self.cluster.as_deref().is_none_or(|own| own == cluster)
    }

    /// Whether it is about work of this impact in this data centre.
    #[must_use]
    pub fn concerns(&self, data_centre: &str, impact: &str) -> bool {
        names(&self.data_centres, data_centre) && names(&self.impacts, impact)
    }
}

/// Whether a set means `one`; an empty set means all.
fn names(set: &BTreeSet<String>, one: &str) -> bool {
    set.is_empty() || set.contains(one)
}
