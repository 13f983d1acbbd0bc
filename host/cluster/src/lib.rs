//! The seam to a cluster: everything it can be asked, as one trait and plain values.
//!
//! Three kinds of values stand here. **Reports** are what one node said in one answer. The **snapshot** is what the
//! observer merged from all of them; status pages and plugins read it. **Metrics** are numbers by name. Backends
//! ([`Cluster`]) make reports and nothing else: they merge nothing, remember nothing and decide nothing.
//! `ringkeeper-cassandra` talks to real nodes, `ringkeeper-sim` answers from memory.

mod consistency;
mod error;
mod history;
mod id;
mod level_use;
mod machine;
mod metric;
mod process;
mod repair;
mod report;
mod schema;
mod snapshot;
mod table_snapshot;
mod tools;

pub use consistency::{ConsistencyLevel, ParseConsistencyLevelError};
pub use error::{NodeError, NodeErrorKind};
pub use history::{MetricHistory, Point, SeriesKey};
pub use id::{Endpoint, NodeId, ParseEndpointError, ParseNodeIdError};
pub use level_use::{LevelUse, levels_in_use};
pub use machine::{
    DataDirectory, Installed, InstalledCassandra, InstalledJava, KeptSnapshot, LogLevel, LogQuestion,
    LogTail, Machines, NoMachines, NodeStorage,
};
pub use metric::{METRICS, Metric, MetricKind, Sample, Tier, Unit, metric};
pub use process::{
    NoDriver, Order, ProcessDriver, ProcessError, ProcessErrorKind, ProcessPlace, ProcessState,
};
pub use repair::{RecordedRepair, RepairAnswer, RepairCommand, RepairOrder, RepairParallelism, RepairState};
pub use report::{
    AgentThreads, MembershipReport, NodePlacement, NodeWork, Probe, ProcessIdentity, Stream, TopologyMember,
    TopologyReport, is_maintenance,
};
pub use schema::{Keyspace, Schema, Table, TableName, is_system_keyspace};
pub use snapshot::{
    Answer, KeyspaceView, Membership, NodeView, PeerStatus, SilentContact, Snapshot, Transition, Warning,
};
pub use table_snapshot::TableSnapshot;
pub use tools::{
    NoTools, ToolCall, ToolDriver, ToolEnd, ToolError, ToolErrorKind, ToolPiece, ToolReport, ToolState,
    ToolStream,
};

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use ringkeeper_seams::Timestamp;

/// How long no hints must be seen to know that there are none. Cassandra writes a hint to a file up to 10 s after it was
/// made (`hints_flush_period`), and looks every 10 s for files to finish and hand over to a node that is back.
pub const HINTS_AT_REST: Duration = Duration::from_secs(30);

/// A cluster that can be asked. Every call has its own time limit and never outlives it; a node that cannot be asked
/// answers an error that says why, and costs nobody else anything.
#[async_trait]
pub trait Cluster: std::fmt::Debug + Send + Sync {
    /// Endpoints to begin with, before any topology is known. Host names are resolved anew at every call.
    ///
    /// # Errors
    /// When not one contact point can be resolved.
    async fn contact_points(&self) -> Result<Vec<Endpoint>, NodeError>;

    /// What the management endpoint of this node is and can do. Asked once per node process.
    ///
    /// # Errors
    /// When the node cannot be asked, or is one this product refuses (Cassandra 3.x, another partitioner), which is
    /// [`NodeErrorKind::Unsupported`] with a sentence that says so.
    async fn probe(&self, node: Endpoint) -> Result<Probe, NodeError>;

    /// What this node says of itself and of its peers: the first, cheapest tier.
    ///
    /// # Errors
    /// When the node cannot be asked or answers nonsense.
    async fn membership(&self, node: Endpoint) -> Result<MembershipReport, NodeError>;

    /// Members, tokens, data centres and racks as this node knows them.
    ///
    /// # Errors
    /// As for [`Cluster::membership`].
    async fn topology(&self, via: Endpoint) -> Result<TopologyReport, NodeError>;

    /// Keyspaces and tables, from any node.
    ///
    /// # Errors
    /// When no node gives them.
    async fn schema(&self) -> Result<Schema, NodeError>;

    /// Where this node says the ranges of `keyspace` are.
    ///
    /// # Errors
    /// As for [`Cluster::membership`].
    async fn placements(&self, via: Endpoint, keyspace: &str) -> Result<Vec<NodePlacement>, NodeError>;

    /// Numbers about the node: the second tier. A number the node does not have is left out.
    ///
    /// # Errors
    /// As for [`Cluster::membership`].
    async fn node_metrics(&self, node: Endpoint) -> Result<Vec<Sample>, NodeError>;

    /// Numbers about its tables: the third, dearest tier.
    ///
    /// # Errors
    /// As for [`Cluster::membership`].
    async fn table_metrics(&self, node: Endpoint) -> Result<Vec<Sample>, NodeError>;

