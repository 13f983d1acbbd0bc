//! `[load]`: what clients do all the time.

use crate::LoadConfig;
use crate::key::{Absent, Key, Section};
use crate::kind::{Count, Size, Switch};
use crate::reading::{Reading, Table};

pub(super) static SECTION: Section = Section {
    path: "load",
    repeated: false,
    meaning: "What clients do all the time, in every table of every `[[keyspace]]`.",
    keys: &[
        &WRITES_PER_SECOND,
        &ROW_BYTES,
        &TABLE_BYTES,
        &HINTS,
        &GROWS,
        &DISK_BYTES,
    ],
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
    meaning: "How large a row is. A repair streams the rows that a node missed, which takes its time at 24 MiB a second and leaves compactions behind.",
};

static TABLE_BYTES: Key<Size> = Key {
    name: "table_bytes",
    kind: Size {
        least: 1,
        most: 4 << 40,
    },
    absent: Absent::Default("\"64MiB\""),
    meaning: "How much each node has of each table to begin with: what a repair has to read, at 32 MiB a second.",
};

static HINTS: Key<Switch> = Key {
    name: "hints",
    kind: Switch,
    absent: Absent::Default("true"),
    meaning: "Whether writes that a node misses are kept for it, for three hours, as hints; without them only a repair mends it.",
};

static GROWS: Key<Switch> = Key {
    name: "grows",
    kind: Switch,
    absent: Absent::Default("false"),
    meaning: "Whether written rows are new, and tables grow by them; otherwise they replace older ones.",
};

static DISK_BYTES: Key<Size> = Key {
    name: "disk_bytes",
    kind: Size {
        least: 1,
        most: 64 << 40,
    },
    absent: Absent::Default("\"1TiB\""),
    meaning: "With `grows`, how many bytes of tables fit on a node's disk. When there are more it is full, as by the fault `disk-full`, until the end of the story.",
};

impl LoadConfig {
    pub(super) fn read(root: &Table<'_>, reading: &mut Reading<'_>) -> Option<Self> {
        let table = root.table(reading, &SECTION);
        let writes_per_second = table.value(reading, &WRITES_PER_SECOND);
        let row_bytes = table.value(reading, &ROW_BYTES);
        let table_bytes = table.value(reading, &TABLE_BYTES);
        let hints = table.value(reading, &HINTS);
        let grows = table.value(reading, &GROWS);
        let disk_bytes = table.value(reading, &DISK_BYTES);
        Some(Self {
            writes_per_second: writes_per_second?,
            row_bytes: row_bytes?,
            table_bytes: table_bytes?,
            hints: hints?,
            grows: grows?,
            disk_bytes: disk_bytes?,
        })
    }
}
