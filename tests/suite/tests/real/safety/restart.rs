//! Rolling restarts under load: clients meet no failure, and whatever becomes of the host no node stays down.
#![expect(
    clippy::disallowed_methods,
    reason = "a load that blocks has a thread of its own in real time"
)]

mod breaking;

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use anyhow::Result;
use ringkeeper_api::RunDetail;
use ringkeeper_bundled::fixtures::CRASHER;
use ringkeeper_lab::{JolokiaMode, Lab, LabNode, LabSettings, wait_until};
use ringkeeper_rows::{Client, Load};
use ringkeeper_suite::{DEADLINE, Product, Served, hosts_agents_at};

const TABLE: &str = "shop.orders";
/// A restart of three nodes on a busy machine.
const WITHIN: Duration = Duration::from_secs(480);

struct Scene {
    served: Option<Served>,
    agents: BTreeMap<IpAddr, Served>,
    product: Product,
    lab: Lab,
}

/// The requests of an application, and the most nodes that were down at once meanwhile.
struct UnderLoad {
    stop: Arc<AtomicBool>,
    load: JoinHandle<Result<Load>>,
}

impl Scene {
    fn start() -> Self {
        let lab = Lab::start(LabSettings {
            jolokia: JolokiaMode::None,
            ..LabSettings::default()
        })
        .unwrap();
        lab.wait_until_all_see_all(DEADLINE).unwrap();
        // One node: the others may not have a change yet when they are asked for the next.
        let client = Client::of([lab.nodes()[0].cql()]).unwrap();
        client
            .execute("CREATE KEYSPACE shop WITH replication = {'class': 'NetworkTopologyStrategy', 'dc1': 3}")
            .unwrap();
        client
            .execute(&format!("CREATE TABLE {TABLE} (id int PRIMARY KEY, text text)"))
            .unwrap();
        client.agree().unwrap();
        let product = Product::new("").unwrap();
        std::fs::write(product.folder().join("crasher.wasm"), CRASHER).unwrap();
        let mut scene = Self {
            served: None,
            agents: BTreeMap::new(),
            product,
            lab,
        };
        scene.configure(&["cluster", "node-state", "lifecycle"]);
        scene.serve();
        // It is the agents that start and stop Cassandra.
        let process = scene.lab.process_commands().unwrap();
        let process = process.replace("[cluster.process]", "[process]");
        scene.agents = scene.product.run_agents(&scene.lab, &process).unwrap();
        scene
    }

    /// What the next host is told: where the nodes are, how they are started and stopped, and what the plugin that restarts
    /// them may use.
    fn configure(&self, grants: &[&str]) {
        let nodes = self.lab.nodes().iter();
        let contacts: Vec<String> = nodes.map(|node| node.address().to_string()).collect();
        let crasher = self.product.folder().join("crasher.wasm");
        let agents = hosts_agents_at(&self.lab).unwrap();
        let text = format!(
            "agents = {agents:?}\n[[cluster]]\nname = \"lab\"\ncontact_points = {contacts:?}\n\
             [cluster.agents]\n\
             [cluster.sweep]\nmembership = \"3s\"\nnode_limit = \"2s\"\n\
             [[plugin]]\nname = \"patching\"\ngrants = {grants:?}\n\
             [[plugin]]\nname = \"crasher\"\nsource = {crasher:?}\ngrants = [\"lifecycle\"]\n\
             [plugins]\nallow_unsigned = true\n\
             [[schedule]]\noperation = \"repair.full\"\ncron = \"0 22 * * 6\"\nenabled = false\n"
        );
        self.product.configure(&text).unwrap();
    }

    fn serve(&mut self) {
        self.served = Some(self.product.serve().unwrap());
    }

    fn wait_until_all_up(&self) {
        wait_until("the host seeing all nodes up", DEADLINE, || {
            Ok((self.product.nodes_that_are_well()? == self.lab.nodes().len()).then_some(()))
        })
        .unwrap();
    }

