//! `[approver]`: a person who gives the word that runs wait for.

use std::time::Duration;

use crate::key::{Absent, Key, Section};
use crate::kind::TimeSpan;
use crate::reading::{Reading, Table};

use super::when::OFFSET;

pub(super) static SECTION: Section = Section {
    path: "approver",
    repeated: false,
    meaning: "A person who approves what waits for it by `[policy.approval]`.",
    keys: &[&AFTER],
    sections: &[],
};

static AFTER: Key<TimeSpan> = Key {
    name: "after",
    kind: OFFSET,
    absent: Absent::Otherwise("nobody ever approves anything"),
    meaning: "How long a run has waited when they do. While the host is dead they wait, too.",
};

/// How long a run waits for them; none where nobody is there.
pub(super) fn read(root: &Table<'_>, reading: &mut Reading<'_>) -> Option<Option<Duration>> {
    let table = root.table(reading, &SECTION);
    table.optional(reading, &AFTER)
}
