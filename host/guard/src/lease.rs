//! Who holds a node, and which work can share one.

use std::collections::BTreeSet;
use std::fmt;

use ringkeeper_cluster::NodeId;
use ringkeeper_seams::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A kind of work, as far as it matters to what else may go on on the same node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum WorkKind {
    /// Looks only; holds nothing.
    Observe,
    /// Takes or clears snapshots.
    Snapshot,
    /// Reads files and sends them away.
    Upload,
    /// Repairs ranges.
    Repair,
    /// Rewrites or flushes tables of one node.
    Tables,
    /// Takes the node or a service of it away.
    Disrupt,
    /// Starts a node that is down.
    BringBack,
    /// Puts files in the place of others.
    Restore,
    /// Anything else that changes something.
    Other,
}

impl WorkKind {
    /// The word shown to people.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Observe => "observing",
            Self::Snapshot => "snapshot",
            Self::Upload => "upload",
            Self::Repair => "repair",
            Self::Tables => "work on tables",
            Self::Disrupt => "disruption",
            Self::BringBack => "bringing it back",
            Self::Restore => "restore",
            Self::Other => "other work",
        }
    }
}

/// Who holds: one step of one run.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Holder {
    /// The run.
    pub run: String,
    /// The step.
    pub step: String,
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "step {} of run {}", self.step, self.run)
    }
}

/// A node that is held.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lease {
    /// The node.
    pub node: NodeId,
    /// Who holds it.
    pub holder: Holder,
    /// What for.
    pub work: BTreeSet<WorkKind>,
    /// Since when.
    pub since: Timestamp,
    /// Counts leases of the cluster; a later one is greater.
    pub fence: u64,
    /// Its time limit: past it the holder begins nothing more, and the lease ends when its work is at rest.
    pub until: Timestamp,
}
