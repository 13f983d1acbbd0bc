//! The folder of compiled plugins. Whoever can write there runs native code in the host: entries are loaded without
//! any check, so the folder is the host's alone.

use std::fs::{DirBuilder, Metadata};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _};
use std::path::Path;

use crate::sandbox::SandboxError;

/// Read, write and enter for the owner.
const PRIVATE: u32 = 0o700;

/// Makes the folder if there is none; otherwise sees that it is ours and nobody else may enter.
pub(crate) fn private_folder(folder: &Path) -> Result<(), SandboxError> {
    let refused = |reason: String| SandboxError::CacheFolder {
        folder: folder.to_owned(),
        reason,
    };
    if !folder.is_absolute() {
        return Err(refused("is not an absolute path".to_owned()));
    }
    // A link could be turned elsewhere later, so it is not followed.
    let found = match folder.symlink_metadata() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            DirBuilder::new()
                .recursive(true)
                .mode(PRIVATE)
                .create(folder)
                .map_err(|error| refused(format!("cannot be made: {error}")))?;
            folder.symlink_metadata()
        }
        found => found,
    };
    check(&found.map_err(|error| refused(format!("cannot be looked at: {error}")))?).map_err(refused)
}

fn check(found: &Metadata) -> Result<(), String> {
    if !found.is_dir() {
        return Err("is not a folder".to_owned());
    }
    let (owner, own) = (found.uid(), rustix::process::geteuid().as_raw());
    if owner != own {
        return Err(format!("belongs to user {owner}, and this process is user {own}"));
    }
    match found.mode() & 0o777 {
        PRIVATE => Ok(()),
        mode => Err(format!(
            "has mode {mode:04o}; compiled plugins are loaded unchecked, so it must be {PRIVATE:04o}"
        )),
    }
}
