//! One reading of a file: walks the tables, collects every problem and every value in force.

use std::ops::Range;
use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::key::{Absent, Entry, Key, Section};
use crate::kind::{Kind, Node};
use crate::nearest::nearest;
use crate::source::Source;
use crate::{EffectiveValue, Fault, Origin, Place, Problem};

/// What has come to light so far.
pub(crate) struct Reading<'a> {
    pub(crate) source: Source<'a>,
    /// Everything that may stand in the file.
    root: &'static Section,
    pub(crate) problems: Vec<Problem>,
    pub(crate) effective: Vec<EffectiveValue>,
}

impl<'a> Reading<'a> {
    pub(crate) fn of(source: Source<'a>, root: &'static Section) -> Self {
        Self {
            source,
            root,
            problems: Vec::new(),
            effective: Vec::new(),
        }
    }

    /// Notes a problem with `key` at `span`.
    pub(crate) fn wrong(&mut self, key: &str, span: Option<Range<usize>>, fault: Fault) {
        self.problems.push(Problem {
            place: self.source.place(span),
            key: key.to_owned(),
            fault,
        });
    }

    /// The line in which `span` begins.
    pub(crate) fn line(&self, span: &Range<usize>) -> usize {
        self.source
            .place(Some(span.clone()))
            .position
            .map_or(0, |(line, _)| line)
    }

    /// A path of the file as an absolute one; relative ones begin at the folder the file is in.
    pub(crate) fn resolve(&self, path: &str) -> PathBuf {
        let path = self.source.file.parent().unwrap_or(Path::new("")).join(path);
        // Fails only where the current folder is gone; then a relative path is as good as any.
        std::path::absolute(&path).unwrap_or(path)
    }

    fn in_force(&mut self, key: String, value: String, span: Option<&Range<usize>>) {
        let origin = match span {
            Some(span) => Origin::File {
                file: self.source.file.to_owned(),
                line: self.line(span),
            },
            None => Origin::Default,
        };
        self.effective.push(EffectiveValue { key, value, origin });
    }
}

/// What is read of each of these tables; none after noting what is wrong with any of them.
pub(crate) fn read_each<'t, T>(
    tables: &[Table<'t>],
    reading: &mut Reading<'_>,
    mut read: impl FnMut(&Table<'t>, &mut Reading<'_>) -> Option<T>,
) -> Option<Vec<T>> {
    // All of them, also after one that is wrong.
    let all: Vec<_> = tables.iter().map(|table| read(table, reading)).collect();
    all.into_iter().collect()
}

/// A table of the file, or one that is absent and all defaults.
#[derive(Clone)]
pub(crate) struct Table<'a> {
    section: &'static Section,
    /// The name shown to people, e.g. `cluster.analytics.jolokia`.
    path: String,
    content: Option<&'a DeTable<'a>>,
    span: Option<Range<usize>>,
}

impl<'a> Table<'a> {
    /// The table that is the whole file.
    pub(crate) fn root(content: &'a DeTable<'a>, reading: &mut Reading<'_>) -> Self {
        let table = Self {
            section: reading.root,
            path: String::new(),
            content: Some(content),
            span: None,
        };
        table.refuse_unknown_keys(reading);
        table
    }

    /// A table nobody wrote.
    pub(crate) fn absent(section: &'static Section, path: String) -> Self {
        Self {
            section,
            path,
            content: None,
            span: None,
        }
    }

    /// Whether it stands in the file.
    pub(crate) const fn is_given(&self) -> bool {
        self.content.is_some()
    }

    /// The full name of a key, for people.
    pub(crate) fn path_of(&self, name: &str) -> String {
        if self.path.is_empty() {
            name.to_owned()
        } else {
            format!("{}.{name}", self.path)
        }
    }

    /// Where the value of a key stands; where the table begins if the key is absent.
    pub(crate) fn span_of(&self, name: &str) -> Option<Range<usize>> {
        self.node(name).map(Spanned::span).or_else(|| self.span.clone())
    }

