//! When operations run by themselves.

use ringkeeper_schedule::{Missed, Overlap, Schedule};
use ringkeeper_seams::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The schedule of an operation. `GET /api/v1/schedules?cluster=C`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ScheduleRow {
    /// The cluster.
    pub cluster: String,
    /// The operation.
    pub operation: String,
    /// As it is in force.
    #[serde(flatten)]
    pub schedule: Schedule,
    /// Where it comes from: `the plugin`, `the configuration`, or `set at run time`.
    pub origin: String,
    /// The next times it is due, at most five; empty while it is disabled.
    pub next: Vec<Timestamp>,
    /// The last time it was due, and what came of that.
    pub last: Option<LastDue>,
}

/// The last time a schedule was due.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LastDue {
    /// When.
    pub due: Timestamp,
    /// The run that was opened; none where none was.
    pub run: Option<String>,
    /// Why none was.
    pub note: String,
}

/// A change of a schedule. `PUT /api/v1/schedules`; what is left out stays as it is. Answers a [`ScheduleRow`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScheduleChange {
    /// The operation.
    pub operation: String,
    /// The cluster; may be left out when the host has one.
    #[serde(default)]
    pub cluster: Option<String>,
    /// Five or six fields.
    #[serde(default)]
    pub cron: Option<String>,
    /// An IANA zone.
    #[serde(default)]
    pub zone: Option<String>,
    /// Seconds each run is put off at random, at most.
    #[serde(default)]
    pub jitter_seconds: Option<u64>,
    /// What happens when its time comes while it still runs.
    #[serde(default)]
    pub overlap: Option<Overlap>,
    /// What happens to times that passed while the host did not run.
    #[serde(default)]
    pub missed: Option<Missed>,
    /// Whether it is in force.
    #[serde(default)]
    pub enabled: Option<bool>,
    /// Parameters of the operation.
    #[serde(default)]
    pub parameters: Option<serde_json::Map<String, serde_json::Value>>,
    /// True to go back to what the plugin or the configuration says; then nothing else may be set.
    #[serde(default)]
    pub reset: bool,
}
