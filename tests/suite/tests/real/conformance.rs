//! The suite of behaviours on real Cassandra, by way of the agents beside its nodes: what the cluster in memory is held to.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::ops::Range;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use async_trait::async_trait;
use ringkeeper_by_agents::AgentDriver;
use ringkeeper_cassandra::{AccessSettings, CassandraCluster};
use ringkeeper_cluster::{Cluster, Endpoint, ProcessDriver, ProcessPlace, TableName};
use ringkeeper_lab::{Ending, Fault, JolokiaMode, Lab, LabNode, LabSettings, WireProxy, wait_until};
use ringkeeper_rows::Client;
use ringkeeper_seams::{Clock as _, Seams, SystemClock, Timestamp};
use ringkeeper_suite::conformance::{Lost, Ring, conforms};
use ringkeeper_suite::{AGENT_PORT, DEADLINE, Product, Served, hosts_agents_at};
use tokio::task::block_in_place;

use crate::backend::support::endpoint;

/// Where a proxy before an agent listens, on the same address.
const PORT: u16 = 8779;

#[test]
fn conformance_of_a_real_ring() {
    let _turn = crate::turn::take();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let lab = Lab::start(LabSettings {
        hinted_handoff: false,
        jolokia: JolokiaMode::None,
        ..LabSettings::default()
    })
    .unwrap();
    let began = SystemClock.monotonic();
    runtime.block_on(async { conforms(&Real::on(lab).await).await });
    println!("the behaviours took {:?}", SystemClock.monotonic() - began);
}

struct Real {
    cluster: CassandraCluster,
    driver: AgentDriver,
    nodes: Vec<ProcessPlace>,
    proxies: Mutex<Vec<WireProxy>>,
    _agents: BTreeMap<IpAddr, Served>,
    product: Product,
    // Last: whoever speaks to nodes goes first.
    lab: Arc<Lab>,
}

impl Real {
    async fn on(lab: Lab) -> Self {
        let (product, agents) = block_in_place(|| enrolled(&lab));
        let cluster =
            CassandraCluster::new(access(&product, &lab, AGENT_PORT), Seams::production().unwrap()).unwrap();
        let mut nodes = Vec::new();
        for node in lab.nodes() {
            let endpoint = endpoint(node);
            nodes.push(ProcessPlace {
                node: cluster.membership(endpoint).await.unwrap().host_id,
                endpoint,
                data_centre: node.data_centre().to_owned(),
                rack: node.rack().to_owned(),
            });
        }
        let to_agents = access(&product, &lab, AGENT_PORT).jolokia.agents.unwrap();
        Self {
            cluster,
            driver: AgentDriver::new(&to_agents.tls, AGENT_PORT, DEADLINE, Arc::new(SystemClock)).unwrap(),
            nodes,
            proxies: Mutex::default(),
            _agents: agents,
            product,
            lab: Arc::new(lab),
        }
    }

    fn node(&self, at: Endpoint) -> &LabNode {
        let mut nodes = self.lab.nodes().iter();
        nodes.find(|node| node.address() == at.ip()).unwrap()
    }

    /// A client of every node that runs.
    fn client(&self) -> Client {
        let running = self.lab.nodes().iter().filter(|node| node.is_running());
        Client::of(running.map(LabNode::cql)).unwrap()
    }

    /// Blocking work, which may have a runtime of its own.
    fn block<T: Send>(work: impl FnOnce() -> T + Send) -> T {
        block_in_place(|| std::thread::scope(|scope| scope.spawn(work).join().unwrap()))
    }
}

#[async_trait]
impl Ring for Real {
    fn cluster(&self) -> &dyn Cluster {
        &self.cluster
    }

    fn losing(&self, node: Endpoint, call: Lost) -> Box<dyn Cluster> {
        let node = self.node(node);
        let operation = match call {
            Lost::Repair => "repairAsync",
            Lost::Drain => "drain()",
        };
        let mut proxies = self.proxies.lock().unwrap();
        proxies.clear();
        let proxy = self.product.proxy_before_agent(node, PORT).unwrap();
        proxy.on_next(operation, Fault::SwallowAnswer(Ending::Cut));
        proxies.push(proxy);
        let access = access(&self.product, &self.lab, PORT);
        Box::new(CassandraCluster::new(access, Seams::production().unwrap()).unwrap())
    }

