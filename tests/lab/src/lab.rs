use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::alone::Alone;
use crate::certificates::Certificates;
use crate::claim::Claim;
use crate::command::run;
use crate::commands;
use crate::configuration::{self, Place, TOOL_LOGBACK};
use crate::control::Control;
use crate::flags;
use crate::folder::Folder;
use crate::jars::Jars;
use crate::java::Jdk;
use crate::launch::Launch;
use crate::log;
use crate::node::LabNode;
use crate::settings::{Credentials, LabSettings};
use crate::tokens::{Share, tokens};
use crate::wait::wait_until;

/// Far more than a start takes, because tests share their machine with compilers.
const START_DEADLINE: Duration = Duration::from_secs(300);
const NODETOOL_DEADLINE: Duration = Duration::from_secs(300);

/// A running cluster. Dropping it kills every node and removes the lab's folder, unless the thread is panicking:
/// then the folder stays, so that the logs of a failed test can be read.
#[derive(Debug)]
pub struct Lab {
    // First: it holds on to the nodes as long as others have them started and stopped.
    control: Result<Control, String>,
    // Nodes next: they must be gone before their folder and their addresses are given up.
    nodes: Arc<Vec<LabNode>>,
    folder: Folder,
    jdk: Jdk,
    jars: Jars,
    certificates: Option<Certificates>,
    settings: LabSettings,
    _claim: Claim,
}

impl Lab {
    /// Starts a cluster and waits until every node takes connections and sees every other one up, and, with
    /// `auth`, until the first superuser exists.
    ///
    /// # Errors
    /// When the settings ask for the impossible, a JDK 17 or Maven is missing, the jars cannot be fetched, or a
    /// node does not come up; the error then shows the end of its log.
    pub fn start(settings: LabSettings) -> Result<Self> {
        settings.check()?;
        let jdk = Jdk::find()?;
        let jars = Jars::obtain(&settings.version, &jdk)?;
        let claim = Claim::take()?;
        let folder = Folder::create(settings.root.as_deref(), &claim.name())?;
        let places = places(&settings, &claim);
        let addresses: Vec<IpAddr> = places.iter().map(|place| place.address).collect();
        let certificates = (settings.tls || settings.jolokia_secured)
            .then(|| Certificates::create(&folder.path().join("certificates"), &addresses, &jdk))
            .transpose()?;

        let launch = Launch {
            settings: &settings,
            jdk: &jdk,
            jars: &jars,
            certificates: certificates.as_ref(),
        };
        let mut nodes = Vec::new();
        for (number, place) in places.into_iter().enumerate() {
            let directory = folder.path().join(format!("node{}", number + 1));
            configuration::write(&directory, &place, &addresses, &settings, certificates.as_ref())?;
            let jmx_port = claim.jmx_port(number);
            let program = launch.program(&place, &directory, jmx_port);
            let url = launch.jolokia_url(&place);
            nodes.push(LabNode::new(place, directory, jmx_port, url, program));
        }
        let nodes = Arc::new(nodes);
        // A folder too deep for a socket's name is no reason to have no lab.
        let control = Control::open(folder.path(), Arc::clone(&nodes)).map_err(|error| format!("{error:#}"));
        let mut lab = Self {
            control,
            nodes,
            folder,
            jdk,
            jars,
            certificates,
            settings,
            _claim: claim,
        };
        if let Err(error) = lab.bring_up() {
            lab.folder.keep();
            return Err(error);
        }
        Ok(lab)
    }

    /// All nodes, data centre by data centre, in the order of the settings.
    #[must_use]
    pub fn nodes(&self) -> &[LabNode] {
        &self.nodes
    }

    /// What the lab was started with.
    #[must_use]
    pub fn settings(&self) -> &LabSettings {
        &self.settings
    }

    /// The folder of the lab.
    #[must_use]
    pub fn root(&self) -> &Path {
        self.folder.path()
    }

    /// The CQL superuser of a lab with `auth`.
    #[must_use]
    pub fn credentials(&self) -> Option<Credentials> {
        self.settings
            .auth
            .then(|| Credentials::new("cassandra", "cassandra"))
    }

    /// Who may ask a secured Jolokia.
    #[must_use]
    pub fn jolokia_credentials(&self) -> Option<Credentials> {
        self.settings.jolokia_secured.then(Launch::jolokia_credentials)
    }

    /// What clients trust, in a lab with `tls` or a secured Jolokia.
    #[must_use]
    pub fn certificates(&self) -> Option<&Certificates> {
        self.certificates.as_ref()
    }

    /// `[cluster.process]` for a host that watches this lab: commands that have the owner of the lab start and stop its
    /// nodes. Its last line is a key, so that more of them may follow.
    ///
    /// # Errors
    /// When the program `lab-node` was not built, or the lab's folder is too deep to listen in.
    pub fn process_commands(&self) -> Result<String> {
        let program = commands::client()?;
        self.process_commands_by(&[&program.display().to_string()])
    }

