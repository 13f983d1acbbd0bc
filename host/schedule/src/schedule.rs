//! A schedule, as it is written down.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// When an operation runs by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
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

impl Schedule {
    /// In force at the times of `cron` in UTC, without jitter; what overlaps is left out, what was missed runs once.
    #[must_use]
    pub fn at(cron: impl Into<String>) -> Self {
        Self {
            cron: cron.into(),
            zone: "UTC".to_owned(),
            jitter_seconds: 0,
            overlap: Overlap::default(),
            missed: Missed::default(),
            enabled: true,
            parameters: serde_json::Map::new(),
        }
    }
}

/// What happens when an operation's time comes while it still runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Overlap {
    /// This time is left out.
    #[default]
    Skip,
    /// It runs when the other has ended.
    Queue,
}

/// What happens to times that passed while the host did not run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Missed {
    /// It runs once, soon, however many times were missed.
    #[default]
    RunOnce,
    /// They are left out.
    Skip,
}
