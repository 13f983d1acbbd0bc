//! `[[run]]`: operations that a person asks for.

use std::time::Duration;

use serde_json::{Map, Value as Json};

use crate::AskedRun;
use crate::key::{Absent, Key, Section};
use crate::reading::{Reading, Table, read_each};
use crate::schedule::{OPERATION, PARAMETERS};

use super::file::{Whole, moment_within};
use super::when::OFFSET;
use crate::kind::TimeSpan;

pub(super) static SECTION: Section = Section {
    path: "run",
    repeated: true,
    meaning: "An operation that a person asks for, beside those that run by themselves.",
    keys: &[&AT, &OPERATION, &PARAMETERS],
    sections: &[],
};

static AT: Key<TimeSpan> = Key {
    name: "at",
    kind: OFFSET,
    absent: Absent::Required,
    meaning: "How long after the beginning; before the horizon.",
};

impl AskedRun {
    pub(super) fn read_all(
        root: &Table<'_>,
        reading: &mut Reading<'_>,
        whole: Whole<'_>,
    ) -> Option<Vec<Self>> {
        let tables = root.tables(reading, &SECTION);
        read_each(&tables, reading, |table, reading| {
            Self::read(table, reading, whole)
        })
    }

    fn read(table: &Table<'_>, reading: &mut Reading<'_>, whole: Whole<'_>) -> Option<Self> {
        let at: Option<Duration> = table.value(reading, &AT);
        let operation = table.value(reading, &OPERATION);
        let parameters = table.value(reading, &PARAMETERS);
        moment_within(table, reading, &AT, at, whole);
        if let (Some(operation), Some(plugins)) = (&operation, whole.plugins) {
            plugins.judge_operation(table, reading, OPERATION.name, operation);
        }
        Some(Self {
            at: at?,
            operation: operation?,
            parameters: match parameters? {
                Json::Object(fields) => fields,
                _ => Map::new(),
            },
        })
    }
}
