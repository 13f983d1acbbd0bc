//! Agents that misbehave: each gives one clear error, and none holds the host up.

pub(crate) mod agent;
pub(crate) mod encrypted;

use std::time::Duration;

use agent::{Agent, http};
use ringkeeper_cluster::{Cluster as _, NodeError, NodeErrorKind};
use ringkeeper_seams::{Entropy, Runtime, Seams, SystemClock};

use crate::{AccessSettings, CassandraCluster, Secret};

/// Time and size limits small enough to be met in a test.
pub(crate) const LIMIT_BYTES: usize = 4096;
const TIMEOUT: Duration = Duration::from_millis(500);

pub(crate) fn seams() -> Seams {
    Seams {
        clock: std::sync::Arc::new(SystemClock),
        entropy: Entropy::from_seed(1),
        runtime: Runtime::inline(),
    }
}

pub(crate) fn settings(agent: &Agent) -> AccessSettings {
    let mut settings = AccessSettings::new(["127.0.0.1"]);
    settings.jolokia.url = format!("http://{{address}}:{}/jolokia/", agent.port());
    settings.jolokia.timeout = TIMEOUT;
    settings.jolokia.max_response_bytes = LIMIT_BYTES;
    settings
}

async fn membership_error(settings: AccessSettings) -> NodeError {
    let cluster = CassandraCluster::new(settings, seams()).unwrap();
    cluster
        .membership("127.0.0.1:7000".parse().unwrap())
        .await
        .unwrap_err()
}

pub(crate) fn line(name: &str, agent: &Agent, error: &NodeError) -> String {
    let text = error
        .to_string()
        .replace(&format!(":{}/", agent.port()), ":PORT/");
    format!("{name}: [{}] {text}\n", error.kind)
}

fn items(release: &str) -> String {
    let missing = r#"{"status":404,"error_type":"javax.management.AttributeNotFoundException","error":"No such attribute: LiveNodesWithPort"}"#;
    let runtime = r#"{"status":200,"value":{"Name":"1@node","StartTime":1}}"#;
    let rest = [missing; 9].join(",");
    format!("[{release},{runtime},{rest}]")
}

