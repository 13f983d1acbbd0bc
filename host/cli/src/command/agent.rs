//! `ringkeeper agent`: the agent itself.

use std::sync::Arc;

use ringkeeper_agent::{AgentError, Enrolling, Settings, enrol, run as run_agent};
use ringkeeper_config::{LogConfig, LogFormat, LogLevel};
use ringkeeper_seams::{Clock, SystemClock, TaskGroup};

use super::serve::{stopped, until_stopped};
use crate::arguments::{AgentCommand, EnrollArguments};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::log;
use crate::output::write;

pub(crate) async fn run(command: AgentCommand) -> Result<Exit, Failure> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    match command {
        AgentCommand::Enroll(arguments) => enroll(arguments, &clock).await,
        AgentCommand::Run { state, listen } => {
            let log = LogConfig {
                format: LogFormat::Text,
                level: LogLevel::Info,
            };
            log::start(log).map_err(|error| Failure::plain(Exit::Failed, error.to_string()))?;
            let settings = Settings {
                state: state.folder,
                listen,
            };
            let mut tasks = TaskGroup::new();
            let stop = stopped(until_stopped(&mut tasks)?);
            let ended = run_agent(&settings, clock, stop).await;
            tasks.abort().await;
            ended.map_err(|error| failure(&error))?;
            Ok(Exit::Done)
        }
    }
}

async fn enroll(arguments: EnrollArguments, clock: &Arc<dyn Clock>) -> Result<Exit, Failure> {
    let with = Enrolling {
        host: arguments.host,
        token: arguments
            .token
            .parse()
            .map_err(|error| failure(&AgentError::Token(error)))?,
        state: arguments.state.folder,
        again: arguments.again,
    };
    let enrolled = enrol(&with, clock).await.map_err(|error| failure(&error))?;
    write(&format!(
        "This is the agent of {} from now on.\n  next: ringkeeper agent run --state {}\n",
        enrolled.node,
        with.state.display()
    ))?;
    Ok(Exit::Done)
}

fn failure(error: &AgentError) -> Failure {
    let exit = match error {
        AgentError::Token(_) | AgentError::Url { .. } | AgentError::NotEnrolled(_) => Exit::Usage,
        AgentError::Enrolled { .. } => Exit::Usage,
        AgentError::Refused(problem) => return problem.clone().into(),
        AgentError::Host { .. } => Exit::Unreachable,
        _ => Exit::Failed,
    };
    // What is wrong and what to do stand in one sentence, parted by a semicolon.
    let text = error.to_string();
    match text.split_once("; ") {
        Some((message, remedy)) => Failure::new(exit, message, remedy),
        None => Failure::plain(exit, text),
    }
}
