//! `ringkeeper agent`: the agent itself.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use ringkeeper_agent::{
    AgentError, Enrolling, MachineSettings, Settings, ToolPlaces, enrol, run as run_agent,
};
use ringkeeper_config::{AgentConfig, AgentProcess, DEFAULT_AGENT_FILE};
use ringkeeper_drivers::metrics::LinuxMetrics;
use ringkeeper_drivers::packages::Apt;
use ringkeeper_drivers::unit::{Endings, NoEndings, SystemdUnit};
use ringkeeper_jvm::{AttachSettings, Attaching, Loopback, Wanted};
use ringkeeper_seams::{Clock, Seams, SystemClock, TaskGroup};

use super::serve::{stopped, until_stopped};
use crate::arguments::{AgentCommand, EnrollArguments};
use crate::assembly;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::log;
use crate::output::write;

/// Tells how far the clock is off, where chrony sets it.
const CHRONYC: &str = "/usr/bin/chronyc";
const SYSTEMCTL: &str = "/usr/bin/systemctl";

pub(crate) async fn run(command: AgentCommand) -> Result<Exit, Failure> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    match command {
        AgentCommand::Enroll(arguments) => enroll(arguments, &clock).await,
        AgentCommand::Run { state, config } => {
            let config = read(config.as_deref())?;
            log::start(config.log).map_err(|error| Failure::plain(Exit::Failed, error.to_string()))?;
            let settings = settings(state.folder, &config)?;
            let mut tasks = TaskGroup::new();
            let stop = stopped(until_stopped(&mut tasks)?);
            let ended = run_agent(&settings, clock, stop).await;
            tasks.abort().await;
            ended.map_err(|error| failure(&error))?;
            Ok(Exit::Done)
        }
    }
}

/// What the file says; where none is named, the usual one need not be there.
fn read(file: Option<&Path>) -> Result<AgentConfig, Failure> {
    let usual = Path::new(DEFAULT_AGENT_FILE);
    let config = match file {
        Some(file) => AgentConfig::load(file),
        None if usual.exists() => AgentConfig::load(usual),
        None => AgentConfig::parse("", usual),
    };
    config.map_err(|error| Failure::plain(Exit::Usage, error.to_string()))
}

fn settings(state: PathBuf, config: &AgentConfig) -> Result<Settings, Failure> {
    let failed = |error: &dyn std::fmt::Display| Failure::plain(Exit::Failed, error.to_string());
    // Cassandra, which is told where its Jolokia's files are, has another working directory.
    let state = std::path::absolute(state).map_err(|error| failed(&error))?;
    let seams = Seams::production().map_err(|error| failed(&error))?;
    let (cassandra, jolokia) = (&config.cassandra, &config.jolokia);
    let address = Loopback::new(jolokia.address.ip(), jolokia.address.port())
        .ok_or_else(|| failed(&"`address` in [jolokia] is no loopback address"))?;
    let wanted = Wanted {
        data_directory: cassandra.data_directory.clone(),
        listen_address: cassandra.listen_address,
        pid_file: cassandra.pid_file.clone(),
    };
    let attach = AttachSettings {
        wanted: wanted.clone(),
        jar: jolokia.jar.clone(),
        folder: jolokia.folder.clone().unwrap_or_else(|| state.join("jolokia")),
        address,
        within: jolokia.within,
    };
    let machine = machine(config, &attach.wanted, &seams);
    Ok(Settings {
        listen: config.listen,
        machine,
        jvm: Arc::new(Attaching::new(attach, seams.clone())),
        process: Arc::new(assembly::commands(&config.process.commands(), "[process]")?),
        logs: cassandra.log_directory.clone(),
        tools: ToolPlaces {
            wanted,
            home: config.tools.home.clone(),
            java_home: config.tools.java_home.clone(),
            configuration: config.tools.configuration.clone(),
            login: config.tools.jmx_login.clone(),
        },
        seams,
        state,
    })
}

/// Who tells of the machine.
fn machine(config: &AgentConfig, wanted: &Wanted, seams: &Seams) -> MachineSettings {
    let mut metrics = LinuxMetrics::below("/", seams.runtime.clone());
    if Path::new(CHRONYC).exists() {
        metrics = metrics.with_chronyc(CHRONYC);
    }
    let endings: Arc<dyn Endings> = match &config.process {
        AgentProcess::Unit { unit, .. } => Arc::new(SystemdUnit::new(SYSTEMCTL, unit)),
        AgentProcess::Commands(_) => Arc::new(NoEndings),
    };
    MachineSettings {
        cassandras: Arc::new(wanted.clone()),
        metrics: Arc::new(metrics),
        endings,
        packages: Arc::new(Apt::default()),
        runtime: seams.runtime.clone(),
    }
}

async fn enroll(arguments: EnrollArguments, clock: &Arc<dyn Clock>) -> Result<Exit, Failure> {
    let host = arguments.host.parse().map_err(|error| failure(&error))?;
    let with = Enrolling {
        host,
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