    fn driver(&self) -> &dyn ProcessDriver {
        &self.driver
    }

    fn nodes(&self) -> Vec<ProcessPlace> {
        self.nodes.clone()
    }

    fn now(&self) -> Timestamp {
        SystemClock.now()
    }

    async fn pause(&self) {
        // Between two looks at nodes that compute while they are looked at.
        tokio::time::sleep(Duration::from_millis(50)).await;
    }

    async fn create(&self, keyspace: &str, tables: &[&str]) {
        Self::block(|| self.client().create(keyspace, 3, tables).unwrap());
    }

    async fn drop_table(&self, table: &TableName) {
        Self::block(|| {
            let client = Client::of([self.lab.nodes()[0].cql()]).unwrap();
            client.execute(&format!("DROP TABLE {table}")).unwrap();
        });
    }

    async fn write(&self, table: &TableName, ids: Range<i32>) {
        Self::block(|| {
            self.client().write_to_majority(&table.to_string(), ids).unwrap();
        });
        // Handoff is off; were there a hint all the same, the node would have what it is said to have missed.
        Self::block(|| {
            thread::scope(|scope| {
                for node in self.lab.nodes().iter().filter(|node| node.is_running()) {
                    scope.spawn(|| self.lab.nodetool(node, &["truncatehints"]).unwrap());
                }
            });
        });
    }

    async fn read_alone(&self, node: Endpoint, table: &TableName) -> BTreeSet<i32> {
        let node = self.node(node);
        Self::block(|| {
            let client = Client::of([node.cql()]).unwrap();
            let _alone = self.lab.leave_alone(node).unwrap();
            client.read(&table.to_string()).unwrap()
        })
    }

    async fn kill(&self, node: Endpoint) {
        self.node(node).kill();
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "a tool of its own goes on while it is looked at"
    )]
    async fn repair_by_another_tool(&self, node: Endpoint, keyspace: &str) {
        let (lab, keyspace) = (Arc::clone(&self.lab), keyspace.to_owned());
        // That it went well is asked of the node.
        drop(thread::spawn(move || {
            let mut nodes = lab.nodes().iter();
            let node = nodes.find(|other| other.address() == node.ip()).unwrap();
            lab.nodetool(node, &["repair", "-full", &keyspace]).unwrap();
        }));
    }
}

/// The agents of all nodes, which their host has enrolled. It has gone: the suite asks in its place.
fn enrolled(lab: &Lab) -> (Product, BTreeMap<IpAddr, Served>) {
    let (at, contact) = (hosts_agents_at(lab).unwrap(), lab.nodes()[0].address());
    let product = Product::new(&format!(
        "agents = {at:?}\n[[cluster]]\nname = \"lab\"\ncontact_points = [\"{contact}\"]\n[cluster.agents]\n\
         [[schedule]]\noperation = \"repair.full\"\ncron = \"0 22 * * 6\"\nenabled = false\n"
    ))
    .unwrap();
    let host = product.serve().unwrap();
    let process = lab.process_commands().unwrap();
    let process = process.replace("[cluster.process]", "[process]");
    let agents = product.run_agents(lab, &process).unwrap();
    wait_until("every node answering by its agent", DEADLINE, || {
        Ok((product.nodes_that_are_well()? == lab.nodes().len()).then_some(()))
    })
    .unwrap();
    host.stop().unwrap();
    (product, agents)
}

fn access(product: &Product, lab: &Lab, port: u16) -> AccessSettings {
    let mut access = product.access_by_agents(lab, port).unwrap();
    // Tests share their machine with compilers.
    access.jolokia.timeout = Duration::from_secs(30);
    access.cql.timeout = Duration::from_secs(60);
    access
}
