//! Whose word each of some operations needs.

use std::collections::BTreeMap;

use ringkeeper_guard::{Consent, ConsentByImpact};
use serde_json::{Value as Json, json};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::choice::unknown_word;
use super::{Choice, Kind, Node, quoted};
use crate::Fault;
use crate::reading::Reading;

/// A table from operations, or all of a plugin's, to whose word they need: one for all impacts, or one for each.
pub(crate) struct Consents;

const IMPACTS: [&str; 2] = ["change", "disrupt"];
const ONE: Choice<Consent> = Choice::OF_ALL;

impl Kind for Consents {
    type Value = BTreeMap<String, ConsentByImpact>;

    fn expects(&self) -> String {
        format!(
            "a table from operations to {}, or to a table of these by {}",
            ONE.expects(),
            IMPACTS.map(quoted).join(" and ")
        )
    }

    fn schema(&self) -> Json {
        let one = ONE.schema();
        let each: serde_json::Map<String, Json> = IMPACTS
            .iter()
            .map(|impact| ((*impact).to_owned(), one.clone()))
            .collect();
        json!({
            "type": "object",
            "propertyNames": { "pattern": "^[a-z][a-z0-9-]*\\.([a-z][a-z0-9-]*|\\*)$" },
            "additionalProperties": {
                "anyOf": [one, { "type": "object", "properties": each, "additionalProperties": false, "minProperties": 1 }],
            },
        })
    }

    fn read(&self, node: &Node<'_>, reading: &mut Reading<'_>) -> Option<Self::Value> {
        let Some(table) = node.value.get_ref().as_table() else {
            node.wrong_type(reading, self.expects());
            return None;
        };
        let mut consents = BTreeMap::new();
        let mut all_fit = true;
        for (key, value) in table {
            let name: &str = key.get_ref();
            if !is_pattern(name) {
                let fault = Fault::Malformed {
                    value: name.to_owned(),
                    expects: "an operation in quotes, such as \"repair.full\", or all of a plugin's such as \"repair.*\"".to_owned(),
                };
                reading.wrong(node.path, Some(key.span()), fault);
                all_fit = false;
                continue;
            }
            let path = format!("{}.\"{name}\"", node.path);
            match read_one(&Node { path: &path, value }, reading) {
                Some(consent) => drop(consents.insert(name.to_owned(), consent)),
                None => all_fit = false,
            }
        }
        all_fit.then_some(consents)
    }

    fn show(&self, value: &Self::Value) -> String {
        if value.is_empty() {
            return "{}".to_owned();
        }
        let entries: Vec<_> = value
            .iter()
            .map(|(name, consent)| format!("{} = {}", quoted(name), shown(*consent)))
            .collect();
        format!("{{ {} }}", entries.join(", "))
    }
}

fn shown(consent: ConsentByImpact) -> String {
    let each = [("change", consent.change), ("disrupt", consent.disrupt)];
    match consent {
        ConsentByImpact {
            change: Some(change),
            disrupt: Some(disrupt),
        } if change == disrupt => ONE.show(&change),
        _ => {
            let each: Vec<_> = each
                .into_iter()
                .filter_map(|(impact, consent)| Some(format!("{impact} = {}", ONE.show(&consent?))))
                .collect();
            format!("{{ {} }}", each.join(", "))
        }
    }
}

fn read_one(node: &Node<'_>, reading: &mut Reading<'_>) -> Option<ConsentByImpact> {
    match node.value.get_ref() {
        DeValue::Table(table) => by_impact(node, table, reading),
        DeValue::String(_) => {
            let both = ONE.read(node, reading)?;
            Some(ConsentByImpact {
                change: Some(both),
                disrupt: Some(both),
            })
        }
        _ => {
            let expects = format!(
                "{}, or a table of these by {}",
                ONE.expects(),
                IMPACTS.map(quoted).join(" and ")
            );
            node.wrong_type(reading, expects);
            None
        }
    }
}

fn by_impact(node: &Node<'_>, table: &DeTable<'_>, reading: &mut Reading<'_>) -> Option<ConsentByImpact> {
    if table.is_empty() {
        node.wrong(
            reading,
            Fault::Empty {
                expects: format!("a table with {}", IMPACTS.map(quoted).join(" or ")),
            },
        );
        return None;
    }
    let mut consent = ConsentByImpact::default();
    let mut all_fit = true;
    for (key, value) in table {
        let impact: &str = key.get_ref();
        let place = match impact {
            "change" => &mut consent.change,
            "disrupt" => &mut consent.disrupt,
            _ => {
                reading.wrong(
                    node.path,
                    Some(Spanned::span(key)),
                    unknown_word(impact, IMPACTS.into_iter()),
                );
                all_fit = false;
                continue;
            }
        };
        let path = format!("{}.{impact}", node.path);
        *place = ONE.read(&Node { path: &path, value }, reading);
        all_fit &= place.is_some();
    }
    all_fit.then_some(consent)
}

/// `plugin.operation` or `plugin.*`.
fn is_pattern(name: &str) -> bool {
    let is_word = |word: &str| {
        word.starts_with(|c: char| c.is_ascii_lowercase())
            && word
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
    };
    name.split_once('.')
        .is_some_and(|(plugin, operation)| is_word(plugin) && (operation == "*" || is_word(operation)))
}
