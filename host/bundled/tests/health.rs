//! The built-in health plugin, as component in the real sandbox, looking at clusters through the real observer.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use ringkeeper_cluster::{NodeId, Sample, Snapshot};
use ringkeeper_fake::{FakeCluster, FakeNode};
use ringkeeper_observer::{Observer, ObserverSettings};
use ringkeeper_plan::{Cause, Fault, Plan, Refusal, Request, Severity};
use ringkeeper_ring::{Replicas, Replication, Token};
use ringkeeper_sandbox::{
    CallContext, CallReport, Grants, Interruption, Limits, MemoryState, Plugin, Sandbox, SandboxSettings,
};
use ringkeeper_seams::Seams;
use serde_json::{Value, json};

/// Compiled once for each kind of interruption, kept from run to run.
async fn plugin(interruption: Interruption) -> Plugin {
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
fn cluster(nodes: u16) -> FakeCluster {
    FakeCluster::builder()
        .rack("dc1", "r1", nodes)
        .rack("dc1", "r2", nodes)
        .rack("dc1", "r3", nodes)
        .keyspace("shop", replicas(&[("dc1", 3)]), &["orders"])
        .keyspace("system_auth", replicas(&[("dc1", 3)]), &["roles"])
        .build()
}

async fn look(cluster: &FakeCluster) -> Arc<Snapshot> {
    let seams = Seams::production().unwrap();
    let mut observer = Observer::new(Arc::new(cluster.clone()), ObserverSettings::new("test"), seams);
    observer.sweep().await;
    observer.read_node_metrics().await;
    observer.sweep().await
}

async fn check(snapshot: Option<Arc<Snapshot>>, parameters: Value) -> CallReport<Result<Plan, Refusal>> {
    check_on(plugin(Interruption::Ticks).await, snapshot, parameters).await
}

async fn check_on(
    plugin: Plugin,
    snapshot: Option<Arc<Snapshot>>,
    parameters: Value,
) -> CallReport<Result<Plan, Refusal>> {
    let request = Request {
        operation: "health.check".to_owned(),
        parameters,
        settings: json!({}),
        cause: Cause::Person,
        already_done: Vec::new(),
    };
    let state = Arc::new(MemoryState::default());
    plugin
        .plan(CallContext::new("run-1", snapshot, state), &request)
        .await
}

async fn plan(cluster: &FakeCluster) -> Plan {
    let report = check(Some(look(cluster).await), json!({})).await;
    report.result.unwrap().unwrap()
}

fn told(plan: &Plan) -> Vec<(Severity, &str)> {
    plan.findings
        .iter()
        .map(|finding| (finding.severity, finding.title.as_str()))
        .collect()
}

fn nth(cluster: &FakeCluster, index: usize) -> NodeId {
    cluster.nodes()[index]
}

fn say(cluster: &FakeCluster, node: NodeId, metric: &str, value: f64) {
    let sample = Sample {
        metric: metric.to_owned(),
        table: None,
        value,
    };
    cluster.edit(node, |node: &mut FakeNode| {
        node.node_metrics.retain(|known| known.metric != metric);
        node.node_metrics.push(sample);
    });
}

#[tokio::test]
async fn a_healthy_cluster_has_no_findings() {
    let plan = plan(&cluster(2)).await;
    assert_eq!(told(&plan), []);
    assert_eq!(plan.title, "6 nodes, nothing wrong");
    assert_eq!(plan.steps, []);
}

#[tokio::test]
async fn a_dead_node_is_one_finding_with_its_consequences() {
    let cluster = cluster(2);
    cluster.kill(nth(&cluster, 4));
    let plan = plan(&cluster).await;
    let title = "Node 10.0.0.6 is down; one more node down may make shop and system_auth unavailable at LOCAL_QUORUM.";
    assert_eq!(told(&plan), [(Severity::Warning, title)]);
    let evidence = &plan.findings[0].evidence;
    assert_eq!(evidence[0].name, "shop and system_auth at LOCAL_QUORUM in dc1");
    // Tokens are dealt in turn, and of the two nodes of its rack five of six walks around the ring meet it first.
    assert_eq!(
        evidence[0].value,
        "80 of 96 token ranges (83 %) with 2 of 3 replicas up"
    );
}

#[tokio::test]
async fn two_dead_nodes_in_two_racks_break_the_quorum() {
    let cluster = cluster(2);
    cluster.kill(nth(&cluster, 2));
    cluster.kill(nth(&cluster, 4));
    let plan = plan(&cluster).await;
    let (severity, title) = told(&plan)[0];
    assert_eq!(severity, Severity::Severe);
    assert_eq!(
        title,
        "shop and system_auth cannot be read or written at LOCAL_QUORUM in some ranges, as 10.0.0.4 and 10.0.0.6 are down."
    );
    assert_eq!(plan.findings.len(), 3);
}

#[tokio::test]
async fn a_dead_rack_is_one_finding() {
    let cluster = cluster(2);
    cluster.kill(nth(&cluster, 2));
    cluster.kill(nth(&cluster, 3));
    let plan = plan(&cluster).await;
    let title = "All 2 nodes of rack r2 in dc1 are down; one more node down may make shop and system_auth unavailable at \
                 LOCAL_QUORUM.";
    assert_eq!(told(&plan), [(Severity::Warning, title)]);
}

#[tokio::test]
async fn a_cut_between_two_nodes_is_told_with_both_ends() {
    let cluster = cluster(1);
    cluster.set_cut(nth(&cluster, 0), nth(&cluster, 1), true);
    assert_eq!(
        told(&plan(&cluster).await),
        [(Severity::Warning, "10.0.0.3 cannot be reached by 10.0.0.2.")]
    );
}

#[tokio::test]
async fn numbers_of_the_nodes_reach_the_rules() {
    let cluster = cluster(1);
    say(&cluster, nth(&cluster, 1), "heap.max_bytes", 100.0);
    say(&cluster, nth(&cluster, 1), "heap.after_gc_bytes", 95.0);
    let title = "10.0.0.3 cannot free more than 5 % of its Java heap.";
    assert_eq!(told(&plan(&cluster).await), [(Severity::Severe, title)]);
}

#[tokio::test]
async fn a_keyspace_that_does_not_exist_is_refused() {
    let report = check(
        Some(look(&cluster(1)).await),
        json!({ "keyspaces": ["shop", "shoes"] }),
    )
    .await;
    let refusal = report.result.unwrap().unwrap_err();
    assert_eq!(
        (refusal.kind, refusal.message.as_str()),
        (Fault::InvalidParameters, "There is no keyspace `shoes`.")
    );
}

#[tokio::test]
async fn before_the_first_look_the_host_says_why_there_is_no_plan() {
    let refusal = check(None, json!({})).await.result.unwrap().unwrap_err();
    assert_eq!(refusal.kind, Fault::Precondition);
    assert!(refusal.message.contains("has not looked"), "{refusal:?}");
}

#[tokio::test]
async fn a_cluster_that_never_answered_is_not_called_well() {
    let cluster = cluster(1);
    for node in cluster.nodes() {
        cluster.kill(node);
    }
    let title = "The host has not reached any node yet, so it cannot tell whether the cluster is up.";
    assert_eq!(told(&plan(&cluster).await), [(Severity::Severe, title)]);
}

/// Tokens as random as those of nodes that chose them themselves, so that nearly no two ranges share their replicas.
fn scatter_tokens(cluster: &FakeCluster) {
    let mut seed = 1_u64;
    for node in cluster.nodes() {
        cluster.edit(node, |node| {
            for token in &mut node.tokens {
                seed = seed
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1_442_695_040_888_963_407);
                *token = Token::new(seed.cast_signed());
            }
            node.tokens.sort_unstable();
        });
    }
}


#[tokio::test]
async fn variants() {
    for (metrics, kills, ks) in [(false,false,true),(true,false,true),(false,true,true),(true,true,true)] {
    let cluster = cluster(334);
    scatter_tokens(&cluster);
    if metrics {
    for node in cluster.nodes() {
        for metric in ["heap.max_bytes", "heap.used_bytes", "gc.time_ms", "dropped.read", "client.reads", "hints.written"] {
            say(&cluster, node, metric, 50.0);
        }
    }}
    if kills {
    for index in [1, 2, 400, 401, 900] {
        cluster.kill(nth(&cluster, index));
    } }
    let snapshot = look(&cluster).await;
    let plugin = plugin(Interruption::Fuel).await;
    let report = check_on(plugin, Some(snapshot), json!({})).await;
    eprintln!("{metrics} {kills} {ks} {:?}", report.usage);
    }
}
