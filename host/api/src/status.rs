//! Clusters, in a line and in full.

use ringkeeper_cluster::{SilentContact, Warning};
use ringkeeper_seams::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{NodeSummary, OpenFinding};

/// A cluster in a line. `GET /api/v1/clusters`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ClusterSummary {
    /// The name in the configuration.
    pub name: String,
    /// The name the nodes give.
    pub cassandra_name: Option<String>,
    /// Members of the ring.
    pub nodes: usize,
    /// Members that all their peers see up.
    pub nodes_up: usize,
    /// Open findings.
    pub findings: usize,
    /// When membership was last read; none before the first sweep.
    pub observed_at: Option<Timestamp>,
}

/// A cluster in full. `GET /api/v1/clusters/{cluster}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ClusterStatus {
    /// The name in the configuration.
    pub name: String,
    /// The name the nodes give.
    pub cassandra_name: Option<String>,
    /// The partitioner's class without its package.
    pub partitioner: Option<String>,
    /// When membership was last read.
    pub timestamp: Timestamp,
    /// Membership sweeps since the host started.
    pub sweep: u64,
    /// When the schema was last read.
    pub schema_observed_at: Option<Timestamp>,
    /// How many schema versions the nodes that answered have; 1 is agreement.
    pub schema_versions: usize,
    /// Its data centres, by name.
    pub data_centers: Vec<DataCentreStatus>,
    /// Contact points that have never answered.
    pub connection_errors: Vec<SilentContact>,
    /// What the host could not make fit.
    pub warnings: Vec<Warning>,
    /// Open findings, worst first.
    pub findings: Vec<OpenFinding>,
    /// Operations that look, and when they last did.
    pub checks: Vec<CheckRow>,
}

/// A data centre.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DataCentreStatus {
    /// Its name.
    pub name: String,
    /// Its nodes, by rack and address.
    pub nodes: Vec<NodeSummary>,
}

/// An operation that looks, and when it last did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CheckRow {
    /// The operation.
    pub operation: String,
    /// When it last ran.
    pub checked_at: Timestamp,
    /// Why it could not look; none when it could.
    pub error: Option<String>,
}
