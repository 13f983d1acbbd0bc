//! A cluster, a look at it, and what the plugin plans and does.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use ringkeeper_cluster::Snapshot;
use ringkeeper_observer::{Observer, ObserverSettings};
use ringkeeper_plan::{Attempt, Cause, Failure, Outcome, Plan, Refusal, Request, Step};
use ringkeeper_ring::{Replicas, Replication};
use ringkeeper_sandbox::{
    CallContext, CallReport, Grants, Limits, MemoryState, Plugin, Sandbox, SandboxSettings,
};
use ringkeeper_seams::{Seams, Timestamp};
use ringkeeper_sim::SimCluster;
use serde_json::{Value, json};

use crate::nodes::Nodes;

/// Compiled once, kept from run to run.
pub(crate) async fn plugin() -> Plugin {
    let settings = SandboxSettings {
        cache_dir: Some(PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("compiled-plugins")),
        compile_limit: Duration::from_secs(300),
        ..SandboxSettings::default()
    };
    let sandbox = Sandbox::new(settings, Seams::production().unwrap()).unwrap();
    let grants = Grants::parse(["cluster", "node-state", "lifecycle"]).unwrap();
    sandbox
        .load(
            "builtin:patching",
            ringkeeper_bundled::PATCHING,
            &grants,
            Limits::default(),
        )
        .await
        .unwrap()
}

/// Six nodes in three racks, with a keyspace of three replicas.
pub(crate) fn cluster() -> SimCluster {
    let replicas = Replicas { all: 3, transient: 0 };
    SimCluster::builder()
        .rack("dc1", "r1", 2)
        .rack("dc1", "r2", 2)
        .rack("dc1", "r3", 2)
        .keyspace(
            "shop",
            Replication::NetworkTopology([("dc1".to_owned(), replicas)].into()),
            &["orders"],
        )
        .build()
}

/// The cluster as an observer sees it.
pub(crate) async fn look(cluster: &SimCluster) -> Arc<Snapshot> {
    let seams = Seams::production().unwrap();
    let mut observer = Observer::new(Arc::new(cluster.clone()), ObserverSettings::new("test"), seams);
    observer.sweep().await;
    observer.sweep().await
}

/// Plans with these parameters.
pub(crate) async fn plan_on(
    plugin: &Plugin,
    snapshot: Arc<Snapshot>,
    parameters: Value,
) -> CallReport<Result<Plan, Refusal>> {
    let request = Request {
        operation: "patching.restart".to_owned(),
        parameters,
        settings: json!({}),
        cause: Cause::Person,
        already_done: Vec::new(),
    };
    plugin.plan(context(snapshot), &request).await
}

fn context(snapshot: Arc<Snapshot>) -> CallContext {
    CallContext::new("run-1", Some(snapshot), Arc::new(MemoryState::default()))
}

/// Executes a step once.
pub(crate) async fn execute(
    plugin: &Plugin,
    snapshot: Arc<Snapshot>,
    nodes: &Arc<Nodes>,
    step: &Step,
) -> Result<Outcome, Failure> {
    let mut context = context(snapshot);
    context.work = nodes.clone();
    let attempt = Attempt {
        number: 1,
        first_started_at: Timestamp::default(),
    };
    plugin.execute(context, step, attempt).await.result.unwrap()
}
