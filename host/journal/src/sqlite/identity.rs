//! Whether this is the journal that was here before.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use super::fault::unwritable;
use crate::{JournalError, Opened};

/// Stands beside the journal and holds its name.
const MARKER: &str = "journal.id";

/// What a marker says of the journal beside it, which had seen `schema` migrations and is called `id`.
pub(super) fn compare(directory: &Path, schema: i64, id: &str) -> Result<Opened, JournalError> {
    match read(directory)? {
        Some(known) if known == id => Ok(Opened::Known),
        // Journals had no names before the second migration.
        None if schema == 1 => settle(directory, id).map(|()| Opened::Known),
        None if schema == 0 => settle(directory, id).map(|()| Opened::New),
        _ => Ok(Opened::Lost),
    }
}

/// Makes the journal called `id` the known one.
pub(super) fn settle(directory: &Path, id: &str) -> Result<(), JournalError> {
    let marker = marker(directory);
    let fresh = directory.join("journal.id.new");
    let write = || {
        let mut file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&fresh)?;
        writeln!(file, "{id}")?;
        file.sync_all()?;
        std::fs::rename(&fresh, &marker)?;
        File::open(directory)?.sync_all()
    };
    write().map_err(|error| unwritable(&marker, &error))
}

fn read(directory: &Path) -> Result<Option<String>, JournalError> {
    let marker = marker(directory);
    match std::fs::read_to_string(&marker) {
        Ok(text) => Ok(Some(text.trim().to_owned())),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(unwritable(&marker, &error)),
    }
}

fn marker(directory: &Path) -> PathBuf {
    directory.join(MARKER)
}
