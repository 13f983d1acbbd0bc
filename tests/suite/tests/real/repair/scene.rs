//! A lab, the product on it, and what both say.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use anyhow::ensure;
use ringkeeper_api::{RunDetail, RunSummary};
use ringkeeper_cassandra::CassandraCluster;
use ringkeeper_cluster::{Cluster as _, Endpoint, NodeError, RecordedRepair};
use ringkeeper_lab::{JolokiaMode, Lab, LabNode, LabSettings, WireProxy, wait_until};
use ringkeeper_rows::Client;
use ringkeeper_seams::{Clock as _, Seams, SystemClock, Timestamp};
use ringkeeper_suite::{AGENT_PORT, DEADLINE, Product, Served, hosts_agents_at};
use serde::de::DeserializeOwned;

/// Where the proxies listen, each on the address of its node.
const PROXY_PORT: u16 = 8779;

pub(super) struct Scene {
    began_at: Cell<Timestamp>,
    served: Option<Served>,
    _agents: BTreeMap<IpAddr, Served>,
    proxies: Vec<WireProxy>,
    pub(super) product: Product,
    pub(super) lab: Lab,
}

impl Scene {
    /// Three nodes in three racks without hints and without Jolokia, reached by the agents beside them, and watched by a
    /// host that repairs only when told to.
    pub(super) fn start(version: &str) -> Self {
        let began_at = SystemClock.now();
        let lab = Lab::start(LabSettings {
            version: version.parse().unwrap(),
            hinted_handoff: false,
            jolokia: JolokiaMode::None,
            ..LabSettings::default()
        })
        .unwrap();
        lab.wait_until_all_see_all(DEADLINE).unwrap();
        let product = Product::new(&configuration(&lab, AGENT_PORT)).unwrap();
        let served = product.serve().unwrap();
        let scene = Self {
            began_at: Cell::new(began_at),
            served: Some(served),
            _agents: product.run_agents(&lab, "").unwrap(),
            proxies: Vec::new(),
            product,
            lab,
        };
        scene.wait_until_the_host_sees_all_up();
        scene.took("the start");
        scene
    }

    /// Prints how long the case before took.
    pub(super) fn took(&self, case: &str) {
        let now = SystemClock.now();
        let took = now.since(self.began_at.replace(now));
        println!(
            "{case} of {} took {:.1} s",
            self.lab.settings().version,
            took.as_secs_f64()
        );
    }

    pub(super) fn nodes(&self) -> &[LabNode] {
        self.lab.nodes()
    }

    pub(super) fn node(&self, address: IpAddr) -> &LabNode {
        self.nodes()
            .iter()
            .find(|node| node.address() == address)
            .unwrap()
    }

    /// A node that is another one than this.
    pub(super) fn other_than(&self, address: IpAddr) -> &LabNode {
        self.nodes()
            .iter()
            .find(|node| node.address() != address)
            .unwrap()
    }

    /// A CQL client of every node that runs.
    pub(super) fn client(&self) -> Client {
        let running = self.nodes().iter().filter(|node| node.is_running());
        Client::of(running.map(LabNode::cql)).unwrap()
    }

    /// Starts the host, and waits until it sees all nodes up.
    pub(super) fn serve(&mut self) {
        self.served = Some(self.product.serve().unwrap());
        self.wait_until_the_host_sees_all_up();
    }

    /// Kills the host as a power cut would.
    pub(super) fn kill_the_host(&mut self) {
        self.served.take().unwrap().kill();
    }

    pub(super) fn put_proxies_between(&mut self) {
        self.served.take().unwrap().stop().unwrap();
        for node in self.lab.nodes() {
            let proxy = self.product.proxy_before_agent(node, PROXY_PORT);
            self.proxies.push(proxy.unwrap());
        }
        self.product
            .configure(&configuration(&self.lab, PROXY_PORT))
            .unwrap();
        self.serve();
    }

    pub(super) fn take_proxies_away(&mut self) {
        self.served.take().unwrap().stop().unwrap();
        self.proxies.clear();
        self.product
            .configure(&configuration(&self.lab, AGENT_PORT))
            .unwrap();
        self.serve();
    }

    pub(super) fn proxies(&self) -> &[WireProxy] {
        &self.proxies
    }

    pub(super) fn wait_until_the_host_sees_all_up(&self) {
        wait_until("the host seeing all nodes up", DEADLINE, || {
            let nodes = self.product.values(&["nodes"])?;
            let well = |node: &&serde_json::Value| node["status"] == "up" && node["answers"] == true;
            Ok((nodes.iter().filter(well).count() == self.nodes().len()).then_some(()))
        })
        .unwrap();
    }

