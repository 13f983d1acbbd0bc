//! What the stories about tools share.

use ringkeeper_api::{RunDetail, RunRequest};
use ringkeeper_suite::SimHost;
use serde_json::{Value, json};

/// The address of the first node.
pub(super) const NODE: &str = "10.0.0.2";
/// A tool that works on the files of a stopped node, meant for real.
pub(super) fn scrub() -> Value {
    json!({ "tool": "sstablescrub", "node": NODE, "really": true,
            "arguments": { "keyspace": "orders", "table": "lines" } })
}

/// A tool that only looks.
pub(super) fn status() -> Value {
    json!({ "tool": "status", "node": NODE })
}

/// A tool that changes something beside the running node.
pub(super) fn flush() -> Value {
    json!({ "tool": "flush", "node": NODE })
}

/// Asks for a tool with these parameters.
pub(super) fn request(parameters: &Value) -> RunRequest {
    RunRequest {
        operation: "tools.run".to_owned(),
        cluster: None,
        parameters: parameters.as_object().cloned().unwrap_or_default(),
        approve: None,
        deadline: None,
        security: false,
    }
}

/// Opens a run as soon as the host has looked, and answers its id.
pub(super) async fn open(host: &SimHost, parameters: &Value) -> String {
    host.pass(20).await;
    host.conductor.open_run(&request(parameters)).await.unwrap().id
}

/// Lets time pass until the run has ended.
pub(super) async fn end(host: &SimHost, run: &str) -> RunDetail {
    for _ in 0..3_600 {
        let detail = host.conductor.run(run).unwrap();
        if detail.run.ended_at.is_some() {
            return detail;
        }
        host.pass(1).await;
    }
    panic!("it never ends: {:#?}", host.conductor.run(run).unwrap());
}

/// Every node serves.
pub(super) fn all_serve(host: &SimHost) -> bool {
    let serves = |node| host.cluster.node(node).is_some_and(|node| node.mode == "NORMAL");
    host.cluster.nodes().into_iter().all(serves)
}
