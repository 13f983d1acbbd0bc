//! A conductor without plugins on a cluster in memory, and runs written straight into its journal.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use ringkeeper_cluster::{NodeId, ProcessDriver, RepairOrder, RepairParallelism};
use ringkeeper_journal::{
    Basis, Event, FrozenPlan, JournalError, MemoryJournal, OpenedRun, RunEvent, RunId, Version,
};
use ringkeeper_observer::ObserverSettings;
use ringkeeper_plan::{Cause, Impact, Step};
use ringkeeper_ring::{Replicas, Replication, TokenRange};
use ringkeeper_sandbox::{Sandbox, SandboxSettings};
use ringkeeper_seams::{Seams, TaskGroup, Timestamp};
use ringkeeper_sim::SimCluster;

use super::super::effects::StepWork;
use super::super::fault_points::NoFaults;
use crate::conductor::Watched;
use crate::{ClusterParts, Conductor, Parts};

pub(super) struct Scene {
    pub(super) cluster: SimCluster,
    pub(super) conductor: Arc<Conductor>,
    pub(super) watched: Arc<Watched>,
    _tasks: TaskGroup,
}

/// Six nodes in three racks, and a keyspace with three replicas; the host has looked, and can start and stop them.
pub(super) async fn scene() -> Scene {
    scene_with(|cluster| Arc::new(cluster.clone())).await
}

/// As [`scene`], with another process driver.
pub(super) async fn scene_with(driver: impl FnOnce(&SimCluster) -> Arc<dyn ProcessDriver>) -> Scene {
    let seams = Seams::simulation(1, Timestamp::from_millis(1_772_366_400_000));
    let thrice = Replicas { all: 3, transient: 0 };
    let replication = Replication::NetworkTopology(BTreeMap::from([("dc1".to_owned(), thrice)]));
    let cluster = SimCluster::builder()
        .clock(Arc::clone(&seams.clock))
        .rack("dc1", "rack1", 2)
        .rack("dc1", "rack2", 2)
        .rack("dc1", "rack3", 2)
        .keyspace("system_auth", replication.clone(), &["roles"])
        .keyspace("orders", replication, &["lines"])
        .build();
    let parts = Parts {
        sandbox: Sandbox::new(SandboxSettings::default(), seams.clone()).unwrap(),
        journal: Arc::new(MemoryJournal::default()),
        clusters: vec![ClusterParts {
            name: "shop".to_owned(),
            cluster: Arc::new(cluster.clone()),
            observer: ObserverSettings::new("shop"),
            check_every: Duration::from_secs(300),
            call_limit: Duration::from_secs(5),
            process: driver(&cluster),
            machines: Arc::new(cluster.clone()),
            tools: Arc::new(cluster.clone()),
            policy: ringkeeper_guard::Policy::default(),
            mitigations: Vec::new(),
        }],
        trust: ringkeeper_signing::Trust::in_everything(),
        components: Arc::new(ringkeeper_journal::MemoryComponents::default()),
        plugins: Vec::new(),
        schedules: Vec::new(),
        windows: Vec::new(),
        freezes: Vec::new(),
        faults: Arc::new(NoFaults),
        seams,
    };
    let mut tasks = TaskGroup::new();
    let conductor = Conductor::start(parts, &mut tasks).await.unwrap();
    tokio::time::sleep(Duration::from_secs(20)).await;
    let watched = Arc::clone(conductor.cluster_named(None).unwrap());
    Scene {
        cluster,
        conductor,
        watched,
        _tasks: tasks,
    }
}

pub(super) fn step(id: &str, nodes: &[NodeId]) -> Step {
    Step {
        id: id.to_owned(),
        title: id.to_owned(),
        reason: "a test".to_owned(),
        nodes: nodes.to_vec(),
        impact: Impact::Change,
        functions: vec!["repair.start".to_owned()],
        after: Vec::new(),
        estimate_seconds: None,
        estimate_bytes: None,
        body: "{}".to_owned(),
    }
}

pub(super) fn opened(run: &str, steps: Vec<Step>) -> RunEvent {
    RunEvent::Opened(Box::new(OpenedRun {
        run: RunId(run.to_owned()),
        operation: "test.work".to_owned(),
        plugin: "nobody".to_owned(),
        digest: String::new(),
        version: None,
        signer: None,
        grants: Vec::new(),
        parameters: serde_json::json!({}),
        settings: serde_json::json!({}),
        cause: Cause::Person,
        by: None,
        deadline: None,
        plan: FrozenPlan {
            hash: String::new(),
            title: "a test".to_owned(),
            basis: Basis::default(),
            findings: Vec::new(),
            steps,
            goals: Vec::new(),
        },
    }))
}

impl Scene {
    /// Every range of `orders` with its replicas.
    pub(super) fn placements(&self) -> Vec<(TokenRange, Vec<NodeId>)> {
        let snapshot = self.watched.snapshot().unwrap();
        let map = snapshot.keyspaces["orders"].placements.clone().unwrap();
        map.ranges()
            .map(|(range, placement)| (range, placement.replicas.clone()))
            .collect()
    }

    /// A run with one step that was started and holds its nodes, and the gate of that step. No plugin goes on with it, as
    /// the loop takes up steps only when the host starts.
    pub(super) async fn started(&self, step: Step) -> StepWork {
        let nodes = step.nodes.clone();
        self.started_with(step, &nodes).await
    }

    /// As [`Scene::started`], where the step holds other nodes than all it declared.
    pub(super) async fn started_with(&self, step: Step, nodes: &[NodeId]) -> StepWork {
        let run = RunId("shop-test".to_owned());
        let start = RunEvent::StepStarted {
            step: step.id.clone(),
            attempt: 1,
            nodes: nodes.to_vec(),
        };
        let id = step.id.clone();
        self.write(&run, vec![opened("shop-test", vec![step]), start])
            .await;
        self.gate(&id)
    }

    /// A fresh instance's gate of the step.
    pub(super) fn gate(&self, step: &str) -> StepWork {
        StepWork {
            conductor: Arc::clone(&self.conductor),
            cluster: Arc::clone(&self.watched),
            run: RunId("shop-test".to_owned()),
            step: step.to_owned(),
            attempt: 1,
            made: Mutex::new(BTreeMap::new()),
        }
    }

    /// Every event of a run, and its moment.
    pub(super) async fn events(&self, run: &RunId) -> (Vec<RunEvent>, Vec<Timestamp>) {
        let journal = self.conductor.journal();
        let events = journal.read_run("shop", run, Version(0), 10_000).await.unwrap();
        let of_run = events
            .into_iter()
            .filter_map(|(_, recorded)| match recorded.event {
                Event::Run { what, .. } => Some((what, recorded.at)),
                _ => None,
            });
        of_run.unzip()
    }

    pub(super) async fn write(&self, run: &RunId, events: Vec<RunEvent>) {
        let events = events
            .into_iter()
            .map(|what| Event::Run {
                run: run.clone(),
                what,
            })
            .collect();
        let now = self.conductor.seams().clock.now();
        self.watched
            .stream
            .commit("shop", self.conductor.journal(), now, |_, _| {
                Ok::<_, JournalError>(events)
            })
            .await
            .unwrap();
    }
}

pub(super) fn order(ranges: &[TokenRange]) -> RepairOrder {
    RepairOrder {
        keyspace: "orders".to_owned(),
        tables: vec!["lines".to_owned()],
        ranges: ranges.to_vec(),
        data_centres: Vec::new(),
        parallelism: RepairParallelism::Parallel,
        threads: 1,
    }
}
