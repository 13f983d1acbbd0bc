//! The cluster as the host knows it: every node's word about every other, merged.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt;
use std::sync::Arc;

use ringkeeper_ring::{PlacementMap, Token};
use ringkeeper_seams::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    ConsistencyLevel, Endpoint, Keyspace, MetricHistory, NodeError, NodeId, NodeWork, Probe, ProcessIdentity,
};

/// One look at a cluster. Immutable; the observer publishes a new one after every sweep.
#[derive(Clone, Debug, PartialEq)]
pub struct Snapshot {
    /// The name in the configuration.
    pub cluster: String,
    /// The name the nodes give; none before any answered.
    pub cassandra_name: Option<String>,
    /// The partitioner's class without its package; none before any answered.
    pub partitioner: Option<String>,
    /// When the last membership sweep ended.
    pub observed_at: Timestamp,
    /// Counts membership sweeps since the host started, from 1.
    pub sweep: u64,
    /// Members by host id.
    pub nodes: BTreeMap<NodeId, NodeView>,
    /// Contact points that have never answered, so that nobody knows which node they are.
    pub silent_contacts: Vec<SilentContact>,
    /// Keyspaces by name; empty until the schema was read. Looks share them for as long as they stay the same.
    pub keyspaces: Arc<BTreeMap<String, KeyspaceView>>,
    /// When the schema was last read; none before.
    pub schema_observed_at: Option<Timestamp>,
    /// The class that authenticates clients, without its package, e.g. `PasswordAuthenticator`; none until it was read.
    pub authenticator: Option<String>,
    /// Since when the nodes that answer have had more than one schema version; none while they agree. Every schema
    /// change is such a disagreement for some seconds.
    pub schema_disagrees_since: Option<Timestamp>,
    /// Numbers about nodes and tables.
    pub metrics: Arc<MetricHistory>,
    /// What the host could not make fit: computed and claimed placements that differ, a failing schema read.
    pub warnings: Vec<Warning>,
}

/// A contact point nobody answers at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SilentContact {
    /// Where.
    pub endpoint: Endpoint,
    /// Since when, as far as the host has seen.
    pub since: Timestamp,
    /// Why.
    pub error: NodeError,
}

/// Something the host could not make fit; shown to the operator, cleared when it fits again.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Warning {
    /// What it is about, e.g. `placements/shop`.
    pub about: String,
    /// One sentence.
    pub message: String,
}

/// A member of the ring.
#[derive(Clone, Debug, PartialEq)]
pub struct NodeView {
    /// Who it is.
    pub id: NodeId,
    /// Where it is.
    pub endpoint: Endpoint,
    /// Its data centre.
    pub data_centre: String,
    /// Its rack.
    pub rack: String,
    /// Its tokens, ascending.
    pub tokens: Vec<Token>,
    /// Its Cassandra version: its own word, else what is gossiped.
    pub release_version: Option<String>,
    /// Its schema version: its own word of the last sweep; none while silent.
    pub schema_version: Option<String>,
    /// How its peers see it.
    pub status: PeerStatus,
    /// Since when.
    pub status_since: Timestamp,
    /// How each node that answered sees it, itself left out: up, down, or (none) not known there.
    pub views: BTreeMap<NodeId, Option<bool>>,
    /// Whether it saw a member down, when it last answered, that answered the host itself: it may not hear others who hear it.
    pub is_deaf: bool,
    /// Its state in the ring.
    pub membership: Membership,
    /// Since when.
    pub membership_since: Timestamp,
    /// Whether it answers the host.
    pub answer: Answer,
    /// Since when it does or does not.
    pub answer_since: Timestamp,
    /// When it last answered.
    pub last_answered_at: Option<Timestamp>,
    /// Its process: its own word, kept while it is silent.
    pub process: Option<ProcessIdentity>,
    /// Its operation mode by its own word; none while silent.
    pub operation_mode: Option<String>,
    /// Whether it gossips, by its own word; none while silent.
    pub gossip_running: Option<bool>,
    /// Whether it takes CQL clients, by its own word; none while silent.
    pub native_transport_running: Option<bool>,
    /// Bytes of live SSTables, its last word.
    pub load_bytes: Option<u64>,
    /// Numbers of the repair commands it coordinates, whoever started them; none while silent.
    pub repair_commands: BTreeSet<i32>,
    /// Long work under way on it, by its own word; nothing while silent.
    pub work: NodeWork,
    /// What its management endpoint is; none before it was asked.
    pub probe: Option<Probe>,
    /// Changes of status and membership that the host saw, oldest first, at most [`NodeView::TRANSITIONS`].
    pub transitions: VecDeque<Transition>,
}

impl NodeView {
    /// How many changes are remembered.
    pub const TRANSITIONS: usize = 100;
}

/// How the other nodes see one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum PeerStatus {
    /// All that were asked see it up. A node that is alone is up if it answers.
    Up,
    /// All that were asked see it down.
    Down,
    /// Some see it up, some down.
    Disputed,
    /// Nobody could be asked.
    Unknown,
}

impl PeerStatus {
    /// The word shown to people and plugins.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Up => "up",
            Self::Down => "down",
            Self::Disputed => "disputed",
            Self::Unknown => "unknown",
        }
    }
}

impl fmt::Display for PeerStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A node's state in the ring. The words are the managed service's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub enum Membership {
    /// A full member.
    Normal,
    /// Bootstrapping or replacing.
    Joining,
    /// Decommissioning or being removed.
    Leaving,
    /// Changing its tokens.
    Moving,
    /// Shut down on purpose: drained, or told its peers goodbye.
    Stopped,
    /// Nobody could be asked.
    Unknown,
}

impl Membership {
    /// The word shown to people and plugins.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Normal => "Normal",
            Self::Joining => "Joining",
            Self::Leaving => "Leaving",
            Self::Moving => "Moving",
            Self::Stopped => "Stopped",
            Self::Unknown => "Unknown",
        }
    }
}

impl fmt::Display for Membership {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// Whether a node's management endpoint answers the host.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// It answered at the last sweep.
    Answered,
    /// It did not.
    Silent(NodeError),
}

/// A change the host saw.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transition {
    /// When.
    pub at: Timestamp,
    /// From what: a word of [`PeerStatus`] or [`Membership`].
    pub before: String,
    /// To what.
    pub after: String,
}

/// A keyspace with its placements and the policy about it.
#[derive(Clone, Debug, PartialEq)]
pub struct KeyspaceView {
    /// As the schema has it.
    pub keyspace: Keyspace,
    /// Whether Cassandra itself made it.
    pub is_system: bool,
    /// The level it must keep, by policy; none where its availability is not watched.
    pub consistency_level: Option<ConsistencyLevel>,
    /// Where its ranges are; none where that is unknown. Keyspaces with equal placements share one map.
    pub placements: Option<Arc<PlacementMap<NodeId>>>,
    /// Equal for keyspaces that share a map.
    pub placement_map: Option<u64>,
}
