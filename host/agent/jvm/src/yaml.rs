//! `cassandra.yaml`, as far as it must be known beside a node.
//!
//! What it says is text, lists and tables: what Cassandra makes of a text is its own matter. It comes from outside and is
//! bounded: one megabyte, 32 levels, and no aliases, which nobody needs there and by which a few lines say any amount.

use saphyr_parser::{Event, Parser, Span};
use thiserror::Error;

/// More than any configuration has, in bytes.
pub const MOST_YAML: u64 = 1 << 20;
/// Deeper than any of its tables.
const MOST_LEVELS: usize = 32;

/// Why a `cassandra.yaml` is not read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum YamlError {
    /// It is no YAML.
    #[error("is no YAML: {0}")]
    Malformed(String),
    /// It is none that Cassandra reads, or goes beyond a bound.
    #[error("line {line}: {what}")]
    Refused {
        /// The line, from 1.
        line: usize,
        /// What is wrong there.
        what: &'static str,
    },
    /// It is too long.
    #[error("is longer than {MOST_YAML} bytes")]
    TooLong,
}

/// What stands there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Yaml {
    /// A word, a number, a text; empty where nothing is said.
    Text(String),
    /// One after the other.
    List(Vec<Self>),
    /// By name, in the order of the file.
    Table(Vec<(String, Self)>),
}

impl Yaml {
    /// What stands below this name, the last where it is said twice.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Self> {
        let Self::Table(entries) = self else { return None };
        let found = entries.iter().rev().find(|(key, _)| key == name);
        found.map(|(_, value)| value)
    }

    /// The text that it is.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::List(_) | Self::Table(_) => None,
        }
    }

    /// The texts that it lists.
    #[must_use]
    pub fn texts(&self) -> Vec<&str> {
        match self {
            Self::List(entries) => entries.iter().filter_map(Self::text).collect(),
            Self::Text(_) | Self::Table(_) => Vec::new(),
        }
    }
}

/// A whole `cassandra.yaml`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CassandraYaml {
    settings: Yaml,
    /// Where each of them begins: its line and column, from 0.
    begins: Vec<(usize, usize)>,
    /// The line after the last of them.
    end: usize,
}

impl CassandraYaml {
    /// Reads one.
    ///
    /// # Errors
    /// When it is no YAML, not one table of settings, or beyond a bound.
    pub fn read(text: &str) -> Result<Self, YamlError> {
        if u64::try_from(text.len()).is_ok_and(|bytes| bytes > MOST_YAML) {
            return Err(YamlError::TooLong);
        }
        let mut events = Events(Parser::new_from_str(text));
        let mut own = Self {
            settings: Yaml::Table(Vec::new()),
            begins: Vec::new(),
            end: text.lines().count(),
        };
        let mut documents = 0;
        loop {
            let (event, at) = events.next()?;
            match event {
                Event::StreamEnd => return Ok(own),
                Event::StreamStart | Event::DocumentEnd | Event::Nothing => {}
                Event::DocumentStart(_) if documents == 0 => documents += 1,
                Event::DocumentStart(_) => return Err(refused(at, "a second document begins")),
                Event::MappingStart(..) => own.settings(&mut events)?,
                // A file in which all is commented out.
                Event::Scalar(text, ..) if text.is_empty() || text == "~" => {}
                _ => return Err(refused(at, "settings by name are wanted here")),
            }
        }
    }

    fn settings(&mut self, events: &mut Events<'_>) -> Result<(), YamlError> {
        let mut entries = Vec::new();
        loop {
            let (event, at) = events.next()?;
            match event {
                Event::MappingEnd => {
                    self.end = at.start.line().saturating_sub(1);
                    self.settings = Yaml::Table(entries);
                    return Ok(());
                }
                key => {
                    self.begins
                        .push((at.start.line().saturating_sub(1), at.start.col()));
                    entries.push((name(key, at)?, events.value(1)?));
                }
            }
        }
    }

