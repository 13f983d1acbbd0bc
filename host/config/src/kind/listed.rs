//! A list of texts that all follow one rule.

use serde_json::{Value as Json, json};

use super::{Kind, Node, Text, quoted_list};
use crate::reading::Reading;

/// A list of at least one such text, each once.
pub(crate) struct Listed {
    /// The rule, and what one of them is.
    pub(crate) one: Text,
    /// What the list must be.
    pub(crate) expects: &'static str,
}

impl Kind for Listed {
    type Value = Vec<String>;

    fn expects(&self) -> String {
        self.expects.to_owned()
    }

    fn schema(&self) -> Json {
        json!({ "type": "array", "items": self.one.schema(), "minItems": 1, "uniqueItems": true })
    }

    fn read(&self, node: &Node<'_>, reading: &mut Reading<'_>) -> Option<Vec<String>> {
        let items = node.items(reading, self.expects)?;
        node.refuse_empty(&items, reading, self.expects)?;
        Node::texts(&items, reading, |item, reading| {
            self.one.read(item, reading)?;
            item.value.get_ref().as_str()
        })
    }

    fn show(&self, value: &Vec<String>) -> String {
        quoted_list(value.iter().map(String::as_str))
    }
}
