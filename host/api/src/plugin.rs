//! Plugins the host was told to load.

use ringkeeper_plan::Impact;
use ringkeeper_seams::Timestamp;
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
    /// Who signed it, as `NAME (KEY ID)`; none where nobody did, or it is part of the host.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signer: Option<String>,
    /// What it can do.
    pub operations: Vec<OperationRow>,
    /// What it asks for, and whether it was granted.
    pub capabilities: Vec<CapabilityRow>,
    /// How far its grants reach, each bound as it stands in the configuration; none where they are not bounded.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scope: Vec<String>,
    /// Its limits, with what its last call used; 0 before the first.
    pub limits: Vec<LimitUse>,
    /// The versions that were installed, the newest first; none where there never was another than the configuration's.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub versions: Vec<VersionRow>,
}

/// Whether a plugin runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum PluginState {
    /// Loaded and ready.
    Loaded,
    /// Refused; why, and what to do.
    Refused(String),
    /// It broke again and again and is not called any more; how, and what to do.
    Parked(String),
}

/// A version of a plugin that was installed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct VersionRow {
    /// BLAKE3 of the component.
    pub digest: String,
    /// What it calls itself.
    pub version: String,
    /// Who signed it; none where nobody did.
    pub signer: Option<String>,
    /// When it was installed.
    pub installed_at: Timestamp,
    /// By whom.
    pub by: String,
    /// How it asks for more than the version before it, each in a sentence.
    pub more: Vec<String>,
    /// How it stands.
    pub state: VersionState,
}

/// How a version stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum VersionState {
    /// Its is the work of the plugin.
    InForce,
    /// It waits for a person's word, as it asks for more.
    Waits,
    /// It broke again and again and is not called any more.
    Parked,
    /// It was in force, or waited, before another.
    Before,
}

/// A component to be installed. `POST /api/v1/plugins`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InstallRequest {
    /// Its bytes, in base 64.
    pub component: String,
    /// Its minisign signature; none where nobody signed it.
    #[serde(default)]
    pub signature: Option<String>,
    /// Whether it is approved at once where it asks for more than the version before it.
    #[serde(default)]
    pub approve: bool,
}

/// What came of it. `POST /api/v1/plugins`, `POST /api/v1/plugins/{plugin}/approve`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct InstallAnswer {
    /// The plugin.
    pub plugin: String,
    /// What the version calls itself.
    pub version: String,
    /// BLAKE3 of the component.
    pub digest: String,
    /// Who signed it; none where nobody did.
    pub signer: Option<String>,
    /// How it asks for more than the version before it, each in a sentence.
    pub more: Vec<String>,
    /// How it stands.
    pub state: InstallState,
}

/// How a version stands that was installed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum InstallState {
    /// Its is the work of the plugin from now on.
    InForce,
    /// It waits for a person's word, as it asks for more.
    Waits,
}

/// A version to be approved. `POST /api/v1/plugins/{plugin}/approve`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ApproveVersionRequest {
    /// Its digest, or the beginning of it.
    pub digest: String,
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
