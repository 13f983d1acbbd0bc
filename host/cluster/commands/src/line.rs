//! A command line with places for what is known of a node.

use ringkeeper_cluster::ProcessPlace;
use thiserror::Error;

use crate::place;

/// A program and its arguments, as configured. `{name}` is a placeholder, `{{` and `}}` are braces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommandLine {
    words: Vec<Vec<Part>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    Placeholder(String),
}

/// Why words are no command line.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CommandLineError {
    /// No program.
    #[error("it has no words")]
    Empty,
    /// A placeholder that stands for nothing.
    #[error("`{{{0}}}` stands for nothing")]
    UnknownPlaceholder(String),
    /// A brace without its counterpart.
    #[error("a brace stands alone in `{0}`")]
    LoneBrace(String),
    /// A word the system cannot take.
    #[error("a word has a zero byte in it")]
    ZeroByte,
}

impl CommandLine {
    /// Reads the words of a command.
    ///
    /// # Errors
    /// When they are none.
    pub fn parse<'a>(words: impl IntoIterator<Item = &'a str>) -> Result<Self, CommandLineError> {
        let words: Vec<_> = words.into_iter().map(parse_word).collect::<Result<_, _>>()?;
        if words.first().is_none_or(Vec::is_empty) {
            return Err(CommandLineError::Empty);
        }
        Ok(Self { words })
    }

    /// The words for a node; the first is the program.
    ///
    /// # Errors
    /// Why something that is known of the node cannot be put into a command.
    pub(crate) fn fill(&self, node: &ProcessPlace) -> Result<Vec<String>, String> {
        self.words.iter().map(|parts| fill_word(parts, node)).collect()
    }

    /// The program as it stands in the configuration, for people.
    pub(crate) fn program(&self) -> String {
        let parts = self.words.first().map(Vec::as_slice).unwrap_or_default();
        parts
            .iter()
            .map(|part| match part {
                Part::Text(text) => text.clone(),
                Part::Placeholder(name) => format!("{{{name}}}"),
            })
            .collect()
    }
}

fn parse_word(word: &str) -> Result<Vec<Part>, CommandLineError> {
    if word.contains('\0') {
        return Err(CommandLineError::ZeroByte);
    }
    let lone = || CommandLineError::LoneBrace(word.to_owned());
    let (mut parts, mut text, mut rest) = (Vec::new(), String::new(), word);
    while let Some(at) = rest.find(['{', '}']) {
        let (before, from) = rest.split_at(at);
        text.push_str(before);
        if let Some(after) = from.strip_prefix("{{") {
            text.push('{');
            rest = after;
        } else if let Some(after) = from.strip_prefix("}}") {
            text.push('}');
            rest = after;
        } else {
            let (name, after) = from
                .strip_prefix('{')
                .and_then(|inner| inner.split_once('}'))
                .ok_or_else(lone)?;
            if !place::PLACEHOLDERS.contains(&name) {
                return Err(CommandLineError::UnknownPlaceholder(name.to_owned()));
            }
            if !text.is_empty() {
                parts.push(Part::Text(std::mem::take(&mut text)));
            }
            parts.push(Part::Placeholder(name.to_owned()));
            rest = after;
        }
    }
    text.push_str(rest);
    if !text.is_empty() {
        parts.push(Part::Text(text));
    }
    Ok(parts)
}

fn fill_word(parts: &[Part], node: &ProcessPlace) -> Result<String, String> {
    parts
        .iter()
        .map(|part| match part {
            Part::Text(text) => Ok(text.clone()),
            Part::Placeholder(name) => Ok(place::value(name, node)?.unwrap_or_default()),
        })
        .collect()
}

#[cfg(test)]
mod tests;
