//! Agents beside the nodes of a lab, as an operator sets them up.

mod wires;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use ringkeeper_cassandra::{AccessSettings, JolokiaAccess, ToAgents};
use ringkeeper_lab::{Jdk, Lab, LabNode, Tether, WireProxy, jolokia_jar};
use ringkeeper_seams::SystemClock;
use ringkeeper_trust::{AllSigned, HostTrust};

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

    /// Enrols the agents of all nodes with the running host, and starts them. `more` is added to the configuration of each.
    ///
    /// # Errors
    /// As for [`Product::enrol_agent`] and [`Product::run_agent`].
    pub fn run_agents(&self, lab: &Lab, more: &str) -> Result<BTreeMap<IpAddr, Served>> {
        let host = format!("https://{}", hosts_agents_at(lab)?);
        let agents = lab.nodes().iter().map(|node| {
            self.enrol_agent(lab, node, &host, more)?;
            Ok((node.address(), self.run_agent(&node.address().to_string())?))
        });
        agents.collect()
    }

    /// How a program asks the nodes of a lab past the host: by its agents, which listen at `port`.
    ///
    /// # Errors
    /// When the host has no authorities yet.
    pub fn access_by_agents(&self, lab: &Lab, port: u16) -> Result<AccessSettings> {
        let mut access = AccessSettings::new(lab.nodes().iter().map(|node| node.address().to_string()));
        access.jolokia.url = format!("https://{{address}}:{port}{}", JolokiaAccess::AGENT_PATH);
        access.jolokia.agents = Some(ToAgents {
            tls: self.authorities()?.client(Arc::new(AllSigned))?,
            is_known: Arc::new(|_| true),
        });
        Ok(access)
    }

    /// Listens at `port` beside an agent, and passes on to it what its host sends, as both of them: to the host it is the
    /// agent, to the agent it is the host.
    ///
    /// # Errors
    /// When it cannot listen, or a key of theirs cannot be read.
    pub fn proxy_before_agent(&self, node: &LabNode, port: u16) -> Result<WireProxy> {
        let state = self.agent_file(&node.address().to_string(), "");
        let wires = wires::Between::new(&state, &self.authorities()?, node.address())?;
        let (listens, agent) = ((node.address(), port), (node.address(), AGENT_PORT));
        WireProxy::start_on(listens.into(), agent.into(), Arc::new(wires))
    }

    fn authorities(&self) -> Result<HostTrust> {
        let folder = self.folder().join("data").join("trust");
        Ok(HostTrust::open(&folder, Arc::new(SystemClock))?)
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

/// Where the agents of a lab listen for their host.
pub const AGENT_PORT: u16 = 7172;

/// Where the host of a lab listens for its agents: `agents` in its configuration.
///
/// # Errors
/// When the lab has no node.
pub fn hosts_agents_at(lab: &Lab) -> Result<String> {
    let first = lab.nodes().first().context("a node")?;
    Ok(format!("{}:7171", first.address()))
}

/// A copy of the Jolokia jar that every user can read.
fn jar_in(lab: &Lab) -> Result<PathBuf> {
    let jar = lab.root().join("jolokia.jar");
    if !jar.exists() {
        fs::copy(jolokia_jar(&Jdk::find()?)?, &jar)?;
    }
    Ok(jar)
}
