//! `[policy.pressure]`: where a node is under too much pressure for work.

use ringkeeper_guard::PressureLimits;

use crate::key::{Absent, Key, Section};
use crate::kind::{Count, Number, OrOff};
use crate::reading::{Reading, Table};

pub(crate) static SECTION: Section = Section {
    path: "policy.pressure",
    repeated: false,
    meaning: "Where a node is under too much pressure for work: above a limit, work on it waits. `\"off\"` switches a limit \
              off.",
    keys: &[
        &PENDING_COMPACTIONS,
        &HEAP_PERCENT,
        &DROPPED_PER_SECOND,
        &HINTS_IN_PROGRESS,
    ],
    sections: &[],
};

static PENDING_COMPACTIONS: Key<OrOff<Count>> = Key {
    name: "pending_compactions",
    kind: OrOff(Count {
        least: 1,
        most: 1_000_000,
    }),
    absent: Absent::Default("100"),
    meaning: "Pending compactions of a node, for repairs and work on its tables.",
};

static HEAP_PERCENT: Key<OrOff<Number>> = Key {
    name: "heap_percent",
    kind: OrOff(Number {
        least: 1.0,
        most: 100.0,
    }),
    absent: Absent::Default("95"),
    meaning: "Share of a node's heap that is in use after a collection, in percent, for all work.",
};

static DROPPED_PER_SECOND: Key<OrOff<Number>> = Key {
    name: "dropped_per_second",
    kind: OrOff(Number {
        least: 0.0,
        most: 1_000_000.0,
    }),
    absent: Absent::Default("10"),
    meaning: "Messages that a node dropped in the last minutes, a second, for all work.",
};

static HINTS_IN_PROGRESS: Key<OrOff<Count>> = Key {
    name: "hints_in_progress",
    kind: OrOff(Count {
        least: 1,
        most: 1_000_000_000,
    }),
    absent: Absent::Default("10000"),
    meaning: "Hints that wait on peers for the nodes of a disruption, in total.",
};

/// The limits by the file.
pub(crate) fn read(policy: &Table<'_>, reading: &mut Reading<'_>) -> Option<PressureLimits> {
    let table = policy.table(reading, &SECTION);
    let pending_compactions = table.value(reading, &PENDING_COMPACTIONS);
    let heap_percent = table.value(reading, &HEAP_PERCENT);
    let dropped_per_second = table.value(reading, &DROPPED_PER_SECOND);
    let hints_in_progress = table.value(reading, &HINTS_IN_PROGRESS);
    Some(PressureLimits {
        pending_compactions: pending_compactions?.map(u64::from),
        heap_percent: heap_percent?,
        dropped_per_second: dropped_per_second?,
        hints_in_progress: hints_in_progress?.map(u64::from),
    })
}
