//! Why a Cassandra has no Jolokia, and what to do about it.

use std::fmt;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use thiserror::Error;

use crate::jar::{JAR_SHA256, JAR_URL};

/// Why there is no Jolokia.
#[derive(Debug, Error)]
#[error("{problem}{}", javaagent.as_ref().map(ToString::to_string).unwrap_or_default())]
pub struct AttachError {
    /// What is in the way, and what to do about it.
    #[source]
    pub problem: Problem,
    /// How to do without attaching, where that would help.
    pub javaagent: Option<Javaagent>,
}

/// The option of a JVM that gives it the same Jolokia when it starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Javaagent {
    /// The option.
    pub option: String,
    /// Whether the files that it names are there. A JVM that does not find them does not start.
    pub is_ready: bool,
}

impl fmt::Display for Javaagent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let first = if self.is_ready {
            ""
        } else {
            "once the agent could write the files for it, "
        };
        let option = &self.option;
        write!(
            f,
            "; or {first}add `{option}` to Cassandra's JVM options (jvm-server.options, cassandra-env.sh) and restart it once"
        )
    }
}

/// What is in the way.
#[derive(Debug, Error)]
pub enum Problem {
    /// No Cassandra, or none that fits.
    #[error("no Cassandra {wanted} runs here: start it, or correct what the agent is told to look for")]
    NotRunning {
        /// What was looked for.
        wanted: String,
    },
    /// Several of them.
    #[error(
        "{} Cassandras run here: {}; say which by its data directory, listen address or pid file",
        .0.len(),
        joined(.0)
    )]
    Ambiguous(Vec<Candidate>),
    /// A process of a user that this program is not.
    #[error(
        "process {pid} belongs to user {owner} and the agent runs as user {agent}: run the agent as user {owner} or as root"
    )]
    OtherUser {
        /// The process.
        pid: u32,
        /// Its user.
        owner: u32,
        /// The agent's.
        agent: u32,
    },
    /// Another program, or another maker's JVM.
    #[error("process {pid} is no HotSpot JVM: correct the pid file, or run Cassandra on OpenJDK")]
    NoJvm {
        /// The process.
        pid: u32,
    },
    /// Attaching is switched off.
    #[error("the JVM {pid} was started with -XX:+DisableAttachMechanism: remove that option")]
    Disabled {
        /// The process.
        pid: u32,
    },
    /// The signal would end it.
    #[error(
        "the JVM {pid} does not listen to SIGQUIT, which would end it: try again once it is up, or remove -Xrs"
    )]
    Deaf {
        /// The process.
        pid: u32,
    },
    /// Its 127.0.0.1 is not ours.
    #[error(
        "process {pid} is in a network namespace of its own, where loopback is not the agent's: run the agent in its container"
    )]
    OtherNetwork {
        /// The process.
        pid: u32,
    },
    /// No jar.
    #[error("the Jolokia jar {} cannot be read ({error}): get it from {JAR_URL}", path.display())]
    NoJar {
        /// Where it should be.
        path: PathBuf,
        /// Why not.
        error: io::Error,
    },
    /// Another file.
    #[error("{} has SHA-256 {found} and should have {JAR_SHA256}: get it from {JAR_URL}", path.display())]
    WrongJar {
        /// Where it is.
        path: PathBuf,
        /// Its digest.
        found: String,
    },
    /// A jar that others can change.
    #[error("{} can be written by others, who could run code in Cassandra: chmod go-w", path.display())]
    OpenJar {
        /// Where it is.
        path: PathBuf,
    },
    /// A file that Cassandra does not see, in a container or by its permissions.
    #[error(
        "process {pid} cannot read {} ({error}): make it readable for Cassandra's user, and put it where it sees it if it has a file system of its own",
        path.display()
    )]
    NotVisible {
        /// The process.
        pid: u32,
        /// The file.
        path: PathBuf,
        /// Why not.
        error: io::Error,
    },
    /// A path that cannot be told to a JVM.
    #[error("the path {} cannot be told to a JVM: choose a shorter one without `,`, `=` and line breaks", .0.display())]
    Path(PathBuf),
    /// The port belongs to others.
    #[error("{address} is taken by {}: free it, or give Jolokia another port", by.map_or("another program".to_owned(), |pid| format!("process {pid}")))]
    PortTaken {
        /// The port.
        address: SocketAddr,
        /// Whose it is, if that may be seen.
        by: Option<u32>,
    },
    /// The operator's own Jolokia.
    #[error(
        "process {pid} has a Jolokia of its own, from its -javaagent option: give its URL, user and password to Ringkeeper"
    )]
    OwnJolokia {
        /// The process.
        pid: u32,
    },
    /// A runtime that was stripped.
    #[error(
        "the JVM {pid} lacks the module java.instrument: run Cassandra on a whole JDK or JRE, or add the module"
    )]
    NoInstrument {
        /// The process.
        pid: u32,
    },
    /// No answer.
    #[error(
        "the JVM {pid} did not answer within {within:?}: it may be stopped, starting, or have attaching switched off (-XX:+DisableAttachMechanism)"
    )]
    TimedOut {
        /// The process.
        pid: u32,
        /// How long was waited.
        within: Duration,
    },
    /// The JVM did not load the agent.
    #[error("the JVM {pid} did not load Jolokia: code {code}{}", words(.said))]
    Refused {
        /// The process.
        pid: u32,
        /// Its code.
        code: i32,
        /// Its words.
        said: String,
    },
    /// The attach socket is somebody else's.
    #[error("{} does not belong to process {pid}: remove it, and see who made it", path.display())]
    Impostor {
        /// The process.
        pid: u32,
        /// The socket.
        path: PathBuf,
    },
    /// The agent was loaded and nobody answers.
    #[error(
        "process {pid} took Jolokia, which does not answer at {address}: {said}; see what Cassandra printed"
    )]
    Silent {
        /// The process.
        pid: u32,
        /// Where it should answer.
        address: SocketAddr,
        /// The last failure.
        said: String,
    },
    /// Cassandra is gone.
    #[error("process {pid} ended meanwhile: try again when Cassandra runs")]
    Ended {
        /// The process.
        pid: u32,
    },
    /// Something on this machine that should work.
    #[error("{what} failed: {error}")]
    Machine {
        /// What was done.
        what: String,
        /// Why not.
        error: io::Error,
    },
}

