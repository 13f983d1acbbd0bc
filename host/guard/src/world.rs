//! What is known at this moment.

use std::collections::BTreeSet;
use std::time::Duration;

use ringkeeper_cluster::{LevelUse, NodeId, Snapshot};
use ringkeeper_seams::Timestamp;
use serde::{Deserialize, Serialize};

use crate::Lease;

/// Everything the rules look at. Each node of the snapshot says when it was last heard.
#[derive(Clone, Copy, Debug)]
pub struct World<'w> {
    /// This moment.
    pub now: Timestamp,
    /// The newest look at the cluster. Before something is disrupted it is a look made for the purpose.
    pub snapshot: &'w Snapshot,
    /// The time between two sweeps: what is older than two of them is unknown.
    pub sweep_every: Duration,
    /// Every node that is held.
    pub leases: &'w [Lease],
    /// Maintenance that is not ours.
    pub foreign: &'w [Foreign],
    /// The operator's switch, where it is thrown.
    pub frozen: Option<&'w Frozen>,
    /// Levels that clients use, by the nodes' request counters.
    pub levels: &'w [LevelUse],
}

/// The operator's switch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frozen {
    /// Since when.
    pub since: Timestamp,
    /// Why.
    pub reason: String,
}

/// Maintenance that is not ours.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Foreign {
    /// The node that leads it or does it.
    pub node: NodeId,
    /// What it is.
    pub kind: ForeignKind,
    /// In words, e.g. `repair command 7`, `2 tasks of Cleanup`.
    pub what: String,
    /// Every node that it may touch, its own included.
    pub touches: BTreeSet<NodeId>,
}

/// Kinds of maintenance by others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ForeignKind {
    /// A repair of another tool.
    Repair,
    /// A compaction, cleanup, scrub or upgrade that a person or tool began.
    Compaction,
    /// Cassandra's built-in repair scheduler, while it is on: it may begin a repair at any moment. In the way of repairs alone.
    AutoRepair,
}
