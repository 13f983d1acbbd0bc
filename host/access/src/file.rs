//! The file in which the host keeps a token for its own user.

use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::Secret;

/// Why the file is no good.
#[derive(Debug, Error)]
pub enum FileError {
    /// It cannot be read or written.
    #[error("cannot {doing} {path}: {source}")]
    Failed {
        /// `read` or `write`.
        doing: &'static str,
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Other users can read it.
    #[error(
        "{path} holds a token and is open to other users (mode {mode:03o}); whoever read it may ask anything of the host: remove it, and start the host again for another one"
    )]
    Open {
        /// Which.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
}

/// The token in the file; none where there is no such file, or no token in it.
pub(crate) fn read(path: &Path) -> Result<Option<Secret>, FileError> {
    let failed = |source| FileError::Failed {
        doing: "read",
        path: path.to_owned(),
        source,
    };
    let text = match std::fs::read(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(error)),
    };
    let mode = std::fs::metadata(path).map_err(failed)?.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(FileError::Open {
            path: path.to_owned(),
            mode,
        });
    }
    Ok(String::from_utf8_lossy(&text).parse().ok())
}

/// Puts the whole file in place at once, for its owner alone; it is on disk when this returns.
pub(crate) fn write(path: &Path, token: &Secret) -> Result<(), FileError> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let write = || -> std::io::Result<()> {
        // Temporary files are made for their owner alone.
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        writeln!(file, "{}", token.reveal())?;
        file.as_file().sync_all()?;
        file.persist(path)?;
        std::fs::File::open(folder)?.sync_all()
    };
    write().map_err(|source| FileError::Failed {
        doing: "write",
        path: path.to_owned(),
        source,
    })
}
