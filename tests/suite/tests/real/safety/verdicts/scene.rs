//! A lab, and the host's eye on it.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use ringkeeper_cassandra::{AccessSettings, CassandraCluster};
use ringkeeper_cluster::{Endpoint, Membership, NodeId, Snapshot};
use ringkeeper_lab::{JolokiaMode, Lab, LabNode, LabSettings, wait_until};
use ringkeeper_observer::{Observer, ObserverSettings};
use ringkeeper_ring::Token;
use ringkeeper_rows::Client;
use ringkeeper_seams::{Clock as _, Seams, SystemClock, Timestamp};
use ringkeeper_suite::{AGENT_PORT, DEADLINE, Product, Served};

use super::cases::KEYSPACES;

pub(super) struct Scene {
    began_at: Timestamp,
    observer: Observer,
    runtime: tokio::runtime::Runtime,
    _agents: BTreeMap<IpAddr, Served>,
    /// Has their state.
    _product: Product,
    pub(super) lab: Lab,
}

impl Scene {
    /// Three nodes in three racks of `dc1`, two in two racks of `dc2`, reached by the agents beside them, and all keyspaces.
    pub(super) fn start() -> Self {
        let began_at = SystemClock.now();
        let lab = Lab::start(LabSettings {
            data_centres: vec![("dc1".to_owned(), 3), ("dc2".to_owned(), 2)],
            num_tokens: 8,
            hinted_handoff: false,
            jolokia: JolokiaMode::None,
            ..LabSettings::default()
        })
        .unwrap();
        let product = Product::watching(&lab).unwrap();
        let (access, agents) = by_agents(&product, &lab);
        let seams = Seams::production().unwrap();
        let cluster = CassandraCluster::new(access, seams.clone()).unwrap();
        let mut settings = ObserverSettings::new("lab");
        // Tests share their machine with compilers.
        settings.node_limit = Duration::from_secs(30);
        let scene = Self {
            began_at,
            observer: Observer::new(Arc::new(cluster), settings, seams),
            runtime: tokio::runtime::Runtime::new().unwrap(),
            _agents: agents,
            _product: product,
            lab,
        };
        scene.make_keyspaces();
        scene
    }

    fn make_keyspaces(&self) {
        // The node that made one change has it when it is asked for the next.
        let one = Client::of([self.lab.nodes()[0].cql()]).unwrap();
        for (name, replication) in KEYSPACES {
            one.execute(&format!(
                "CREATE KEYSPACE {name} WITH replication = {{{replication}}}"
            ))
            .unwrap();
            one.execute(&format!(
                "CREATE TABLE {name}.rows (id int PRIMARY KEY, text text) \
                 WITH read_repair = 'NONE' AND speculative_retry = 'NEVER'"
            ))
            .unwrap();
        }
        Client::of(self.lab.nodes().iter().map(LabNode::cql))
            .unwrap()
            .agree()
            .unwrap();
    }

    /// Prints how long everything took so far.
    pub(super) fn took(&self, what: &str) {
        let took = SystemClock.now().since(self.began_at);
        println!("{:6.1} s: {what}", took.as_secs_f64());
    }

    /// Kills and starts nodes until just these are away and every other one knows it, and answers the host's view.
    pub(super) fn take_away(&mut self, away: &[usize]) -> Arc<Snapshot> {
        for (number, node) in self.lab.nodes().iter().enumerate() {
            if away.contains(&number) {
                node.kill();
            } else {
                node.start().unwrap();
            }
        }
        let are_away: BTreeSet<Endpoint> = away
            .iter()
            .map(|number| endpoint(&self.lab.nodes()[*number]))
            .collect();
        let Self {
            observer, runtime, ..
        } = self;
        wait_until("every node knowing who is away", DEADLINE, || {
            let snapshot = runtime.block_on(observer.sweep());
            Ok(is_known(&snapshot, &are_away).then_some(snapshot))
        })
        .unwrap()
    }

    /// Who has which position in the lab.
    pub(super) fn ids(&self, snapshot: &Snapshot, positions: &[usize]) -> BTreeSet<NodeId> {
        let at = |position: &usize| endpoint(&self.lab.nodes()[*position]);
        let places: BTreeSet<Endpoint> = positions.iter().map(at).collect();
        let nodes = snapshot.nodes.values();
        let ids: BTreeSet<NodeId> = nodes
            .filter(|node| places.contains(&node.endpoint))
            .map(|node| node.id)
            .collect();
        assert_eq!(ids.len(), positions.len());
        ids
    }

    /// One row of every range of the ring.
    pub(super) fn rows(&self, snapshot: &Snapshot) -> BTreeSet<i32> {
        let client = Client::of([self.lab.nodes()[0].cql()]).unwrap();
        let (name, _) = KEYSPACES[0];
        let requests = client.requests_of(&format!("{name}.rows")).unwrap();
        let placements = snapshot.keyspaces[name].placements.as_ref().unwrap();
        let mut rows = BTreeMap::new();
        for id in 0.. {
            let token = Token::new(requests.token(id).unwrap());
            let (range, _) = placements
                .ranges()
                .find(|(range, _)| range.contains(token))
                .unwrap();
            rows.entry(range).or_insert(id);
            if rows.len() == placements.ranges().count() {
                break;
            }
        }
        rows.into_values().collect()
    }
}

/// The agents beside the nodes, and the way by them. The host that enrolled them is of no use here and ends again.
fn by_agents(product: &Product, lab: &Lab) -> (AccessSettings, BTreeMap<IpAddr, Served>) {
    let host = product.serve().unwrap();
    let agents = product.run_agents(lab, "").unwrap();
    let mut access = product.access_by_agents(lab, AGENT_PORT).unwrap();
    // Tests share their machine with compilers.
    access.jolokia.timeout = Duration::from_secs(30);
    host.stop().unwrap();
    (access, agents)
}

fn endpoint(node: &LabNode) -> Endpoint {
    Endpoint::new((node.address(), Endpoint::DEFAULT_STORAGE_PORT).into())
}

/// Whether all that are not away serve, and each of them sees just these away. The keyspaces must be known too.
fn is_known(snapshot: &Snapshot, away: &BTreeSet<Endpoint>) -> bool {
    let is_away = |node: &NodeId| away.contains(&snapshot.nodes[node].endpoint);
    let witnesses: Vec<NodeId> = snapshot
        .nodes
        .keys()
        .copied()
        .filter(|node| !is_away(node))
        .collect();
    let are_nodes_known = snapshot.nodes.values().all(|node| {
        let serves = node.operation_mode.as_deref() == Some("NORMAL")
            && node.native_transport_running == Some(true)
            && node.membership == Membership::Normal;
        let others = witnesses.iter().filter(|witness| **witness != node.id);
        let mut views = others.map(|witness| node.views.get(witness).copied().flatten());
        (is_away(&node.id) || serves) && views.all(|view| view == Some(!is_away(&node.id)))
    });
    let mut keyspaces = KEYSPACES.iter().map(|(name, _)| snapshot.keyspaces.get(*name));
    snapshot.nodes.len() == 5
        && are_nodes_known
        && keyspaces.all(|keyspace| keyspace.is_some_and(|keyspace| keyspace.placements.is_some()))
}
