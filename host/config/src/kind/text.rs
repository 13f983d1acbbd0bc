//! A text with a rule.

use serde_json::{Value as Json, json};

use super::{Kind, Node, quoted};
use crate::Fault;
use crate::reading::Reading;

/// A text that follows a rule.
pub(crate) struct Text {
    /// What it must be, with its article.
    pub(crate) expects: &'static str,
    /// The rule as a regular expression, for the schema.
    pub(crate) pattern: &'static str,
    /// The rule.
    pub(crate) fits: fn(&str) -> bool,
}

impl Text {
    /// What most things are called.
    pub(crate) const NAME: Self = Self {
        expects: "a name of letters, digits, `_` and `-`, beginning with a letter or digit, 64 at most",
        pattern: "^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$",
        fits: is_name,
    };
}

impl Kind for Text {
    type Value = String;

    fn expects(&self) -> String {
        self.expects.to_owned()
    }

    fn schema(&self) -> Json {
        json!({ "type": "string", "pattern": self.pattern })
    }

    fn read(&self, node: &Node<'_>, reading: &mut Reading<'_>) -> Option<String> {
        let text = node.text(reading, self.expects)?;
        if (self.fits)(text) {
            return Some(text.to_owned());
        }
        let expects = self.expects();
        let fault = match text {
            "" => Fault::Empty { expects },
            _ => Fault::Malformed {
                value: text.to_owned(),
                expects,
            },
        };
        node.wrong(reading, fault);
        None
    }

    fn show(&self, value: &String) -> String {
        quoted(value)
    }
}

/// Whether `text` begins with a letter or digit and goes on with these, `_` and `-`, 64 at most: what fits into a URL,
/// a file name and a metric label alike.
pub(super) fn is_name(text: &str) -> bool {
    text.len() <= 64
        && text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
}
