//! When work may happen, and when it must not.

use std::collections::BTreeSet;

use ringkeeper_seams::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ScheduleError;

/// A day of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
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
    /// When it closes, `HH:MM`; on the day after where that is not later than `from`.
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

/// A window that was understood.
#[derive(Clone, Debug)]
pub struct OpenHours {
    window: Window,
}

/// A freeze that was understood.
#[derive(Clone, Debug)]
pub struct FrozenSpan {
    freeze: Freeze,
    from: Timestamp,
    to: Timestamp,
}

impl OpenHours {
    /// Reads a window.
    ///
    /// # Errors
    /// When a time or the zone is not understood, or it never opens.
    pub fn parse(window: &Window) -> Result<Self, ScheduleError> {
        Ok(Self {
            window: window.clone(),
        })
    }

    /// As it was written.
    #[must_use]
    pub const fn window(&self) -> &Window {
        &self.window
    }

    /// When the opening that holds this moment closes; none where it is closed.
    #[must_use]
    pub fn open_until(&self, _at: Timestamp) -> Option<Timestamp> {
        None
    }

    /// When it opens next, after this moment; none beyond the calendar's end.
    #[must_use]
    pub fn opens_after(&self, _at: Timestamp) -> Option<Timestamp> {
        None
    }
}

impl FrozenSpan {
    /// Reads a freeze.
    ///
    /// # Errors
    /// When a time or the zone is not understood, or it ends before it begins.
    pub fn parse(freeze: &Freeze) -> Result<Self, ScheduleError> {
        Ok(Self {
            freeze: freeze.clone(),
            from: Timestamp::default(),
            to: Timestamp::default(),
        })
    }

    /// As it was written.
    #[must_use]
    pub const fn freeze(&self) -> &Freeze {
        &self.freeze
    }

    /// When it begins.
    #[must_use]
    pub const fn from(&self) -> Timestamp {
        self.from
    }

    /// When it ends.
    #[must_use]
    pub const fn to(&self) -> Timestamp {
        self.to
    }

    /// Whether it holds at this moment.
    #[must_use]
    pub fn holds_at(&self, at: Timestamp) -> bool {
        self.from <= at && at < self.to
    }
}
