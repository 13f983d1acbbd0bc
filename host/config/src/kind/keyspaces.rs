//! A consistency level for each of some keyspaces.

use std::collections::BTreeMap;

use ringkeeper_cluster::ConsistencyLevel;
use serde_json::{Value as Json, json};

use super::choice::unknown_word;
use super::{Kind, Node, quoted};
use crate::reading::Reading;
use crate::{Fault, KeyspacePolicy};

/// A table from keyspace names to a consistency level or `unwatched`.
pub(crate) struct Keyspaces;

const UNWATCHED: &str = "unwatched";

fn words() -> impl Iterator<Item = &'static str> {
    ConsistencyLevel::EVERY
        .into_iter()
        .map(ConsistencyLevel::name)
        .chain([UNWATCHED])
}

impl Kind for Keyspaces {
    type Value = BTreeMap<String, KeyspacePolicy>;

    fn expects(&self) -> String {
        format!(
            "a table from keyspace names to a consistency level or {}",
            quoted(UNWATCHED)
        )
    }

    fn schema(&self) -> Json {
        json!({
            "type": "object",
            "propertyNames": { "pattern": "^[A-Za-z0-9_]{1,48}$" },
            "additionalProperties": { "enum": words().collect::<Vec<_>>() },
        })
    }

    fn read(&self, node: &Node<'_>, reading: &mut Reading<'_>) -> Option<Self::Value> {
        let Some(table) = node.value.get_ref().as_table() else {
            node.wrong_type(reading, self.expects());
            return None;
        };
        let mut policies = BTreeMap::new();
        let mut all_fit = true;
        for (key, value) in table {
            let name: &str = key.get_ref();
            if !is_keyspace(name) {
                let expects = "a keyspace's name (letters, digits and `_`, 48 at most)".to_owned();
                reading.wrong(
                    node.path,
                    Some(key.span()),
                    Fault::Malformed {
                        value: name.to_owned(),
                        expects,
                    },
                );
                all_fit = false;
                continue;
            }
            let path = format!("{}.{name}", node.path);
            match read_one(&Node { path: &path, value }, reading) {
                Some(policy) => drop(policies.insert(name.to_owned(), policy)),
                None => all_fit = false,
            }
        }
        all_fit.then_some(policies)
    }

    fn show(&self, value: &Self::Value) -> String {
        if value.is_empty() {
            return "{}".to_owned();
        }
        let entries: Vec<_> = value
            .iter()
            .map(|(name, policy)| format!("{name} = {}", shown(*policy)))
            .collect();
        format!("{{ {} }}", entries.join(", "))
    }
}

fn shown(policy: KeyspacePolicy) -> String {
    match policy {
        KeyspacePolicy::Keep(level) => quoted(level.name()),
        KeyspacePolicy::Unwatched => quoted(UNWATCHED),
    }
}

fn read_one(node: &Node<'_>, reading: &mut Reading<'_>) -> Option<KeyspacePolicy> {
    let text = node.text(reading, format!("a consistency level or {}", quoted(UNWATCHED)))?;
    if text == UNWATCHED {
        return Some(KeyspacePolicy::Unwatched);
    }
    match text.parse() {
        Ok(level) => Some(KeyspacePolicy::Keep(level)),
        Err(_) => {
            node.wrong(reading, unknown_word(text, words()));
            None
        }
    }
}

/// What Cassandra takes for a keyspace's name, quoted or not.
pub(crate) fn is_keyspace(name: &str) -> bool {
    (1..=48).contains(&name.len()) && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}
