//! The words of a scenario file, each said once.

use super::{FaultEvent, FaultKind, GoalKind};

impl FaultKind {
    /// All of them.
    pub const EVERY: [Self; 19] = [
        Self::Crash,
        Self::Hang,
        Self::Slow,
        Self::DiskFull,
        Self::DiskSlow,
        Self::StreamFailure,
        Self::RepairStuck,
        Self::SchemaDisagreement,
        Self::OtherRelease,
        Self::ClockSkew,
        Self::Partition,
        Self::OneWayPartition,
        Self::AnswerLost,
        Self::AgentDead,
        Self::HintsLost,
        Self::ForeignRepair,
        Self::HostKill,
        Self::SecondHost,
        Self::GrantRevoked,
    ];

    /// Whether it strikes the host and no node.
    #[must_use]
    pub const fn is_of_host(self) -> bool {
        matches!(self, Self::HostKill | Self::SecondHost | Self::GrantRevoked)
    }

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
            Self::OtherRelease => "other-release",
            Self::ClockSkew => "clock-skew",
            Self::Partition => "partition",
            Self::OneWayPartition => "one-way-partition",
            Self::AnswerLost => "answer-lost",
            Self::AgentDead => "agent-dead",
            Self::HintsLost => "hints-lost",
            Self::ForeignRepair => "foreign-repair",
            Self::HostKill => "host-kill",
            Self::SecondHost => "second-host",
            Self::GrantRevoked => "grant-revoked",
        }
    }

    /// What it means, in a sentence.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Crash => "The node's process dies; it is started again when the fault is over.",
            Self::Hang => "The process stands still: it answers nobody, and its peers see it down.",
            Self::Slow => "Its management endpoint answers late, by `by`.",
            Self::DiskFull => "Its data disk is full: repairs fail there, and it stops serving clients.",
            Self::DiskSlow => "Its data disk is slow: repairs take ten times as long, compactions pile up.",
            Self::StreamFailure => "Streams to and from it fail.",
            Self::RepairStuck => "Repairs that it leads never end by themselves.",
            Self::SchemaDisagreement => "It does not take up a schema change.",
            Self::OtherRelease => "It runs the next release line, as in the middle of an upgrade.",
            Self::ClockSkew => "Its clock is wrong by `by`, ahead or behind as the seed draws.",
            Self::Partition => "It and the others do not reach each other; the host reaches both.",
            Self::OneWayPartition => {
                "It receives nothing from the others. They see it down once they are convinced: a round of gossip goes both ways."
            }
            Self::AnswerLost => {
                "The answer to the next call that changes something there is lost, and the call done."
            }
            Self::AgentDead => "Its management endpoint is gone; the node lives.",
            Self::HintsLost => "Hints that are kept for it are lost.",
            Self::ForeignRepair => "Another tool repairs there.",
            Self::HostKill => "The host is killed, and started again when the fault is over.",
            Self::SecondHost => {
                "Another host starts on the same journal; the one before lives on until the fault is over."
            }
            Self::GrantRevoked => {
                "A plugin loses a grant, by a restart of the host, and has it again when the fault is over."
            }
        }
    }
}

impl FaultEvent {
    /// All of them.
    pub const EVERY: [Self; 11] = [
        Self::JournalWrite,
        Self::Intended,
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
            Self::Intended => "intended",
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

    /// What it means, in a sentence.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::JournalWrite => "The host has written to its journal.",
            Self::Intended => "The host has written what it intends, and the guard was not asked again.",
            Self::BeforeCall => "The host has written what it intends, and not called yet.",
            Self::AfterCall => "A call was answered, and the answer is not written.",
            Self::AfterJournal => "The answer is written.",
            Self::BeforeEnd => "The end of a call's work is known, and not written.",
            Self::AfterEnd => "The end of a call's work is written.",
            Self::RepairBegan => "A repair has begun on a node.",
            Self::NodeDrained => "A node was drained.",
            Self::NodeStopped => "The host has stopped a node's process.",
            Self::NodeStarted => "The host has started a node's process.",
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

    /// What it means, in a sentence.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::AllNodesServe => "Every node serves.",
            Self::EveryRunEnded => "No run is open.",
            Self::RunsSucceeded => "At least `count` runs of the operation have succeeded.",
            Self::FindingOpened => "A finding whose key begins so was opened at some time.",
            Self::NoOpenFinding => {
                "No finding whose key begins so is open any more; none at all where no key is given."
            }
            Self::NoDivergence => {
                "Every replica has every row that was written before the last repair of it."
            }
        }
    }
}
