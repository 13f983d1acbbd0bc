//! A list of names that others gave.

use serde_json::{Value as Json, json};

use super::{Kind, Node, quoted_list};
use crate::Fault;
use crate::reading::Reading;

/// A list of at least one name, each once. Whether they exist is known to a cluster alone.
pub(crate) struct Names {
    /// What one of them is, with its article.
    pub(crate) one: &'static str,
    /// What they must be.
    pub(crate) expects: &'static str,
}

impl Kind for Names {
    type Value = Vec<String>;

    fn expects(&self) -> String {
        self.expects.to_owned()
    }

    fn schema(&self) -> Json {
        json!({ "type": "array", "items": { "type": "string", "minLength": 1 }, "minItems": 1, "uniqueItems": true })
    }

    fn read(&self, node: &Node<'_>, reading: &mut Reading<'_>) -> Option<Vec<String>> {
        let items = node.items(reading, self.expects)?;
        node.refuse_empty(&items, reading, self.expects)?;
        Node::texts(&items, reading, |item, reading| self.read_one(item, reading))
    }

    fn show(&self, value: &Vec<String>) -> String {
        quoted_list(value.iter().map(String::as_str))
    }
}

impl Names {
    fn read_one<'a>(&self, item: &Node<'a>, reading: &mut Reading<'_>) -> Option<&'a str> {
        let text = item.text(reading, self.one)?;
        if text.trim().is_empty() {
            let expects = self.one.to_owned();
            item.wrong(reading, Fault::Empty { expects });
            return None;
        }
        Some(text)
    }
}
