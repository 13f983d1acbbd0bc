//! `[policy]`: what the host holds a cluster to.

use std::collections::BTreeMap;

use ringkeeper_cluster::ConsistencyLevel;
use ringkeeper_guard::{ApprovalPolicy, PressureLimits};

use crate::key::{Absent, Key, Section};
use crate::kind::{Choice, Keyspaces, Word};
use crate::reading::{Reading, Table};

mod approval;
mod mitigation;
mod pressure;
mod waiver;

pub use mitigation::MitigationConfig;
pub use waiver::WaiverConfig;

/// What the host holds a cluster to.
#[derive(Clone, Debug, PartialEq)]
pub struct PolicyConfig {
    /// The level every keyspace must keep unless it is named below.
    pub default_consistency: ConsistencyLevel,
    /// Keyspaces with a level of their own.
    pub keyspaces: BTreeMap<String, KeyspacePolicy>,
    /// Keyspaces whose availability may suffer for a while; at most one waiver each.
    pub waivers: Vec<WaiverConfig>,
    /// Where a node is under too much pressure for work.
    pub pressure: PressureLimits,
    /// Whose word work needs.
    pub approval: ApprovalPolicy,
    /// Operations that the host begins by itself when something was found.
    pub mitigations: Vec<MitigationConfig>,
}

/// What the host holds one keyspace to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyspacePolicy {
    /// This level must stay possible.
    Keep(ConsistencyLevel),
    /// Its availability is nobody's concern.
    Unwatched,
}

pub(crate) static SECTION: Section = Section {
    path: "policy",
    repeated: false,
    meaning: "What the host holds the clusters to.",
    keys: &[&DEFAULT_CONSISTENCY, &KEYSPACES],
    sections: &[
        &waiver::SECTION,
        &pressure::SECTION,
        &approval::SECTION,
        &mitigation::SECTION,
    ],
};

static DEFAULT_CONSISTENCY: Key<Choice<ConsistencyLevel>> = Key {
    name: "default_consistency",
    kind: Choice::OF_ALL,
    absent: Absent::Default("\"LOCAL_QUORUM\""),
    meaning: "The level at which every keyspace must stay readable and writable, unless it is named in `keyspaces`.",
};

static KEYSPACES: Key<Keyspaces> = Key {
    name: "keyspaces",
    kind: Keyspaces,
    absent: Absent::Default("{}"),
    meaning: "Keyspaces with a level of their own; `unwatched` for one whose availability is nobody's concern. \
              `system_distributed` and `system_traces` are unwatched unless named here.",
};

impl Word for ConsistencyLevel {
    const EVERY: &'static [Self] = &Self::EVERY;

    fn word(self) -> &'static str {
        self.name()
    }
}

impl PolicyConfig {
    pub(crate) fn read(root: &Table<'_>, reading: &mut Reading<'_>) -> Option<Self> {
        let table = root.table(reading, &SECTION);
        let default_consistency = table.value(reading, &DEFAULT_CONSISTENCY);
        let keyspaces = table.value(reading, &KEYSPACES);
        let waivers = WaiverConfig::read_all(&table, reading);
        let pressure = pressure::read(&table, reading);
        let approval = approval::read(&table, reading);
        let mitigations = MitigationConfig::read_all(&table, reading);
        Some(Self {
            default_consistency: default_consistency?,
            keyspaces: keyspaces?,
            waivers: waivers?,
            pressure: pressure?,
            approval: approval?,
            mitigations: mitigations?,
        })
    }
}
