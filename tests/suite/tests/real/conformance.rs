//! The suite of behaviours on real Cassandra: what the cluster in memory is held to.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Mutex;
use std::time::Duration;

use async_trait::async_trait;
use ringkeeper_cassandra::CassandraCluster;
use ringkeeper_cluster::{Cluster, Endpoint, ProcessDriver, ProcessPlace, TableName};
use ringkeeper_commands::CommandDriver;
use ringkeeper_lab::{Ending, Fault, Lab, LabNode, LabSettings, WireProxy};
use ringkeeper_rows::Client;
use ringkeeper_seams::{Clock as _, Seams, SystemClock, Timestamp};
use ringkeeper_suite::DEADLINE;
use ringkeeper_suite::conformance::{Lost, Ring, conforms};
use serde_json::{Value, json};
use tokio::task::block_in_place;

use crate::backend::support::{access, commands, endpoint};

/// Beside the agent's own, on the same address.
const PORT: u16 = 8779;
const HINTS: &str = "org.apache.cassandra.hints:type=HintsService";
const STORAGE_SERVICE: &str = "org.apache.cassandra.db:type=StorageService";

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
        ..LabSettings::default()
    })
    .unwrap();
    let began = SystemClock.monotonic();
    runtime.block_on(async { conforms(&Real::on(lab).await).await });
    println!("the behaviours took {:?}", SystemClock.monotonic() - began);
}

struct Real {
    cluster: CassandraCluster,
    driver: CommandDriver,
    nodes: Vec<ProcessPlace>,
    proxies: Mutex<Vec<WireProxy>>,
    // Last: whoever speaks to nodes goes first.
    lab: Lab,
}

impl Real {
    async fn on(lab: Lab) -> Self {
        let cluster = CassandraCluster::new(access(&lab), Seams::production().unwrap()).unwrap();
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
        Self {
            cluster,
            driver: CommandDriver::new(commands(&lab, DEADLINE)),
            nodes,
            proxies: Mutex::default(),
            lab,
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
        let proxy = WireProxy::start((node.address(), PORT).into(), node.jolokia()).unwrap();
        proxy.on_next(operation, Fault::SwallowAnswer(Ending::Cut));
        proxies.push(proxy);
        let mut access = access(&self.lab);
        access.jolokia.url = format!("http://{{address}}:{PORT}/jolokia/");
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
            self.client().write(&table.to_string(), ids).unwrap();
        });
        // Handoff is off; were there a hint all the same, the node would have what it is said to have missed.
        for node in self.lab.nodes().iter().filter(|node| node.is_running()) {
            exec(node, HINTS, "deleteAllHints()", json!([])).await;
        }
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

    async fn repair_by_another_tool(&self, node: Endpoint, keyspace: &str) {
        // What `nodetool repair -full` sends.
        let options = json!({
            "incremental": "false", "primaryRange": "false", "parallelism": "parallel", "jobThreads": "1",
            "trace": "false", "pullRepair": "false", "forceRepair": "false",
        });
        let operation = "repairAsync(java.lang.String,java.util.Map)";
        let command = exec(
            self.node(node),
            STORAGE_SERVICE,
            operation,
            json!([keyspace, options]),
        )
        .await;
        assert!(command.as_i64() > Some(0), "{command}");
    }
}

/// Calls an operation, past the backend.
async fn exec(node: &LabNode, mbean: &str, operation: &str, arguments: Value) -> Value {
    let call = json!({"type": "exec", "mbean": mbean, "operation": operation, "arguments": arguments});
    // Other tests of this program install it too.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let url = node.jolokia_url().unwrap();
    let body = reqwest::Client::builder()
        .build()
        .unwrap()
        .post(url)
        .json(&call)
        .send()
        .await
        .unwrap();
    let mut answer: Value = body.json().await.unwrap();
    assert_eq!(answer["status"], 200, "{operation}: {answer}");
    answer["value"].take()
}
