//! The file: opened, checked, brought up to date, and one transaction at a time.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use rusqlite::{Connection, Transaction, TransactionBehavior};

use super::fault::{Refused, failure};
use super::schema::MIGRATIONS;
use crate::JournalError;

/// What the write-ahead log is cut back to after it was copied into the file, in bytes.
const LOG_KEPT: i64 = 16 << 20;

#[derive(Debug)]
pub(super) struct Store {
    pub(super) file: PathBuf,
    connection: Mutex<Connection>,
}

/// A file that was opened.
pub(super) struct Found {
    pub(super) store: Store,
    /// The migrations it had seen; 0 for a new file.
    pub(super) schema: i64,
    /// Its own name.
    pub(super) id: String,
}

/// For the host's own user alone, whatever the folder's permissions are; the files that SQLite puts beside it get the same.
fn keep_private(file: &Path) -> Result<(), JournalError> {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o600)).map_err(|error| {
        JournalError::Unwritable {
            path: file.display().to_string(),
            reason: error.to_string(),
        }
    })
}

impl Store {
    /// Opens the file, making it if it is not there, makes sure that it is sound, and brings it up to date.
    pub(super) fn open(file: &Path) -> Result<Found, JournalError> {
        let connection = Connection::open(file).map_err(|error| failure(file, error))?;
        check(&connection, file)?;
        keep_private(file)?;
        let settings = [("journal_mode", "WAL"), ("synchronous", "FULL")];
        for (name, value) in settings {
            connection
                .pragma_update(None, name, value)
                .map_err(|error| failure(file, error))?;
        }
        connection
            .pragma_update(None, "journal_size_limit", LOG_KEPT)
            .map_err(|error| failure(file, error))?;
        let store = Self {
            file: file.to_owned(),
            connection: Mutex::new(connection),
        };
        let (schema, id) = store.migrate()?;
        Ok(Found { store, schema, id })
    }

    /// One transaction: all of `work` or nothing of it.
    pub(super) fn transact<T>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, Refused>,
    ) -> Result<T, JournalError> {
        self.with(|connection| {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let answer = work(&transaction)?;
            transaction.commit()?;
            Ok(answer)
        })
    }

    pub(super) fn with<T>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<T, Refused>,
    ) -> Result<T, JournalError> {
        let mut connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        work(&mut connection).map_err(|refused| refused.of(&self.file))
    }

    /// Brings the tables up to date; answers which they were, and the file's name.
    fn migrate(&self) -> Result<(i64, String), JournalError> {
        self.transact(|transaction| {
            let found: i64 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
            let known = i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX);
            if found > known {
                return Err(Refused::Journal(JournalError::TooNew {
                    path: self.file.display().to_string(),
                    found,
                    known,
                }));
            }
            for migration in MIGRATIONS.iter().skip(usize::try_from(found).unwrap_or(0)) {
                transaction.execute_batch(migration)?;
            }
            transaction.pragma_update(None, "user_version", known)?;
            let id = transaction.query_row("SELECT id FROM about", [], |row| row.get(0))?;
            Ok((found, id))
        })
    }
}

/// Whether the file's pages fit together. Takes about a second for a gigabyte.
pub(super) fn check(connection: &Connection, file: &Path) -> Result<(), JournalError> {
    let said: String = connection
        .query_row("PRAGMA quick_check(1)", [], |row| row.get(0))
        .map_err(|error| failure(file, error))?;
    if said == "ok" {
        return Ok(());
    }
    Err(JournalError::Damaged {
        path: file.display().to_string(),
        reason: said.lines().collect::<Vec<_>>().join("; "),
    })
}
