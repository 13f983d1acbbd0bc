//! What tools printed, kept for a while.

use std::fs::{self, DirBuilder, File};
use std::io::{Read as _, Seek as _, SeekFrom};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use ringkeeper_seams::Timestamp;

use crate::{Report, RunError};

const REPORT: &str = "report.json";

/// How much is run and kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How long a tool may take where the order does not say.
    pub within: Duration,
    /// The most bytes of each stream of one tool.
    pub bytes: u64,
    /// How many tools may run at once.
    pub at_once: usize,
    /// How many runs are kept.
    pub runs: usize,
    /// For how long.
    pub age: Duration,
    /// How many bytes of all runs together.
    pub all_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            within: Duration::from_secs(3600),
            bytes: 16 * 1024 * 1024,
            at_once: 4,
            runs: 500,
            age: Duration::from_secs(30 * 24 * 3600),
            all_bytes: 512 * 1024 * 1024,
        }
    }
}

/// A folder of runs, each a folder that is called by its id. Ids sort as the runs began.
#[derive(Clone, Debug)]
pub(crate) struct Kept {
    folder: PathBuf,
    limits: Limits,
}

impl Kept {
    /// Keeps runs in this folder, for the agent's eyes only.
    pub(crate) fn in_folder(folder: PathBuf, limits: Limits) -> Result<Self, RunError> {
        make(&folder, 0o700)?;
        Ok(Self { folder, limits })
    }

    /// A folder for the run of this id.
    pub(crate) fn begin(&self, id: &str) -> Result<PathBuf, RunError> {
        let folder = self.folder.join(id);
        make(&folder, 0o700)?;
        Ok(folder)
    }

    /// Keeps what came of a run.
    pub(crate) fn end(&self, report: &Report) -> Result<(), RunError> {
        let path = self.folder.join(&report.id).join(REPORT);
        let text = serde_json::to_vec_pretty(report)
            .map_err(|error| RunError::at(&path)(std::io::Error::other(error)))?;
        fs::write(&path, text).map_err(RunError::at(&path))
    }

    /// What came of a run that is still kept.
    pub(crate) fn report(&self, id: &str) -> Option<Report> {
        let plain = id
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        let text = plain.then(|| fs::read(self.folder.join(id).join(REPORT)).ok())??;
        serde_json::from_slice(&text).ok()
    }

    /// Lets go of the oldest runs, as the limits say, but of none that goes on: those have no report yet, unless they are
    /// older than anything that could go on.
    pub(crate) fn prune(&self, now: Timestamp) -> Result<(), RunError> {
        let mut runs = Vec::new();
        for entry in fs::read_dir(&self.folder).map_err(RunError::at(&self.folder))? {
            let entry = entry.map_err(RunError::at(&self.folder))?;
            runs.extend(entry.file_name().into_string().ok());
        }
        runs.sort_unstable();
        let (mut count, mut bytes) = (0, 0);
        for id in runs.iter().rev() {
            let folder = self.folder.join(id);
            let began = id.split('-').next().and_then(|millis| millis.parse().ok());
            let is_old =
                began.is_none_or(|millis| now.since(Timestamp::from_millis(millis)) > self.limits.age);
            let goes_on = !folder.join(REPORT).exists();
            count += 1;
            bytes += size_of(&folder);
            let is_much = count > self.limits.runs || bytes > self.limits.all_bytes;
            if is_old || (is_much && !goes_on) {
                fs::remove_dir_all(&folder).map_err(RunError::at(&folder))?;
            }
        }
        Ok(())
    }
}

/// What stands in a file from a byte on, `most` bytes at most, and how many bytes there are in all; nothing where there is none.
pub(crate) fn printed(path: &Path, from: u64, most: usize) -> Result<(Vec<u8>, u64), RunError> {
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok((Vec::new(), 0)),
        Err(error) => return Err(RunError::at(path)(error)),
    };
    let mut read = || {
        let length = file.metadata()?.len();
        file.seek(SeekFrom::Start(from.min(length)))?;
        let mut bytes = Vec::new();
        file.by_ref().take(most as u64).read_to_end(&mut bytes)?;
        Ok((bytes, length))
    };
    read().map_err(RunError::at(path))
}

fn size_of(folder: &Path) -> u64 {
    let Ok(entries) = fs::read_dir(folder) else {
        return 0;
    };
    entries
        .flatten()
        .filter_map(|entry| entry.metadata().ok())
        .map(|metadata| metadata.len())
        .sum()
}

/// A folder with this mode, and those above it.
pub(crate) fn make(folder: &Path, mode: u32) -> Result<(), RunError> {
    let mut builder = DirBuilder::new();
    builder.recursive(true).mode(mode);
    builder.create(folder).map_err(RunError::at(folder))
}

#[cfg(test)]
mod tests;
