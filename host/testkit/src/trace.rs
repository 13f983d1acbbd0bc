//! A story as a file: replayed by another version of the program, or sent to somebody else.

use std::path::Path;
use std::sync::Arc;

use ringkeeper_config::{ConfigError, Scenario};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::mutation::Mutation;
use crate::outcome::Outcome;
use crate::planned::PlannedFault;
use crate::story::{Options, Story};

/// The form of the file; a reader refuses any other.
const FORM: u32 = 1;

/// A story as it is kept: the scenario's text, the seed and the concrete faults.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trace {
    /// The form of this file.
    pub form: u32,
    /// The version of the program that wrote it.
    pub written_by: String,
    /// The scenario, as it was read.
    pub scenario: String,
    /// Where that was read from.
    pub file: String,
    /// The seed.
    pub seed: u64,
    /// What goes wrong.
    pub faults: Vec<PlannedFault>,
    /// Whether faults are let strike that nobody could survive.
    pub unfair: bool,
    /// The safeguards that are left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub omitted: Vec<String>,
    /// How it ended, in words.
    pub end: String,
    /// BLAKE3 of its log.
    pub digest: String,
}

/// Why a trace cannot be replayed or written.
#[derive(Debug, Error)]
pub enum TraceError {
    /// The file cannot be read or written.
    #[error("{file}: {reason}")]
    File {
        /// Which.
        file: String,
        /// Why.
        reason: String,
    },
    /// It is no trace.
    #[error("{file} is no trace of this form: {reason}")]
    Unreadable {
        /// Which.
        file: String,
        /// Why.
        reason: String,
    },
    /// It is of another form.
    #[error(
        "{file} is a trace of form {found}, written by version {written_by}, and this program reads form {FORM}; replay it with that version, or run its seed anew"
    )]
    OtherForm {
        /// Which.
        file: String,
        /// Its form.
        found: u32,
        /// Who wrote it.
        written_by: String,
    },
    /// Its scenario is not valid any more.
    #[error("the scenario in {file} is not valid for this program: {error}")]
    Scenario {
        /// Which.
        file: String,
        /// Why.
        error: ConfigError,
    },
    /// Its mutation is unknown.
    #[error("{file} leaves out the safeguard `{name}`, which this program does not have")]
    Mutation {
        /// Which.
        file: String,
        /// Its name.
        name: String,
    },
}

#[derive(Deserialize)]
struct Head {
    form: u32,
    #[serde(default)]
    written_by: String,
}

impl Trace {
    /// What is kept of a story that was told.
    #[must_use]
    pub fn of(story: &Story, outcome: &Outcome, scenario: &str, file: &Path, version: &str) -> Self {
        Self {
            form: FORM,
            written_by: version.to_owned(),
            scenario: scenario.to_owned(),
            file: file.display().to_string(),
            seed: story.seed,
            faults: story.faults.clone(),
            unfair: story.options.unfair,
            omitted: story.options.omitted.iter().map(ToString::to_string).collect(),
            end: crate::report::end_in_words(&outcome.end),
            digest: outcome.digest.clone(),
        }
    }

    /// Reads a trace.
    ///
    /// # Errors
    /// When it cannot be read, is none, or is of another form.
    pub fn load(file: &Path) -> Result<Self, TraceError> {
        let name = file.display().to_string();
        let text = std::fs::read_to_string(file).map_err(|error| TraceError::File {
            file: name.clone(),
            reason: error.to_string(),
        })?;
        let unreadable = |error: serde_json::Error| TraceError::Unreadable {
            file: name.clone(),
            reason: error.to_string(),
        };
        let head: Head = serde_json::from_str(&text).map_err(unreadable)?;
        if head.form != FORM {
            return Err(TraceError::OtherForm {
                file: name,
                found: head.form,
                written_by: head.written_by,
            });
        }
        serde_json::from_str(&text).map_err(unreadable)
    }

    /// Writes it.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn store(&self, file: &Path) -> Result<(), TraceError> {
        let failed = |reason: String| TraceError::File {
            file: file.display().to_string(),
            reason,
        };
        let text = serde_json::to_string_pretty(self).map_err(|error| failed(error.to_string()))?;
        if let Some(folder) = file.parent() {
            std::fs::create_dir_all(folder).map_err(|error| failed(error.to_string()))?;
        }
        std::fs::write(file, text + "\n").map_err(|error| failed(error.to_string()))
    }

    /// The story it keeps.
    ///
    /// # Errors
    /// When its scenario or its mutation is not known any more.
    pub fn story(&self, mut options: Options) -> Result<Story, TraceError> {
        let file = Path::new(&self.file);
        let scenario = Scenario::parse(&self.scenario, file).map_err(|error| TraceError::Scenario {
            file: self.file.clone(),
            error,
        })?;
        options.unfair = self.unfair;
        let known = |name: &String| {
            Mutation::named(name).ok_or_else(|| TraceError::Mutation {
                file: self.file.clone(),
                name: name.clone(),
            })
        };
        options.omitted = self.omitted.iter().map(known).collect::<Result<_, _>>()?;
        Ok(Story {
            scenario: Arc::new(scenario),
            seed: self.seed,
            faults: self.faults.clone(),
            options,
        })
    }
}