#[tokio::test]
async fn every_misbehaviour_gives_one_clear_error() {
    let old = r#"{"status":200,"value":{"ReleaseVersion":"3.11.16","PartitionerName":"org.apache.cassandra.dht.Murmur3Partitioner"}}"#;
    let random = r#"{"status":200,"value":{"ReleaseVersion":"5.0.5","PartitionerName":"org.apache.cassandra.dht.RandomPartitioner"}}"#;
    let current = r#"{"status":200,"value":{"ReleaseVersion":"5.0.5","PartitionerName":"org.apache.cassandra.dht.Murmur3Partitioner"}}"#;
    let starting = r#"{"status":404,"error":"javax.management.InstanceNotFoundException : org.apache.cassandra.db:type=StorageService"}"#;
    let forbidden = r#"{"status":403,"error_type":"java.lang.SecurityException","error":"Reading attribute ReleaseVersion is forbidden"}"#;
    let failed = r#"{"status":500,"error":"java.lang.NullPointerException : at line 1\nat line 2"}"#;
    let types = r#"{"status":200,"value":{"ReleaseVersion":5,"PartitionerName":[]}}"#;
    let mut lines = String::new();
    for (name, answer) in [
        ("closes at once", Vec::new()),
        ("another protocol", b"SSH-2.0-OpenSSH_9.2p1\r\n".to_vec()),
        (
            "HTML",
            http(
                "200 OK",
                "<!DOCTYPE html>\n<html><body>Welcome to nginx</body></html>",
            ),
        ),
        (
            "not found",
            http(
                "404 Not Found",
                "<h1>404 Not Found</h1>No context found for request",
            ),
        ),
        ("unauthorised", http("401 Unauthorized", "")),
        ("forbidden", http("403 Forbidden", "")),
        ("redirect", http("302 Found", "moved")),
        (
            "server error",
            http("500 Internal Server Error", "\u{1b}[31mboom"),
        ),
        ("nothing", http("200 OK", "")),
        (
            "half an answer",
            b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n[{\"status\":200".to_vec(),
        ),
        ("half a list", http("200 OK", "[{\"status\":200,\"value\":{")),
        ("no JSON", http("200 OK", "pong")),
        ("an object", http("200 OK", "{\"hello\":1}")),
        ("numbers", http("200 OK", "[1,2,3,4]")),
        (
            "one item for all",
            http("200 OK", "[{\"status\":200,\"value\":1}]"),
        ),
        (
            "a refused request",
            http("200 OK", "{\"status\":400,\"error\":\"Invalid JSON request\"}"),
        ),
        (
            "announced as too large",
            b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n[".to_vec(),
        ),
        ("too large", http("200 OK", &" ".repeat(LIMIT_BYTES + 1))),
        ("wrong types", http("200 OK", &items(types))),
        ("an item forbidden", http("200 OK", &items(forbidden))),
        ("an item failed", http("200 OK", &items(failed))),
        ("Cassandra is starting", http("200 OK", &items(starting))),
        ("an attribute is missing", http("200 OK", &items(current))),
        ("Cassandra 3.11", http("200 OK", &items(old))),
        ("RandomPartitioner", http("200 OK", &items(random))),
    ] {
        let agent = Agent::answering(answer).await;
        lines += &line(name, &agent, &membership_error(settings(&agent)).await);
    }
    insta::assert_snapshot!(lines);
}

#[tokio::test]
async fn an_agent_that_never_ends_is_left_after_the_time_limit() {
    let mut lines = String::new();
    for (name, agent) in [
        ("silent", Agent::silent().await),
        ("a byte at a time", Agent::dribbling().await),
    ] {
        lines += &line(name, &agent, &membership_error(settings(&agent)).await);
    }
    insta::assert_snapshot!(lines);
}

#[tokio::test]
async fn an_endless_answer_is_left_at_the_size_limit() {
    let agent = Agent::endless().await;
    let error = membership_error(settings(&agent)).await;
    insta::assert_snapshot!(line("endless", &agent, &error));
}

#[tokio::test]
async fn nobody_listening_is_unreachable() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let mut settings = AccessSettings::new(["127.0.0.1"]);
    settings.jolokia.url = format!("http://{{address}}:{}/", free.local_addr().unwrap().port());
    drop(free);
    let error = membership_error(settings).await;
    assert_eq!(error.kind, NodeErrorKind::Unreachable);
    assert_eq!(error.message, "no connection: Connection refused (os error 111)");
}

#[tokio::test]
async fn refused_credentials_are_told_apart_from_missing_ones_and_never_shown() {
    let agent = Agent::answering(http("401 Unauthorized", "")).await;
    let mut settings = settings(&agent);
    settings.jolokia.username = Some("admin".to_owned());
    settings.jolokia.password = Some(Secret::new("hunter2"));
    let error = membership_error(settings.clone()).await;
    insta::assert_snapshot!(line("refused", &agent, &error));
    assert!(
        agent
            .last_request()
            .contains("authorization: Basic YWRtaW46aHVudGVyMg==")
    );
    let cluster = CassandraCluster::new(settings.clone(), seams()).unwrap();
    assert!(!format!("{settings:?} {cluster:?} {error:?}").contains("hunter2"));
}

#[test]
fn fuzz_answers() {
    let samples = [
        r#"[{"status":200,"value":{"Keyspaces":["system","orders"],"Load":1.5}},{"status":404,"error":"javax.management.InstanceNotFoundException : x"}]"#,
        r#"[{"status":200,"value":["COMPLETED","Repair completed"]},{"status":200,"value":null}]"#,
        r#"{"status":403,"error":"not allowed","error_type":"java.lang.SecurityException"}"#,
    ];
    ringkeeper_fuzz::text("answers of Jolokia", &samples, |body| {
        let reason = |error: ringkeeper_cluster::NodeError| error.to_string();
        let mut answers =
            super::answers::Answers::read("10.0.0.1:8778".to_owned(), 2, body.as_bytes()).map_err(reason)?;
        answers
            .take::<std::collections::BTreeMap<String, serde_json::Value>>()
            .map_err(reason)?;
        answers.take_if_known::<Vec<String>>().map(drop).map_err(reason)
    });
}
