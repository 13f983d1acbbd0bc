//! Agents beside the nodes of a lab, as an operator sets them up.

use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, Result, ensure};
use ringkeeper_lab::{Jdk, Lab, LabNode, Tether, jolokia_jar};

use crate::{Product, Served};

impl Product {
    /// Enrols the agent of a node with the host at this URL, and writes its configuration, to which `more` is added. Its
    /// name is the node's address.
    ///
    /// # Errors
    /// When the host does not want it, or a file cannot be written.
    pub fn enrol_agent(&self, lab: &Lab, node: &LabNode, host: &str, more: &str) -> Result<()> {
        let address = node.address().to_string();
        let made = self.values(&["agents", "token", &address])?;
        let token = made.first().and_then(|made| made["token"].as_str());
        let token = token.context("a token")?;
        let enroll = [
            "agent", "enroll", "--host", host, "--token", token, "--state", &address,
        ];
        let enrolled = self.run(&enroll)?;
        ensure!(enrolled.code == 0, "{}", enrolled.stderr);
        let jar = jar_in(lab)?;
        let text = format!(
            "[cassandra]\nlisten_address = {address:?}\n[log]\nformat = \"json\"\n\
             [jolokia]\njar = {jar:?}\naddress = \"{address}:8778\"\nwithin = \"60s\"\n{more}"
        );
        Ok(fs::write(self.agent_file(&address, ".toml"), text)?)
    }

    /// Starts the agent that was enrolled under this name. What it logs is appended to what is in [`Product::agent_log`].
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn run_agent(&self, name: &str) -> Result<Served> {
        let program: [OsString; 7] = [
            self.program().into(),
            "agent".into(),
            "run".into(),
            "--state".into(),
            self.agent_file(name, "").into(),
            "--config".into(),
            self.agent_file(name, ".toml").into(),
        ];
        Ok(Served::from(Tether::start(
            &program,
            &self.agent_file(name, ".log"),
        )?))
    }

    /// What the agent of this name has logged so far: a line of JSON each, the last of which may be half written.
    ///
    /// # Errors
    /// When it never ran.
    pub fn agent_log(&self, name: &str) -> Result<String> {
        Ok(fs::read_to_string(self.agent_file(name, ".log"))?)
    }

    fn agent_file(&self, name: &str, ending: &str) -> PathBuf {
        self.folder().join(format!("{name}{ending}"))
    }
}

/// A copy of the Jolokia jar that every user can read.
fn jar_in(lab: &Lab) -> Result<PathBuf> {
    let jar = lab.root().join("jolokia.jar");
    if !jar.exists() {
        fs::copy(jolokia_jar(&Jdk::find()?)?, &jar)?;
    }
    Ok(jar)
}
