//! `cargo xtask lab`: a cluster for people, kept by a process of its own between `up` and `down`.

mod keeper;
mod state;

use std::env;
use std::fs::{self, File};
use std::net::IpAddr;
use std::path::PathBuf;
use std::process::{Command as Process, ExitCode, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use clap::{Args, Subcommand};
use ringkeeper_lab::{LabSettings, Version, wait_until};

use crate::setup;
use state::{State, folder, keeper_log};

/// Ten nodes on a busy machine; the first time the jars are fetched too.
const UP_DEADLINE: Duration = Duration::from_secs(900);
const DOWN_DEADLINE: Duration = Duration::from_secs(30);

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Start a cluster and leave it running
    Up(Options),
    /// Stop it and remove its data
    Down,
    /// Show it
    Status,
    /// Start or stop one node of it, or say whether it runs (called by hosts that watch it)
    #[command(hide = true)]
    Node(Node),
    /// Be the process that keeps the cluster (called by `up`)
    #[command(hide = true)]
    Keep(Options),
}

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Nodes of each data centre
    #[arg(long, default_value_t = 3)]
    nodes: usize,
    /// Data centres, called dc1, dc2, …
    #[arg(long, default_value_t = 1)]
    dcs: usize,
    /// Cassandra version
    #[arg(long, default_value_t = Version::newest())]
    version: Version,
    /// CQL over TLS only, Jolokia over https with a password
    #[arg(long)]
    tls: bool,
    /// Make CQL clients log in
    #[arg(long)]
    auth: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Node {
    /// `start`, `stop` or `status`
    verb: String,
    /// The node's address
    address: IpAddr,
    /// The folder of the lab
    #[arg(long)]
    lab: PathBuf,
}

impl Node {
    fn ask(&self) -> Result<ExitCode> {
        let (code, words) = ringkeeper_lab::ask(&self.lab, &self.verb, self.address)?;
        if !words.is_empty() {
            eprintln!("{words}");
        }
        Ok(u8::try_from(code).map_or(ExitCode::FAILURE, ExitCode::from))
    }
}

impl Options {
    fn settings(&self) -> LabSettings {
        LabSettings {
            version: self.version.clone(),
            data_centres: (1..=self.dcs)
                .map(|number| (format!("dc{number}"), self.nodes))
                .collect(),
            auth: self.auth,
            tls: self.tls,
            jolokia_secured: self.tls,
            ..LabSettings::default()
        }
    }
}

/// Runs one of the commands.
pub(crate) fn run(command: Command) -> Result<ExitCode> {
    match command {
        Command::Up(options) => setup::then(crate::need::all, || up(&options)),
        Command::Down => down(),
        Command::Status => status(),
        Command::Node(node) => node.ask(),
        Command::Keep(options) => keeper::keep(options.settings()),
    }
}

fn up(options: &Options) -> Result<ExitCode> {
    if State::read()?.is_some_and(|state| state.is_kept()) {
        bail!("a lab is up already; see `cargo xtask lab status`, end it with `cargo xtask lab down`");
    }
    if folder().exists() {
        fs::remove_dir_all(folder())?;
    }
    fs::create_dir_all(folder())?;
    let log = File::create(keeper_log())?;
    // The same arguments, with `keep` for `up`.
    let arguments = env::args_os()
        .skip(1)
        .map(|word| if word == "up" { "keep".into() } else { word });
    let mut keeper = Process::new(env::current_exe()?)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(log.try_clone()?)
        .stderr(log)
        .spawn()?;
    println!(
        "starting {} node(s) of Cassandra {} …",
        options.nodes * options.dcs,
        options.version
    );
    let state = wait_until("the lab", UP_DEADLINE, || {
        if let Some(status) = keeper.try_wait()? {
            let said = fs::read_to_string(keeper_log()).unwrap_or_default();
            bail!("the lab did not start ({status}):\n{said}");
        }
        State::read()
    })?;
    state.print();
    Ok(ExitCode::SUCCESS)
}

fn down() -> Result<ExitCode> {
    let Some(state) = State::read()? else {
        println!("no lab is up");
        return Ok(ExitCode::SUCCESS);
    };
    state.end(DOWN_DEADLINE).context("the lab does not end")?;
    fs::remove_dir_all(folder())?;
    println!("the lab is down");
    Ok(ExitCode::SUCCESS)
}

fn status() -> Result<ExitCode> {
    let state = State::read()?;
    ensure!(
        state.is_some(),
        "no lab is up; start one with `cargo xtask lab up`"
    );
    if let Some(state) = state {
        ensure!(
            state.is_kept(),
            "the lab has ended by itself; `cargo xtask lab down` removes what is left"
        );
        state.print();
    }
    Ok(ExitCode::SUCCESS)
}
