//! What a tool takes.

use serde::Serialize;

use crate::{Kind, Line};

/// Something that a tool takes.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Parameter {
    /// What a person types before the value.
    pub name: &'static str,
    /// What the value is.
    #[serde(flatten)]
    pub value: Kind,
    /// Where it stands among the tool's words.
    pub place: Place,
    /// Whether it must be there.
    pub need: Need,
    /// The first release line that has it.
    pub since: Line,
    /// What it says.
    pub about: &'static str,
    /// What it makes the tool break that it would not break without; with it, the tool is run only for real.
    pub risk: Option<&'static str>,
}

/// Where a parameter stands among the words of a tool.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Place {
    /// After the options, in the order of the catalogue.
    Argument,
    /// Behind this option.
    Option(&'static str),
    /// The value itself is the option: `--` and the word.
    Switch,
}

/// Whether a parameter must be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Need {
    /// Once.
    Required,
    /// Once or not at all.
    Optional,
    /// Any number of times.
    Several,
    /// At least once.
    AtLeastOne,
}

impl Parameter {
    /// A required one behind the options.
    pub(crate) const fn argument(name: &'static str, value: Kind, about: &'static str) -> Self {
        Self {
            name,
            value,
            place: Place::Argument,
            need: Need::Required,
            since: Line::V4_0,
            about,
            risk: None,
        }
    }

    /// An optional one with a value behind `option`.
    pub(crate) const fn option(
        name: &'static str,
        option: &'static str,
        value: Kind,
        about: &'static str,
    ) -> Self {
        Self {
            place: Place::Option(option),
            need: Need::Optional,
            ..Self::argument(name, value, about)
        }
    }

    /// An optional one without a value.
    pub(crate) const fn flag(name: &'static str, option: &'static str, about: &'static str) -> Self {
        Self::option(name, option, Kind::Flag, about)
    }

    /// One of several options that exclude each other.
    pub(crate) const fn switch(
        name: &'static str,
        words: &'static [&'static str],
        about: &'static str,
    ) -> Self {
        Self {
            place: Place::Switch,
            ..Self::argument(name, Kind::OneOf { words }, about)
        }
    }

    pub(crate) const fn required(self) -> Self {
        Self {
            need: Need::Required,
            ..self
        }
    }

    pub(crate) const fn optional(self) -> Self {
        Self {
            need: Need::Optional,
            ..self
        }
    }

    pub(crate) const fn several(self) -> Self {
        Self {
            need: Need::Several,
            ..self
        }
    }

    pub(crate) const fn at_least_one(self) -> Self {
        Self {
            need: Need::AtLeastOne,
            ..self
        }
    }

    pub(crate) const fn since(self, since: Line) -> Self {
        Self { since, ..self }
    }

    pub(crate) const fn risking(self, risk: &'static str) -> Self {
        Self {
            risk: Some(risk),
            ..self
        }
    }
}
