//! Why a driver could not do what it was asked for.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use thiserror::Error;

/// Why a driver could not do what it was asked for.
#[derive(Debug, Error)]
pub enum DriverError {
    /// A file or folder.
    #[error("{}: {error}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why not.
        error: io::Error,
    },
    /// A file that does not hold what it should.
    #[error("{}: {reason}", path.display())]
    Content {
        /// Which.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// A name that is no name of a keyspace, table, snapshot or file.
    #[error("{what} name {name:?} is refused: {reason}")]
    Name {
        /// What should have this name.
        what: &'static str,
        /// The name.
        name: String,
        /// Why.
        reason: &'static str,
    },
    /// Something that is there already.
    #[error("{0} is there already")]
    Exists(String),
    /// Something that is not there.
    #[error("there is no {0}")]
    Missing(String),
    /// A program of the machine.
    #[error("`{program}` {reason}")]
    Program {
        /// Its name.
        program: String,
        /// What went wrong.
        reason: String,
    },
    /// A program that took too long and was ended.
    #[error("`{program}` did not end within {within:?} and was ended")]
    TimedOut {
        /// Its name.
        program: String,
        /// How long was waited.
        within: Duration,
    },
}

impl DriverError {
    /// About a file.
    pub(crate) fn at(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |error| Self::File { path, error }
    }
}
