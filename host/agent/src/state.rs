//! What an agent keeps between starts.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use ringkeeper_trust::{AgentTrust, Enrolment, NewKey};

use crate::{AgentError, HostUrl, orders, tools};

/// Writes a file so that it is there whole or as it was before, whatever happens.
pub(crate) fn write_whole(file: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let folder = file.parent().unwrap_or(Path::new("."));
    let mut temporary = tempfile::NamedTempFile::new_in(folder)?;
    temporary.write_all(bytes)?;
    temporary.as_file().sync_all()?;
    temporary.persist(file)?;
    std::fs::File::open(folder)?.sync_all()
}

/// The state directory.
#[derive(Clone, Debug)]
pub(crate) struct State {
    folder: PathBuf,
}

impl State {
    pub(crate) fn at(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
        }
    }

    fn trust_file(&self) -> PathBuf {
        self.folder.join("agent.json")
    }

    fn host_file(&self) -> PathBuf {
        self.folder.join("host")
    }

    /// Who the agent is; none where it was never enrolled.
    pub(crate) fn trust(&self) -> Result<Option<AgentTrust>, AgentError> {
        Ok(AgentTrust::load(&self.trust_file())?)
    }

    /// Keeps who the agent is from now on.
    pub(crate) fn keep(&self, key: &NewKey, enrolment: Enrolment) -> Result<AgentTrust, AgentError> {
        Ok(AgentTrust::keep(&self.trust_file(), key, enrolment)?)
    }

    /// Forgets which orders were heard: another host counts anew.
    pub(crate) fn forget_orders(&self) -> Result<(), AgentError> {
        let forget = |path: PathBuf, removed: std::io::Result<()>| match removed {
            Err(source) if source.kind() != std::io::ErrorKind::NotFound => Err(AgentError::State {
                doing: "remove",
                path,
                source,
            }),
            _ => Ok(()),
        };
        let (file, folder) = (orders::file_in(&self.folder), tools::folder_in(&self.folder));
        forget(file.clone(), std::fs::remove_file(&file))?;
        forget(folder.clone(), std::fs::remove_dir_all(&folder))
    }

    /// Where its host is.
    pub(crate) fn host(&self) -> Result<HostUrl, AgentError> {
        let path = self.host_file();
        match std::fs::read_to_string(&path) {
            Ok(text) => text.parse(),
            Err(source) => Err(AgentError::State {
                doing: "read",
                path,
                source,
            }),
        }
    }

    /// Keeps where its host is. The directory is there: it is made with the enrolment.
    pub(crate) fn keep_host(&self, host: &HostUrl) -> Result<(), AgentError> {
        let path = self.host_file();
        std::fs::write(&path, format!("{host}\n")).map_err(|source| AgentError::State {
            doing: "write",
            path,
            source,
        })
    }
}
