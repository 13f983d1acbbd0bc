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
    /// | | repair, tables, restore | snapshot, upload, other | disrupt |
    /// |---|---|---|---|
    /// | pending compactions | yes | no | no |
    /// | heap, dropped messages | yes | yes | yes |
    /// | hints | no | no | yes |
    pub(super) const fn concerns(self, work: WorkKind) -> bool {
        match self {
            // What makes or rewrites SSTables adds to them.
            Self::PendingCompactions => {
                matches!(work, WorkKind::Repair | WorkKind::Tables | WorkKind::Restore)
            }
            Self::Heap | Self::Dropped => !matches!(work, WorkKind::Observe),
            // A node that goes away makes more of them.
            Self::Hints => matches!(work, WorkKind::Disrupt),
        }
    }
}
