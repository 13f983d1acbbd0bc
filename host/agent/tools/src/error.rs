//! Why a tool is not run.

use std::io;
use std::path::PathBuf;

use ringkeeper_jvm::YamlError;
use ringkeeper_tools::ToolError;
use thiserror::Error;

/// Why a tool is not run.
#[derive(Debug, Error)]
pub enum RunError {
    /// It is not in the catalogue, or its values are wrong.
    #[error(transparent)]
    Tool(#[from] ToolError),
    /// An operation of the host does it.
    #[error("{tool} is not run here; the operation {operation} does it")]
    Instead {
        /// The tool.
        tool: &'static str,
        /// The operation.
        operation: &'static str,
    },
    /// It is not run here.
    #[error("{tool} is not run here: {reason}")]
    Never {
        /// The tool.
        tool: &'static str,
        /// Why.
        reason: &'static str,
    },
    /// The node lives.
    #[error("{tool} needs a stopped node, and Cassandra runs as process {pid}")]
    NodeRuns {
        /// The tool.
        tool: &'static str,
        /// The process.
        pid: u32,
    },
    /// Whether the node lives cannot be told.
    #[error("{tool} needs a stopped node, and whether it is stopped cannot be told: {reason}")]
    NodeUnknown {
        /// The tool.
        tool: &'static str,
        /// Why.
        reason: String,
    },
    /// Another user owns the data.
    #[error(
        "the data belongs to user {owner}, and the agent runs as user {agent}; run it as {owner} or as root"
    )]
    OtherUser {
        /// Who owns the data.
        owner: u32,
        /// Who the agent is.
        agent: u32,
    },
    /// As many tools as may run at once run already.
    #[error("{most} tools run already")]
    Busy {
        /// How many may run.
        most: usize,
    },
    /// The table or SSTable is not there.
    #[error("there is no {0} in the data directories")]
    Missing(String),
    /// There is no Cassandra or Java to run it with.
    #[error("{0}")]
    Installation(String),
    /// A `cassandra.yaml` that is none.
    #[error("{} {error}", path.display())]
    Yaml {
        /// Which.
        path: PathBuf,
        /// Why not.
        error: YamlError,
    },
    /// A file or folder.
    #[error("{}: {error}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why not.
        error: io::Error,
    },
    /// The child process.
    #[error("{program} {what}: {error}", program = program.display())]
    Child {
        /// Its program.
        program: PathBuf,
        /// What went wrong.
        what: &'static str,
        /// Why.
        error: io::Error,
    },
}

impl RunError {
    /// About a file.
    pub(crate) fn at(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |error| Self::File { path, error }
    }

    /// About a `cassandra.yaml`.
    pub(crate) fn in_yaml(path: impl Into<PathBuf>) -> impl FnOnce(YamlError) -> Self {
        let path = path.into();
        move |error| Self::Yaml { path, error }
    }
}
