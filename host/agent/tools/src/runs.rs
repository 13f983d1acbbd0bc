//! Running a tool, from the order to what came of it.

use std::fs;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use ringkeeper_jvm::{Loopback, Wanted as WantedProcess};
use ringkeeper_seams::Seams;
use ringkeeper_tools::{Command, Ground, find};
use tokio::sync::{Semaphore, mpsc};

use crate::child::{Call, Piece, Printed, Stream};
use crate::copy::{COPIES, Copy, Wanted};
use crate::kept::{Kept, Limits, make, printed};
use crate::order::may_run;
use crate::user::{User, owner_of};
use crate::words::Words;
use crate::work::Work;
use crate::{Ended, Installation, Manner, Order, Report, RunError};

/// The folder in which runs are kept.
const RUNS: &str = "runs";
/// The longest that a tool may be given.
const LONGEST: Duration = Duration::from_secs(24 * 3600);

/// What tools are run with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToolSettings {
    /// The Cassandra and the Java.
    pub installation: Installation,
    /// The node's `cassandra.yaml`.
    pub yaml: PathBuf,
    /// The node's data directories.
    pub data_directories: Vec<PathBuf>,
    /// How nodetool reaches the node.
    pub jmx: Jmx,
    /// Where runs are kept and work is done.
    pub folder: PathBuf,
    /// How much is run and kept.
    pub limits: Limits,
}

/// How nodetool reaches the node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Jmx {
    /// Where it listens.
    pub at: Loopback,
    /// Who asks, and the file that holds user and password; none where everybody on the machine may.
    pub login: Option<(String, PathBuf)>,
}

/// Runs tools on the node.
#[derive(Debug)]
pub struct ToolRuns {
    settings: ToolSettings,
    seams: Seams,
    kept: Kept,
    at_once: Arc<Semaphore>,
    /// Work on the files of a stopped node is done one at a time.
    on_files: Arc<Semaphore>,
}

impl ToolRuns {
    /// With these settings. What a run that was broken off left behind is swept away.
    ///
    /// # Errors
    /// When a folder cannot be made.
    pub fn open(settings: ToolSettings, seams: Seams) -> Result<Self, RunError> {
        let work = settings.folder.join("work");
        let mut leftovers: Vec<PathBuf> = settings
            .data_directories
            .iter()
            .map(|data| data.join(COPIES))
            .collect();
        leftovers.push(work.clone());
        for folder in leftovers.iter().filter(|folder| folder.exists()) {
            fs::remove_dir_all(folder).map_err(RunError::at(folder))?;
        }
        make(&settings.folder, 0o711)?;
        make(&work, 0o711)?;
        Ok(Self {
            kept: Kept::in_folder(settings.folder.join(RUNS), settings.limits)?,
            at_once: Arc::new(Semaphore::new(settings.limits.at_once)),
            on_files: Arc::new(Semaphore::new(1)),
            settings,
            seams,
        })
    }

    /// Runs a tool, or shows what it would do, and tells a listener what it prints. Ended early where this is dropped.
    ///
    /// # Errors
    /// When the order is refused, or the tool could not be run. That it ended badly is none.
    pub async fn run(
        &self,
        order: &Order,
        listener: Option<&mpsc::Sender<Piece>>,
    ) -> Result<Report, RunError> {
        self.run_as(self.new_id(), order, listener).await
    }

    /// The same under an id that [`ToolRuns::new_id`] made, so that what is printed can be read while it runs.
    ///
    /// # Errors
    /// As there.
    pub async fn run_as(
        &self,
        id: String,
        order: &Order,
        listener: Option<&mpsc::Sender<Piece>>,
    ) -> Result<Report, RunError> {
        let tool = find(&order.tool)?;
        may_run(tool)?;
        let line = self.settings.installation.line();
        let asked = tool.command(line, &order.values, false)?;
        let manner = order.intent.manner(&asked);
        let command = match manner {
            Manner::DryRun => tool.command(line, &order.values, true)?,
            Manner::Run | Manner::Shown => asked,
        };
        let began_at = self.seams.clock.now();
        let mut report = Report {
            id,
            tool: tool.name.to_owned(),
            words: command.shown(),
            manner,
            risks: risks(&command),
            ended: Ended::NotRun,
            output: Printed::default(),
            complaints: Printed::default(),
            began_at,
            ended_at: began_at,
        };
        self.kept.prune(began_at)?;
        if manner != Manner::Shown {
            self.carry_out(&command, order, listener, &mut report).await?;
        }
        report.ended_at = self.seams.clock.now();
        self.kept.begin(&report.id)?;
        self.kept.end(&report)?;
        Ok(report)
    }

