//! A cluster to look at, a sandbox, and the guest that misbehaves.

use std::path::PathBuf;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use ringkeeper_cluster::{Sample, Snapshot};
use ringkeeper_observer::{Observer, ObserverSettings};
use ringkeeper_plan::{Cause, Plan, Refusal, Request};
use ringkeeper_ring::{Replicas, Replication};
use ringkeeper_sandbox::{
    CallContext, CallReport, Grants, Limits, MemoryState, Plugin, Sandbox, SandboxSettings,
};
use ringkeeper_seams::Seams;
use ringkeeper_sim::SimCluster;
use serde_json::{Value, json};

/// All that `hostile` asks for.
pub(crate) const EVERYTHING: [&str; 6] = [
    "cluster",
    "metrics",
    "node-state",
    "state",
    "state-write",
    "telemetry",
];

/// Limits that a guest which comes to an end stays within, even on a busy machine.
pub(crate) fn roomy() -> Limits {
    Limits {
        cpu: Duration::from_secs(60),
        plan_wall: Duration::from_secs(120),
        execute_wall: Duration::from_secs(120),
        ..Limits::default()
    }
}

/// Limits that soon end a guest which computes for ever.
pub(crate) fn tight() -> Limits {
    Limits {
        cpu: Duration::from_millis(500),
        ..roomy()
    }
}

/// Real threads and real time, compiled plugins kept from run to run.
pub(crate) fn sandbox() -> Sandbox {
    static SHARED: LazyLock<Sandbox> = LazyLock::new(|| {
        let cache_dir = Some(PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("compiled-plugins"));
        let settings = SandboxSettings {
            cache_dir,
            compile_limit: Duration::from_secs(300),
            ..SandboxSettings::default()
        };
        Sandbox::new(settings, Seams::production().unwrap()).unwrap()
    });
    SHARED.clone()
}

/// The guest that does what it is told, with everything granted.
pub(crate) async fn hostile(limits: Limits) -> Plugin {
    let grants = Grants::parse(EVERYTHING).unwrap();
    sandbox()
        .load("fixture", ringkeeper_bundled::fixtures::HOSTILE, &grants, limits)
        .await
        .unwrap()
}

/// A request to misbehave.
pub(crate) fn request(operation: &str, parameters: Value) -> Request {
    Request {
        operation: operation.to_owned(),
        parameters,
        settings: json!({}),
        cause: Cause::Person,
        already_done: Vec::new(),
    }
}

/// A call without a cluster and with nothing kept.
pub(crate) fn context() -> CallContext {
    CallContext::new("run-1", None, Arc::new(MemoryState::default()))
}

/// Plans with this behaviour.
pub(crate) async fn misbehave(behaviour: &str, limits: Limits) -> CallReport<Result<Plan, Refusal>> {
    let request = request("hostile.misbehave", json!({ "behaviour": behaviour }));
    hostile(limits).await.plan(context(), &request).await
}

/// The title of a plan that was made.
pub(crate) fn title(report: &CallReport<Result<Plan, Refusal>>) -> &str {
    &report.result.as_ref().unwrap().as_ref().unwrap().title
}

/// A ring of six nodes in three racks with a keyspace `shop`, as an observer sees it.
pub(crate) async fn snapshot() -> Arc<Snapshot> {
    let replicas = Replicas { all: 3, transient: 0 };
    let replication = Replication::NetworkTopology([("dc1".to_owned(), replicas)].into());
    let cluster = SimCluster::builder()
        .rack("dc1", "r1", 2)
        .rack("dc1", "r2", 2)
        .rack("dc1", "r3", 2)
        .keyspace("shop", replication, &["orders", "customers"])
        .build();
    for node in cluster.nodes() {
        let heap = Sample::of_node("heap.used_bytes", 1e9);
        cluster.edit(node, |node| node.node_metrics = vec![heap]);
    }
    let mut observer = Observer::new(
        Arc::new(cluster),
        ObserverSettings::new("test"),
        Seams::production().unwrap(),
    );
    observer.sweep().await;
    observer.read_node_metrics().await;
    observer.sweep().await
}
