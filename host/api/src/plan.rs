//! Dry runs.

use ringkeeper_plan::{Impact, Plan};
use ringkeeper_seams::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::BlockedStep;

/// What is asked. `POST /api/v1/plans`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanRequest {
    /// The operation, e.g. `health.check`.
    pub operation: String,
    /// The cluster; may be left out when the host has one.
    #[serde(default)]
    pub cluster: Option<String>,
    /// Parameters by name.
    #[serde(default)]
    pub parameters: serde_json::Map<String, serde_json::Value>,
}

/// What would be done, and what was seen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PlanAnswer {
    /// The cluster.
    pub cluster: String,
    /// The plugin's name and version, e.g. `health 0.1.0`.
    pub plugin: String,
    /// The operation.
    pub operation: String,
    /// The run that it is the plan of; none where it was only shown.
    #[serde(default)]
    pub run: Option<String>,
    /// BLAKE3 of the operation, its parameters, the plugin's digest and the steps; findings, titles and estimates left out.
    pub hash: String,
    /// Findings and steps.
    pub plan: Plan,
    /// What the guard has against steps as things stand now, of the first steps that wait for no other; a run asks it anew.
    #[serde(default)]
    pub blocked: Vec<BlockedStep>,
    /// Whose word it needs by the policy: `auto`, `ask` or `deny`.
    #[serde(default)]
    pub consent: String,
    /// Why a person is asked, or why it is not done; empty where nobody's word is needed.
    #[serde(default)]
    pub consent_reason: String,
    /// Until when it may be approved; none where it was not kept.
    #[serde(default)]
    pub valid_until: Option<Timestamp>,
    /// What is at risk with the functions that its steps call, and what undoes it.
    #[serde(default)]
    pub stakes: Vec<StakeRow>,
    /// What is left of each keyspace while a step has taken its nodes away, of the first steps that do.
    #[serde(default)]
    pub exposed: Vec<ExposedRow>,
    /// What the call used of each limit.
    pub limits: Vec<LimitUse>,
    /// What the plugin logged.
    pub log: Vec<LogRow>,
}

/// What a function puts at risk while it is carried out, and what undoes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct StakeRow {
    /// The function, e.g. `lifecycle.stop`.
    pub function: String,
    /// Its impact.
    pub impact: Impact,
    /// Steps that call it.
    pub steps: usize,
    /// What is at risk.
    pub risk: String,
    /// What undoes it.
    pub undo: String,
}

/// The fewest replicas that any range of a keyspace keeps while a step has taken its nodes away, as nodes stand now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ExposedRow {
    /// The step.
    pub step: String,
    /// The keyspace.
    pub keyspace: String,
    /// The data centre in which they are counted.
    pub data_center: String,
    /// Replicas of that range there.
    pub replicas: usize,
    /// Those of them that would still serve.
    pub left: usize,
}

/// A limit, and how much of it was used.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LimitUse {
    /// Which, e.g. `memory_bytes`.
    pub name: String,
    /// How much was used.
    pub used: u64,
    /// How much is allowed.
    pub limit: u64,
}

/// A line a plugin logged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LogRow {
    /// `trace`, `debug`, `info`, `warn` or `error`.
    pub level: String,
    /// The text.
    pub message: String,
}
