//! What is wrong with a file, all of it.

use std::fmt;
use std::path::PathBuf;

use thiserror::Error;

use crate::{Fault, Place};

/// One thing that is wrong: what, where, what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where.
    pub place: Place,
    /// The key it is about, with its section; empty where the file as a whole is meant.
    pub key: String,
    /// What.
    pub fault: Fault,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { place, key, fault } = self;
        let about = if key.is_empty() {
            String::new()
        } else {
            format!("{key}: ")
        };
        write!(f, "{place}: {about}{fault}\n  fix: {}", fault.remedy())
    }
}

/// Why there is no configuration.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("{}: cannot be read: {reason}\n  fix: name an existing file (a configuration with --config FILE), and let this user read it", file.display())]
    Unreadable {
        /// The file, as it was named.
        file: PathBuf,
        /// Why, in the system's words.
        reason: String,
    },
    /// The file was read, and these things are wrong, in the order of the file.
    #[error("{}", listed(problems))]
    Invalid {
        /// At least one.
        problems: Vec<Problem>,
    },
}

fn listed(problems: &[Problem]) -> String {
    problems
        .iter()
        .map(Problem::to_string)
        .collect::<Vec<_>>()
        .join("\n")
}
