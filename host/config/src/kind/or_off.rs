//! A limit that can be switched off.

use serde_json::{Value as Json, json};
use toml::de::DeValue;

use super::{Kind, Node, quoted};
use crate::reading::Reading;

/// A number of kind `K`, or `off`.
pub(crate) struct OrOff<K>(pub(crate) K);

const OFF: &str = "off";

impl<K: Kind> Kind for OrOff<K> {
    type Value = Option<K::Value>;

    fn expects(&self) -> String {
        format!("{}, or {}", self.0.expects(), quoted(OFF))
    }

    fn schema(&self) -> Json {
        json!({ "anyOf": [self.0.schema(), { "const": OFF }] })
    }

    fn read(&self, node: &Node<'_>, reading: &mut Reading<'_>) -> Option<Self::Value> {
        match node.value.get_ref() {
            DeValue::String(text) if text.as_ref() == OFF => Some(None),
            DeValue::Integer(_) | DeValue::Float(_) => self.0.read(node, reading).map(Some),
            _ => {
                node.wrong_type(reading, self.expects());
                None
            }
        }
    }

    fn show(&self, value: &Self::Value) -> String {
        value
            .as_ref()
            .map_or_else(|| quoted(OFF), |value| self.0.show(value))
    }
}
