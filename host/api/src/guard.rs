//! What the guard says, to people who ask it.

use ringkeeper_cluster::{Endpoint, NodeId};
use ringkeeper_guard::{Block, WorkKind};
use ringkeeper_plan::Impact;
use ringkeeper_seams::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Whether work on these nodes could begin now. `POST /api/v1/guard/explain`; answers a [`GuardAnswer`]. No plugin is asked
/// and nothing is changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GuardQuestion {
    /// The cluster; may be left out when the host has one.
    #[serde(default)]
    pub cluster: Option<String>,
    /// The nodes, all touched at once: each by IP address, address with port, or the beginning of its host id.
    #[serde(default)]
    pub nodes: Vec<String>,
    /// Racks all of whose nodes are meant, too, each as `data centre/rack`.
    #[serde(default)]
    pub racks: Vec<String>,
    /// How strong the work is; `disrupt` when left out.
    #[serde(default = "disrupt")]
    pub impact: Impact,
    /// The kind of work; when left out, `disrupt` for a disruption and `other` for a change.
    #[serde(default)]
    pub work: Option<WorkKind>,
}

const fn disrupt() -> Impact {
    Impact::Disrupt
}

/// What the guard says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct GuardAnswer {
    /// The cluster.
    pub cluster: String,
    /// The nodes that were meant, by data centre, rack and address.
    pub nodes: Vec<AskedNode>,
    /// How strong the work would be.
    pub impact: Impact,
    /// Its kind.
    pub work: WorkKind,
    /// Whether it could begin now.
    pub admitted: bool,
    /// Everything that stands in the way, in the order of the rules; empty when admitted.
    pub blocks: Vec<BlockRow>,
    /// When the cluster was looked at for this answer.
    pub observed_at: Timestamp,
    /// What this answer does not say, in a sentence.
    pub note: String,
}

/// A node that was asked about.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AskedNode {
    /// Its host id.
    pub id: NodeId,
    /// Its gossip address.
    pub address: Endpoint,
    /// Its data centre.
    pub data_center: String,
    /// Its rack.
    pub rack: String,
    /// Whether it serves as a replica now, in words: `serves`, `down since …`, `held by step … of run …`.
    pub standing: String,
}

/// One thing that stands in the way of work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BlockRow {
    /// The block: rule, subject, signal, value, limit, since, lifted_by, until, and for availability the replicas that
    /// would be missing (`short`).
    #[serde(flatten)]
    pub block: Block,
    /// All of it, for a person.
    pub text: String,
}

impl From<Block> for BlockRow {
    fn from(block: Block) -> Self {
        let text = block.to_string();
        Self { block, text }
    }
}

/// What the guard has against a step of a plan, now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BlockedStep {
    /// The step's id.
    pub step: String,
    /// What stands in its way.
    pub blocks: Vec<BlockRow>,
}
