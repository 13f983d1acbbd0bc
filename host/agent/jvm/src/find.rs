//! Which process is the node's Cassandra.

use std::fs;
use std::io;
use std::net::IpAddr;
use std::path::PathBuf;

use rustix::process::geteuid;

use crate::error::{Candidate, Problem};
use crate::proc::{Proc, Process, ProcessKey, property};

const MAIN_CLASS: &str = "org.apache.cassandra.service.CassandraDaemon";

/// Which Cassandra is meant, where there are several. What is not said does not matter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// One of its data directories, as it has files open in it.
    pub data_directory: Option<PathBuf>,
    /// An address that it listens on, for its peers or for clients.
    pub listen_address: Option<IpAddr>,
    /// The file with its process id.
    pub pid_file: Option<PathBuf>,
}

/// The program and the words that a process was started with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StartedWith {
    /// The program's file.
    pub program: PathBuf,
    /// Its words, its own name first.
    pub arguments: Vec<String>,
}

impl StartedWith {
    /// The value of a Java property that stands on the command line.
    #[must_use]
    pub fn property(&self, name: &str) -> Option<&str> {
        property(&self.arguments, name)
    }

    /// The word behind the last of these.
    #[must_use]
    pub fn behind(&self, words: &[&str]) -> Option<&str> {
        let place = self
            .arguments
            .iter()
            .rposition(|word| words.contains(&word.as_str()))?;
        self.arguments.get(place + 1).map(String::as_str)
    }
}

impl Wanted {
    /// The process that runs now; none where there is none.
    ///
    /// # Errors
    /// When it cannot be told which one it is, or whether there is one.
    pub fn running(&self) -> Result<Option<ProcessKey>, Problem> {
        match self.find(&Proc::default()) {
            Ok(process) => Ok(Some(process.key)),
            Err(Problem::NotRunning { .. }) => Ok(None),
            Err(problem) => Err(problem),
        }
    }

    /// What the process that runs now was started with; none where there is none.
    ///
    /// # Errors
    /// As for [`Wanted::running`], and when its program cannot be seen.
    pub fn started_with(&self) -> Result<Option<StartedWith>, Problem> {
        let proc = Proc::default();
        let process = match self.find(&proc) {
            Ok(process) => process,
            Err(Problem::NotRunning { .. }) => return Ok(None),
            Err(problem) => return Err(problem),
        };
        let pid = process.key.pid;
        let program = fs::read_link(proc.of(pid, "exe"));
        let program = program.map_err(Problem::machine(format!("looking what process {pid} runs")))?;
        Ok(Some(StartedWith {
            program,
            arguments: process.arguments,
        }))
    }

    /// Finds it. What it has open and where it listens is believed, not what a configuration says.
    pub(crate) fn find(&self, proc: &Proc) -> Result<Process, Problem> {
        let named = self.pid_from_file()?;
        if let Some(pid) = named {
            let process = proc.process(pid).map_err(|_| self.not_running())?;
            if process.has_ended() {
                return Err(self.not_running());
            }
            if proc.is_jvm(pid) == Some(false) {
                return Err(Problem::NoJvm { pid });
            }
            return self.only(proc, vec![process]);
        }
        let pids = proc.pids().map_err(Problem::machine("listing processes"))?;
        // One that ends meanwhile runs no longer.
        let processes = pids.into_iter().filter_map(|pid| proc.process(pid).ok());
        let cassandras = processes.filter(|process| is_cassandra(proc, process)).collect();
        self.only(proc, cassandras)
    }

    fn only(&self, proc: &Proc, mut candidates: Vec<Process>) -> Result<Process, Problem> {
        let mut hidden = None;
        candidates.retain(|process| match self.fits(proc, process.key.pid) {
            Ok(fits) => fits,
            Err(_) => {
                hidden = Some((process.key.pid, process.uid));
                false
            }
        });
        match (candidates.pop(), hidden) {
            (Some(process), _) if candidates.is_empty() => Ok(process),
            (Some(process), _) => {
                candidates.push(process);
                let named = candidates.iter().map(|process| candidate(proc, process));
                Err(Problem::Ambiguous(named.collect()))
            }
            (None, Some((pid, owner))) => Err(Problem::OtherUser {
                pid,
                owner,
                agent: geteuid().as_raw(),
            }),
            (None, None) => Err(self.not_running()),
        }
    }

    fn fits(&self, proc: &Proc, pid: u32) -> io::Result<bool> {
        if let Some(directory) = &self.data_directory {
            let files = proc.open_files(pid)?;
            if !files.iter().any(|file| file.starts_with(directory)) {
                return Ok(false);
            }
        }
        match self.listen_address {
            Some(wanted) => Ok(proc.listens_at(pid)?.iter().any(|at| at.ip() == wanted)),
            None => Ok(true),
        }
    }

    fn pid_from_file(&self) -> Result<Option<u32>, Problem> {
        let Some(path) = &self.pid_file else {
            return Ok(None);
        };
        match fs::read_to_string(path) {
            Ok(text) => text.trim().parse().map(Some).map_err(|_| Problem::Machine {
                what: format!("reading the pid file {}", path.display()),
                error: io::Error::other("it holds no number"),
            }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(self.not_running()),
            Err(error) => Err(Problem::machine(format!(
                "reading the pid file {}",
                path.display()
            ))(error)),
        }
    }

    fn not_running(&self) -> Problem {
        let mut words = Vec::new();
        if let Some(path) = &self.data_directory {
            words.push(format!("with files open in {}", path.display()));
        }
        if let Some(address) = self.listen_address {
            words.push(format!("that listens on {address}"));
        }
        if let Some(path) = &self.pid_file {
            words.push(format!("that {} names", path.display()));
        }
        Problem::NotRunning {
            wanted: words.join(" and "),
        }
    }
}

/// A shell that starts Cassandra has the same words on its command line, so the program counts as well.
fn is_cassandra(proc: &Proc, process: &Process) -> bool {
    let starts_it = process
        .arguments
        .iter()
        .skip(1)
        .any(|argument| argument == MAIN_CLASS);
    starts_it
        && proc
            .is_jvm(process.key.pid)
            .unwrap_or_else(|| ["java", "jsvc"].contains(&process.program.as_str()))
}

fn candidate(proc: &Proc, process: &Process) -> Candidate {
    let mut listens_on: Vec<IpAddr> = proc
        .listens_at(process.key.pid)
        .unwrap_or_default()
        .iter()
        .map(|at| at.ip())
        .collect();
    listens_on.sort_unstable();
    listens_on.dedup();
    let folder = ["cassandra.storagedir", "cassandra.config"]
        .iter()
        .find_map(|name| process.property(name));
    Candidate {
        pid: process.key.pid,
        listens_on,
        folder: folder.map(str::to_owned),
    }
}

#[cfg(test)]
mod tests;
