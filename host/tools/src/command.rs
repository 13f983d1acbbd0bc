//! The words of one call.

use crate::kind::SsTableName;
use crate::nearest::nearest;
use crate::{Kind, Line, Need, Parameter, Place, Program, Tool, ToolError};

/// The most values of a parameter that takes several.
const MOST_VALUES: usize = 64;
/// How many letters of a wrong value are repeated.
const SHOWN_LETTERS: usize = 80;

/// A call of a tool: words for its program, each checked.
#[derive(Clone, Debug, PartialEq)]
pub struct Command {
    /// The tool.
    pub tool: &'static Tool,
    /// Its words, behind the name of the program and how the node is reached.
    pub words: Vec<Word>,
    /// What the parameters that were given can break beside what the tool itself can.
    pub risks: Vec<&'static str>,
    /// The table that it is about, as keyspace and table, where it names one.
    pub table: Option<(String, String)>,
}

/// One word of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Word {
    /// As it is.
    Plain(String),
    /// The path of an SSTable, which whoever runs the tool knows.
    SsTable(SsTableName),
}

impl Tool {
    /// The words that run it on a node of this line with these values, by name. `dry` adds those that make it only say
    /// what it would do.
    ///
    /// # Errors
    /// When the line has no such tool or parameter, something is missing, or a value is none of its kind.
    pub fn command(
        &'static self,
        line: Line,
        given: &[(String, String)],
        dry: bool,
    ) -> Result<Command, ToolError> {
        if self.since > line {
            return Err(too_new(self.name.to_owned(), self.since, line));
        }
        for (name, _) in given {
            self.known(name)?;
        }
        let (mut options, mut arguments) = (Vec::new(), Vec::new());
        let (mut risks, mut missing) = (Vec::new(), None);
        for parameter in self.parameters {
            let values = self.values(parameter, line, given)?;
            if parameter.place == Place::Argument {
                match missing {
                    Some(needed) if !values.is_empty() => return Err(alone(parameter, needed)),
                    None if values.is_empty() => missing = Some(parameter.name),
                    _ => {}
                }
            }
            risks.extend(parameter.risk.filter(|_| !values.is_empty()));
            for value in values {
                let word = word(parameter.value, value);
                match parameter.place {
                    Place::Argument => arguments.push(word),
                    Place::Switch => options.push(Word::Plain(format!("--{value}"))),
                    Place::Option(option) => {
                        options.push(Word::Plain(option.to_owned()));
                        options.extend((parameter.value != Kind::Flag).then_some(word));
                    }
                }
            }
        }
        let plain = |word: &&'static str| Word::Plain((*word).to_owned());
        let mut words: Vec<Word> = self.verb().iter().chain(self.fixed).map(plain).collect();
        words.extend(self.dry_run.iter().filter(|_| dry).map(plain));
        words.extend(options);
        // The sstable tools do not know it, and none of their values can begin with a dash.
        if self.program == Program::Nodetool && !arguments.is_empty() {
            words.push(Word::Plain("--".to_owned()));
        }
        words.extend(arguments);
        Ok(Command {
            tool: self,
            words,
            risks,
            table: table(given),
        })
    }

    fn known(&self, name: &str) -> Result<(), ToolError> {
        if self.parameter(name).is_some() {
            return Ok(());
        }
        let known = self.parameters.iter().map(|parameter| parameter.name);
        Err(ToolError::NoParameter {
            tool: self.name.to_owned(),
            name: cut(name),
            nearest: nearest(name, known).map(str::to_owned),
        })
    }

    fn values<'a>(
        &self,
        parameter: &Parameter,
        line: Line,
        given: &'a [(String, String)],
    ) -> Result<Vec<&'a str>, ToolError> {
        let named = given.iter().filter(|(name, _)| name == parameter.name);
        let mut values: Vec<&str> = named.map(|(_, value)| value.as_str()).collect();
        let most = match parameter.need {
            Need::Required | Need::Optional => 1,
            Need::Several | Need::AtLeastOne => MOST_VALUES,
        };
        if values.len() > most {
            return Err(ToolError::TooMany {
                name: parameter.name.to_owned(),
                count: values.len(),
                most,
            });
        }
        for value in &values {
            if let Some(reason) = parameter.value.refuses(value) {
                return Err(ToolError::Value {
                    name: parameter.name.to_owned(),
                    value: cut(value),
                    reason,
                });
            }
        }
        if parameter.value == Kind::Flag {
            values.retain(|value| *value == "true");
        }
        if values.is_empty() && matches!(parameter.need, Need::Required | Need::AtLeastOne) {
            return Err(ToolError::Missing {
                tool: self.name.to_owned(),
                name: parameter.name.to_owned(),
            });
        }
        if !values.is_empty() && parameter.since > line {
            let what = format!("{} of {}", parameter.name, self.name);
            return Err(too_new(what, parameter.since, line));
        }
        Ok(values)
    }
}

impl Command {
    /// Whether it needs to be said that it is meant for real.
    #[must_use]
    pub fn is_for_real_only(&self) -> bool {
        self.tool.rule == crate::Rule::ForReal || !self.risks.is_empty()
    }

    /// Its words as a person reads them, an SSTable by its three steps. Not for a shell.
    #[must_use]
    pub fn shown(&self) -> Vec<String> {
        let shown = |word: &Word| match word {
            Word::Plain(word) => word.clone(),
            Word::SsTable(name) => format!("{}/{}/{}", name.keyspace, name.folder, name.file),
        };
        self.words.iter().map(shown).collect()
    }
}

fn word(kind: Kind, value: &str) -> Word {
    match kind {
        Kind::SsTable => {
            SsTableName::read(value).map_or_else(|| Word::Plain(value.to_owned()), Word::SsTable)
        }
        _ => Word::Plain(value.to_owned()),
    }
}

fn table(given: &[(String, String)]) -> Option<(String, String)> {
    let value = |wanted| {
        given
            .iter()
            .find(|(name, _)| name == wanted)
            .map(|(_, value)| value.clone())
    };
    Some((value("keyspace")?, value("table")?))
}

fn too_new(what: String, since: Line, line: Line) -> ToolError {
    ToolError::TooNew { what, since, line }
}

fn alone(parameter: &Parameter, needed: &str) -> ToolError {
    ToolError::Alone {
        name: parameter.name.to_owned(),
        needed: needed.to_owned(),
    }
}

fn cut(text: &str) -> String {
    text.chars().take(SHOWN_LETTERS).collect()
}