    /// What a command tells a program.
    pub(super) fn told<T: DeserializeOwned>(&self, arguments: &[&str]) -> Vec<T> {
        let values = self.product.values(arguments).unwrap();
        values
            .into_iter()
            .map(|value| serde_json::from_value(value).unwrap())
            .collect()
    }

    /// Opens a repair of a keyspace.
    pub(super) fn repair(&self, keyspace: &str) -> RunSummary {
        let parameter = format!("keyspaces=[\"{keyspace}\"]");
        self.told(&["run", "repair.full", "-p", &parameter]).remove(0)
    }

    pub(super) fn run(&self, id: &str) -> RunDetail {
        self.told(&["runs", "show", id]).remove(0)
    }

    /// Waits until a run is as far as that, and not at its end.
    pub(super) fn wait_within<T>(&self, id: &str, what: &str, probe: impl Fn(&RunDetail) -> Option<T>) -> T {
        wait_until(what, DEADLINE, || {
            let run = self.run(id);
            let found = probe(&run);
            ensure!(
                found.is_some() || run.run.ended_at.is_none(),
                "the run ended before {what}: {run:#?}"
            );
            Ok(found)
        })
        .unwrap()
    }

    /// Waits until a call of the run is under way on a node, and answers which node leads it.
    pub(super) fn wait_until_repairing(&self, id: &str) -> IpAddr {
        self.wait_within(id, "a repair under way", |run| {
            let jobs = || run.step_rows.iter().flat_map(|step| &step.jobs);
            let job = jobs().find(|job| job.state == "Running")?;
            let (_, coordinator) = job.call.rsplit_once("coordinator ")?;
            Some(address(coordinator))
        })
    }

    /// Waits until the run has ended, which it must do well, all its goals reached or void.
    pub(super) fn wait_until_succeeded(&self, id: &str) -> RunDetail {
        let within = Duration::from_secs(300);
        let run = wait_until("the end of the run", within, || {
            let run = self.run(id);
            Ok(run.run.ended_at.is_some().then_some(run))
        });
        let run = run.unwrap_or_else(|error| panic!("{error}: {:#?}", self.run(id)));
        assert_eq!(run.run.state, "Succeeded", "{run:#?}");
        for goal in &run.goals {
            assert!(goal.percent.is_none_or(|percent| percent >= 100.0), "{goal:?}");
        }
        run
    }

    /// Repairs of a keyspace begun since then, as Cassandra itself remembers them.
    pub(super) fn history(&self, keyspace: &str, since: Timestamp) -> Vec<RecordedRepair> {
        let repairs = self.ask(async |cluster| cluster.repair_history(since).await);
        let of_keyspace = repairs
            .into_iter()
            .filter(|repair| repair.keyspace == keyspace && repair.started_at >= since);
        of_keyspace.collect()
    }

    /// Waits until a node leads a repair, by its own word.
    pub(super) fn wait_until_it_leads_a_repair(&self, node: &LabNode) {
        let endpoint = Endpoint::new((node.address(), Endpoint::DEFAULT_STORAGE_PORT).into());
        wait_until("a repair led by the node", DEADLINE, || {
            let report = self.ask(async |cluster| cluster.membership(endpoint).await);
            Ok((!report.repair_commands.is_empty()).then_some(()))
        })
        .unwrap();
    }

    /// Asks the cluster past the host.
    fn ask<T>(&self, question: impl AsyncFnOnce(&CassandraCluster) -> Result<T, NodeError>) -> T {
        let access = self.product.access_by_agents(&self.lab, AGENT_PORT).unwrap();
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let cluster = CassandraCluster::new(access, Seams::production().unwrap());
        runtime.block_on(question(&cluster.unwrap())).unwrap()
    }
}

/// The address in `10.0.0.1:7000`, or alone.
fn address(text: &str) -> IpAddr {
    let alone = text.parse::<IpAddr>();
    alone
        .or_else(|_| text.parse::<SocketAddr>().map(|place| place.ip()))
        .unwrap()
}

/// `port` is where the host finds its agents, or proxies before them.
fn configuration(lab: &Lab, port: u16) -> String {
    let contacts: Vec<String> = lab
        .nodes()
        .iter()
        .map(|node| node.address().to_string())
        .collect();
    let agents = hosts_agents_at(lab).unwrap();
    format!(
        "agents = {agents:?}\n[[cluster]]\nname = \"lab\"\ncontact_points = {contacts:?}\n\
         [cluster.agents]\nport = {port}\n\
         [cluster.sweep]\nmembership = \"2s\"\nnode_limit = \"2s\"\n\
         [[schedule]]\noperation = \"repair.full\"\ncron = \"0 22 * * 6\"\nenabled = false\n"
    )
}
