//! From "is there a Cassandra" to "its Jolokia answers".

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use async_trait::async_trait;
use ringkeeper_cassandra::{AccessSettings, CassandraCluster, JolokiaAccess, Secret};
use ringkeeper_cluster::{Endpoint, NodeError, NodeErrorKind};
use ringkeeper_seams::Seams;
use rustix::fs::OFlags;
use rustix::process::geteuid;

use crate::address::Loopback;
use crate::attach::Attach;
use crate::error::{AttachError, Javaagent, Problem};
use crate::files::{self, Files};
use crate::find::Wanted;
use crate::listener::{self, Listener};
use crate::namespace::{open_as_seen_by, shares};
use crate::owner::as_owner_of;
use crate::proc::{Proc, Process, ProcessKey};
use crate::properties::USER;
use crate::{Jvm, jar};

/// How often an agent that was just loaded is asked whether it is there.
const PAUSE: Duration = Duration::from_millis(50);

/// Which Cassandra gets which Jolokia.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttachSettings {
    /// Which Cassandra is meant.
    pub wanted: Wanted,
    /// The Jolokia jar ([`crate::JAR_URL`]), where Cassandra sees it too.
    pub jar: PathBuf,
    /// A folder for Jolokia's configuration and policy, of this node alone, where Cassandra sees it too.
    pub folder: PathBuf,
    /// Where Jolokia listens.
    pub address: Loopback,
    /// How long the JVM may take to answer, and Jolokia to be there.
    pub within: Duration,
}

impl AttachSettings {
    /// The time limit unless configured otherwise.
    pub const DEFAULT_WITHIN: Duration = Duration::from_secs(10);
}

/// A Jolokia that answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reached {
    /// The process that it runs in. Another one than before: Cassandra was restarted.
    pub process: ProcessKey,
    /// Where it is.
    pub endpoint: Endpoint,
    /// How it is asked.
    pub access: JolokiaAccess,
    /// Whether it was attached just now; else it was there already.
    pub is_new: bool,
}

/// Attaches Jolokia to the Cassandra of this machine.
#[derive(Debug)]
pub struct Attaching {
    settings: AttachSettings,
    files: Files,
    proc: Proc,
    seams: Seams,
}

impl Attaching {
    /// With these settings. Nothing is done yet.
    #[must_use]
    pub fn new(settings: AttachSettings, seams: Seams) -> Self {
        Self {
            files: Files::in_folder(settings.folder.clone()),
            settings,
            proc: Proc::default(),
            seams,
        }
    }

    /// What a JVM is started with to have the same Jolokia without attaching.
    fn javaagent(&self) -> Javaagent {
        Javaagent {
            option: format!("-javaagent:{}={}", self.settings.jar.display(), self.options()),
            is_ready: self.settings.jar.exists() && self.files.properties().exists(),
        }
    }

    /// Nothing secret: command lines and options are seen by all users of a machine.
    fn options(&self) -> String {
        format!("config={}", self.files.properties().display())
    }

    async fn reach_it(&self) -> Result<Reached, Problem> {
        let process = self.settings.wanted.find(&self.proc)?;
        let pid = process.key.pid;
        self.may_be_acted_for(&process)?;
        if self.has_its_own(&process) {
            return Err(Problem::OwnJolokia { pid });
        }
        let address = self.settings.address.socket();
        let listener = listener::at(&self.proc, pid, address)
            .map_err(Problem::machine(format!("looking who listens at {address}")))?;
        let wanted = self
            .files
            .wanted(&process, self.settings.address, &self.seams.entropy)?;
        match listener {
            Listener::Other(by) => return Err(Problem::PortTaken { address, by }),
            Listener::Itself if wanted.is_written => match self.ask(&process, &wanted, false).await {
                Ok(reached) => return Ok(reached),
                // A pause of the JVM is no reason to cut off whoever is being answered.
                Err(error) if is_silence(&error) => {
                    let said = error.to_string();
                    return Err(Problem::Silent { pid, address, said });
                }
                Err(_) => {}
            },
            // It comes by itself, a moment after Cassandra began.
            Listener::None if wanted.is_written && self.starts_by_option(&process) => {
                if let Ok(reached) = self.wait(&process, &wanted, false).await {
                    return Ok(reached);
                }
            }
            Listener::Itself | Listener::None => {}
        }
        self.attach(&process, &wanted, listener == Listener::Itself)
            .await?;
        self.wait(&process, &wanted, true).await
    }

    /// Whether Cassandra was started with another Jolokia. It may be about to take the port.
    fn has_its_own(&self, process: &Process) -> bool {
        let ours = self.javaagent().option;
        let mut others = process.arguments.iter().filter(|argument| **argument != ours);
        others.any(|argument| {
            let jar = argument
                .strip_prefix("-javaagent:")
                .and_then(|agent| agent.split('=').next());
            let name = jar.and_then(|jar| jar.rsplit('/').next());
            name.is_some_and(|name| name.contains("jolokia"))
        })
    }

