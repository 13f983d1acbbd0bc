//! The log files of a node on this machine.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;

use super::{LogQuestion, LogTail, SystemLog, pick};
use crate::DriverError;

const CURRENT: &str = "system.log";

/// A folder with `system.log` and what it was rotated to.
///
/// Files are read that a rotation leaves as they were (`system.log.1`, `system.log.2026-03-01.0`); compressed ones are not.
#[derive(Debug)]
pub struct LogFolder {
    path: PathBuf,
}

/// A file of the log, and when something was last written to it.
#[derive(Debug)]
struct Part {
    path: PathBuf,
    file: File,
    bytes: u64,
    written: (i64, i64),
}

impl LogFolder {
    /// The log in this folder (`/var/log/cassandra`).
    #[must_use]
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// All parts, opened before the first one is read: a rotation that comes meanwhile renames them and changes nothing.
    /// The newest comes first.
    fn parts(&self) -> Result<Vec<Part>, DriverError> {
        let mut parts = Vec::new();
        for entry in std::fs::read_dir(&self.path).map_err(DriverError::at(&self.path))? {
            let entry = entry.map_err(DriverError::at(&self.path))?;
            let name = entry.file_name();
            if !name.to_str().is_some_and(is_part) {
                continue;
            }
            match part(entry.path()) {
                Ok(part) => parts.extend(part),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(DriverError::at(entry.path())(error)),
            }
        }
        if parts.is_empty() {
            return Err(DriverError::Missing(format!(
                "{CURRENT} in {}",
                self.path.display()
            )));
        }
        // The name would say less: what is rotated by number gets older with it, what is rotated by date younger.
        parts.sort_by(|one, other| {
            (is_current(&other.path), other.written).cmp(&(is_current(&one.path), one.written))
        });
        Ok(parts)
    }
}

impl SystemLog for LogFolder {
    fn tail(&self, question: LogQuestion) -> Result<LogTail, DriverError> {
        let mut parts = self.parts()?.into_iter();
        pick(question, |may_read| {
            let Some(mut part) = parts.next() else {
                return Ok(None);
            };
            part.end(may_read).map(Some).map_err(DriverError::at(&part.path))
        })
    }
}

impl Part {
    /// The end of the file, with whether that is all of it.
    fn end(&mut self, may_read: usize) -> io::Result<(String, bool)> {
        let limit = u64::try_from(may_read).unwrap_or(u64::MAX);
        let start = self.bytes.saturating_sub(limit);
        self.file.seek(SeekFrom::Start(start))?;
        let mut bytes = Vec::new();
        (&self.file).take(limit.min(self.bytes)).read_to_end(&mut bytes)?;
        Ok((String::from_utf8_lossy(&bytes).into_owned(), start == 0))
    }
}

fn is_current(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name == CURRENT)
}

fn is_part(name: &str) -> bool {
    let rest = name.strip_prefix(CURRENT);
    rest.is_some_and(|rest| {
        rest.is_empty() || (rest.starts_with('.') && [".zip", ".gz"].iter().all(|end| !rest.ends_with(end)))
    })
}

/// Opens a part; none where it is no plain file. A link is not followed: the agent may read more than Cassandra's user
/// may, who could put one there.
fn part(path: PathBuf) -> io::Result<Option<Part>> {
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let file = match rustix::fs::open(&path, flags, rustix::fs::Mode::empty()) {
        Ok(file) => File::from(file),
        Err(rustix::io::Errno::LOOP) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let about = file.metadata()?;
    Ok(about.is_file().then(|| Part {
        bytes: about.len(),
        written: (about.mtime(), about.mtime_nsec()),
        path,
        file,
    }))
}