    /// What stands below this name, and the names below that.
    #[must_use]
    pub fn get(&self, names: &[&str]) -> Option<&Yaml> {
        names
            .iter()
            .try_fold(&self.settings, |within, name| within.get(name))
    }

    /// The same text without the settings of these names, and with these lines behind the others. The comments
    /// behind a setting go with it.
    ///
    /// # Errors
    /// When settings do not begin lines of their own, as in braces.
    pub fn replaced(&self, text: &str, names: &[&str], with: &str) -> Result<String, YamlError> {
        let Yaml::Table(entries) = &self.settings else {
            return Ok(with.to_owned());
        };
        let mut gone = vec![false; text.lines().count()];
        let ends = self
            .begins
            .iter()
            .skip(1)
            .map(|(line, _)| *line)
            .chain([self.end]);
        for (((name, _), (line, column)), end) in entries.iter().zip(&self.begins).zip(ends) {
            if *column > 0 || *line >= end {
                return Err(YamlError::Refused {
                    line: line + 1,
                    what: "a setting does not begin a line of its own",
                });
            }
            if names.contains(&name.as_str()) {
                gone.iter_mut()
                    .take(end)
                    .skip(*line)
                    .for_each(|is_gone| *is_gone = true);
            }
        }
        let mut replaced = String::new();
        for (place, (line, is_gone)) in text.lines().zip(gone).enumerate() {
            if place == self.end {
                replaced.push_str(with);
            }
            if !is_gone {
                replaced.push_str(line);
                replaced.push('\n');
            }
        }
        if self.end >= text.lines().count() {
            replaced.push_str(with);
        }
        Ok(replaced)
    }
}

/// What the parser says, within bounds.
struct Events<'t>(Parser<'t, saphyr_parser::StrInput<'t>>);

impl<'t> Events<'t> {
    fn next(&mut self) -> Result<(Event<'t>, Span), YamlError> {
        match self.0.next() {
            Some(Ok((Event::Alias(_), at))) => Err(refused(at, "an alias, which is not followed")),
            Some(Ok(event)) => Ok(event),
            Some(Err(error)) => Err(YamlError::Malformed(error.to_string())),
            None => Err(YamlError::Malformed("it ends too soon".to_owned())),
        }
    }

    fn value(&mut self, level: usize) -> Result<Yaml, YamlError> {
        let (event, at) = self.next()?;
        self.value_of(event, at, level)
    }

    fn value_of(&mut self, event: Event<'t>, at: Span, level: usize) -> Result<Yaml, YamlError> {
        if level > MOST_LEVELS {
            return Err(refused(at, "tables and lists are too deep in one another"));
        }
        match event {
            Event::Scalar(text, ..) => Ok(Yaml::Text(text.into_owned())),
            Event::SequenceStart(..) => {
                let mut entries = Vec::new();
                loop {
                    match self.next()? {
                        (Event::SequenceEnd, _) => return Ok(Yaml::List(entries)),
                        (event, at) => entries.push(self.value_of(event, at, level + 1)?),
                    }
                }
            }
            Event::MappingStart(..) => {
                let mut entries = Vec::new();
                loop {
                    match self.next()? {
                        (Event::MappingEnd, _) => return Ok(Yaml::Table(entries)),
                        (key, at) => entries.push((name(key, at)?, self.value(level + 1)?)),
                    }
                }
            }
            _ => Err(refused(at, "a value is wanted here")),
        }
    }
}

fn name(key: Event<'_>, at: Span) -> Result<String, YamlError> {
    match key {
        Event::Scalar(name, ..) => Ok(name.into_owned()),
        _ => Err(refused(at, "a name that is a table or a list")),
    }
}

fn refused(at: Span, what: &'static str) -> YamlError {
    YamlError::Refused {
        line: at.start.line(),
        what,
    }
}

#[cfg(test)]
mod tests;
