//! What the operator holds a cluster to.

use std::collections::{BTreeMap, BTreeSet};

use ringkeeper_schedule::{FrozenSpan, OpenHours};
use ringkeeper_seams::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{ApprovalPolicy, Rule, Scope};

/// What the operator holds a cluster to. Consistency levels stand with the keyspaces of the snapshot.
#[derive(Clone, Debug, Default)]
pub struct Policy {
    /// Keyspaces whose availability may suffer, for a while and for a reason.
    pub waivers: Vec<Waiver>,
    /// When work may happen.
    pub windows: Vec<OpenHours>,
    /// When it must not.
    pub freezes: Vec<FrozenSpan>,
    /// Where a node is under too much pressure.
    pub pressure: PressureLimits,
    /// Whose word work needs.
    pub approval: ApprovalPolicy,
    /// How far the grants of plugins reach, by plugin; one that is not named here is not bound.
    pub scopes: BTreeMap<String, Scope>,
    /// Rules that are not asked, so that a simulation can show that it finds what they prevent. Nothing an operator can
    /// write fills it.
    pub omitted: BTreeSet<Rule>,
}

/// A keyspace whose availability may suffer until a moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiver {
    /// The keyspace.
    pub keyspace: String,
    /// Why.
    pub reason: String,
    /// Until when.
    pub until: Timestamp,
}

/// Where a node is under too much pressure for work. None switches a limit off.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct PressureLimits {
    /// Pending compactions of a node, for repairs and work on its tables.
    pub pending_compactions: Option<u64>,
    /// Share of the heap in use after collection, in percent, for everything.
    pub heap_percent: Option<f64>,
    /// Messages a node dropped within the last minutes, a second, for everything.
    pub dropped_per_second: Option<f64>,
    /// Hints waiting on peers for the nodes of a disruption, in total.
    pub hints_in_progress: Option<u64>,
}

impl Default for PressureLimits {
    fn default() -> Self {
        Self {
            pending_compactions: Some(100),
            heap_percent: Some(95.0),
            dropped_per_second: Some(10.0),
            hints_in_progress: Some(10_000),
        }
    }
}
