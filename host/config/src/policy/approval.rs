//! `[policy.approval]`: whose word work needs.

use std::time::Duration;

use ringkeeper_guard::{ApprovalPolicy, Consent};

use crate::key::{Absent, Key, Section};
use crate::kind::{Choice, Consents, TimeSpan, Word};
use crate::reading::{Reading, Table};

pub(crate) static SECTION: Section = Section {
    path: "policy.approval",
    repeated: false,
    meaning: "Whose word work needs: `\"auto\"` nobody's, `\"ask\"` a person approves its plan first, `\"deny\"` it is not done. \
              What only looks needs none.",
    keys: &[&CHANGE, &DISRUPT, &OPERATIONS, &VALID_FOR],
    sections: &[],
};

impl Word for Consent {
    const EVERY: &'static [Self] = &Self::EVERY;

    fn word(self) -> &'static str {
        self.name()
    }
}

static CHANGE: Key<Choice<Consent>> = Key {
    name: "change",
    kind: Choice::OF_ALL,
    absent: Absent::Default("\"auto\""),
    meaning: "For steps that alter data or load and take no process away, such as repairs.",
};

static DISRUPT: Key<Choice<Consent>> = Key {
    name: "disrupt",
    kind: Choice::OF_ALL,
    absent: Absent::Default("\"auto\""),
    meaning: "For steps that take a node or service away for a while, such as restarts.",
};

static OPERATIONS: Key<Consents> = Key {
    name: "operations",
    kind: Consents,
    absent: Absent::Default("{}"),
    meaning: "Operations that need another word, e.g. `{ \"patching.*\" = \"ask\", \"repair.full\" = { change = \"auto\" } }`: one \
              operation, or with `*` all of a plugin's. One that is named by itself goes before its plugin, and both before \
              `change` and `disrupt`.",
};

static VALID_FOR: Key<TimeSpan> = Key {
    name: "valid_for",
    kind: TimeSpan {
        least: Duration::from_secs(60),
        most: Duration::from_secs(30 * 86_400),
    },
    absent: Absent::Default("\"24h\""),
    meaning: "How long a plan may be approved. A run that nobody approved until then ends refused.",
};

/// Whose word work needs, by the file.
pub(crate) fn read(policy: &Table<'_>, reading: &mut Reading<'_>) -> Option<ApprovalPolicy> {
    let table = policy.table(reading, &SECTION);
    let change = table.value(reading, &CHANGE);
    let disrupt = table.value(reading, &DISRUPT);
    let operations = table.value(reading, &OPERATIONS);
    let valid_for = table.value(reading, &VALID_FOR);
    Some(ApprovalPolicy {
        change: change?,
        disrupt: disrupt?,
        operations: operations?,
        valid_for: valid_for?,
    })
}