    /// Whether a key is given.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.node(name).is_some()
    }

    /// Its `name`, if it has one that is a text.
    pub(crate) fn name(&self) -> Option<&'a str> {
        self.node("name").and_then(|name| name.get_ref().as_str())
    }

    /// Where it begins.
    pub(crate) fn place(&self, reading: &Reading<'_>) -> Place {
        reading.source.place(self.span.clone())
    }

    /// The line on which it begins.
    pub(crate) fn line(&self, reading: &Reading<'_>) -> usize {
        self.span.as_ref().map_or(0, |span| reading.line(span))
    }

    /// Notes a problem with a key of this table.
    pub(crate) fn wrong(&self, reading: &mut Reading<'_>, name: &str, fault: Fault) {
        reading.wrong(&self.path_of(name), self.span_of(name), fault);
    }

    /// Notes a problem with this table as a whole.
    pub(crate) fn wrong_whole(&self, reading: &mut Reading<'_>, fault: Fault) {
        reading.wrong(&self.path, self.span.clone(), fault);
    }

    /// The value of a key that is required or has a default; none after a problem was noted.
    pub(crate) fn value<K: Kind>(&self, reading: &mut Reading<'_>, key: &Key<K>) -> Option<K::Value> {
        match key.absent {
            Absent::Default(text) if !self.has(key.name) => self.default_value(reading, key, text),
            _ => match self.optional(reading, key)? {
                Some(value) => Some(value),
                None => {
                    let section = self.section.heading();
                    let fault = Fault::MissingKey {
                        section,
                        key: key.name,
                        expects: key.expects(),
                    };
                    self.wrong_whole(reading, fault);
                    None
                }
            },
        }
    }

    /// The value of a key, or `otherwise` where it is absent; none after a problem was noted.
    pub(crate) fn value_or<K: Kind>(
        &self,
        reading: &mut Reading<'_>,
        key: &Key<K>,
        otherwise: K::Value,
    ) -> Option<K::Value> {
        if self.has(key.name) {
            return self.optional(reading, key)?;
        }
        reading.in_force(self.path_of(key.name), key.kind.show(&otherwise), None);
        Some(otherwise)
    }

    /// The value of a key that may be absent, which is the inner none; the outer none after a problem was noted.
    pub(crate) fn optional<K: Kind>(
        &self,
        reading: &mut Reading<'_>,
        key: &Key<K>,
    ) -> Option<Option<K::Value>> {
        let path = self.path_of(key.name);
        let Some(node) = self.node(key.name) else {
            if !matches!(key.absent, Absent::Required) {
                reading.in_force(path, "none".to_owned(), None);
            }
            return Some(None);
        };
        let value = key.kind.read(
            &Node {
                path: &path,
                value: node,
            },
            reading,
        )?;
        reading.in_force(path, key.kind.show(&value), Some(&node.span()));
        Some(Some(value))
    }

    fn default_value<K: Kind>(
        &self,
        reading: &mut Reading<'_>,
        key: &Key<K>,
        text: &str,
    ) -> Option<K::Value> {
        let path = self.path_of(key.name);
        // A default that does not read as its own kind is a mistake in the table of keys, found by its test.
        let node = DeValue::parse(text)
            .map_err(|error| {
                self.wrong(
                    reading,
                    key.name,
                    Fault::Syntax {
                        message: error.message().to_owned(),
                    },
                )
            })
            .ok()?;
        let value = key.kind.read(
            &Node {
                path: &path,
                value: &node,
            },
            reading,
        )?;
        reading.in_force(path, key.kind.show(&value), None);
        Some(value)
    }

    /// A table within this one.
    pub(crate) fn table(&self, reading: &mut Reading<'_>, section: &'static Section) -> Table<'a> {
        let path = self.path_of(section.name());
        match self.node(section.name()) {
            Some(node) => {
                Self::given(reading, section, path.clone(), node).unwrap_or(Self::absent(section, path))
            }
            None => Self::absent(section, path),
        }
    }

    /// The tables of an array of tables, each named by its `name` where it has one, else by its number.
    pub(crate) fn tables(&self, reading: &mut Reading<'_>, section: &'static Section) -> Vec<Table<'a>> {
        let Some(node) = self.node(section.name()) else {
            return Vec::new();
        };
        let path = self.path_of(section.name());
        let Some(array) = node.get_ref().as_array() else {
            let fault = Fault::NotRepeated {
                section: section.path,
            };
            reading.wrong(&path, Some(node.span()), fault);
            return Vec::new();
        };
        let named = array.iter().enumerate().map(|(index, node)| {
            let name = node.get_ref().as_table().and_then(|table| table.get("name"));
            match name.and_then(|name| name.get_ref().as_str()) {
                Some(name) if is_plain(name) => (format!("{path}.{name}"), node),
                _ => (format!("{path}[{}]", index + 1), node),
            }
        });
        named
            .filter_map(|(path, node)| Self::given(reading, section, path, node))
            .collect()
    }

    fn given(
        reading: &mut Reading<'_>,
        section: &'static Section,
        path: String,
        node: &'a Spanned<DeValue<'a>>,
    ) -> Option<Table<'a>> {
        let Some(content) = node.get_ref().as_table() else {
            let fault = Fault::NotATable {
                section: section.heading(),
                found: type_name(node.get_ref()),
            };
            reading.wrong(&path, Some(node.span()), fault);
            return None;
        };
        let table = Table {
            section,
            path,
            content: Some(content),
            span: Some(node.span()),
        };
        table.refuse_unknown_keys(reading);
        Some(table)
    }

    fn refuse_unknown_keys(&self, reading: &mut Reading<'_>) {
        let known = self.section.names();
        for (key, value) in self.content.iter().flat_map(|content| content.iter()) {
            let name: &str = key.get_ref();
            if known.contains(&name) {
                continue;
            }
            let fault = match name {
                "password" if known.contains(&"password_file") => Fault::LiteralSecret,
                _ => self.unknown_key(name, value.get_ref(), known.clone(), reading.root),
            };
            reading.wrong(&self.path_of(&shown(name)), Some(key.span()), fault);
        }
    }

    fn unknown_key(
        &self,
        name: &str,
        value: &DeValue<'_>,
        known: Vec<&'static str>,
        root: &'static Section,
    ) -> Fault {
        // What is written as `[[name]]` is no key of another table.
        let is_tables = value
            .as_array()
            .and_then(|items| items.first())
            .is_some_and(|item| item.get_ref().is_table());
        let elsewhere = root.every().into_iter().filter(|section| match is_tables {
            true => section.sections.iter().any(|within| within.name() == name),
            false => section.names().contains(&name),
        });
        Fault::UnknownKey {
            section: self.section.heading(),
            nearest: nearest(name, known.iter().copied()),
            elsewhere: elsewhere.map(where_to).collect(),
            known,
        }
    }

    fn node(&self, name: &str) -> Option<&'a Spanned<DeValue<'a>>> {
        self.content.and_then(|content| content.get(name))
    }
}

/// A section as a place to move a key to.
fn where_to(section: &'static Section) -> String {
    match section.path {
        "" => "the top of the file".to_owned(),
        _ => section.heading(),
    }
}

/// TOML's word for the type of a value, with its article.
pub(crate) fn type_name(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a fraction",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date or time",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

/// A name that can stand in a path without quotes.
fn is_plain(name: &str) -> bool {
    !name.is_empty()
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
}

/// A key as a person would write it.
fn shown(name: &str) -> String {
    if is_plain(name) {
        name.to_owned()
    } else {
        format!("{name:?}")
    }
}
