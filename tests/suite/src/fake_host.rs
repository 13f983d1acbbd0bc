//! A whole host on a cluster in memory.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use ringkeeper_cluster::NodeId;
use ringkeeper_conductor::{ClusterParts, Conductor, Parts, PluginParts};
use ringkeeper_fake::FakeCluster;
use ringkeeper_journal::{Journal as _, MemoryJournal, Version};
use ringkeeper_observer::ObserverSettings;
use ringkeeper_ring::{Replicas, Replication};
use ringkeeper_sandbox::{Grants, Interruption, Limits, Sandbox, SandboxSettings};
use ringkeeper_seams::{Seams, TaskGroup, Timestamp};

/// What the health plugin needs.
pub const HEALTH_GRANTS: [&str; 3] = ["cluster", "node-state", "metrics"];

/// A host on a cluster in memory. Run it on a current-thread runtime with a paused clock.
#[derive(Debug)]
pub struct FakeHost {
    /// The cluster, with its knobs.
    pub cluster: FakeCluster,
    /// The conductor that watches it.
    pub conductor: Arc<Conductor>,
    journal: Arc<MemoryJournal>,
    tasks: TaskGroup,
}

/// Three nodes in three racks, and a keyspace with three replicas.
#[must_use]
pub fn three_nodes() -> FakeCluster {
    let thrice = Replicas { all: 3, transient: 0 };
    let replication = |replicas| Replication::NetworkTopology(BTreeMap::from([("dc1".to_owned(), replicas)]));
    FakeCluster::builder()
        .name("shop")
        .rack("dc1", "rack1", 1)
        .rack("dc1", "rack2", 1)
        .rack("dc1", "rack3", 1)
        .keyspace("system_auth", replication(thrice), &["roles"])
        .keyspace("orders", replication(thrice), &["lines"])
        .build()
}

impl FakeHost {
    /// Starts a host with the health plugin on [`three_nodes`].
    ///
    /// # Panics
    /// When it does not start.
    pub async fn start(grants: &[&str]) -> Self {
        let seams = Seams::simulation(7, Timestamp::from_millis(1_772_366_400_000));
        let settings = SandboxSettings {
            interruption: Interruption::Fuel,
            ..SandboxSettings::default()
        };
        let cluster = three_nodes();
        let journal = Arc::new(MemoryJournal::default());
        let health = PluginParts {
            name: "health".to_owned(),
            source: "builtin:health".to_owned(),
            component: Ok(ringkeeper_bundled::HEALTH.to_vec()),
            grants: Grants::parse(grants).expect("known grants"),
            limits: Limits::default(),
            settings: serde_json::json!({}),
        };
        let watched = ClusterParts {
            name: "shop".to_owned(),
            cluster: Arc::new(cluster.clone()),
            observer: ObserverSettings::new("shop"),
            check_every: Duration::from_secs(300),
        };
        let parts = Parts {
            sandbox: Sandbox::new(settings, seams.clone()).expect("a sandbox"),
            journal: journal.clone(),
            clusters: vec![watched],
            plugins: vec![health],
            schedules: Vec::new(),
            faults: Arc::new(ringkeeper_conductor::NoFaults),
            seams,
        };
        let mut tasks = TaskGroup::new();
        let conductor = Conductor::start(parts, &mut tasks).await.expect("a conductor");
        Self {
            cluster,
            conductor,
            journal,
            tasks,
        }
    }

    /// The n-th node, from 0.
    ///
    /// # Panics
    /// When there is none.
    #[must_use]
    pub fn node(&self, position: usize) -> NodeId {
        self.cluster.nodes().get(position).copied().expect("a node")
    }

    /// Lets virtual time pass.
    pub async fn pass(&self, seconds: u64) {
        tokio::time::sleep(Duration::from_secs(seconds)).await;
    }

    /// Stops the host and answers its event log, a line of JSON an event.
    ///
    /// # Panics
    /// When the log cannot be read.
    pub async fn event_log(mut self) -> String {
        self.tasks.abort().await;
        let events = self.journal.read("shop", Version(0), 10_000).await.unwrap();
        events
            .iter()
            .map(|(_, recorded)| serde_json::to_string(recorded).unwrap() + "\n")
            .collect()
    }

    /// Keys of the findings open now, worst first.
    #[must_use]
    pub fn open_keys(&self) -> Vec<String> {
        self.conductor
            .findings(None)
            .unwrap_or_default()
            .into_iter()
            .map(|open| open.finding.key)
            .collect()
    }
}
