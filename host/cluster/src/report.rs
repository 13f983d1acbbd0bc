//! What one node said in one answer.

use std::collections::{BTreeMap, BTreeSet};

use ringkeeper_ring::{Token, TokenRange};
use ringkeeper_seams::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Endpoint, NodeId};

/// Which process answers: a restart changes it, nothing else does. From `java.lang:type=Runtime` (the gossip
/// generation also changes without a restart, so it is no identity).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ProcessIdentity {
    /// `Name` of the Java runtime: process id and host name.
    pub name: String,
    /// `StartTime` of the Java runtime.
    pub started_at: Timestamp,
}

/// How many calls the management endpoint answers at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AgentThreads {
    /// More than one at once.
    Several,
    /// One: a long call blinds the host. Blocking operations are unsupported.
    Single,
    /// Could not be told.
    Unknown,
}

/// What a node's management endpoint is and can do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Probe {
    /// The endpoint's product and version, e.g. `Jolokia 2.2.9`.
    pub agent: String,
    /// Whether it answers several calls at once.
    pub threads: AgentThreads,
    /// The node's Cassandra version.
    pub release_version: String,
    /// Operations of the storage service with their full signatures, e.g. `repairAsync(java.lang.String,java.util.Map)`.
    pub operations: BTreeSet<String>,
}

/// What one node says of itself and its peers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MembershipReport {
    /// Its host id.
    pub host_id: NodeId,
    /// Which process answered.
    pub process: ProcessIdentity,
    /// The cluster's name.
    pub cluster_name: String,
    /// The partitioner's class without its package.
    pub partitioner: String,
    /// Its Cassandra version.
    pub release_version: String,
    /// Its schema version.
    pub schema_version: String,
    /// Its operation mode, e.g. `NORMAL`.
    pub operation_mode: String,
    /// Whether it takes part in gossip.
    pub gossip_running: bool,
    /// Whether it takes CQL clients.
    pub native_transport_running: bool,
    /// Bytes of live SSTables on it.
    pub load_bytes: Option<u64>,
    /// Nodes it sees up.
    pub live: BTreeSet<Endpoint>,
    /// Nodes it sees down.
    pub unreachable: BTreeSet<Endpoint>,
    /// Nodes it sees joining.
    pub joining: BTreeSet<Endpoint>,
    /// Nodes it sees leaving.
    pub leaving: BTreeSet<Endpoint>,
    /// Nodes it sees moving.
    pub moving: BTreeSet<Endpoint>,
    /// Numbers of the repair commands it coordinates now, whoever started them.
    pub repair_commands: BTreeSet<i32>,
    /// Long work under way on it, whoever began it.
    pub work: NodeWork,
}

/// Long work that a node says is under way on it, whoever began it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NodeWork {
    /// Tasks of its compaction manager by kind, e.g. `Compaction`, `Cleanup`, `Upgrade sstables`, `Validation`.
    pub compactions: BTreeMap<String, u32>,
    /// Its streams.
    pub streams: Vec<Stream>,
    /// Whether its built-in repair scheduler is on; none where the release has none.
    pub auto_repair: Option<bool>,
}

/// Whether a kind of task of the compaction manager was begun by a person or a tool, and not by Cassandra itself: the
/// words of `OperationType`. Before 5.0 a major compaction is a `Compaction` as any other and cannot be told.
#[must_use]
pub fn is_maintenance(kind: &str) -> bool {
    const BEGUN_BY_SOMEBODY: [&str; 7] = [
        "cleanup",
        "scrub",
        "upgrade sstables",
        "verify",
        "major compaction",
        "relocate sstables to correct disk",
        "remove deleted data",
    ];
    BEGUN_BY_SOMEBODY.contains(&kind.to_lowercase().as_str())
}

/// A stream plan that a node takes part in.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Stream {
    /// What it is for, in Cassandra's words: `Repair`, `Bootstrap`, `Rebuild`, `Unbootstrap`, `Relocation`, `Hints`.
    pub operation: String,
    /// The other nodes in it.
    pub peers: BTreeSet<Endpoint>,
}

/// The ring as one node knows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TopologyReport {
    /// Every node in gossip that has a host id, down ones included.
    pub members: BTreeMap<NodeId, TopologyMember>,
}

/// One member of the ring as another node knows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TopologyMember {
    /// Its gossip address.
    pub endpoint: Endpoint,
    /// Its data centre.
    pub data_centre: String,
    /// Its rack.
    pub rack: String,
    /// Its Cassandra version, as gossiped.
    pub release_version: Option<String>,
    /// Its schema version, as gossiped.
    pub schema_version: Option<String>,
    /// First word of its gossip status, e.g. `NORMAL`, `BOOT`, `LEAVING`, `shutdown`.
    pub gossip_status: Option<String>,
    /// Its tokens, ascending; none while it joins.
    pub tokens: Vec<Token>,
}

impl TopologyMember {
    /// Whether it is no member any more: gossip remembers a node for three days after it left or was removed.
    #[must_use]
    pub fn has_left(&self) -> bool {
        matches!(self.gossip_status.as_deref(), Some("LEFT" | "removed"))
    }
}

/// One range as a node's own describe-ring has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NodePlacement {
    /// The range.
    pub range: TokenRange,
    /// Its replicas, in the order given.
    pub replicas: Vec<Endpoint>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cassandra_does_by_itself_is_no_maintenance() {
        for own in [
            "Compaction",
            "Validation",
            "Tombstone Compaction",
            "Anticompaction after repair",
            "Flush",
        ] {
            assert!(!is_maintenance(own), "{own}");
        }
        for begun in [
            "Cleanup",
            "Scrub",
            "Upgrade sstables",
            "Major compaction",
            "Verify",
        ] {
            assert!(is_maintenance(begun), "{begun}");
        }
    }
}
