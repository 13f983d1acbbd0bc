use ringkeeper_cluster::Cluster as _;
use ringkeeper_seams::SystemClock;

use super::*;
use crate::CassandraCluster;
use crate::jolokia::tests::agent::{Agent, http};
use crate::jolokia::tests::{line, seams, settings};

fn node() -> Endpoint {
    "127.0.0.1:7000".parse().unwrap()
}

fn ok(value: &str) -> String {
    format!(r#"{{"status":200,"value":{value}}}"#)
}

/// What an agent with these threads answers until it is asked to drain, and then.
async fn agent(threads: &[&str], drain: Vec<u8>) -> Agent {
    let searches = http("200 OK", &format!("[{0},{0},{0}]", ok("[]")));
    let names: Vec<String> = threads
        .iter()
        .map(|name| format!(r#"{{"threadName":"{name}"}}"#))
        .collect();
    let ids = http("200 OK", &format!("[{}]", ok(r#"{"AllThreadIds":[1,2]}"#)));
    let names = http("200 OK", &format!("[{}]", ok(&format!("[{}]", names.join(",")))));
    Agent::answering_in_turn(vec![searches.clone(), searches, ids, names, drain]).await
}

async fn drain(agent: &Agent) -> Result<(), NodeError> {
    let cluster = CassandraCluster::new(settings(agent), seams()).unwrap();
    cluster.drain(node()).await
}

#[tokio::test]
async fn it_is_sent_once_and_waited_for() {
    let agent = agent(
        &["jolokia-0", "jolokia-1"],
        http("200 OK", &format!("[{}]", ok("null"))),
    )
    .await;
    drain(&agent).await.unwrap();
    assert_eq!(agent.connections(), 5);
    let request = agent.last_request();
    assert!(request.contains(r#""operation":"drain()""#), "{request}");
    assert!(
        request.contains(r#""mbean":"org.apache.cassandra.db:type=StorageService""#),
        "{request}"
    );
}

#[tokio::test]
async fn an_agent_of_one_thread_is_not_asked() {
    let agent = agent(&["jolokia-0"], Vec::new()).await;
    let error = drain(&agent).await.unwrap_err();
    assert_eq!(error.kind, NodeErrorKind::Unsupported);
    assert!(error.message.contains("executor=fixed,threadNr=4"), "{error}");
    assert_eq!(agent.connections(), 4);
}

#[tokio::test]
async fn every_misbehaviour_says_whether_it_may_go_on() {
    let failed = r#"[{"status":500,"error":"java.io.IOException : there was an error in draining"}]"#;
    let mut lines = String::new();
    for (name, answer) in [
        ("failed", http("200 OK", failed)),
        ("closes at once", Vec::new()),
        ("a proxy gave up", http("504 Gateway Timeout", "late")),
        ("unauthorised", http("401 Unauthorized", "")),
    ] {
        let agent = agent(&["jolokia-0", "jolokia-1"], answer).await;
        lines += &line(name, &agent, &drain(&agent).await.unwrap_err());
        assert_eq!(agent.connections(), 5, "{name}: it was sent again");
    }
    insta::assert_snapshot!(lines);
}

#[tokio::test]
async fn one_that_takes_too_long_is_left_to_itself() {
    let agent = Agent::silent().await;
    let jolokia = Jolokia::new(settings(&agent).jolokia, std::sync::Arc::new(SystemClock)).unwrap();
    let lanes = Lanes::default();
    let limit = Duration::from_millis(20);
    let error = call(&jolokia, &lanes, node(), limit).await.unwrap_err();
    assert_eq!(error.kind, NodeErrorKind::TimedOut);
    assert!(
        error
            .message
            .ends_with("no answer within 20ms; it may have been carried out all the same"),
        "{error}"
    );
    let _busy = lanes.enter(node()).await;
    let error = call(&jolokia, &lanes, node(), limit).await.unwrap_err();
    assert_eq!(error.kind, NodeErrorKind::TimedOut);
    assert_eq!(error.message, "another long call was under way there for 20ms");
    assert_eq!(agent.connections(), 1);
}
