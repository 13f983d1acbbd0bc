//! The product as a person runs it: a configuration, the program, a host.

use std::ffi::OsString;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use ringkeeper_lab::{Lab, Tether, wait_until};
use serde_json::Value;
use tempfile::{NamedTempFile, TempDir};

use crate::agents::hosts_agents_at;

/// Far more than anything takes on an idle machine.
pub const DEADLINE: Duration = Duration::from_secs(180);

/// A folder with a configuration, and the program to run on it.
#[derive(Debug)]
pub struct Product {
    folder: TempDir,
    program: PathBuf,
}

/// What a command printed, and how it ended.
#[derive(Debug)]
pub struct Ran {
    /// The exit code; -1 when a signal ended it.
    pub code: i32,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

/// A command that goes on. Dropping it kills it.
#[derive(Debug)]
pub struct Begun {
    process: Option<Child>,
    printed: NamedTempFile,
}

/// A running host or agent, which ends with this value.
#[derive(Debug)]
pub struct Served {
    process: Tether,
}

impl Product {
    /// A folder with this configuration; `data` in it is the data directory unless the text says otherwise.
    ///
    /// # Errors
    /// When the program was not built, or the folder cannot be made.
    pub fn new(configuration: &str) -> Result<Self> {
        let here = std::env::current_exe()?;
        let built = here.parent().context("a program is in a folder")?;
        // Tests are in a folder beside the programs.
        let program = match built.ends_with("deps") {
            true => built.with_file_name("ringkeeper"),
            false => built.join("ringkeeper"),
        };
        ensure!(
            program.is_file(),
            "{} is missing; build it with: cargo build --workspace --bins",
            program.display()
        );
        let folder = tempfile::tempdir()?;
        let product = Self { folder, program };
        product.configure(configuration)?;
        Ok(product)
    }

    /// Writes another configuration, for the next host; the data directory stays.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn configure(&self, configuration: &str) -> Result<()> {
        let data = self.folder().join("data");
        let text = format!("[host]\ndata_directory = {data:?}\n{configuration}");
        Ok(std::fs::write(self.folder().join("ringkeeper.toml"), text)?)
    }

    /// A configuration for a lab whose nodes are reached by agents beside them, with quick sweeps.
    ///
    /// # Errors
    /// As for [`Product::new`].
    pub fn watching(lab: &Lab) -> Result<Self> {
        let contact = lab.nodes().first().context("a node")?.address();
        let agents = hosts_agents_at(lab)?;
        Self::new(&format!(
            "agents = {agents:?}\n\
             [[cluster]]\nname = \"lab\"\ncontact_points = [\"{contact}\"]\n[cluster.agents]\n\
             [cluster.sweep]\nmembership = \"2s\"\nnode_metrics = \"5s\"\nnode_limit = \"2s\"\n"
        ))
    }

    /// The folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The program.
    pub(crate) fn program(&self) -> &Path {
        &self.program
    }

    /// Runs a command to its end.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn run(&self, arguments: &[&str]) -> Result<Ran> {
        Ok(Ran::from(self.command(arguments).output()?))
    }

    /// Begins a command, and answers while it goes on. What it says of errors must fit a pipe.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn begin(&self, arguments: &[&str]) -> Result<Begun> {
        let printed = NamedTempFile::new_in(self.folder())?;
        let mut command = self.command(arguments);
        command
            .stdin(Stdio::null())
            .stdout(printed.reopen()?)
            .stderr(Stdio::piped());
        Ok(Begun {
            process: Some(command.spawn()?),
            printed,
        })
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command
            .args(arguments)
            .current_dir(self.folder())
            .env_remove("RINGKEEPER_SOCKET")
            .env_remove("RINGKEEPER_HOST")
            .env_remove("RINGKEEPER_TOKEN_FILE");
        command
    }

    /// What a command tells a program: a JSON value a line.
    ///
    /// # Errors
    /// When it fails, or prints something else.
    pub fn values(&self, arguments: &[&str]) -> Result<Vec<Value>> {
        let ran = self.run(&[arguments, &["--format", "json"]].concat())?;
        ensure!(
            ran.code == 0,
            "{arguments:?} ended with {}: {}",
            ran.code,
            ran.stderr
        );
        let values = serde_json::Deserializer::from_str(&ran.stdout).into_iter();
        Ok(values.collect::<Result<Vec<Value>, _>>()?)
    }

    /// Starts the host and waits until it answers.
    ///
    /// # Errors
    /// When it does not, with what it logged.
    pub fn serve(&self) -> Result<Served> {
        self.serve_behind(&[])
    }

    /// The same with words before the program, such as those that have it run in a network namespace.
    ///
    /// # Errors
    /// As for [`Product::serve`].
    pub fn serve_behind(&self, words: &[OsString]) -> Result<Served> {
        let log = self.folder().join("host.log");
        let configuration = self.folder().join("ringkeeper.toml");
        let program: [OsString; 4] = [
            self.program.clone().into(),
            "serve".into(),
            "--config".into(),
            configuration.into(),
        ];
        let served = Served {
            process: Tether::start(&[words, &program].concat(), &log)?,
        };
        let answers = wait_until("the host answering", DEADLINE, || {
            ensure!(served.process.is_running(), "the host has ended");
            Ok((self.run(&["status"])?.code == 0).then_some(()))
        });
        answers.with_context(|| std::fs::read_to_string(&log).unwrap_or_default())?;
        Ok(served)
    }
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        let signal = || -output.status.signal().unwrap_or(1);
        Self {
            code: output.status.code().unwrap_or_else(signal),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

impl Begun {
    /// Waits until it has printed something.
    ///
    /// # Errors
    /// When it does not.
    pub fn wait_until_it_prints(&self) -> Result<()> {
        wait_until("something printed", DEADLINE, || {
            let length = self.printed.as_file().metadata()?.len();
            Ok((length > 0).then_some(()))
        })
    }

    /// Waits for its end.
    ///
    /// # Errors
    /// When what it printed cannot be read.
    pub fn end(mut self) -> Result<Ran> {
        let process = self.process.take().context("it was begun")?;
        let ran = Ran::from(process.wait_with_output()?);
        Ok(Ran {
            stdout: std::fs::read_to_string(self.printed.path())?,
            ..ran
        })
    }
}

impl Drop for Begun {
    fn drop(&mut self) {
        if let Some(mut process) = self.process.take() {
            // It may have ended by itself.
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}

impl From<Tether> for Served {
    fn from(process: Tether) -> Self {
        Self { process }
    }
}

impl Served {
    /// Its process id.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.process.pid()
    }

    /// Asks it to end and waits for it.
    ///
    /// # Errors
    /// When it does not.
    pub fn stop(self) -> Result<()> {
        self.process.stop(Duration::from_secs(30))
    }

    /// Kills it as a power cut would.
    pub fn kill(self) {
        drop(self.process);
    }
}
