//! Nodes, in a line and in full.

use ringkeeper_cluster::{Endpoint, Installed, Membership, NodeId, PeerStatus};
use ringkeeper_seams::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A node in a line. Field names are those of the managed service where it has the fact.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct NodeSummary {
    /// Its host id.
    pub host_id: NodeId,
    /// Its gossip address.
    pub address: Endpoint,
    /// Its data centre.
    pub data_center: String,
    /// Its rack.
    pub rack: String,
    /// How its peers see it: `up`, `down`, `disputed`, `unknown`.
    pub status: PeerStatus,
    /// Since when, as far as the host has seen.
    pub status_since: Timestamp,
    /// Its state in the ring: `Normal`, `Leaving`, `Joining`, `Moving`, `Stopped`, `Unknown`.
    pub state: Membership,
    /// Whether its management endpoint answered the host at the last sweep.
    pub answers: bool,
    /// Why it did not.
    pub answer_error: Option<String>,
    /// When it last answered.
    pub last_answered_at: Option<Timestamp>,
    /// Its own operation mode, e.g. `NORMAL`; none while it does not answer.
    pub operation_mode: Option<String>,
    /// When its Cassandra process started.
    pub process_started_at: Option<Timestamp>,
    /// Its Cassandra version.
    pub release_version: Option<String>,
    /// Its schema version; none while it does not answer.
    pub schema_version: Option<String>,
    /// Bytes of live SSTables.
    pub load_bytes: Option<u64>,
    /// How many tokens it owns.
    pub size: usize,
    /// Share of all rows of the user keyspaces that it holds a replica of, in percent; none where there is no user
    /// keyspace, or they are not all placed alike.
    pub owns_percent: Option<f64>,
    /// Compactions still to do.
    pub pending_compactions: Option<u64>,
    /// Java heap in use.
    pub heap_used_bytes: Option<u64>,
    /// Java heap at most.
    pub heap_max_bytes: Option<u64>,
    /// The run that holds it for work; none where none does. Several are parted by commas.
    #[serde(default)]
    pub held_by: Option<String>,
}

/// A node in full. `GET /api/v1/clusters/{cluster}/nodes/{address or host id}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct NodeDetail {
    /// The line.
    pub summary: NodeSummary,
    /// Its tokens, ascending.
    pub tokens: Vec<i64>,
    /// Whether it gossips, by its own word.
    pub gossip_running: Option<bool>,
    /// Whether it takes CQL clients, by its own word.
    pub native_transport_running: Option<bool>,
    /// Its management endpoint, e.g. `Jolokia 2.2.9, several threads`.
    pub agent: Option<String>,
    /// How each node that answered sees it.
    pub views: Vec<PeerViewRow>,
    /// What changed, oldest first.
    pub transitions: Vec<TransitionRow>,
    /// The newest number of each of its metrics.
    pub metrics: Vec<MetricValue>,
    /// What is installed on its machine, by the agent there; none where nobody tells, or not in time.
    #[serde(default)]
    pub installed: Option<Installed>,
}

/// How one node sees another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PeerViewRow {
    /// Host id of the one that looks.
    pub observer: NodeId,
    /// Its address.
    pub address: Endpoint,
    /// Whether it sees the node up; none where it does not know it.
    pub sees_up: Option<bool>,
}

/// A change the host saw.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TransitionRow {
    /// When.
    pub at: Timestamp,
    /// From what.
    pub before: String,
    /// To what.
    pub after: String,
}

/// The newest number of one metric.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct MetricValue {
    /// Its name.
    pub name: String,
    /// Its unit.
    pub unit: String,
    /// The number.
    pub value: f64,
    /// When it was read.
    pub at: Timestamp,
}
