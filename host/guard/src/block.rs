//! Why work may not begin, as data.

use std::fmt;

use ringkeeper_cluster::{ConsistencyLevel, NodeId};
use ringkeeper_ring::TokenRange;
use ringkeeper_seams::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::LevelUse;

/// What the guard answers: admitted where there are no blocks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// Everything that stands in the way, in the order of the rules.
    pub blocks: Vec<Block>,
}

impl Verdict {
    /// Whether nothing stands in the way.
    #[must_use]
    pub fn is_admitted(&self) -> bool {
        self.blocks.is_empty()
    }
}

/// One thing that stands in the way. Its [`fmt::Display`] is one or two sentences for a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Block {
    /// The rule that speaks.
    pub rule: Rule,
    /// What it is about, in words: a node's address, a keyspace, a rack, a data centre.
    pub subject: String,
    /// What was looked at, e.g. `replicas left`, `lease`, `pending compactions`.
    pub signal: String,
    /// What was seen, with its unit.
    pub value: String,
    /// Where it would have been fine.
    pub limit: Option<String>,
    /// Since when it is so; none where that is not known.
    pub since: Option<Timestamp>,
    /// What lifts it, in a sentence.
    pub lifted_by: String,
    /// When it ends by itself; none where that cannot be told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// The replicas that would be missing; only of [`Rule::Availability`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub short: Option<Short>,
}

/// Ranges that would have too few replicas.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Short {
    /// The keyspace.
    pub keyspace: String,
    /// The level it must keep.
    pub level: ConsistencyLevel,
    /// Requests at that level, where it is not the keyspace's own but what clients use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<LevelUse>,
    /// The data centre whose replicas are counted; none where those of all count together.
    pub data_centre: Option<String>,
    /// How many ranges are concerned.
    pub ranges: usize,
    /// The first few of them, in token order.
    #[schemars(with = "Vec<std::collections::BTreeMap<String, i64>>")]
    pub first: Vec<TokenRange>,
    /// Replicas that would be left where fewest are left.
    pub left: usize,
    /// Replicas that are needed there.
    pub needed: usize,
    /// Replicas of the first range that do not serve already, whatever this work does.
    pub absent: Vec<NodeId>,
}

/// The rules, in the order in which they are asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Rule {
    /// Every range keeps the replicas that its keyspace's consistency level needs.
    Availability,
    /// Nobody works on a node that other work holds.
    Leases,
    /// Disruptions are in one rack of a data centre at a time.
    OneRack,
    /// Nothing is disrupted where the ring is changing or the schema is disputed.
    Topology,
    /// Work keeps to its windows, and to no freeze.
    Windows,
    /// A node under pressure is left alone.
    Pressure,
    /// Maintenance by others is waited for.
    Foreign,
    /// What needs a person's word has it, and the plugin still has its grants.
    Approval,
    /// What two release lines in one ring cannot bear is not done.
    Releases,
}

impl Rule {
    /// Every rule, in order.
    pub const EVERY: [Self; 9] = [
        Self::Availability,
        Self::Leases,
        Self::OneRack,
        Self::Topology,
        Self::Windows,
        Self::Pressure,
        Self::Foreign,
        Self::Approval,
        Self::Releases,
    ];

    /// The word shown to people, and the label in metrics.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Availability => "availability",
            Self::Leases => "leases",
            Self::OneRack => "one-rack",
            Self::Topology => "topology",
            Self::Windows => "windows",
            Self::Pressure => "pressure",
            Self::Foreign => "foreign",
            Self::Approval => "approval",
            Self::Releases => "releases",
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl Block {
    pub(crate) fn new(
        rule: Rule,
        subject: impl Into<String>,
        signal: impl Into<String>,
        value: impl Into<String>,
    ) -> Self {
        Self {
            rule,
            subject: subject.into(),
            signal: signal.into(),
            value: value.into(),
            limit: None,
            since: None,
            lifted_by: String::new(),
            until: None,
            short: None,
        }
    }

    pub(crate) fn limit(mut self, limit: impl Into<String>) -> Self {
        self.limit = Some(limit.into());
        self
    }

    pub(crate) const fn since(mut self, since: Timestamp) -> Self {
        self.since = Some(since);
        self
    }

    pub(crate) fn lifted_by(mut self, lifted_by: impl Into<String>) -> Self {
        self.lifted_by = lifted_by.into();
        self
    }
}

impl fmt::Display for Block {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(short) = &self.short {
            write!(f, "{}: {short}", self.subject)?;
        } else {
            write!(f, "{}: {} {}", self.subject, self.signal, self.value)?;
            if let Some(limit) = &self.limit {
                write!(f, " (limit {limit})")?;
            }
        }
        write!(f, "; {}", self.lifted_by)
    }
}

impl fmt::Display for Short {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ranges = if self.ranges == 1 { "range" } else { "ranges" };
        write!(f, "{} {ranges}", self.ranges)?;
        if let Some(centre) = &self.data_centre {
            write!(f, " in {centre}")?;
        }
        let replicas = if self.needed == 1 { "replica" } else { "replicas" };
        write!(
            f,
            " would keep {} of the {} {replicas} that {} needs",
            self.left, self.needed, self.level
        )?;
        if let Some(used) = &self.evidence {
            write!(f, ", which {} requests used since {}", used.requests, used.since)?;
        }
        self.first
            .first()
            .map_or(Ok(()), |first| write!(f, " (first {first})"))
    }
}
