//! When operations run by themselves.
//!
//! The picture to keep in mind: a [`Schedule`] is data that a file or a person wrote; parsed, it answers the moments at
//! which its operation is due. Which of them were served stands in the journal. Nothing here knows a clock: the moment
//! comes in as a parameter, so that a year with both changes of daylight saving is a test of a millisecond.

use serde::{Deserialize, Serialize};

/// When an operation runs by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schedule {
    /// Five fields (minute, hour, day of month, month, day of week) or six, with seconds first.
    pub cron: String,
    /// An IANA zone, e.g. `Europe/Berlin`, in which the fields are read.
    pub zone: String,
    /// Seconds by which each run is put off at random, at most; the same run is put off by the same time after a restart.
    pub jitter_seconds: u64,
    /// What happens when its time comes while it still runs.
    pub overlap: Overlap,
    /// What happens to times that passed while the host did not run.
    pub missed: Missed,
    /// Whether it is in force.
    pub enabled: bool,
    /// Parameters of the operation.
    pub parameters: serde_json::Map<String, serde_json::Value>,
}

/// What happens when an operation's time comes while it still runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Overlap {
    /// This time is left out.
    #[default]
    Skip,
    /// It runs when the other has ended.
    Queue,
}

/// What happens to times that passed while the host did not run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Missed {
    /// It runs once, soon, however many times were missed.
    #[default]
    RunOnce,
    /// They are left out.
    Skip,
}
