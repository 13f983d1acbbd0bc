//! A copy of the journal, while it is in use.

use std::fs::{File, OpenOptions};
use std::io::ErrorKind;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use rusqlite::{Connection, OpenFlags};

use super::fault::{failure, unwritable};
use super::store::check;
use crate::JournalError;

/// Copies the journal in `from` into the new file `to`, readable by its owner alone, and answers its bytes. Writers go on
/// meanwhile: the copy is the journal as it was when it began. It gets a name of its own, so that a host which finds it
/// in the journal's place knows that the newest events may be missing.
pub(super) fn copy(from: &Path, to: &Path) -> Result<u64, JournalError> {
    // SQLite takes some relative names for more than names.
    let to = &std::path::absolute(to).map_err(|error| unwritable(to, &error))?;
    let new = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(to);
    drop(new.map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => JournalError::Exists {
            path: to.display().to_string(),
        },
        _ => unwritable(to, &error),
    })?);
    let copied = fill(from, to);
    if copied.is_err() {
        // Half a copy must not pass for one.
        let _ = std::fs::remove_file(to);
    }
    copied
}

fn fill(from: &Path, to: &Path) -> Result<u64, JournalError> {
    let name = to.to_str().ok_or_else(|| JournalError::Unwritable {
        path: to.display().to_string(),
        reason: "its name is not UTF-8".to_owned(),
    })?;
    // A connection of its own: the journal's is not held up.
    let source = Connection::open_with_flags(
        from,
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    );
    let source = source.map_err(|error| failure(from, error))?;
    check(&source, from)?;
    source
        .execute("VACUUM INTO ?1", [name])
        .map_err(|error| failure(to, error))?;
    let copy = Connection::open(to).map_err(|error| failure(to, error))?;
    copy.execute("UPDATE about SET id = lower(hex(randomblob(16)))", [])
        .map_err(|error| failure(to, error))?;
    check(&copy, to)?;
    copy.close().map_err(|(_, error)| failure(to, error))?;
    let synced = || {
        let file = File::open(to)?;
        file.sync_all()?;
        File::open(to.parent().unwrap_or(to))?.sync_all()?;
        file.metadata().map(|about| about.len())
    };
    synced().map_err(|error| unwritable(to, &error))
}
