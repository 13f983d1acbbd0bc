//! A list of names by patterns.

use ringkeeper_guard::Pattern;
use serde_json::{Value as Json, json};

use super::{Kind, Node, quoted_list};
use crate::Fault;
use crate::reading::Reading;

/// A list of at least one name, each once, in which `*` stands for any number of characters.
pub(crate) struct Patterns {
    /// What one of them is, with its article.
    pub(crate) one: &'static str,
    /// What they must be.
    pub(crate) expects: &'static str,
    /// One of them, as a regular expression.
    pub(crate) pattern: &'static str,
    /// Whether a text can be one.
    pub(crate) fits: fn(&str) -> bool,
}

impl Kind for Patterns {
    type Value = Vec<Pattern>;

    fn expects(&self) -> String {
        self.expects.to_owned()
    }

    fn schema(&self) -> Json {
        json!({ "type": "array", "items": { "type": "string", "pattern": self.pattern }, "minItems": 1, "uniqueItems": true })
    }

    fn read(&self, node: &Node<'_>, reading: &mut Reading<'_>) -> Option<Vec<Pattern>> {
        let items = node.items(reading, self.expects)?;
        node.refuse_empty(&items, reading, self.expects)?;
        let texts = Node::texts(&items, reading, |item, reading| self.read_one(item, reading))?;
        Some(texts.into_iter().map(Pattern::new).collect())
    }

    fn show(&self, value: &Vec<Pattern>) -> String {
        quoted_list(value.iter().map(Pattern::as_str))
    }
}

impl Patterns {
    fn read_one<'a>(&self, item: &Node<'a>, reading: &mut Reading<'_>) -> Option<&'a str> {
        let text = item.text(reading, self.one)?;
        if !(self.fits)(text) {
            let (value, expects) = (text.to_owned(), self.one.to_owned());
            item.wrong(reading, Fault::Malformed { value, expects });
            return None;
        }
        Some(text)
    }
}
