//! What a person asks to see of the node: the end of its log, its snapshots with the room that is left, what is installed.
//!
//! Nothing of it is kept or watched: it is read when somebody asks, one question at a time, so that nobody keeps the node's
//! disks busy by asking. All of it is also told of a node that does not run, from where the last Cassandra was.

mod routes;
mod snapshots;

pub(crate) use routes::routes;

use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ringkeeper_api::{Problem, ProblemCode};
use ringkeeper_cluster::{
    Installed, InstalledCassandra, InstalledJava, LogLevel, LogQuestion, LogTail, NodeStorage,
};
use ringkeeper_drivers::DriverError;
use ringkeeper_drivers::files::DataDirectories;
use ringkeeper_drivers::logs::{self, Level, LogFolder, SystemLog as _};
use ringkeeper_drivers::releases::{InstalledReleases, InstalledSoftware as _};
use ringkeeper_seams::Runtime;
use ringkeeper_tool_runs::Found;
use tokio::sync::Semaphore;

use crate::process::Watcher;
use crate::tools::ToolOrders;

/// Where packages of Cassandra have it write its log.
const USUAL_LOGS: &str = "/var/log/cassandra";
/// At most so many bytes of a log are answered.
const MOST_LOG: usize = 64 * 1024;

/// Looks beside the node.
#[derive(Clone, Debug)]
pub(crate) struct Beside {
    node: IpAddr,
    watcher: Arc<Watcher>,
    tools: Arc<ToolOrders>,
    logs: Option<PathBuf>,
    runtime: Runtime,
    turn: Arc<Semaphore>,
}

impl Beside {
    /// `logs` is where the agent's file says that the log is.
    pub(crate) fn new(
        node: IpAddr,
        watcher: Arc<Watcher>,
        tools: Arc<ToolOrders>,
        logs: Option<PathBuf>,
        runtime: Runtime,
    ) -> Self {
        Self {
            node,
            watcher,
            tools,
            logs,
            runtime,
            turn: Arc::new(Semaphore::new(1)),
        }
    }

    async fn log(&self, question: LogQuestion) -> Result<LogTail, Problem> {
        let own = self.clone();
        self.look(move || {
            let seen = || own.watcher.log_directory();
            let folder = own.logs.clone().or_else(seen);
            tail(&folder.unwrap_or_else(|| USUAL_LOGS.into()), question)
        })
        .await
    }

    async fn storage(&self) -> Result<NodeStorage, Problem> {
        let own = self.clone();
        self.look(move || {
            let said = own.tools.found().map(|found| found.data_directories);
            let seen = || own.watcher.directories().data.into_iter().collect();
            storage(&said.unwrap_or_else(seen))
        })
        .await
    }

    async fn installed(&self) -> Result<Installed, Problem> {
        let own = self.clone();
        self.look(move || installed("/", own.tools.found().as_ref()))
            .await
    }

    async fn look<T: Send + 'static>(
        &self,
        look: impl FnOnce() -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let turn = Arc::clone(&self.turn).try_acquire_owned().map_err(|_| {
            Problem::new(
                ProblemCode::Unavailable,
                "the agent looks at the node's files for somebody else",
                "ask again in a few seconds",
            )
        })?;
        // It goes on if nobody waits any more, and so does its turn.
        let looked = self.runtime.blocking(move || {
            let _turn = turn;
            look()
        });
        looked
            .await
            .map_err(|error| Problem::plain(ProblemCode::Failed, format!("looking failed: {error}")))?
    }
}

fn tail(folder: &Path, question: LogQuestion) -> Result<LogTail, Problem> {
    if let Some(problem) = question.problem() {
        return Err(Problem::plain(ProblemCode::Invalid, problem));
    }
    let question = logs::LogQuestion {
        level: match question.level {
            LogLevel::Trace => Level::Trace,
            LogLevel::Debug => Level::Debug,
            LogLevel::Info => Level::Info,
            LogLevel::Warn => Level::Warn,
            LogLevel::Error => Level::Error,
        },
        entries: question.lines,
        bytes: MOST_LOG,
    };
    let tail = LogFolder::at(folder).tail(question).map_err(|error| {
        Problem::new(
            code(&error),
            format!("the log cannot be read: {error}"),
            "say `log_directory` in [cassandra] of the agent's file, and let the agent's user read it",
        )
    })?;
    Ok(LogTail {
        entries: tail.entries,
        is_cut: tail.is_cut,
    })
}

fn storage(directories: &[PathBuf]) -> Result<NodeStorage, Problem> {
    if directories.is_empty() {
        return Err(Problem::new(
            ProblemCode::NotFound,
            "it is not known where this node keeps its data",
            "start Cassandra once while the agent runs",
        ));
    }
    let files = DataDirectories::open(directories).and_then(|files| snapshots::storage(directories, &files));
    files.map_err(|error| {
        Problem::plain(
            code(&error),
            format!("the data directories cannot be read: {error}"),
        )
    })
}

fn installed(root: &str, found: Option<&Found>) -> Result<Installed, Problem> {
    let mut releases = InstalledReleases::below(root);
    if let Some(found) = found {
        releases = releases.with_cassandra(&found.home).with_java(&found.java_home);
    }
    let releases = releases.releases().map_err(|error| {
        Problem::plain(
            code(&error),
            format!("it cannot be told what is installed: {error}"),
        )
    })?;
    // One folder may have several names.
    let is = |one: &Path, other: Option<&PathBuf>| {
        other.is_some_and(|other| one == other || one.canonicalize().ok() == other.canonicalize().ok())
    };
    let cassandra = releases.cassandra.into_iter().map(|release| InstalledCassandra {
        version: release.version,
        is_in_use: is(&release.home, found.map(|found| &found.home)),
        home: release.home.display().to_string(),
    });
    let java = releases.java.into_iter().map(|release| InstalledJava {
        version: release.version,
        implementor: release.implementor,
        is_in_use: is(&release.home, found.map(|found| &found.java_home)),
        home: release.home.display().to_string(),
    });
    Ok(Installed {
        cassandra: cassandra.collect(),
        java: java.collect(),
    })
}

/// What is not there is told apart from what cannot be read.
fn code(error: &DriverError) -> ProblemCode {
    match error {
        DriverError::Missing(_) => ProblemCode::NotFound,
        DriverError::File { error, .. } if error.kind() == std::io::ErrorKind::NotFound => {
            ProblemCode::NotFound
        }
        _ => ProblemCode::Failed,
    }
}

#[cfg(test)]
mod tests;
