//! Where a tool works.

use std::fs;
use std::path::{Path, PathBuf};

use crate::RunError;
use crate::kept::make;
use crate::user::{User, give};

/// A folder to work in. Gone when it is dropped.
#[derive(Debug)]
pub(crate) struct Work {
    pub(crate) folder: PathBuf,
}

impl Work {
    pub(crate) fn begin(folder: &Path, user: Option<User>) -> Result<Self, RunError> {
        make(folder, 0o700)?;
        let work = Self {
            folder: folder.to_owned(),
        };
        give(folder, user)?;
        Ok(work)
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        // What stays is swept at the next start.
        let _ = fs::remove_dir_all(&self.folder);
    }
}
