//! When work may happen, and when it must not.

use ringkeeper_schedule::Day;
use ringkeeper_seams::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A window or a freeze. `GET /api/v1/windows?cluster=C`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct WindowRow {
    /// Which of the two it is.
    pub kind: WindowKind,
    /// Its name, unique among its kind.
    pub name: String,
    /// The cluster it is about; none for every one.
    pub cluster: Option<String>,
    /// The data centres it is about; empty for all.
    pub data_centres: Vec<String>,
    /// The words of impact it is about.
    pub impacts: Vec<String>,
    /// The days on which a window opens; empty for every day, and of a freeze.
    pub days: Vec<Day>,
    /// When it opens or begins, as it was written: `HH:MM`, of a freeze `YYYY-MM-DDTHH:MM`.
    pub from: String,
    /// When it closes or ends, as it was written.
    pub to: String,
    /// The zone of the clock on the wall that shows these times.
    pub zone: String,
    /// Why, of a freeze.
    pub reason: Option<String>,
    /// How it is at this moment.
    pub state: WindowState,
    /// When an open window closes, and a freeze that holds ends; none otherwise.
    pub until: Option<Timestamp>,
    /// The next times a window opens or a freeze begins, at most three; without the one under way.
    pub next: Vec<OpeningRow>,
    /// Where it comes from: `the configuration`.
    pub origin: String,
    /// What contradicts it, each in a sentence: freezes that leave a window no opening.
    pub notes: Vec<String>,
}

/// A window or a freeze.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum WindowKind {
    /// Work may begin only while one is open, where there are any.
    Window,
    /// Nothing begins while one holds.
    Freeze,
}

/// How a window or freeze is at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum WindowState {
    /// A window that is open. A freeze goes before it all the same.
    Open,
    /// A window that is closed.
    Closed,
    /// A freeze that holds.
    Holds,
    /// A freeze that is yet to begin.
    Comes,
    /// A freeze that is over.
    Over,
}

/// A time for which a window is open, or a freeze holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OpeningRow {
    /// Its first moment.
    pub from: Timestamp,
    /// The first moment after it.
    pub to: Timestamp,
}
