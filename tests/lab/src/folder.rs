use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread;

use anyhow::{Context, Result, ensure};

use crate::jars::target_directory;

const KEEP_VARIABLE: &str = "RINGKEEPER_LAB_KEEP";

/// The folder of a lab. It goes with the lab, unless something went wrong or somebody wants to look at it.
#[derive(Debug)]
pub(crate) struct Folder {
    path: PathBuf,
    kept: bool,
}

impl Folder {
    /// Takes the folder asked for, which must be empty, or one in the target folder, named after the lab's
    /// network: that one is a leftover if it exists, because the network is ours.
    pub(crate) fn create(wanted: Option<&Path>, network: &str) -> Result<Self> {
        let path = match wanted {
            Some(path) => path.to_path_buf(),
            None => target_directory().join("lab").join("run").join(network),
        };
        if wanted.is_none() && path.exists() {
            fs::remove_dir_all(&path).with_context(|| path.display().to_string())?;
        }
        fs::create_dir_all(&path).with_context(|| path.display().to_string())?;
        let path = path.canonicalize()?;
        ensure!(
            fs::read_dir(&path)?.next().is_none(),
            "the lab folder {} is not empty",
            path.display()
        );
        Ok(Self {
            path,
            kept: env::var_os(KEEP_VARIABLE).is_some(),
        })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Leaves the folder where it is, whatever happens next.
    pub(crate) fn keep(&mut self) {
        self.kept = true;
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if self.kept || thread::panicking() {
            eprintln!("the lab's logs are kept in {}", self.path.display());
        } else {
            // The next lab of this network tries again.
            let _ = fs::remove_dir_all(&self.path);
        }
    }
}