    /// What is kept in a folder of tools of what a run printed to a stream, from a byte on: `most` bytes at most, and how many
    /// there are in all. Nothing where nothing is kept.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn kept_in(
        folder: &Path,
        id: &str,
        stream: Stream,
        from: u64,
        most: usize,
    ) -> Result<(Vec<u8>, u64), RunError> {
        printed(&folder.join(RUNS).join(id).join(stream.file()), from, most)
    }

    /// Whether nothing runs.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.at_once.available_permits() == self.settings.limits.at_once
    }

    /// What it was opened with.
    #[must_use]
    pub const fn settings(&self) -> &ToolSettings {
        &self.settings
    }

    /// With another lock for whoever works on the files of the stopped node, shared with whoever starts it.
    #[must_use]
    pub fn sharing(mut self, on_files: Arc<Semaphore>) -> Self {
        self.on_files = on_files;
        self
    }

    /// What came of a run that is still kept.
    #[must_use]
    pub fn report(&self, id: &str) -> Option<Report> {
        self.kept.report(id)
    }

    async fn carry_out(
        &self,
        command: &Command,
        order: &Order,
        listener: Option<&mpsc::Sender<Piece>>,
        report: &mut Report,
    ) -> Result<(), RunError> {
        let busy = |most| move |_| RunError::Busy { most };
        let most = self.settings.limits.at_once;
        let _turn = self.at_once.try_acquire().map_err(busy(most))?;
        let _alone = match (command.tool.ground, report.manner) {
            (Ground::StoppedNode, Manner::Run) => {
                let alone = self.on_files.try_acquire().map_err(busy(1))?;
                self.is_stopped(command)?;
                Some(alone)
            }
            _ => None,
        };
        let user = self.user()?;
        let work = Work::begin(&self.settings.folder.join("work").join(&report.id), user)?;
        let copy = self.copy(command, report.manner, &work, user).await?;
        let words = Words {
            settings: &self.settings,
            work: &work.folder,
            copy: copy.as_ref(),
        };
        let call = Call {
            program: self.settings.installation.java().to_owned(),
            words: words.of(command)?,
            folder: work.folder.clone(),
            user,
            within: order.within.unwrap_or(self.settings.limits.within).min(LONGEST),
            most_bytes: self.settings.limits.bytes,
            names: copy.as_ref().map(Copy::names).unwrap_or_default(),
        };
        let kept = self.kept.begin(&report.id)?;
        let finished = call.run(&kept, listener).await?;
        report.output = finished.output;
        report.complaints = finished.complaints;
        report.ended = match finished.status {
            None => Ended::TimedOut,
            Some(status) => match (status.code(), status.signal()) {
                (Some(code), _) => Ended::Code(code),
                (None, signal) => Ended::Signal(signal.unwrap_or_default()),
            },
        };
        Ok(())
    }

    /// The user that the data belongs to.
    fn user(&self) -> Result<Option<User>, RunError> {
        let first = self.settings.data_directories.first();
        let first = first.ok_or_else(|| RunError::Missing("data directory".to_owned()))?;
        owner_of(first)
    }

    /// A copy where the tool only reads, and for dry runs of those that write.
    async fn copy(
        &self,
        command: &Command,
        manner: Manner,
        work: &Work,
        user: Option<User>,
    ) -> Result<Option<Copy>, RunError> {
        match (command.tool.ground, manner) {
            (Ground::Node, _) | (Ground::StoppedNode, Manner::Run) => return Ok(None),
            (Ground::Copy | Ground::StoppedNode, _) => {}
        }
        let folder = work.folder.join("copy");
        let (directories, yaml) = (self.settings.data_directories.clone(), self.settings.yaml.clone());
        let wanted = Wanted::of(command);
        let copied = self
            .seams
            .runtime
            .blocking(move || Copy::make(&folder, &directories, &yaml, &wanted, user))
            .await;
        match copied {
            Ok(copy) => copy.map(Some),
            Err(panic) => Err(RunError::Installation(panic.to_string())),
        }
    }

    fn is_stopped(&self, command: &Command) -> Result<(), RunError> {
        let tool = command.tool.name;
        for directory in &self.settings.data_directories {
            let wanted = WantedProcess {
                data_directory: Some(directory.clone()),
                ..WantedProcess::default()
            };
            match wanted.running() {
                Ok(None) => {}
                Ok(Some(process)) => {
                    let pid = process.pid;
                    return Err(RunError::NodeRuns { tool, pid });
                }
                Err(problem) => {
                    let reason = problem.to_string();
                    return Err(RunError::NodeUnknown { tool, reason });
                }
            }
        }
        Ok(())
    }

    /// An id that no run has.
    #[must_use]
    pub fn new_id(&self) -> String {
        let now = self.seams.clock.now();
        let mut draw = self
            .seams
            .entropy
            .stream(&format!("tool run {}", now.as_millis()));
        format!("{}-{:08x}", now.as_millis(), draw.next_u64() >> 32)
    }
}

fn risks(command: &Command) -> Vec<String> {
    let own = Some(command.tool.risk).filter(|risk| !risk.is_empty());
    own.into_iter()
        .chain(command.risks.iter().copied())
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests;