    fn under_load(&self) -> UnderLoad {
        let stop = Arc::new(AtomicBool::new(false));
        let (asked, nodes) = (
            Arc::clone(&stop),
            self.lab.nodes().iter().map(LabNode::cql).collect::<Vec<_>>(),
        );
        let load = thread::spawn(move || Client::of(nodes)?.load(TABLE, &asked));
        UnderLoad { stop, load }
    }

    fn restart(&self) -> String {
        self.product.restart().unwrap()
    }

    /// Waits until a run has ended; counts how many nodes are down at once at most.
    fn end(&self, id: &str, most_down: &AtomicUsize) -> RunDetail {
        let ended = wait_until("the end of the run", WITHIN, || {
            self.count_down(most_down);
            let run = self.product.shown(id)?;
            Ok(run.run.ended_at.is_some().then_some(run))
        });
        ended.unwrap_or_else(|error| panic!("{error}: {:#?}", self.product.shown(id)))
    }

    fn count_down(&self, most_down: &AtomicUsize) {
        let down = self.lab.nodes().iter().filter(|node| !node.is_running()).count();
        most_down.fetch_max(down, Ordering::Relaxed);
    }

    /// Waits until a job of this call goes on.
    fn wait_for_job(&self, id: &str, call: &str, most_down: &AtomicUsize) {
        wait_until(&format!("a {call} under way"), WITHIN, || {
            self.count_down(most_down);
            Ok(self.product.has_job(id, call)?.then_some(()))
        })
        .unwrap();
    }
}

impl UnderLoad {
    fn end(self) -> Load {
        self.stop.store(true, Ordering::Relaxed);
        self.load.join().unwrap().unwrap()
    }
}

/// Every node is restarted while an application reads and writes at LOCAL_QUORUM; then once more while the host is killed
/// with its calls under way; then a run is cancelled with a node down, and at last plugins break and lose their grant.
pub(super) fn a_ring_is_restarted_under_load_and_no_request_fails() {
    let mut scene = Scene::start();
    scene.wait_until_all_up();
    let most_down = AtomicUsize::new(0);

    let before = scene.product.processes().unwrap();
    let load = scene.under_load();
    let run = scene.restart();
    let ended = scene.end(&run, &most_down);
    let load = load.end();
    assert_eq!(ended.run.state, "Succeeded", "{ended:#?}");
    println!("restarted under load: {load:?}");
    assert_eq!(load.failed, 0, "{load:#?}");
    assert!(load.served > 1_000, "{load:?}");
    scene.wait_until_all_up();
    let after = scene.product.processes().unwrap();
    assert_eq!(before.len(), 3);
    for (node, started) in &before {
        assert_ne!(Some(started), after.get(node), "{node} was not restarted");
    }

    let load = scene.under_load();
    let run = scene.restart();
    for call in ["stop", "start", "stop"] {
        scene.wait_for_job(&run, call, &most_down);
        scene.served.take().unwrap().kill();
        scene.serve();
    }
    let ended = scene.end(&run, &most_down);
    let load = load.end();
    assert_eq!(ended.run.state, "Succeeded", "{ended:#?}");
    println!("restarted under load with the host killed three times: {load:?}");
    assert_eq!(load.failed, 0, "{load:#?}");
    for step in &ended.step_rows {
        let stops = step
            .jobs
            .iter()
            .filter(|job| job.call.starts_with("stop"))
            .count();
        assert_eq!(stops, 1, "{step:#?}");
    }
    assert_eq!(most_down.load(Ordering::Relaxed), 1);

    scene.wait_until_all_up();
    let run = scene.restart();
    scene.wait_for_job(&run, "start", &most_down);
    let cancelled = scene.product.run(&["runs", "cancel", &run]).unwrap();
    assert_eq!(cancelled.code, 0, "{}", cancelled.stderr);
    let ended = scene.end(&run, &most_down);
    assert_eq!(ended.run.state, "Cancelled", "{ended:#?}");
    assert!(scene.lab.nodes().iter().all(LabNode::is_running));

    breaking::the_node_is_back_when_its_plugin_breaks_or_loses_its_grant(&mut scene);
}
