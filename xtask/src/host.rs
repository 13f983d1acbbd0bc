//! The product, run as a person would run it.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use ringkeeper_lab::Tether;
use serde_json::Value;

use crate::configuration::data_directory;
use crate::workspace::{output, product, run};

const STOP_DEADLINE: Duration = Duration::from_secs(30);
const LAST_LINES: usize = 15;

/// A running `ringkeeper serve`, which ends with us.
#[derive(Debug)]
pub(crate) struct Host {
    process: Tether,
    socket: PathBuf,
    log: PathBuf,
}

impl Host {
    /// Starts the host with the configuration in `folder` and returns at once.
    pub(crate) fn start(folder: &Path, configuration: &Path) -> Result<Self> {
        let log = folder.join("host.log");
        let program = [
            product().into(),
            "serve".into(),
            "--config".into(),
            OsString::from(configuration),
        ];
        let process = Tether::start(&program, &log)?;
        Ok(Self {
            process,
            socket: data_directory(folder).join("ringkeeper.sock"),
            log,
        })
    }

    /// Fails, with the end of the log, when the host has ended by itself.
    pub(crate) fn ensure_running(&self) -> Result<()> {
        ensure!(
            self.process.is_running(),
            "the host has ended; its log ends with\n{}",
            self.last_words()
        );
        Ok(())
    }

    /// The clusters as `ringkeeper status` tells a program; nothing while the host does not answer or has not seen
    /// any yet.
    pub(crate) fn clusters(&self) -> Vec<Value> {
        self.objects(&["status"]).unwrap_or_default()
    }

    /// The open findings as `ringkeeper findings` tells a program.
    pub(crate) fn findings(&self) -> Result<Vec<Value>> {
        self.objects(&["findings"])
    }

    /// Runs one command of the product for a person to read.
    pub(crate) fn show(&self, arguments: &[&str]) -> Result<()> {
        let shown: Vec<String> = arguments.iter().map(|word| quoted(word)).collect();
        println!("\n$ ringkeeper {}", shown.join(" "));
        run(&mut self.command(arguments))
    }

    /// Asks the host to end and waits for it.
    pub(crate) fn stop(self) -> Result<()> {
        self.process.stop(STOP_DEADLINE).context("the host does not end")
    }

    /// The end of the host's log.
    pub(crate) fn last_words(&self) -> String {
        let text = fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        lines
            .get(lines.len().saturating_sub(LAST_LINES)..)
            .unwrap_or_default()
            .join("\n")
    }

    fn objects(&self, arguments: &[&str]) -> Result<Vec<Value>> {
        let printed = output(self.command(arguments).args(["--format", "json"]))?;
        printed
            .lines()
            .map(|line| Ok(serde_json::from_str(line)?))
            .collect()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut call = Command::new(product());
        call.arg("--socket").arg(&self.socket).args(arguments);
        call
    }
}

/// A word as it is typed into a shell.
fn quoted(word: &str) -> String {
    if word.contains(['"', '[', ' ']) {
        format!("'{word}'")
    } else {
        word.to_owned()
    }
}
