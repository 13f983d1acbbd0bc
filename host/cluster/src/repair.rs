//! Repair: what one command is to do, and what nodes say of the commands they run and remember.

use std::collections::BTreeSet;
use std::fmt;

use ringkeeper_ring::TokenRange;
use ringkeeper_seams::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::ProcessIdentity;

/// What one repair command is to do. Always full, never incremental, never forced: a replica that is down fails it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RepairOrder {
    /// The keyspace.
    pub keyspace: String,
    /// Its tables; at least one, as no table would mean all of them to Cassandra.
    pub tables: Vec<String>,
    /// The ranges; at least one, and none the whole ring, which Cassandra refuses as one range. The coordinator is a
    /// replica of each, and each lies within one range of the placement map.
    pub ranges: Vec<TokenRange>,
    /// Data centres whose replicas take part; all where empty.
    pub data_centres: Vec<String>,
    /// Which replicas build their merkle trees at the same time.
    pub parallelism: RepairParallelism,
    /// Tables repaired at the same time, 1 to 4 (`jobThreads`).
    pub threads: u8,
}

/// Which replicas build their merkle trees at the same time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RepairParallelism {
    /// One after another, from a snapshot: gentlest, slowest.
    Sequential,
    /// All at once.
    #[default]
    Parallel,
    /// One in each data centre at a time.
    DataCentreAware,
}

impl RepairParallelism {
    /// The word of Cassandra's repair option `parallelism`.
    #[must_use]
    pub const fn option(self) -> &'static str {
        match self {
            Self::Sequential => "sequential",
            Self::Parallel => "parallel",
            Self::DataCentreAware => "dc_parallel",
        }
    }
}

impl fmt::Display for RepairParallelism {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Sequential => "sequential",
            Self::Parallel => "parallel",
            Self::DataCentreAware => "data-centre-aware",
        })
    }
}

/// A repair command that a node took. Its number means something to this process alone: they start at 1 again when the
/// node does.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RepairCommand {
    /// The number; 0 where the node found nothing to do.
    pub number: i32,
    /// The process that took it, as of the same answer.
    pub process: ProcessIdentity,
}

/// What a node says of one of its commands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RepairAnswer {
    /// The process that answered.
    pub process: ProcessIdentity,
    /// What it said.
    pub state: RepairState,
}

/// How a repair command stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RepairState {
    /// The node has no word of it. It may wait in a queue, or have ended so long ago that it was forgotten.
    Unknown,
    /// It runs.
    Running,
    /// It ended well; the node's words.
    Completed(String),
    /// It ended badly; the node's words.
    Failed(String),
}

/// A repair as the cluster remembers it: a row of `system_views.repairs` of one node, or of
/// `system_distributed.parent_repair_history`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordedRepair {
    /// Cassandra's id of the parent session.
    pub id: Uuid,
    /// The command's number on its coordinator; none in the history, which does not have it.
    pub command: Option<i32>,
    /// The keyspace.
    pub keyspace: String,
    /// Its tables.
    pub tables: BTreeSet<String>,
    /// The ranges asked for.
    pub ranges: Vec<TokenRange>,
    /// The ranges that were repaired; a subset of `ranges`, empty while it runs.
    pub repaired: Vec<TokenRange>,
    /// When it began, by the coordinator's clock.
    pub started_at: Timestamp,
    /// When it ended; none while it runs, and for ever where its coordinator died.
    pub ended_at: Option<Timestamp>,
    /// Why it failed; none while it runs or where it did not.
    pub failure: Option<String>,
    /// Whether every replica of the ranges took part: no data centres, no hosts, no preview. Only such a repair counts
    /// for the whole ring.
    pub whole: bool,
    /// The data centres it was limited to; empty where it was not.
    pub data_centres: BTreeSet<String>,
}
