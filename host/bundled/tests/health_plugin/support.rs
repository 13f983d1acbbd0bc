//! A cluster, a look at it, and what the plugin says of it.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use ringkeeper_cluster::{NodeId, Sample, Snapshot};
use ringkeeper_observer::{Observer, ObserverSettings};
use ringkeeper_plan::{Cause, Plan, Refusal, Request, Severity};
use ringkeeper_ring::{Replicas, Replication};
use ringkeeper_sandbox::{
    CallContext, CallReport, Grants, Interruption, Limits, MemoryState, Plugin, Sandbox, SandboxSettings,
};
use ringkeeper_seams::Seams;
use ringkeeper_sim::{SimCluster, SimNode};
use serde_json::{Value, json};

/// Compiled once for each kind of interruption, kept from run to run.
pub(crate) async fn plugin(interruption: Interruption) -> Plugin {
    let settings = SandboxSettings {
        cache_dir: Some(PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("compiled-plugins")),
        compile_limit: Duration::from_secs(300),
        interruption,
        ..SandboxSettings::default()
    };
    let sandbox = Sandbox::new(settings, Seams::production().unwrap()).unwrap();
    let grants = Grants::parse(["cluster", "node-state", "metrics"]).unwrap();
    let limits = Limits {
        cpu: Duration::from_secs(30),
        ..Limits::default()
    };
    sandbox
        .load("builtin:health", ringkeeper_bundled::HEALTH, &grants, limits)
        .await
        .unwrap()
}

fn replicas(data_centres: &[(&str, u32)]) -> Replication {
    let replicas = |all| Replicas { all, transient: 0 };
    Replication::NetworkTopology(
        data_centres
            .iter()
            .map(|(name, all)| ((*name).to_owned(), replicas(*all)))
            .collect(),
    )
}

/// Three racks of `nodes` each, and a keyspace of three replicas.
pub(crate) fn cluster(nodes: u16) -> SimCluster {
    SimCluster::builder()
        .rack("dc1", "r1", nodes)
        .rack("dc1", "r2", nodes)
        .rack("dc1", "r3", nodes)
        .keyspace("shop", replicas(&[("dc1", 3)]), &["orders"])
        .keyspace("system_auth", replicas(&[("dc1", 3)]), &["roles"])
        .build()
}

pub(crate) async fn look(cluster: &SimCluster) -> Arc<Snapshot> {
    let seams = Seams::production().unwrap();
    let mut observer = Observer::new(Arc::new(cluster.clone()), ObserverSettings::new("test"), seams);
    observer.sweep().await;
    observer.read_node_metrics().await;
    observer.sweep().await
}

pub(crate) async fn check(
    snapshot: Option<Arc<Snapshot>>,
    parameters: Value,
) -> CallReport<Result<Plan, Refusal>> {
    check_on(plugin(Interruption::Ticks).await, snapshot, parameters).await
}

pub(crate) async fn check_on(
    plugin: Plugin,
    snapshot: Option<Arc<Snapshot>>,
    parameters: Value,
) -> CallReport<Result<Plan, Refusal>> {
    let request = Request {
        operation: "health.check".to_owned(),
        parameters,
        // The cluster is looked at once, so nothing can have lasted.
        settings: json!({ "disputed_seconds": 0 }),
        cause: Cause::Person,
        already_done: Vec::new(),
    };
    let state = Arc::new(MemoryState::default());
    plugin
        .plan(CallContext::new("run-1", snapshot, state), &request)
        .await
}

pub(crate) async fn plan(cluster: &SimCluster) -> Plan {
    let report = check(Some(look(cluster).await), json!({})).await;
    report.result.unwrap().unwrap()
}

pub(crate) fn told(plan: &Plan) -> Vec<(Severity, &str)> {
    plan.findings
        .iter()
        .map(|finding| (finding.severity, finding.title.as_str()))
        .collect()
}

pub(crate) fn nth(cluster: &SimCluster, index: usize) -> NodeId {
    cluster.nodes()[index]
}

pub(crate) fn say(cluster: &SimCluster, node: NodeId, metric: &str, value: f64) {
    let sample = Sample::of_node(metric, value);
    cluster.edit(node, |node: &mut SimNode| {
        node.node_metrics.retain(|known| known.metric != metric);
        node.node_metrics.push(sample);
    });
}
