//! Which limit holds for which work: the one table.

use crate::WorkKind;

/// A limit of [`crate::PressureLimits`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Limit {
    PendingCompactions,
    Heap,
    Dropped,
    Hints,
}

impl Limit {
    /// Whether it holds for this work.
    ///
    /// | | repair, tables, restore | snapshot, upload, other | disrupt | bring back |
    /// |---|---|---|---|---|
    /// | pending compactions | yes | no | no | no |
    /// | heap, dropped messages | yes | yes | yes | no |
    /// | hints | no | no | yes | no |
    pub(super) const fn concerns(self, work: WorkKind) -> bool {
        match self {
            // What makes or rewrites SSTables adds to them.
            Self::PendingCompactions => {
                matches!(work, WorkKind::Repair | WorkKind::Tables | WorkKind::Restore)
            }
            // What a node that is down last said of itself is over.
            Self::Heap | Self::Dropped => !matches!(work, WorkKind::Observe | WorkKind::BringBack),
            // A node that goes away makes more of them.
            Self::Hints => matches!(work, WorkKind::Disrupt),
        }
    }
}
