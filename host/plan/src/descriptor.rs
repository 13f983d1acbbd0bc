//! What a plugin says of itself.

use serde::{Deserialize, Serialize};

use crate::Impact;

/// A plugin's own description, asked for once when it is loaded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Descriptor {
    /// Lower-case name; the same as in the manifest.
    pub name: String,
    /// Semantic version; the same as in the manifest.
    pub version: String,
    /// One line for a person.
    pub summary: String,
    /// Versions of the host it works with, as a semver requirement.
    pub host_versions: String,
    /// Versions of Cassandra it works with, as a semver requirement.
    pub cassandra_versions: String,
    /// What it can do.
    pub operations: Vec<Operation>,
    /// JSON Schema of its settings.
    pub settings_schema: serde_json::Value,
}

/// Something a plugin can do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Operation {
    /// `<plugin>.<verb>`.
    pub name: String,
    /// One line for a person.
    pub summary: String,
    /// JSON Schema of the parameters.
    pub parameters_schema: serde_json::Value,
    /// The strongest impact any of its steps may have.
    pub impact: Impact,
    /// Cron expression of its default schedule; none for never.
    pub default_schedule: Option<String>,
}
