//! What the database's failures mean to a person.

use std::path::Path;

use rusqlite::ErrorCode;

use crate::JournalError;

/// Why a transaction was given up: the database's word, or ours.
pub(super) enum Refused {
    Database(rusqlite::Error),
    Journal(JournalError),
}

impl From<rusqlite::Error> for Refused {
    fn from(error: rusqlite::Error) -> Self {
        Self::Database(error)
    }
}

impl From<JournalError> for Refused {
    fn from(error: JournalError) -> Self {
        Self::Journal(error)
    }
}

impl Refused {
    /// The same, said of a file.
    pub(super) fn of(self, file: &Path) -> JournalError {
        match self {
            Self::Database(source) => failure(file, source),
            Self::Journal(error) => error,
        }
    }
}

pub(super) fn failure(file: &Path, source: rusqlite::Error) -> JournalError {
    let path = file.display().to_string();
    match source.sqlite_error_code() {
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => JournalError::Damaged {
            path,
            reason: source.to_string(),
        },
        Some(ErrorCode::DiskFull) => JournalError::Full { path, source },
        Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => {
            JournalError::Unwritable {
                path,
                reason: source.to_string(),
            }
        }
        _ => JournalError::Database { path, source },
    }
}

pub(super) fn unwritable(file: &Path, error: &std::io::Error) -> JournalError {
    JournalError::Unwritable {
        path: file.display().to_string(),
        reason: error.to_string(),
    }
}
