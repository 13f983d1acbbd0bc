//! A ring whose nodes have no Jolokia, reached by the agents beside them: watched, restarted node by node, and brought back
//! whatever is killed meanwhile.

mod tools;

use std::collections::BTreeMap;
use std::fs;
use std::time::Duration;

use ringkeeper_api::RunDetail;
use ringkeeper_lab::{JolokiaMode, Lab, LabNode, LabSettings, wait_until};
use ringkeeper_suite::{Begun, DEADLINE, Product, Served};

use super::jar_in;

/// A restart of three nodes on a busy machine.
const WITHIN: Duration = Duration::from_secs(480);
/// Where the host listens in the lab's own network.
const HOST_PORT: u16 = 7171;

pub(super) struct Scene {
    pub(super) served: Option<Served>,
    agents: BTreeMap<String, Begun>,
    pub(super) product: Product,
    pub(super) lab: Lab,
}

#[test]
fn a_ring_without_jolokia_is_watched_and_restarted_by_agents() {
    let _turn = crate::turn::take();
    let mut scene = Scene::start();
    scene.every_node_answers();
    scene.tools_are_run();
    scene.every_node_answers();
    let before = scene.product.processes().unwrap();

    let run = scene.restart();
    // In the middle of taking the first node away and bringing it back, all who know of it are killed.
    scene.wait_for_job(&run, "stop");
    let node = scene.down();
    scene.kill_agent(&node);
    scene.served.take().unwrap().kill();
    scene.run_agent(&node);
    scene.serve();
    scene.wait_for_job(&run, "start");
    for address in scene.addresses() {
        scene.kill_agent(&address);
        scene.run_agent(&address);
    }
    let ended = scene.end(&run);
    assert_eq!(ended.run.state, "Succeeded", "{ended:#?}");
    scene.every_node_answers();
    let after = scene.product.processes().unwrap();
    for (node, started) in &before {
        assert_ne!(after.get(node), Some(started), "{node} was not restarted");
    }

    // Who is revoked is not asked any more, and says so.
    let last = scene.addresses().pop().unwrap();
    scene
        .product
        .values(&["agents", "revoke", &last, "--reason", "sold"])
        .unwrap();
    wait_until("the revoked agent being asked no more", DEADLINE, || {
        let nodes = scene.product.values(&["nodes"])?;
        let silent = nodes.iter().find(|node| node["answers"] == false);
        Ok(silent
            .filter(|node| node["address"].to_string().contains(&last))
            .cloned())
    })
    .unwrap();
}

impl Scene {
    pub(super) fn start() -> Self {
        let lab = Lab::start(LabSettings {
            jolokia: JolokiaMode::None,
            ..LabSettings::default()
        })
        .unwrap();
        let nodes: Vec<_> = lab
            .nodes()
            .iter()
            .map(|node| node.address().to_string())
            .collect();
        let at = format!("{}:{HOST_PORT}", nodes[0]);
        let product = Product::new(&format!(
            "agents = {at:?}\n[[cluster]]\nname = \"lab\"\ncontact_points = {nodes:?}\n[cluster.agents]\n\
             [cluster.sweep]\nmembership = \"3s\"\nnode_metrics = \"5s\"\nschema = \"10s\"\nnode_limit = \"2s\"\n\
             [[plugin]]\nname = \"patching\"\ngrants = [\"cluster\", \"node-state\", \"lifecycle\"]\n\
             [[schedule]]\noperation = \"repair.full\"\ncron = \"0 22 * * 6\"\nenabled = false\n"
        ))
        .unwrap();
        let mut scene = Self {
            served: None,
            agents: BTreeMap::new(),
            product,
            lab,
        };
        scene.serve();
        for node in scene.lab.nodes() {
            scene.enrol(node, &format!("https://{at}"));
        }
        for address in nodes {
            scene.run_agent(&address);
        }
        scene
    }

    pub(super) fn serve(&mut self) {
        self.served = Some(self.product.serve().unwrap());
    }

    fn addresses(&self) -> Vec<String> {
        self.agents.keys().cloned().collect()
    }

    /// Gives the agent of a node its files, as an operator would.
    fn enrol(&self, node: &LabNode, host: &str) {
        let address = node.address().to_string();
        let made = self.product.values(&["agents", "token", &address]).unwrap();
        let token = made[0]["token"].as_str().unwrap();
        let enroll = [
            "agent", "enroll", "--host", host, "--token", token, "--state", &address,
        ];
        let enrolled = self.product.run(&enroll).unwrap();
        assert_eq!(enrolled.code, 0, "{}", enrolled.stderr);
        let commands = self.lab.process_commands().unwrap();
        let text = format!(
            "[cassandra]\nlisten_address = {address:?}\n\
             [jolokia]\njar = {:?}\naddress = \"{address}:8778\"\nwithin = \"60s\"\n{}",
            jar_in(self.lab.root()),
            commands.replace("[cluster.process]", "[process]")
        );
        fs::write(self.product.folder().join(format!("{address}.toml")), text).unwrap();
    }

    pub(super) fn run_agent(&mut self, address: &str) {
        let file = format!("{address}.toml");
        let run = ["agent", "run", "--state", address, "--config", &file];
        let begun = self.product.begin(&run).unwrap();
        self.agents.insert(address.to_owned(), begun);
    }

    pub(super) fn kill_agent(&mut self, address: &str) {
        drop(self.agents.remove(address));
    }

    /// The node that was stopped.
    fn down(&self) -> String {
        wait_until("a node being down", WITHIN, || {
            let down = self.lab.nodes().iter().find(|node| !node.is_running());
            Ok(down.map(|node| node.address().to_string()))
        })
        .unwrap()
    }

    pub(super) fn every_node_answers(&self) {
        wait_until("every node answering by its agent", DEADLINE, || {
            Ok((self.product.nodes_that_are_well()? == self.lab.nodes().len()).then_some(()))
        })
        .unwrap_or_else(|error| panic!("{error}: {}", self.evidence()));
    }

    /// What host and agents say of each other.
    pub(super) fn evidence(&self) -> String {
        let said = |arguments: &[&str]| match self.product.run(arguments) {
            Ok(ran) => ran.stdout + &ran.stderr,
            Err(error) => error.to_string(),
        };
        let log = fs::read_to_string(self.product.folder().join("host.log")).unwrap_or_default();
        let lines: Vec<_> = log.lines().collect();
        let last = lines
            .get(lines.len().saturating_sub(20)..)
            .unwrap_or_default()
            .join("\n");
        format!(
            "{}\n{}\n{}\n{last}",
            said(&["agents", "list"]),
            said(&["nodes"]),
            said(&["doctor"])
        )
    }

    fn restart(&self) -> String {
        // The schema is read after the first look that found nodes.
        wait_until("a run", DEADLINE, || Ok(self.product.restart().ok())).unwrap()
    }

    fn end(&self, id: &str) -> RunDetail {
        let ended = wait_until("the end of the run", WITHIN, || {
            let run = self.product.shown(id)?;
            Ok(run.run.ended_at.is_some().then_some(run))
        });
        ended.unwrap_or_else(|error| panic!("{error}: {:#?}", self.product.shown(id)))
    }

    fn wait_for_job(&self, id: &str, call: &str) {
        wait_until(&format!("a {call} under way"), WITHIN, || {
            Ok(self.product.has_job(id, call)?.then_some(()))
        })
        .unwrap();
    }
}
