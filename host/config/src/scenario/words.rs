//! The words of a scenario file, each said once.

use super::{FaultEvent, FaultKind, GoalKind};

impl FaultKind {
    /// All of them.
    pub const EVERY: [Self; 17] = [
        Self::Crash,
        Self::Hang,
        Self::Slow,
        Self::DiskFull,
        Self::DiskSlow,
        Self::StreamFailure,
        Self::RepairStuck,
        Self::SchemaDisagreement,
        Self::ClockSkew,
        Self::Partition,
        Self::OneWayPartition,
        Self::AnswerLost,
        Self::AgentDead,
        Self::HintsLost,
        Self::ForeignRepair,
        Self::HostKill,
        Self::GrantRevoked,
    ];

    /// Its word in a file.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Crash => "crash",
            Self::Hang => "hang",
            Self::Slow => "slow",
            Self::DiskFull => "disk-full",
            Self::DiskSlow => "disk-slow",
            Self::StreamFailure => "stream-failure",
            Self::RepairStuck => "repair-stuck",
            Self::SchemaDisagreement => "schema-disagreement",
            Self::ClockSkew => "clock-skew",
            Self::Partition => "partition",
            Self::OneWayPartition => "one-way-partition",
            Self::AnswerLost => "answer-lost",
            Self::AgentDead => "agent-dead",
            Self::HintsLost => "hints-lost",
            Self::ForeignRepair => "foreign-repair",
            Self::HostKill => "host-kill",
            Self::GrantRevoked => "grant-revoked",
        }
    }
}

impl FaultEvent {
    /// All of them.
    pub const EVERY: [Self; 10] = [
        Self::JournalWrite,
        Self::BeforeCall,
        Self::AfterCall,
        Self::AfterJournal,
        Self::BeforeEnd,
        Self::AfterEnd,
        Self::RepairBegan,
        Self::NodeDrained,
        Self::NodeStopped,
        Self::NodeStarted,
    ];

    /// Its word in a file.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::JournalWrite => "journal-write",
            Self::BeforeCall => "before-call",
            Self::AfterCall => "after-call",
            Self::AfterJournal => "after-journal",
            Self::BeforeEnd => "before-end",
            Self::AfterEnd => "after-end",
            Self::RepairBegan => "repair-began",
            Self::NodeDrained => "node-drained",
            Self::NodeStopped => "node-stopped",
            Self::NodeStarted => "node-started",
        }
    }
}

impl GoalKind {
    /// All of them.
    pub const EVERY: [Self; 6] = [
        Self::AllNodesServe,
        Self::EveryRunEnded,
        Self::RunsSucceeded,
        Self::FindingOpened,
        Self::NoOpenFinding,
        Self::NoDivergence,
    ];

    /// Its word in a file.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::AllNodesServe => "all-nodes-serve",
            Self::EveryRunEnded => "every-run-ended",
            Self::RunsSucceeded => "runs-succeeded",
            Self::FindingOpened => "finding-opened",
            Self::NoOpenFinding => "no-open-finding",
            Self::NoDivergence => "no-divergence",
        }
    }
}
