//! How many replicas are in each data centre.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use super::{Count, Kind, Node};
use crate::Fault;
use crate::reading::Reading;

/// A table from data centres to numbers of replicas. Whether the data centres exist is for the reading of the whole.
pub(crate) struct Replicas;

const NUMBER: Count = Count { least: 1, most: 255 };

impl Kind for Replicas {
    type Value = BTreeMap<String, u8>;

    fn expects(&self) -> String {
        "a table from data centres to their numbers of replicas, at least one, such as { dc1 = 3 }".to_owned()
    }

    fn schema(&self) -> Json {
        json!({ "type": "object", "additionalProperties": NUMBER.schema(), "minProperties": 1 })
    }

    fn read(&self, node: &Node<'_>, reading: &mut Reading<'_>) -> Option<Self::Value> {
        let Some(table) = node.value.get_ref().as_table() else {
            node.wrong_type(reading, self.expects());
            return None;
        };
        if table.is_empty() {
            let expects = self.expects();
            node.wrong(reading, Fault::Empty { expects });
            return None;
        }
        let all: Vec<_> = table
            .iter()
            .map(|(name, value)| {
                let path = format!("{}.{}", node.path, name.get_ref());
                let number = NUMBER.read(&Node { path: &path, value }, reading)?;
                Some((name.get_ref().to_string(), u8::try_from(number).ok()?))
            })
            .collect();
        all.into_iter().collect()
    }

    fn show(&self, value: &Self::Value) -> String {
        let entries: Vec<_> = value
            .iter()
            .map(|(name, number)| format!("{name} = {number}"))
            .collect();
        format!("{{ {} }}", entries.join(", "))
    }
}