    fn starts_by_option(&self, process: &Process) -> bool {
        process.arguments.contains(&self.javaagent().option)
    }

    fn may_be_acted_for(&self, process: &Process) -> Result<(), Problem> {
        let (pid, agent) = (process.key.pid, geteuid());
        if !agent.is_root() && agent.as_raw() != process.uid {
            return Err(Problem::OtherUser {
                pid,
                owner: process.uid,
                agent: agent.as_raw(),
            });
        }
        let shares_network = shares(&self.proc, pid, "net").map_err(Problem::machine(format!(
            "looking at the network of process {pid}"
        )))?;
        if shares_network {
            Ok(())
        } else {
            Err(Problem::OtherNetwork { pid })
        }
    }

    /// Loads Jolokia with what should stand in its files. One that runs with something else is stopped first: it would
    /// keep its port, its password and its policy.
    async fn attach(&self, process: &Process, wanted: &files::Wanted, is_there: bool) -> Result<(), Problem> {
        let pid = process.key.pid;
        if !is_there {
            self.files.write(wanted, process)?;
        }
        jar::check(&self.proc, process, &self.settings.jar)?;
        let attach = Attach {
            proc: &self.proc,
            process,
            runtime: &self.seams.runtime,
            clock: &self.seams.clock,
            within: self.settings.within,
        };
        if is_there {
            // Before the files say something else than what runs.
            attach.load(&self.settings.jar, "mode=stop").await?;
            self.files.write(wanted, process)?;
        }
        let path = self.files.properties();
        if path.to_str().is_none_or(|text| text.contains([',', '='])) {
            return Err(Problem::Path(path));
        }
        let seen = as_owner_of(process, || {
            open_as_seen_by(&self.proc, pid, &path, OFlags::RDONLY)
        });
        seen.and_then(|file| file)
            .map_err(|error| Problem::NotVisible { pid, path, error })?;
        attach.load(&self.settings.jar, &self.options()).await
    }

    async fn wait(
        &self,
        process: &Process,
        wanted: &files::Wanted,
        is_new: bool,
    ) -> Result<Reached, Problem> {
        let begun = self.seams.clock.monotonic();
        loop {
            let error = match self.ask(process, wanted, is_new).await {
                Ok(reached) => return Ok(reached),
                Err(error) => error,
            };
            let pid = process.key.pid;
            if !self.proc.is_there(process.key) {
                return Err(Problem::Ended { pid });
            }
            if self.seams.clock.monotonic().saturating_sub(begun) >= self.settings.within {
                let address = self.settings.address.socket();
                let said = error.to_string();
                return Err(Problem::Silent { pid, address, said });
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Asks who is there, with the password.
    async fn ask(
        &self,
        process: &Process,
        wanted: &files::Wanted,
        is_new: bool,
    ) -> Result<Reached, NodeError> {
        let address = self.settings.address.socket();
        let access = access(address, &wanted.password);
        let endpoint = Endpoint::new(address);
        let settings = AccessSettings {
            jolokia: access.clone(),
            ..AccessSettings::new([address.ip().to_string()])
        };
        let other = |message: String| NodeError::new(NodeErrorKind::Unsupported, address, message);
        let cluster =
            CassandraCluster::new(settings, self.seams.clone()).map_err(|error| other(error.to_string()))?;
        let answers = cluster.process(endpoint).await?;
        // `1234@host`: the process as it counts itself.
        let pid = answers.name.split('@').next().and_then(|pid| pid.parse().ok());
        if pid != Some(process.inner_pid) {
            return Err(other(format!("{} answers", answers.name)));
        }
        Ok(Reached {
            process: process.key,
            endpoint,
            access,
            is_new,
        })
    }
}

/// Whether nobody said anything, good or bad.
fn is_silence(error: &NodeError) -> bool {
    matches!(error.kind, NodeErrorKind::TimedOut | NodeErrorKind::Unreachable)
}

fn access(address: SocketAddr, password: &str) -> JolokiaAccess {
    JolokiaAccess {
        url: format!("http://{{address}}:{}/jolokia/", address.port()),
        username: Some(USER.to_owned()),
        password: Some(Secret::new(password)),
        ..JolokiaAccess::default()
    }
}

#[async_trait]
impl Jvm for Attaching {
    async fn reach(&self) -> Result<Reached, AttachError> {
        self.reach_it().await.map_err(|problem| AttachError {
            javaagent: problem.is_about_attaching().then(|| self.javaagent()),
            problem,
        })
    }
}
