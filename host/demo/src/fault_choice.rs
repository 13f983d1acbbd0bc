//! What a person may let go wrong.

use std::time::Duration;

use ringkeeper_config::FaultKind;

/// A fault on the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FaultChoice {
    pub(crate) kind: FaultKind,
    minutes: u64,
    pub(crate) words: &'static str,
}

/// The list, in the order it is shown.
pub(crate) const FAULTS: [FaultChoice; 7] = [
    choice(FaultKind::Crash, 30, "crash: its process dies"),
    choice(
        FaultKind::DiskSlow,
        90,
        "slow disk: repairs take ten times as long",
    ),
    choice(FaultKind::DiskFull, 30, "full disk: it stops serving"),
    choice(
        FaultKind::Partition,
        15,
        "network cut: the others do not reach it",
    ),
    choice(
        FaultKind::SchemaDisagreement,
        30,
        "stuck schema: it takes up no change",
    ),
    choice(FaultKind::Hang, 15, "hang: it runs and answers nobody"),
    choice(FaultKind::HostKill, 5, "kill Ringkeeper itself, not a node"),
];

const fn choice(kind: FaultKind, minutes: u64, words: &'static str) -> FaultChoice {
    FaultChoice { kind, minutes, words }
}

impl FaultChoice {
    /// How long it lasts, in virtual time.
    pub(crate) const fn lasts(&self) -> Duration {
        Duration::from_secs(self.minutes * 60)
    }
}
