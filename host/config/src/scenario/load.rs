//! `[load]`: what clients do all the time.

use crate::LoadConfig;
use crate::key::{Absent, Key, Section};
use crate::kind::{Count, Size, Switch};
use crate::reading::{Reading, Table};

pub(super) static SECTION: Section = Section {
    path: "load",
    repeated: false,
    meaning: "What clients do all the time, in every table of every `[[keyspace]]`.",
    keys: &[&WRITES_PER_SECOND, &ROW_BYTES, &TABLE_BYTES, &HINTS],
    sections: &[],
};

static WRITES_PER_SECOND: Key<Count> = Key {
    name: "writes_per_second",
    kind: Count {
        least: 0,
        most: 1_000_000,
    },
    absent: Absent::Default("100"),
    meaning: "Rows that are written each second into each table, and as many read.",
};

static ROW_BYTES: Key<Size> = Key {
    name: "row_bytes",
    kind: Size {
        least: 1,
        most: 16 << 20,
    },
    absent: Absent::Default("\"1KiB\""),
    meaning: "How large a row is. Nothing depends on it yet: what a repair streams takes no time.",
};

static TABLE_BYTES: Key<Size> = Key {
    name: "table_bytes",
    kind: Size {
        least: 1,
        most: 4 << 40,
    },
    absent: Absent::Default("\"64MiB\""),
    meaning: "How much each node has of each table to begin with: what a repair has to read.",
};

static HINTS: Key<Switch> = Key {
    name: "hints",
    kind: Switch,
    absent: Absent::Default("true"),
    meaning: "Whether writes that a node misses are kept for it, for three hours, as hints; without them only a repair mends it.",
};

impl LoadConfig {
    pub(super) fn read(root: &Table<'_>, reading: &mut Reading<'_>) -> Option<Self> {
        let table = root.table(reading, &SECTION);
        let writes_per_second = table.value(reading, &WRITES_PER_SECOND);
        let row_bytes = table.value(reading, &ROW_BYTES);
        let table_bytes = table.value(reading, &TABLE_BYTES);
        let hints = table.value(reading, &HINTS);
        Some(Self {
            writes_per_second: writes_per_second?,
            row_bytes: row_bytes?,
            table_bytes: table_bytes?,
            hints: hints?,
        })
    }
}
