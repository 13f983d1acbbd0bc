//! A ring, its host and its agents, and what they did.

use std::collections::BTreeMap;
use std::fs;
use std::time::Duration;

use ringkeeper_api::RunDetail;
use ringkeeper_lab::{JolokiaMode, Lab, LabNode, LabSettings, Uplink, wait_until};
use ringkeeper_suite::{DEADLINE, Product, Served};

/// A restart of three nodes on a busy machine.
pub(crate) const WITHIN: Duration = Duration::from_secs(480);
/// Where the host listens for its agents.
const HOST_PORT: u16 = 7171;

pub(crate) struct Scene {
    served: Option<Served>,
    agents: BTreeMap<String, Served>,
    pub(crate) product: Product,
    /// The host's own network; none where it cannot be made, and the host is in the lab's then.
    pub(crate) uplink: Option<Uplink>,
    pub(crate) lab: Lab,
}

impl Scene {
    /// `limit` is how long an agent may take to stop or start its Cassandra.
    pub(crate) fn start(limit: &str) -> Self {
        let lab = Lab::start(LabSettings {
            jolokia: JolokiaMode::None,
            ..LabSettings::default()
        })
        .unwrap();
        let uplink = match Uplink::lacks() {
            None => Some(Uplink::to(&lab).unwrap()),
            Some(why) => {
                println!("the host has no network of its own: {why}");
                None
            }
        };
        let mut scene = Self {
            served: None,
            agents: BTreeMap::new(),
            product: Product::new("").unwrap(),
            uplink,
            lab,
        };
        scene.limit_orders(limit);
        let commands = scene.lab.process_commands().unwrap();
        let process = commands.replace("[cluster.process]", "[process]");
        for node in scene.lab.nodes() {
            let (product, host) = (&scene.product, format!("https://{}", scene.at()));
            product.enrol_agent(&scene.lab, node, &host, &process).unwrap();
        }
        for address in scene.addresses() {
            scene.run_agent(&address);
        }
        scene
    }

    /// Starts the host, or starts it anew, with this limit for an order.
    pub(crate) fn limit_orders(&mut self, limit: &str) {
        drop(self.served.take());
        let (at, nodes) = (self.at(), self.addresses());
        let text = format!(
            "agents = {at:?}\n[[cluster]]\nname = \"lab\"\ncontact_points = {nodes:?}\n\
             [cluster.agents]\nlimit = {limit:?}\n\
             [cluster.sweep]\nmembership = \"3s\"\nnode_metrics = \"5s\"\nschema = \"10s\"\nnode_limit = \"2s\"\n\
             [[plugin]]\nname = \"patching\"\ngrants = [\"cluster\", \"node-state\", \"lifecycle\"]\n\
             [[schedule]]\noperation = \"repair.full\"\ncron = \"0 22 * * 6\"\nenabled = false\n"
        );
        self.product.configure(&text).unwrap();
        self.serve();
    }

    /// Where the host listens.
    fn at(&self) -> String {
        let own = self.uplink.as_ref().map(Uplink::address);
        let address = own.unwrap_or_else(|| self.lab.nodes()[0].address());
        format!("{address}:{HOST_PORT}")
    }

    pub(crate) fn serve(&mut self) {
        let words = self.uplink.as_ref().map(|uplink| uplink.words().to_vec());
        self.served = Some(self.product.serve_behind(&words.unwrap_or_default()).unwrap());
    }

    pub(crate) fn kill_host(&mut self) {
        self.served.take().unwrap().kill();
    }

    pub(crate) fn addresses(&self) -> Vec<String> {
        let nodes = self.lab.nodes().iter();
        nodes.map(|node| node.address().to_string()).collect()
    }

    pub(crate) fn node(&self, address: &str) -> &LabNode {
        let mut nodes = self.lab.nodes().iter();
        nodes.find(|node| node.address().to_string() == address).unwrap()
    }

    pub(crate) fn run_agent(&mut self, address: &str) {
        let agent = self.product.run_agent(address).unwrap();
        self.agents.insert(address.to_owned(), agent);
    }

    pub(crate) fn kill_agent(&mut self, address: &str) {
        self.agents.remove(address).unwrap().kill();
    }

    /// The node that was stopped.
    pub(crate) fn down(&self) -> String {
        wait_until("a node being down", WITHIN, || {
            let down = self.lab.nodes().iter().find(|node| !node.is_running());
            Ok(down.map(|node| node.address().to_string()))
        })
        .unwrap()
    }

    pub(crate) fn every_node_answers(&self) {
        wait_until("every node answering by its agent", DEADLINE, || {
            Ok((self.product.nodes_that_are_well()? == self.lab.nodes().len()).then_some(()))
        })
        .unwrap_or_else(|error| panic!("{error}: {}", self.evidence()));
    }

    /// What host and agents say of each other.
    pub(crate) fn evidence(&self) -> String {
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

    pub(crate) fn restart(&self) -> String {
        self.open(|| self.product.restart().ok())
    }

    /// The schema is read after the first look that found nodes, and no run is planned before.
    pub(crate) fn open(&self, mut open: impl FnMut() -> Option<String>) -> String {
        wait_until("a run", DEADLINE, || Ok(open())).unwrap()
    }

    pub(crate) fn end(&self, id: &str) -> RunDetail {
        let ended = wait_until("the end of the run", WITHIN, || {
            let run = self.product.shown(id)?;
            Ok(run.run.ended_at.is_some().then_some(run))
        });
        ended.unwrap_or_else(|error| panic!("{error}: {:#?}", self.product.shown(id)))
    }

    pub(crate) fn wait_for_job(&self, id: &str, call: &str) {
        wait_until(&format!("a {call} under way"), WITHIN, || {
            Ok(self.product.has_job(id, call)?.then_some(()))
        })
        .unwrap();
    }
}
