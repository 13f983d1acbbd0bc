//! Files that hold private keys.

use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
use std::path::Path;

use crate::TrustError;

/// What is in a file that only its owner can read; none where there is no such file.
pub(crate) fn read(path: &Path) -> Result<Option<String>, TrustError> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed("read", path, error)),
    };
    let metadata = std::fs::metadata(path).map_err(|error| failed("read", path, error))?;
    let mode = metadata.permissions().mode() & 0o777;
    match mode & 0o077 {
        0 => Ok(Some(text)),
        _ => Err(TrustError::Open {
            path: path.to_owned(),
            mode,
        }),
    }
}

/// Puts a whole file in place at once, for its owner alone; it is on disk when this returns.
pub(crate) fn write(path: &Path, text: &str) -> Result<(), TrustError> {
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .map_err(|error| failed("make", folder, error))?;
    let write = || -> std::io::Result<()> {
        // Temporary files are made for their owner alone.
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        file.write_all(text.as_bytes())?;
        file.as_file().sync_all()?;
        file.persist(path)?;
        std::fs::File::open(folder)?.sync_all()
    };
    write().map_err(|error| failed("write", path, error))
}

fn failed(doing: &'static str, path: &Path, source: std::io::Error) -> TrustError {
    TrustError::File {
        doing,
        path: path.to_owned(),
        source,
    }
}
