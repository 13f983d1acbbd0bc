//! What the stories about restarts share.

use std::collections::BTreeMap;

use ringkeeper_api::{RunDetail, RunRequest};
use ringkeeper_cluster::NodeId;
use ringkeeper_suite::SimHost;
use serde_json::{Value, json};

/// Asks for a rolling restart with these parameters.
pub(super) fn request(parameters: &Value) -> RunRequest {
    RunRequest {
        operation: "patching.restart".to_owned(),
        cluster: None,
        parameters: parameters.as_object().cloned().unwrap_or_default(),
        approve: None,
        deadline: None,
        security: false,
    }
}

/// Opens a restart of all nodes as soon as the host has looked, and answers its id.
pub(super) async fn open(host: &SimHost) -> String {
    host.pass(20).await;
    let asked = request(&json!({ "soak_seconds": 5 }));
    host.conductor.open_run(&asked).await.unwrap().id
}

/// Lets time pass until `seen` of the run, or answers how it stands after so many seconds.
pub(super) async fn until(
    host: &SimHost,
    run: &str,
    within_seconds: u64,
    seen: impl Fn(&RunDetail) -> bool,
) -> RunDetail {
    for _ in 0..within_seconds * 4 {
        let detail = host.conductor.run(run).unwrap();
        if seen(&detail) {
            return detail;
        }
        tokio::time::sleep(std::time::Duration::from_millis(250)).await;
    }
    panic!("not seen in time: {:#?}", host.conductor.run(run).unwrap());
}

/// Lets time pass until the run has ended.
pub(super) async fn end(host: &SimHost, run: &str, within_seconds: u64) -> RunDetail {
    until(host, run, within_seconds, |detail| detail.run.ended_at.is_some()).await
}

/// Lets time pass until this many nodes are stopped.
pub(super) async fn until_down(host: &SimHost, nodes: usize) -> Vec<NodeId> {
    for _ in 0..2_000 {
        let down = down(host);
        if down.len() == nodes {
            return down;
        }
        tokio::time::sleep(std::time::Duration::from_millis(250)).await;
    }
    panic!("{nodes} nodes never were down");
}

/// The nodes that are down for their peers now.
pub(super) fn down(host: &SimHost) -> Vec<NodeId> {
    let downs = host.cluster.downs();
    downs
        .last()
        .map(|down| down.iter().copied().collect())
        .unwrap_or_default()
}

/// Every node serves.
pub(super) fn all_serve(host: &SimHost) -> bool {
    let serves = |node: NodeId| host.cluster.node(node).is_some_and(|node| node.mode == "NORMAL");
    down(host).is_empty() && host.cluster.nodes().into_iter().all(serves)
}

/// How often each node was stopped.
pub(super) fn stops(host: &SimHost) -> BTreeMap<NodeId, u64> {
    let nodes = host.cluster.nodes().into_iter();
    nodes.map(|node| (node, host.cluster.stops_of(node))).collect()
}
