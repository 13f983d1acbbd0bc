//! `[[policy.waiver]]`: keyspaces whose availability may suffer, for a while and for a reason.

use std::collections::BTreeMap;

use ringkeeper_guard::Waiver;

use crate::key::{Absent, Key, Section};
use crate::kind::{Moment, Text, is_keyspace};
use crate::reading::{Reading, Table, read_each};
use crate::{Fault, Place};

/// A waiver, by the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaiverConfig {
    /// The waiver.
    pub waiver: Waiver,
    /// Where it stands.
    pub place: Place,
}

pub(crate) static SECTION: Section = Section {
    path: "policy.waiver",
    repeated: true,
    meaning: "A keyspace whose availability may suffer until a moment: work is not held up for its sake. A waiver that is \
              over is as none, and `serve --check` and `doctor` say so.",
    keys: &[&KEYSPACE, &REASON, &UNTIL],
    sections: &[],
};

static KEYSPACE: Key<Text> = Key {
    name: "keyspace",
    kind: Text {
        expects: "a keyspace's name (letters, digits and `_`, 48 at most)",
        pattern: "^[A-Za-z0-9_]{1,48}$",
        fits: is_keyspace,
    },
    absent: Absent::Required,
    meaning: "The keyspace; at most one waiver each.",
};

static REASON: Key<Text> = Key {
    name: "reason",
    kind: Text {
        expects: "a sentence that says why its availability may suffer; there is no waiver without one",
        pattern: "\\S",
        fits: |text| !text.trim().is_empty(),
    },
    absent: Absent::Required,
    meaning: "Why; shown wherever the waiver lets work begin.",
};

static UNTIL: Key<Moment> = Key {
    name: "until",
    kind: Moment,
    absent: Absent::Required,
    meaning: "When it ends; there is no waiver without an end.",
};

impl WaiverConfig {
    pub(crate) fn read_all(policy: &Table<'_>, reading: &mut Reading<'_>) -> Option<Vec<Self>> {
        let tables = policy.tables(reading, &SECTION);
        let mut seen = BTreeMap::new();
        read_each(&tables, reading, |table, reading| {
            let waiver = Self::read(table, reading)?;
            let line = table.span_of(KEYSPACE.name).map_or(0, |span| reading.line(&span));
            let value = waiver.waiver.keyspace.clone();
            if let Some(first_line) = seen.insert(value.clone(), line) {
                table.wrong(reading, KEYSPACE.name, Fault::Duplicate { value, first_line });
                return None;
            }
            Some(waiver)
        })
    }

    fn read(table: &Table<'_>, reading: &mut Reading<'_>) -> Option<Self> {
        let keyspace = table.value(reading, &KEYSPACE);
        let reason = table.value(reading, &REASON);
        let until = table.value(reading, &UNTIL);
        Some(Self {
            waiver: Waiver {
                keyspace: keyspace?,
                reason: reason?,
                until: until?,
            },
            place: table.place(reading),
        })
    }
}