    /// The same with another program, given with its first arguments, that does what `lab-node` does.
    ///
    /// # Errors
    /// When the lab's folder is too deep to listen in.
    pub fn process_commands_by(&self, program: &[&str]) -> Result<String> {
        if let Err(error) = &self.control {
            bail!("nobody can ask this lab for anything: {error}");
        }
        Ok(commands::section(program, self.root()))
    }

    /// Waits until every running node says of every running node that it is up and normal.
    ///
    /// # Errors
    /// When that is not so within `deadline`, or a running node does not answer nodetool.
    pub fn wait_until_all_see_all(&self, deadline: Duration) -> Result<()> {
        let running: Vec<&LabNode> = self.nodes.iter().filter(|node| node.is_running()).collect();
        let peers: Vec<IpAddr> = running.iter().map(|node| node.address()).collect();
        for node in running {
            // The log knows first and costs nothing; nodetool costs a second of a core but knows for sure. A peer
            // is logged as up when it is heard of, which is before its tokens are known.
            wait_until("every node seeing every other one up", deadline, || {
                let log = node.log();
                let mut others = peers.iter().filter(|&&peer| peer != node.address());
                Ok(others.all(|&peer| log::sees_up(&log, peer)).then_some(()))
            })?;
            wait_until("every node seeing every other one normal", deadline, || {
                let status = self.nodetool(node, &["status"])?;
                Ok(peers
                    .iter()
                    .all(|&peer| is_up_and_normal(&status, peer))
                    .then_some(()))
            })?;
        }
        Ok(())
    }

    /// Stops every other node (SIGSTOP: a stopped process does nothing at all) until the answer is dropped, so that whatever a
    /// client reads meanwhile, this node alone gave it. It takes about ten seconds until a node misses the others.
    ///
    /// # Errors
    /// When a running node cannot be stopped.
    pub fn leave_alone<'a>(&'a self, node: &LabNode) -> Result<Alone<'a>> {
        let others = self
            .nodes
            .iter()
            .filter(|other| other.address() != node.address());
        Alone::new(others.filter(|other| other.is_running()))
    }

    /// Runs nodetool against one node and returns what it printed.
    ///
    /// # Errors
    /// When nodetool fails; the error carries its output.
    pub fn nodetool(&self, node: &LabNode, arguments: &[&str]) -> Result<String> {
        let mut command = self.jdk.command("java");
        command
            .args(flags::tool())
            .arg(format!("-Dcassandra.storagedir={}", node.directory().display()))
            .arg(format!(
                "-Dlogback.configurationFile={}",
                node.directory().join(TOOL_LOGBACK).display()
            ))
            .arg("-cp")
            .arg(&self.jars.class_path)
            .arg("org.apache.cassandra.tools.NodeTool")
            .args(["-h", "127.0.0.1", "-p", &node.jmx_port().to_string()])
            .args(arguments);
        run(&mut command, NODETOOL_DEADLINE)
            .with_context(|| format!("nodetool {} on {}", arguments.join(" "), node.address()))
    }

    fn bring_up(&self) -> Result<()> {
        for node in self.nodes() {
            node.start()?;
        }
        for node in self.nodes() {
            node.wait_until_ready(START_DEADLINE)?;
        }
        self.wait_until_all_see_all(START_DEADLINE)?;
        if self.settings.auth {
            wait_until("the first superuser", START_DEADLINE, || {
                Ok(self
                    .nodes
                    .iter()
                    .any(|node| log::has_superuser(&node.log()))
                    .then_some(()))
            })?;
        }
        Ok(())
    }
}

/// Whether a line of `nodetool status` begins with `UN` and this address.
fn is_up_and_normal(status: &str, peer: IpAddr) -> bool {
    let peer = peer.to_string();
    status.lines().any(|line| {
        let mut words = line.split_whitespace();
        words.next() == Some("UN") && words.next() == Some(&peer)
    })
}

fn places(settings: &LabSettings, claim: &Claim) -> Vec<Place> {
    let centres = settings.data_centres.len();
    let mut places = Vec::new();
    for (centre, (name, nodes)) in settings.data_centres.iter().enumerate() {
        let dealt = tokens(
            settings.partitioner,
            Share { centre, centres },
            *nodes,
            settings.num_tokens,
        );
        for (node, tokens) in dealt.into_iter().enumerate() {
            places.push(Place {
                address: claim.address(centre, node),
                data_centre: name.clone(),
                rack: format!("rack{}", node % settings.racks + 1),
                tokens,
            });
        }
    }
    places
}

#[cfg(test)]
mod tests {
    use super::is_up_and_normal;

    #[test]
    fn finds_a_node_in_the_output_of_nodetool_status() {
        let status = "--  Address     Load\nUN  127.77.1.1  91 KiB\nUJ  127.77.1.2  ?\nDN  127.77.1.3  ?\n";
        let seen = |peer: &str| is_up_and_normal(status, peer.parse().unwrap());
        assert!(seen("127.77.1.1"));
        assert!(!seen("127.77.1.2") && !seen("127.77.1.3") && !seen("127.77.1.11"));
    }
}