    /// Starts a repair with this node as coordinator. The call is sent once and never again by itself: a command that
    /// was taken and whose answer was lost runs all the same.
    ///
    /// # Errors
    /// [`NodeErrorKind::Unreachable`], [`NodeErrorKind::Unauthorised`], [`NodeErrorKind::Unsupported`] and
    /// [`NodeErrorKind::Failed`] say that nothing was started; after any other kind it is in doubt.
    async fn start_repair(&self, node: Endpoint, order: &RepairOrder) -> Result<RepairCommand, NodeError> {
        let _ = order;
        Err(unsupported(node, "repair"))
    }

    /// How a repair command of this node stands.
    ///
    /// # Errors
    /// As for [`Cluster::membership`].
    async fn repair_state(&self, node: Endpoint, command: i32) -> Result<RepairAnswer, NodeError> {
        let _ = command;
        Err(unsupported(node, "repair"))
    }

    /// What this node remembers of repairs that it coordinates or coordinated, begun at `since` or later: running and
    /// ended ones. Releases that keep no such memory on the node (4.0) answer from the cluster's history instead, so
    /// repairs of other coordinators may be among them.
    ///
    /// # Errors
    /// As for [`Cluster::membership`].
    async fn coordinated_repairs(
        &self,
        node: Endpoint,
        since: Timestamp,
    ) -> Result<Vec<RecordedRepair>, NodeError> {
        let _ = since;
        Err(unsupported(node, "repair history"))
    }

    /// The cluster's own history of repairs begun at `since` or later, by whatever tool, from any node.
    ///
    /// # Errors
    /// As for [`Cluster::schema`].
    async fn repair_history(&self, since: Timestamp) -> Result<Vec<RecordedRepair>, NodeError> {
        let _ = since;
        Err(unsupported("cluster", "repair history"))
    }

    /// Ends every repair of this node, whoever started it: Cassandra knows no other way.
    ///
    /// # Errors
    /// As for [`Cluster::membership`].
    async fn terminate_repairs(&self, node: Endpoint) -> Result<(), NodeError> {
        Err(unsupported(node, "ending repairs"))
    }

    /// Writes the memtables of these tables of a keyspace to disk; of all its tables where none is named.
    ///
    /// # Errors
    /// As for [`Cluster::membership`].
    async fn flush(&self, node: Endpoint, keyspace: &str, tables: &[String]) -> Result<(), NodeError> {
        let _ = (keyspace, tables);
        Err(unsupported(node, "flush"))
    }

    /// Files with hints that this node holds for each other node, one that is just handed over included. A hint is not
    /// in a finished file at once: none means none only where it lasts for [`HINTS_AT_REST`].
    ///
    /// # Errors
    /// As for [`Cluster::membership`]; [`NodeErrorKind::Unsupported`] where the release cannot tell (4.0).
    async fn pending_hints(&self, node: Endpoint) -> Result<BTreeMap<NodeId, u64>, NodeError> {
        Err(unsupported(node, "word of its hints"))
    }

    /// Flushes these keyspaces and keeps the files of their tables as a snapshot with this tag; of all keyspaces where none
    /// is named. The call is sent once: taken twice, a snapshot is refused.
    ///
    /// # Errors
    /// As for [`Cluster::membership`]; [`NodeErrorKind::Failed`] where the node has a snapshot of a table with this tag.
    async fn take_snapshot(&self, node: Endpoint, tag: &str, keyspaces: &[String]) -> Result<(), NodeError> {
        let _ = (tag, keyspaces);
        Err(unsupported(node, "snapshots"))
    }

    /// Every snapshot on this node, table by table, in order.
    ///
    /// # Errors
    /// As for [`Cluster::membership`].
    async fn table_snapshots(&self, node: Endpoint) -> Result<Vec<TableSnapshot>, NodeError> {
        Err(unsupported(node, "snapshots"))
    }

    /// Removes the snapshot with this tag from the node. Where there is none, it does nothing and succeeds.
    ///
    /// # Errors
    /// As for [`Cluster::membership`]; [`NodeErrorKind::Unsupported`] for an empty tag, by which Cassandra understands
    /// every snapshot.
    async fn clear_snapshot(&self, node: Endpoint, tag: &str) -> Result<(), NodeError> {
        let _ = tag;
        Err(unsupported(node, "snapshots"))
    }

    /// Drains the node: it stops serving clients and peers and writes everything to disk. Until its process is started
    /// again it serves nobody. Blocks until it is done; called again it does nothing more.
    ///
    /// # Errors
    /// As for [`Cluster::membership`]. After [`NodeErrorKind::TimedOut`] it goes on: the node's operation mode tells.
    async fn drain(&self, node: Endpoint) -> Result<(), NodeError> {
        Err(unsupported(node, "drain"))
    }
}

/// What a backend answers that cannot do it.
fn unsupported(place: impl std::fmt::Display, what: &str) -> NodeError {
    NodeError::new(
        NodeErrorKind::Unsupported,
        place,
        format!("this way of asking a cluster has no {what}"),
    )
}
