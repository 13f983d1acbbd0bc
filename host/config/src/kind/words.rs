//! A list of words of a closed set.

use serde_json::{Value as Json, json};

use super::choice::unknown_word;
use super::{Kind, Node, quoted, quoted_list};
use crate::reading::Reading;

/// A list of these words, each at most once.
pub(crate) struct Words(pub(crate) &'static [&'static str]);

/// A list of at least one of these words, each at most once.
pub(crate) struct SomeWords(pub(crate) &'static [&'static str]);

impl Kind for Words {
    type Value = Vec<String>;

    fn expects(&self) -> String {
        let words: Vec<_> = self.0.iter().copied().map(quoted).collect();
        format!("a list of any of {}", words.join(", "))
    }

    fn schema(&self) -> Json {
        json!({ "type": "array", "items": { "enum": self.0 }, "uniqueItems": true })
    }

    fn read(&self, node: &Node<'_>, reading: &mut Reading<'_>) -> Option<Vec<String>> {
        let items = node.items(reading, self.expects())?;
        Node::texts(&items, reading, |item, reading| self.read_one(item, reading))
    }

    fn show(&self, value: &Vec<String>) -> String {
        quoted_list(value.iter().map(String::as_str))
    }
}

impl Words {
    fn read_one<'a>(&self, item: &Node<'a>, reading: &mut Reading<'_>) -> Option<&'a str> {
        let text = item.text(reading, self.expects())?;
        if !self.0.contains(&text) {
            item.wrong(reading, unknown_word(text, self.0.iter().copied()));
            return None;
        }
        Some(text)
    }
}

impl Kind for SomeWords {
    type Value = Vec<String>;

    fn expects(&self) -> String {
        format!("{}, at least one", Words(self.0).expects())
    }

    fn schema(&self) -> Json {
        json!({ "type": "array", "items": { "enum": self.0 }, "minItems": 1, "uniqueItems": true })
    }

    fn read(&self, node: &Node<'_>, reading: &mut Reading<'_>) -> Option<Vec<String>> {
        let words = Words(self.0).read(node, reading)?;
        node.refuse_empty(&node.items(reading, self.expects())?, reading, &self.expects())?;
        Some(words)
    }

    fn show(&self, value: &Vec<String>) -> String {
        Words(self.0).show(value)
    }
}
