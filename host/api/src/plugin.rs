//! Plugins the host was told to load.

use ringkeeper_plan::Impact;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::LimitUse;

/// A plugin of the configuration. `GET /api/v1/plugins`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PluginSummary {
    /// The name in the configuration.
    pub name: String,
    /// Where it comes from: `builtin:health` or a path.
    pub source: String,
    /// Whether it runs.
    pub state: PluginState,
    /// Its version; none when it could not be loaded.
    pub version: Option<String>,
    /// One line about it.
    pub summary: Option<String>,
    /// BLAKE3 of the component.
    pub digest: Option<String>,
    /// What it can do.
    pub operations: Vec<OperationRow>,
    /// What it asks for, and whether it was granted.
    pub capabilities: Vec<CapabilityRow>,
    /// Its limits, with what its last call used; 0 before the first.
    pub limits: Vec<LimitUse>,
}

/// Whether a plugin runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum PluginState {
    /// Loaded and ready.
    Loaded,
    /// Refused; why, and what to do.
    Refused(String),
}

/// Something a plugin can do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OperationRow {
    /// Its name.
    pub name: String,
    /// One line about it.
    pub summary: String,
    /// Its strongest impact.
    pub impact: Impact,
    /// Its default schedule, a cron expression.
    pub default_schedule: Option<String>,
}

/// A capability a plugin asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CapabilityRow {
    /// The interface's name.
    pub name: String,
    /// Whether the operator granted it.
    pub granted: bool,
    /// Why the plugin wants it, by its manifest.
    pub why: Option<String>,
}
