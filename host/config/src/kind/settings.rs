//! What is handed to a plugin as it stands.

use serde_json::{Map, Value as Json, json};
use toml::de::DeValue;

use super::{Kind, Node};
use crate::Fault;
use crate::reading::Reading;

/// Any table. The plugin's own schema says what may stand in it.
pub(crate) struct Settings;

impl Kind for Settings {
    type Value = Json;

    fn expects(&self) -> String {
        "a table with what the plugin's own schema allows".to_owned()
    }

    fn schema(&self) -> Json {
        json!({ "type": "object" })
    }

    fn read(&self, node: &Node<'_>, reading: &mut Reading<'_>) -> Option<Json> {
        if !node.value.get_ref().is_table() {
            node.wrong_type(reading, self.expects());
            return None;
        }
        to_json(node, reading)
    }

    fn show(&self, value: &Json) -> String {
        // Settings are no place for secrets, yet nobody can be stopped from putting one there.
        match value.as_object().map(Map::len) {
            None | Some(0) => "{}".to_owned(),
            Some(_) => format!("<{}>", keys(value).join(", ")),
        }
    }
}

fn keys(value: &Json) -> Vec<&str> {
    value
        .as_object()
        .map(|map| map.keys().map(String::as_str).collect())
        .unwrap_or_default()
}

fn to_json(node: &Node<'_>, reading: &mut Reading<'_>) -> Option<Json> {
    match node.value.get_ref() {
        DeValue::String(text) => Some(Json::from(text.as_ref())),
        DeValue::Boolean(value) => Some(Json::from(*value)),
        DeValue::Datetime(moment) => Some(Json::from(moment.to_string())),
        DeValue::Integer(integer) => {
            let digits = integer.as_str().replace('_', "");
            let number = i64::from_str_radix(&digits, integer.radix()).ok().map(Json::from);
            number.or_else(|| not_json(node, reading, integer.to_string()))
        }
        DeValue::Float(float) => {
            let number = float
                .as_str()
                .replace('_', "")
                .parse()
                .ok()
                .and_then(serde_json::Number::from_f64);
            number
                .map(Json::Number)
                .or_else(|| not_json(node, reading, float.to_string()))
        }
        DeValue::Array(items) => {
            let items: Vec<_> = items
                .iter()
                .map(|item| {
                    to_json(
                        &Node {
                            path: node.path,
                            value: item,
                        },
                        reading,
                    )
                })
                .collect();
            items.into_iter().collect::<Option<_>>().map(Json::Array)
        }
        DeValue::Table(table) => {
            let entries: Vec<_> = table
                .iter()
                .map(|(key, value)| {
                    let name: &str = key.get_ref();
                    let path = format!("{}.{name}", node.path);
                    Some((name.to_owned(), to_json(&Node { path: &path, value }, reading)?))
                })
                .collect();
            entries
                .into_iter()
                .collect::<Option<Map<_, _>>>()
                .map(Json::Object)
        }
    }
}

fn not_json(node: &Node<'_>, reading: &mut Reading<'_>, value: String) -> Option<Json> {
    node.wrong(reading, Fault::NotJson { value });
    None
}
