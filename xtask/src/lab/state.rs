//! What a kept lab leaves on disk for the commands that come later.

use std::fs;
use std::io::ErrorKind;
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};
use ringkeeper_lab::{Lab, target_directory, wait_until};
use rustix::process::{Pid, Signal, kill_process};
use serde::{Deserialize, Serialize};

const CONNECT_DEADLINE: Duration = Duration::from_secs(1);

/// A kept lab.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct State {
    keeper: u32,
    version: String,
    configuration: PathBuf,
    log_in: Option<(String, String)>,
    authority: Option<PathBuf>,
    nodes: Vec<Node>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Node {
    cql: SocketAddr,
    jolokia_url: Option<String>,
    data_centre: String,
    rack: String,
    pid: Option<u32>,
    log: PathBuf,
}

/// Everything that belongs to a kept lab.
pub(crate) fn folder() -> PathBuf {
    target_directory().join("lab").join("up")
}

/// What the keeper prints.
pub(crate) fn keeper_log() -> PathBuf {
    folder().join("keeper.log")
}

fn path() -> PathBuf {
    folder().join("state.json")
}

impl State {
    pub(crate) fn of(lab: &Lab, configuration: PathBuf) -> Self {
        let nodes = lab.nodes().iter().map(|node| Node {
            cql: node.cql(),
            jolokia_url: node.jolokia_url().map(str::to_owned),
            data_centre: node.data_centre().to_owned(),
            rack: node.rack().to_owned(),
            pid: node.pid(),
            log: node.log_path(),
        });
        Self {
            keeper: std::process::id(),
            version: lab.settings().version.to_string(),
            configuration,
            log_in: lab
                .credentials()
                .map(|credentials| (credentials.user, credentials.password)),
            authority: lab
                .certificates()
                .map(|certificates| certificates.authority().to_path_buf()),
            nodes: nodes.collect(),
        }
    }

    /// The last lab that was brought up and not taken down, if any.
    pub(crate) fn read() -> Result<Option<Self>> {
        match fs::read(path()) {
            Ok(bytes) => Ok(Some(
                serde_json::from_slice(&bytes).with_context(|| path().display().to_string())?,
            )),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Makes the lab known, all at once.
    pub(crate) fn write(&self) -> Result<()> {
        let beside = path().with_extension("new");
        fs::write(&beside, serde_json::to_vec_pretty(self)?)?;
        fs::rename(beside, path())?;
        Ok(())
    }

    /// Whether the keeper lives, and is no stranger that got its process id.
    pub(crate) fn is_kept(&self) -> bool {
        let told = fs::read(format!("/proc/{}/cmdline", self.keeper)).unwrap_or_default();
        let mut words = told.split(|&byte| byte == 0);
        words.any(|word| word == b"lab") && words.any(|word| word == b"keep")
    }

    /// Ends the keeper, with which the nodes end, and waits for all of them.
    pub(crate) fn end(&self, deadline: Duration) -> Result<()> {
        if self.is_kept()
            && let Some(keeper) = i32::try_from(self.keeper).ok().and_then(Pid::from_raw)
        {
            kill_process(keeper, Signal::TERM)?;
        }
        let lives = |node: &Node| node.pid.is_some_and(|pid| is_cassandra(pid, &node.log));
        wait_until("the end of all nodes", deadline, || {
            let gone = !self.is_kept() && !self.nodes.iter().any(lives);
            Ok(gone.then_some(()))
        })
    }

    pub(crate) fn print(&self) {
        println!("\nCassandra {}", self.version);
        println!("{:<20} {:<6} {:<7} {:<38} pid", "CQL", "dc", "rack", "Jolokia");
        for node in &self.nodes {
            let answers = TcpStream::connect_timeout(&node.cql, CONNECT_DEADLINE).is_ok();
            println!(
                "{:<20} {:<6} {:<7} {:<38} {}{}",
                node.cql.to_string(),
                node.data_centre,
                node.rack,
                node.jolokia_url.as_deref().unwrap_or("none"),
                node.pid.map_or("-".to_owned(), |pid| pid.to_string()),
                if answers { "" } else { "  DOES NOT ANSWER" },
            );
        }
        if let Some((user, password)) = &self.log_in {
            println!("CQL log-in     {user} / {password}");
        }
        if let Some(authority) = &self.authority {
            println!("trust          {}", authority.display());
        }
        println!("configuration  {}", self.configuration.display());
        println!(
            "watch it       cargo run --package ringkeeper -- serve --config {}",
            self.configuration.display()
        );
        println!("end it         cargo xtask lab down");
    }
}

/// Whether this process is the node with this log, and no stranger that got its process id.
fn is_cassandra(pid: u32, log: &Path) -> bool {
    let told = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    let home = log
        .parent()
        .and_then(Path::parent)
        .unwrap_or(log)
        .display()
        .to_string();
    String::from_utf8_lossy(&told).contains(&home)
}
