//! What went wrong, for a person: what, where, and what to do.

use std::fmt;

use ringkeeper_api::Problem;
use ringkeeper_config::ConfigError;

use crate::exit::Exit;

/// Why a command ends without having done its work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    /// How the program ends.
    pub(crate) exit: Exit,
    /// What was wrong and where.
    pub(crate) message: String,
    /// What to do; none where the message says it or nobody knows.
    pub(crate) remedy: Option<String>,
}

impl Failure {
    /// A failure with something to do about it.
    pub(crate) fn new(exit: Exit, message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            exit,
            message: message.into(),
            remedy: Some(remedy.into()),
        }
    }

    /// A failure that says all there is to say.
    pub(crate) fn plain(exit: Exit, message: impl Into<String>) -> Self {
        Self {
            exit,
            message: message.into(),
            remedy: None,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        match &self.remedy {
            Some(remedy) => write!(f, "\n  fix: {remedy}"),
            None => Ok(()),
        }
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self {
            exit: problem.code.into(),
            message: problem.message,
            remedy: problem.cure,
        }
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self::plain(Exit::Usage, error.to_string())
    }
}
