//! What is to be done.

use std::collections::BTreeSet;

use ringkeeper_cluster::NodeId;
use ringkeeper_plan::{Deadline, Impact};
use serde::{Deserialize, Serialize};

use crate::{Holder, WorkKind};

/// Work that wants to begin, or the next disrupting call of work that has begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// Who asks; its own leases do not stand in its way. None where a person asks what would be.
    pub holder: Option<Holder>,
    /// The kinds of work.
    pub work: BTreeSet<WorkKind>,
    /// The strongest impact.
    pub impact: Impact,
    /// The nodes it touches.
    pub nodes: BTreeSet<NodeId>,
    /// When it must be done, and why; none where nothing presses.
    pub deadline: Option<Deadline>,
    /// How it stands with a person's word and the operator's grants.
    pub approval: Approval,
}

/// How work stands with a person's word and the operator's grants.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "approval", rename_all = "kebab-case")]
pub enum Approval {
    /// Nobody's word is needed.
    #[default]
    Automatic,
    /// A person approved the plan of this hash.
    Given {
        /// The plan.
        hash: String,
    },
    /// A person must approve the plan of this hash first.
    Missing {
        /// The plan.
        hash: String,
    },
    /// The operator's configuration does not allow it (any more).
    Denied {
        /// What it does not allow.
        reason: String,
    },
}
