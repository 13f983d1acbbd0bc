//! The driver.

use std::time::Duration;

use async_trait::async_trait;
use ringkeeper_cluster::{Order, ProcessDriver, ProcessError, ProcessErrorKind, ProcessPlace, ProcessState};

use crate::line::CommandLine;
use crate::program::unrunnable;
use crate::run::{End, Ended, run};

/// What `status` answers for a program that is not running, by the Linux Standard Base.
const NOT_RUNNING: i32 = 3;

/// The commands of one cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commands {
    /// Starts Cassandra on a node; ends with 0 also where it runs already.
    pub start: CommandLine,
    /// Stops it; ends with 0 also where it is stopped already.
    pub stop: CommandLine,
    /// Says whether it runs: 0 if so, 3 if not.
    pub status: Option<CommandLine>,
    /// How long each may take.
    pub limit: Duration,
}

/// Runs the commands of one cluster.
#[derive(Clone, Debug)]
pub struct CommandDriver {
    commands: Commands,
}

impl CommandDriver {
    /// A driver with these commands. Nothing is run yet.
    #[must_use]
    pub const fn new(commands: Commands) -> Self {
        Self { commands }
    }

    /// Runs one of the commands to its end.
    async fn end_of(
        &self,
        which: &'static str,
        line: &CommandLine,
        node: &ProcessPlace,
    ) -> Result<Ended, ProcessError> {
        let about = About { which, line, node };
        let words = line.fill(node).map_err(|reason| about.cannot_run(&reason))?;
        let (program, arguments) = words
            .split_first()
            .ok_or_else(|| about.cannot_run("it is empty"))?;
        if let Some(reason) = unrunnable(program) {
            return Err(about.cannot_run(&reason));
        }
        let ended = run(program, arguments, self.commands.limit).await;
        let ended = ended.map_err(|error| about.cannot_run(&error.to_string()))?;
        match ended.end {
            End::Code(_) => Ok(ended),
            End::Signal(_) | End::TimedOut => Err(about.failed(&ended, self.commands.limit)),
        }
    }

    /// Runs a command that must end with 0.
    async fn carry_out(
        &self,
        which: &'static str,
        line: &CommandLine,
        node: &ProcessPlace,
    ) -> Result<(), ProcessError> {
        let ended = self.end_of(which, line, node).await?;
        if ended.end == End::Code(0) {
            return Ok(());
        }
        Err(About { which, line, node }.failed(&ended, self.commands.limit))
    }
}

#[async_trait]
impl ProcessDriver for CommandDriver {
    async fn start(&self, node: &ProcessPlace, _: &Order) -> Result<(), ProcessError> {
        self.carry_out("start", &self.commands.start, node).await
    }

    /// Refuses to stop what the start command could not start again.
    async fn stop(&self, node: &ProcessPlace, _: &Order) -> Result<(), ProcessError> {
        let line = &self.commands.start;
        let about = About {
            which: "start",
            line,
            node,
        };
        let words = line.fill(node).map_err(|reason| about.cannot_run(&reason))?;
        if let Some(reason) = words.first().and_then(|program| unrunnable(program)) {
            let mut error = about.cannot_run(&reason);
            error.message.push_str("; so nothing is stopped");
            return Err(error);
        }
        self.carry_out("stop", &self.commands.stop, node).await
    }

    async fn state(&self, node: &ProcessPlace) -> Result<ProcessState, ProcessError> {
        let Some(line) = &self.commands.status else {
            return Ok(ProcessState::Unknown);
        };
        let which = "status";
        let ended = self.end_of(which, line, node).await?;
        match ended.end {
            End::Code(0) => Ok(ProcessState::Running),
            End::Code(NOT_RUNNING) => Ok(ProcessState::Stopped),
            _ => Err(About { which, line, node }.failed(&ended, self.commands.limit)),
        }
    }

    fn limit(&self) -> Duration {
        self.commands.limit
    }
}

/// Which command it is about, for people. Its arguments are never repeated: they may hold a secret.
struct About<'a> {
    which: &'static str,
    line: &'a CommandLine,
    node: &'a ProcessPlace,
}

impl About<'_> {
    fn cannot_run(&self, reason: &str) -> ProcessError {
        let (name, which) = (self.name(), self.which);
        self.error(
            ProcessErrorKind::Failed,
            format!("{name} cannot be run: {reason}; correct `{which}` in [cluster.process]"),
        )
    }

    fn failed(&self, ended: &Ended, limit: Duration) -> ProcessError {
        let said = ended.output.last_words().map_or_else(
            || "it printed nothing".to_owned(),
            |words| format!("it said: {words}"),
        );
        let name = self.name();
        match ended.end {
            End::Code(code) => self.error(
                ProcessErrorKind::Failed,
                format!("{name} ended with {code}; {said}; {}", self.cure()),
            ),
            End::Signal(signal) => self.error(
                ProcessErrorKind::TimedOut,
                format!(
                    "{name} was ended by signal {signal}, with or without effect; {said}; {}",
                    self.cure()
                ),
            ),
            End::TimedOut => self.error(
                ProcessErrorKind::TimedOut,
                format!(
                    "{name} did not end within {limit:?} and was killed, with or without effect; {said}; \
                     see what it waits for, or raise `limit` in [cluster.process]"
                ),
            ),
        }
    }

    /// What to do about a command that ran and failed.
    fn cure(&self) -> &'static str {
        match self.which {
            "status" => "0 means running and 3 stopped: run it by hand as the user of this host",
            _ => "run it by hand as the user of this host",
        }
    }

    fn name(&self) -> String {
        format!("the {} command `{}`", self.which, self.line.program())
    }

    fn error(&self, kind: ProcessErrorKind, message: String) -> ProcessError {
        ProcessError {
            kind,
            message: format!("{}: {message}", self.node.endpoint),
        }
    }
}

#[cfg(test)]
mod tests;