impl Problem {
    pub(crate) fn machine(what: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let what = what.into();
        move |error| Self::Machine { what, error }
    }

    /// Whether Jolokia as an option of the JVM would do without what is in the way.
    pub(crate) const fn is_about_attaching(&self) -> bool {
        matches!(
            self,
            Self::OtherUser { .. }
                | Self::Disabled { .. }
                | Self::Deaf { .. }
                | Self::TimedOut { .. }
                | Self::Refused { .. }
                | Self::NotVisible { .. }
                | Self::Impostor { .. }
        )
    }
}

/// One of several Cassandras.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The process.
    pub pid: u32,
    /// Addresses that it listens on, where that may be seen.
    pub listens_on: Vec<IpAddr>,
    /// The folder of its data or its configuration, where its command line names one.
    pub folder: Option<String>,
}

impl fmt::Display for Candidate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "process {}", self.pid)?;
        let addresses: Vec<String> = self.listens_on.iter().map(IpAddr::to_string).collect();
        match (&self.folder, addresses.is_empty()) {
            (Some(folder), true) => write!(f, " ({folder})"),
            (Some(folder), false) => write!(f, " ({folder}, listens on {})", addresses.join(", ")),
            (None, false) => write!(f, " (listens on {})", addresses.join(", ")),
            (None, true) => Ok(()),
        }
    }
}

fn joined(candidates: &[Candidate]) -> String {
    let named: Vec<String> = candidates.iter().map(Candidate::to_string).collect();
    named.join(", ")
}

fn words(words: &str) -> String {
    if words.is_empty() {
        String::new()
    } else {
        format!(", it said: {words}")
    }
}

#[cfg(test)]
mod tests;
