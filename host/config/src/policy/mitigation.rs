//! `[[policy.mitigation]]`: operations that the host begins by itself when something was found.

use serde_json::{Map, Value as Json};

use crate::key::{Absent, Key, Section};
use crate::kind::Text;
use crate::reading::{Reading, Table, read_each};
use crate::schedule::{OPERATION, PARAMETERS};

/// A mitigation, by the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MitigationConfig {
    /// The findings: a key, or the part of keys before the first slash.
    pub finding: String,
    /// The operation that cures them.
    pub operation: String,
    /// Its parameters, beside the node.
    pub parameters: Map<String, Json>,
}

pub(crate) static SECTION: Section = Section {
    path: "policy.mitigation",
    repeated: true,
    meaning: "An operation that the host begins by itself while a finding is open, without waiting for anybody: at most three \
              times in six hours, further apart each time, and then a person is asked. A finding about a node gives the \
              operation that node as `nodes`. Approvals, windows and freezes hold for it as for any other run.",
    keys: &[&FINDING, &OPERATION, &PARAMETERS],
    sections: &[],
};

static FINDING: Key<Text> = Key {
    name: "finding",
    kind: Text {
        expects: "the key of a finding, or its part before the first slash, such as \"node-process-dead\"",
        pattern: "^[a-z][a-z0-9-]*(/\\S+)?$",
        fits: is_finding,
    },
    absent: Absent::Required,
    meaning: "The findings, by their key as `ringkeeper findings` shows it: the whole key, or the part before the first slash.",
};

fn is_finding(text: &str) -> bool {
    let (word, rest) = match text.split_once('/') {
        Some((word, rest)) => (word, Some(rest)),
        None => (text, None),
    };
    word.starts_with(|c: char| c.is_ascii_lowercase())
        && word
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
        && rest.is_none_or(|rest| !rest.is_empty() && !rest.contains(char::is_whitespace))
}

impl MitigationConfig {
    pub(crate) fn read_all(policy: &Table<'_>, reading: &mut Reading<'_>) -> Option<Vec<Self>> {
        let tables = policy.tables(reading, &SECTION);
        read_each(&tables, reading, Self::read)
    }

    fn read(table: &Table<'_>, reading: &mut Reading<'_>) -> Option<Self> {
        let finding = table.value(reading, &FINDING);
        let operation = table.value(reading, &OPERATION);
        let parameters = table.value(reading, &PARAMETERS);
        Some(Self {
            finding: finding?,
            operation: operation?,
            parameters: match parameters? {
                Json::Object(fields) => fields,
                _ => Map::new(),
            },
        })
    }
}
