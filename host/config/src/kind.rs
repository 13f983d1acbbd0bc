//! The kinds of values a key can have: how each is read, shown, documented and described as JSON Schema.

mod choice;
mod command;
mod consents;
mod contact_points;
mod count;
mod keyspaces;
mod listed;
mod moment;
mod names;
mod node_place;
mod number;
mod or_off;
mod path;
mod patterns;
mod replicas;
mod settings;
mod size;
mod source;
mod switch;
mod text;
mod time_span;
mod url;
mod variable;
mod web_url;
mod words;

pub(crate) use choice::{Choice, Word};
pub(crate) use command::CommandLine;
pub use command::PLACEHOLDERS;
pub(crate) use consents::Consents;
pub(crate) use contact_points::ContactPoints;
pub(crate) use count::Count;
pub(crate) use keyspaces::{Keyspaces, is_keyspace};
pub(crate) use listed::Listed;
pub(crate) use moment::{ExactMoment, Moment};
pub(crate) use names::Names;
pub(crate) use node_place::Place;
pub(crate) use number::Number;
pub(crate) use or_off::OrOff;
pub(crate) use path::{FilePath, PathUse};
pub(crate) use patterns::Patterns;
pub(crate) use replicas::Replicas;
pub(crate) use settings::Settings;
pub(crate) use size::Size;
pub(crate) use source::Source;
pub(crate) use switch::Switch;
pub(crate) use text::Text;
use text::is_name;
pub(crate) use time_span::TimeSpan;
pub use time_span::parse as parse_time_span;
pub(crate) use time_span::show as show_time_span;
pub(crate) use url::UrlTemplate;
pub(crate) use variable::SecretVariable;
pub(crate) use web_url::WebUrl;
pub(crate) use words::{SomeWords, Words};

use std::collections::BTreeMap;

use serde_json::Value as Json;
use toml::Spanned;
use toml::de::DeValue;

use crate::Fault;
use crate::reading::{Reading, type_name};

/// A kind of value.
pub(crate) trait Kind: Sync {
    /// What it is in the typed configuration.
    type Value;

    /// What it must be, as a fragment with its article: `a time such as "15s", from 1s to 1h`.
    fn expects(&self) -> String;

    /// The same as JSON Schema.
    fn schema(&self) -> Json;

    /// Reads it; none after noting what is wrong.
    fn read(&self, node: &Node<'_>, reading: &mut Reading<'_>) -> Option<Self::Value>;

    /// The value as it would stand in a file.
    fn show(&self, value: &Self::Value) -> String;
}

/// A value in the file, with its key.
#[derive(Clone, Copy)]
pub(crate) struct Node<'a> {
    pub(crate) path: &'a str,
    pub(crate) value: &'a Spanned<DeValue<'a>>,
}

impl<'a> Node<'a> {
    /// Notes what is wrong with it.
    pub(crate) fn wrong(&self, reading: &mut Reading<'_>, fault: Fault) {
        reading.wrong(self.path, Some(self.value.span()), fault);
    }

    /// Notes that it is of another type.
    pub(crate) fn wrong_type(&self, reading: &mut Reading<'_>, expects: impl Into<String>) {
        let found = type_name(self.value.get_ref());
        self.wrong(
            reading,
            Fault::WrongType {
                expects: expects.into(),
                found,
            },
        );
    }

    /// It as a text; none after noting that it is none.
    pub(crate) fn text(&self, reading: &mut Reading<'_>, expects: impl Into<String>) -> Option<&'a str> {
        let text = self.value.get_ref().as_str();
        if text.is_none() {
            self.wrong_type(reading, expects);
        }
        text
    }

    /// Its items, each with the key of the list; none after noting that it is no list.
    pub(crate) fn items(
        &self,
        reading: &mut Reading<'_>,
        expects: impl Into<String>,
    ) -> Option<Vec<Node<'a>>> {
        let Some(array) = self.value.get_ref().as_array() else {
            self.wrong_type(reading, expects);
            return None;
        };
        Some(
            array
                .iter()
                .map(|value| Node {
                    path: self.path,
                    value,
                })
                .collect(),
        )
    }

    /// Notes that what stands there, `value`, is outside its bounds.
    fn out_of_range(
        &self,
        reading: &mut Reading<'_>,
        value: impl Into<String>,
        least: impl ToString,
        most: impl ToString,
    ) {
        self.wrong(
            reading,
            Fault::OutOfRange {
                value: value.into(),
                least: least.to_string(),
                most: most.to_string(),
            },
        );
    }

    /// Each of its items as a text, none of them twice; none after noting what is wrong with any. `read_one` notes what is
    /// wrong with one by itself.
    fn texts(
        items: &[Node<'a>],
        reading: &mut Reading<'_>,
        read_one: impl Fn(&Node<'a>, &mut Reading<'_>) -> Option<&'a str>,
    ) -> Option<Vec<String>> {
        let mut seen = BTreeMap::new();
        let texts: Vec<_> = items
            .iter()
            .map(|item| {
                let text = read_one(item, reading)?;
                item.refuse_second(text, reading, &mut seen)?;
                Some(text.to_owned())
            })
            .collect();
        texts.into_iter().collect()
    }

    /// None after noting that it is a list of nothing.
    fn refuse_empty(&self, items: &[Node<'_>], reading: &mut Reading<'_>, expects: &str) -> Option<()> {
        if items.is_empty() {
            let expects = expects.to_owned();
            self.wrong(reading, Fault::Empty { expects });
            return None;
        }
        Some(())
    }

    /// None after noting that it stood in the list before; `seen` has the line of each that did.
    fn refuse_second(
        &self,
        text: &'a str,
        reading: &mut Reading<'_>,
        seen: &mut BTreeMap<&'a str, usize>,
    ) -> Option<()> {
        let line = reading.line(&self.value.span());
        if let Some(first_line) = seen.insert(text, line) {
            let value = text.to_owned();
            self.wrong(reading, Fault::Duplicate { value, first_line });
            return None;
        }
        Some(())
    }
}

/// A text in TOML's quotes.
pub(crate) fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

/// A list in TOML's brackets.
pub(crate) fn quoted_list<'a>(items: impl IntoIterator<Item = &'a str>) -> String {
    let items: Vec<_> = items.into_iter().map(quoted).collect();
    format!("[{}]", items.join(", "))
}
