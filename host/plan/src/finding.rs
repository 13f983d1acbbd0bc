//! Findings: something seen, with its evidence.

use std::fmt;

use ringkeeper_cluster::NodeId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Something a plugin saw.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Finding {
    /// Names the matter, not the moment: equal keys are the same matter.
    pub key: String,
    /// How bad it is.
    pub severity: Severity,
    /// What it is about.
    pub subject: Subject,
    /// Whose matter it is.
    pub owner: Owner,
    /// One sentence for a person.
    pub title: String,
    /// The facts, most telling first.
    pub evidence: Vec<Evidence>,
    /// What to do.
    pub suggestion: Option<String>,
    /// An operation that would cure it.
    pub suggested_operation: Option<String>,
}

/// One fact behind a finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Evidence {
    /// What was looked at.
    pub name: String,
    /// What was seen, with its unit.
    pub value: String,
    /// Where it would have been fine.
    pub limit: Option<String>,
}

/// How bad a finding is, least first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Good to know.
    Info,
    /// Something the owner of schema or sizing should consider.
    Advice,
    /// Needs attention soon.
    Warning,
    /// Data or service is in danger now.
    Severe,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Info => "info",
            Self::Advice => "advice",
            Self::Warning => "warning",
            Self::Severe => "severe",
        })
    }
}

/// Whose matter a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Owner {
    /// Machines, network, storage, the Cassandra process.
    Platform,
    /// Schema, replication, settings, sizing.
    Configuration,
    /// Could not be told.
    Unknown,
}

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Platform => "platform",
            Self::Configuration => "configuration",
            Self::Unknown => "unknown",
        })
    }
}

/// What a finding is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Subject {
    /// The cluster as a whole.
    Cluster,
    /// One data centre.
    DataCentre {
        /// Its name.
        name: String,
    },
    /// One node.
    Node {
        /// Its host id.
        id: NodeId,
    },
    /// One keyspace.
    Keyspace {
        /// Its name.
        name: String,
    },
    /// One table.
    Table {
        /// Its keyspace.
        keyspace: String,
        /// Its name.
        table: String,
    },
}
