//! Plans, steps and what became of them.

use std::fmt;

use ringkeeper_cluster::{NodeId, TableName};
use ringkeeper_seams::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Evidence, Finding};

/// What a step or call does to a cluster, least first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Impact {
    /// Reads.
    Observe,
    /// Alters data or load; no process goes away.
    Change,
    /// Takes a node or service away for a while, or deletes.
    Disrupt,
}

impl fmt::Display for Impact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Observe => "observe",
            Self::Change => "change",
            Self::Disrupt => "disrupt",
        })
    }
}

/// Why an operation runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Cause {
    /// Its time came.
    Schedule,
    /// A person asked.
    Person,
    /// Something happened to the cluster.
    Event,
}

/// A moment by which work must be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Deadline {
    /// The moment.
    pub at: Timestamp,
    /// Whether it is about security: then it overrides windows once it has passed, but never a freeze.
    pub is_security: bool,
}

/// What is asked of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// The operation's name.
    pub operation: String,
    /// Parameters, valid by the operation's schema.
    pub parameters: serde_json::Value,
    /// Settings, valid by the plugin's schema.
    pub settings: serde_json::Value,
    /// Why it runs.
    pub cause: Cause,
    /// Steps that an earlier plan of the same run has done.
    pub already_done: Vec<String>,
}

/// Findings and steps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Plan {
    /// One line for a person.
    pub title: String,
    /// What is seen.
    pub findings: Vec<Finding>,
    /// What would be done.
    pub steps: Vec<Step>,
    /// What must hold afterwards, by the host's own records.
    #[serde(default)]
    pub goals: Vec<Goal>,
}

/// What must hold when a run has ended.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "goal", rename_all = "kebab-case")]
pub enum Goal {
    /// Every range of a table that two nodes or more hold was repaired.
    Repaired {
        /// The table.
        table: TableName,
        /// Data centres whose replicas are to be repaired with one another; all of them where empty.
        data_centres: Vec<String>,
        /// Repairs begun at this moment or later count; none for the moment the run was opened.
        since: Option<Timestamp>,
    },
}

/// One piece of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Step {
    /// Stable id.
    pub id: String,
    /// One line for a person: what is done.
    pub title: String,
    /// One line for a person: why it is in the plan; empty in plans of hosts that did not ask for it.
    #[serde(default)]
    pub reason: String,
    /// Every node it touches.
    pub nodes: Vec<NodeId>,
    /// Its strongest impact.
    pub impact: Impact,
    /// Changing functions it will call.
    pub functions: Vec<String>,
    /// Steps that must be done before.
    pub after: Vec<String>,
    /// How long it will take.
    pub estimate_seconds: Option<u64>,
    /// How many bytes it will read or move.
    pub estimate_bytes: Option<u64>,
    /// JSON text private to the plugin.
    pub body: String,
}

/// The kind of a refusal or failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fault {
    /// The parameters do not fit.
    InvalidParameters,
    /// This cluster, version or backend cannot do it.
    Unsupported,
    /// Something must be different first.
    Precondition,
    /// A defect of the plugin.
    Internal,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::InvalidParameters => "invalid parameters",
            Self::Unsupported => "unsupported",
            Self::Precondition => "precondition",
            Self::Internal => "internal",
        })
    }
}

/// Why there is no plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// What kind of reason.
    pub kind: Fault,
    /// One or two sentences.
    pub message: String,
    /// The facts behind it.
    pub evidence: Vec<Evidence>,
}

/// Why a step failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// What kind of reason.
    pub kind: Fault,
    /// One or two sentences.
    pub message: String,
    /// The facts behind it.
    pub evidence: Vec<Evidence>,
}

/// Which attempt at a step this is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// 1 for the first.
    pub number: u32,
    /// When the first attempt began.
    pub first_started_at: Timestamp,
}

/// How an attempt ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Done; a summary.
    Done(String),
    /// Jobs go on; their ids.
    WaitFor(Vec<String>),
    /// Not now.
    Postpone {
        /// Why.
        reasons: Vec<String>,
        /// Seconds to wait at least.
        retry_after_seconds: u64,
    },
    /// Done, and these are to follow.
    Extend(Vec<Step>),
    /// The world is not what the plan assumed; why.
    Replan(String),
}
