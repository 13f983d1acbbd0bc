//! Whatever becomes of the request, the kind of error says whether a repair may run.

use ringkeeper_cluster::{Cluster as _, RepairParallelism};
use ringkeeper_ring::{Token, TokenRange};

use super::*;
use crate::CassandraCluster;
use crate::jolokia::tests::agent::{Agent, http};
use crate::jolokia::tests::{LIMIT_BYTES, line, seams, settings};

fn order() -> RepairOrder {
    RepairOrder {
        keyspace: "Shop".to_owned(),
        tables: vec!["Carts".to_owned()],
        ranges: vec![TokenRange::new(Token::new(1), Token::new(2))],
        data_centres: Vec::new(),
        parallelism: RepairParallelism::Parallel,
        threads: 1,
    }
}

fn node() -> Endpoint {
    "127.0.0.1:7000".parse().unwrap()
}

async fn start_with(agent: &Agent) -> Result<RepairCommand, NodeError> {
    let cluster = CassandraCluster::new(settings(agent), seams()).unwrap();
    cluster.start_repair(node(), &order()).await
}

fn items(call: &str, process: &str) -> Vec<u8> {
    http("200 OK", &format!("[{call},{process}]"))
}

const TAKEN: &str = r#"{"status":200,"value":7}"#;
const PROCESS: &str = r#"{"status":200,"value":{"Name":"1@node","StartTime":5}}"#;

/// As the trait's documentation has it.
fn is_in_doubt(kind: NodeErrorKind) -> bool {
    use NodeErrorKind::{Failed, Unauthorised, Unreachable, Unsupported};
    !matches!(kind, Unreachable | Unauthorised | Unsupported | Failed)
}

#[tokio::test]
async fn number_and_process_come_from_one_answer() {
    let agent = Agent::answering(items(TAKEN, PROCESS)).await;
    let command = start_with(&agent).await.unwrap();
    assert_eq!((command.number, command.process.name.as_str()), (7, "1@node"));
    let request = agent.last_request();
    for part in [
        r#""operation":"repairAsync(java.lang.String,java.util.Map)""#,
        r#""incremental":"false""#,
        r#""ranges":"1:2""#,
        r#""mbean":"java.lang:type=Runtime""#,
    ] {
        assert!(request.contains(part), "{part} in {request}");
    }
}

#[tokio::test]
async fn every_misbehaviour_says_whether_a_repair_may_run() {
    let refused =
        r#"{"status":400,"error":"java.lang.IllegalArgumentException : Too many job threads. Max is 4"}"#;
    let forbidden = r#"{"status":403,"error":"Operation repairAsync is forbidden"}"#;
    let starting = r#"{"status":404,"error":"javax.management.InstanceNotFoundException : org.apache.cassandra.db:type=StorageService"}"#;
    let words = r#"{"status":200,"value":"seven"}"#;
    let mut lines = String::new();
    for (name, in_doubt, answer) in [
        ("refused by Cassandra", false, items(refused, PROCESS)),
        ("forbidden by the agent", false, items(forbidden, PROCESS)),
        ("Cassandra is starting", false, items(starting, PROCESS)),
        ("unauthorised", false, http("401 Unauthorized", "")),
        ("closes at once", true, Vec::new()),
        (
            "half an answer",
            true,
            b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n[{\"status\":200".to_vec(),
        ),
        ("a proxy gave up", true, http("504 Gateway Timeout", "late")),
        ("HTML", true, http("200 OK", "<html>hello</html>")),
        ("server error", true, http("500 Internal Server Error", "boom")),
        ("another protocol", true, b"SSH-2.0-OpenSSH_9.2p1\r\n".to_vec()),
        ("too large", true, http("200 OK", &" ".repeat(LIMIT_BYTES + 1))),
        (
            "one item",
            true,
            http("200 OK", r#"{"status":500,"error":"boom"}"#),
        ),
        ("a number in words", true, items(words, PROCESS)),
        ("no process", true, items(TAKEN, forbidden)),
    ] {
        let agent = Agent::answering(answer).await;
        let error = start_with(&agent).await.unwrap_err();
        assert_eq!(is_in_doubt(error.kind), in_doubt, "{name}: {error:?}");
        lines += &line(name, &agent, &error);
    }
    insta::assert_snapshot!(lines);
}

#[tokio::test]
async fn silence_leaves_it_in_doubt() {
    let error = start_with(&Agent::silent().await).await.unwrap_err();
    assert_eq!(error.kind, NodeErrorKind::TimedOut);
    assert!(
        error
            .message
            .ends_with("no answer within 500ms; it may have been carried out all the same"),
        "{error}"
    );
}

#[tokio::test]
async fn nobody_listening_started_nothing() {
    let agent = Agent::silent().await;
    let mut settings = settings(&agent);
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    settings.jolokia.url = format!("http://{{address}}:{}/", free.local_addr().unwrap().port());
    drop(free);
    let cluster = CassandraCluster::new(settings, seams()).unwrap();
    let error = cluster.start_repair(node(), &order()).await.unwrap_err();
    assert_eq!(error.kind, NodeErrorKind::Unreachable);
}

#[tokio::test]
async fn an_order_that_would_be_misunderstood_reaches_nobody() {
    let agent = Agent::answering(items(TAKEN, PROCESS)).await;
    let cluster = CassandraCluster::new(settings(&agent), seams()).unwrap();
    let order = RepairOrder {
        tables: Vec::new(),
        ..order()
    };
    let error = cluster.start_repair(node(), &order).await.unwrap_err();
    assert_eq!(error.kind, NodeErrorKind::Unsupported);
    assert_eq!(
        error.message,
        "nothing was started: a repair of no table would be one of all tables"
    );
    assert_eq!(agent.connections(), 0);
}
