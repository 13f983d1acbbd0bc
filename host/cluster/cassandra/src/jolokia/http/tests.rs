//! Connections are kept, and what comes of it when the server does not keep them.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use ringkeeper_cluster::NodeErrorKind;
use ringkeeper_seams::{Clock, SystemClock, Timestamp};
use rustls::{ClientConfig, ServerConfig};
use url::Url;

use super::idle::{IDLE_TIMEOUT, MOST_PER_NODE};
use super::*;
use crate::jolokia::tests::agent::{Agent, http};
use crate::jolokia::tests::encrypted::Authority;
use crate::tls;

const LIMIT: usize = 4096;
const PATIENCE: Duration = Duration::from_secs(30);

/// An agent's side and ours: not encrypted, and encrypted.
fn plain_and_encrypted() -> [(Option<ServerConfig>, Http); 2] {
    let authority = Authority::new("ours");
    let ours: ClientConfig = tls::client_config("Jolokia", &authority.believed()).unwrap();
    [
        (None, None),
        (Some(authority.server("127.0.0.1", false)), Some(ours)),
    ]
    .map(|(theirs, ours)| (theirs, Http::new(ours, Arc::new(SystemClock))))
}

fn plain() -> Http {
    Http::new(None, Arc::new(SystemClock))
}

fn post(agent: &Agent) -> Post {
    let url = format!("http://127.0.0.1:{}/", agent.port());
    Post::new(Url::parse(&url).unwrap(), None, b"[]".to_vec())
}

fn ok() -> Vec<u8> {
    http("200 OK", "answer")
}

async fn ask(http: &Http, agent: &Agent) -> String {
    let answer = http.send(&post(agent), LIMIT).await.unwrap();
    String::from_utf8(answer.body).unwrap()
}

#[tokio::test]
async fn requests_follow_each_other_on_one_connection() {
    for (theirs, http) in plain_and_encrypted() {
        let agent = Agent::keeping(theirs, vec![ok(); 5]).await;
        for _ in 0..5 {
            assert_eq!(ask(&http, &agent).await, "answer");
        }
        assert_eq!(agent.connections(), 1);
    }
}

#[tokio::test]
async fn a_request_that_meets_a_closing_connection_is_repeated_on_a_new_one() {
    for (theirs, http) in plain_and_encrypted() {
        let agent = Agent::keeping(theirs, vec![ok(), Vec::new()]).await;
        for asked in 1..4 {
            assert_eq!(ask(&http, &agent).await, "answer");
            assert_eq!(agent.connections(), asked);
        }
    }
}

#[tokio::test]
async fn a_connection_closed_while_idle_is_replaced() {
    for (theirs, http) in plain_and_encrypted() {
        let agent = Agent::keeping(theirs, vec![ok()]).await;
        for asked in 1..4 {
            assert_eq!(ask(&http, &agent).await, "answer");
            assert_eq!(agent.connections(), asked);
        }
    }
}

#[tokio::test]
async fn a_request_is_not_repeated_once_its_answer_has_begun() {
    for (theirs, http) in plain_and_encrypted() {
        let agent = Agent::keeping(theirs, vec![ok(), b"HTTP/1.1 200".to_vec()]).await;
        ask(&http, &agent).await;
        let failure = http.send(&post(&agent), LIMIT).await.unwrap_err();
        assert_eq!(
            failure.at("node").to_string(),
            "node: the connection broke before an answer: connection closed before message completed"
        );
        assert_eq!(agent.connections(), 1);
    }
}

#[tokio::test]
async fn a_request_that_must_not_be_repeated_has_a_new_connection_and_is_sent_once() {
    for (theirs, http) in plain_and_encrypted() {
        let agent = Agent::keeping(theirs, vec![ok(), Vec::new()]).await;
        ask(&http, &agent).await;
        // The kept connection would be closed on it.
        http.send_once(&post(&agent), LIMIT, PATIENCE).await.unwrap();
        assert_eq!(agent.connections(), 2);
    }
    let http = plain();
    let agent = Agent::keeping(None, vec![Vec::new()]).await;
    let failure = http.send_once(&post(&agent), LIMIT, PATIENCE).await.unwrap_err();
    assert_eq!(failure.kind(), NodeErrorKind::TimedOut);
    assert_eq!(agent.connections(), 1);
}

#[tokio::test]
async fn a_connection_that_takes_too_long_delivered_nothing() {
    // Accepts, and never says what TLS begins with.
    let agent = Agent::silent().await;
    let [_, (_, http)] = plain_and_encrypted();
    let limit = Duration::from_millis(100);
    let failure = http.send_once(&post(&agent), LIMIT, limit).await.unwrap_err();
    assert_eq!(failure.kind(), NodeErrorKind::Unreachable);
    assert_eq!(failure.at("node").to_string(), "node: no connection within 100ms");
}

#[tokio::test]
async fn a_request_on_a_new_connection_is_not_repeated() {
    let http = plain();
    let agent = Agent::keeping(None, vec![Vec::new()]).await;
    http.send(&post(&agent), LIMIT).await.unwrap_err();
    assert_eq!(agent.connections(), 1);
}

#[tokio::test]
async fn an_answer_that_is_too_large_ends_its_connection() {
    let http = plain();
    let agent = Agent::keeping(None, vec![ok(); 2]).await;
    http.send(&post(&agent), 3).await.unwrap_err();
    assert_eq!(ask(&http, &agent).await, "answer");
    assert_eq!(agent.connections(), 2);
}

#[tokio::test]
async fn no_more_connections_are_kept_than_a_node_is_asked_on_at_once() {
    let http = plain();
    let agent = Agent::keeping(None, vec![ok(); 9]).await;
    let post = post(&agent);
    for connections in [4, 4 + 4 - MOST_PER_NODE] {
        let at_once = futures::future::join_all((0..4).map(|_| http.send(&post, LIMIT))).await;
        assert!(at_once.iter().all(Result::is_ok), "{at_once:?}");
        assert_eq!(agent.connections(), connections);
    }
}

/// A clock that stands where it is put.
#[derive(Debug, Default)]
struct SetClock(AtomicU64);

impl Clock for SetClock {
    fn now(&self) -> Timestamp {
        Timestamp::default().after(self.monotonic())
    }

    fn monotonic(&self) -> Duration {
        Duration::from_secs(self.0.load(Ordering::SeqCst))
    }
}

#[tokio::test]
async fn a_connection_that_was_idle_for_long_is_not_used_again() {
    let clock = Arc::new(SetClock::default());
    let http = Http::new(None, clock.clone());
    let agent = Agent::keeping(None, vec![ok(); 9]).await;
    let limit = IDLE_TIMEOUT.as_secs();
    for (now, connections) in [(0, 1), (limit - 1, 1), (2 * limit - 2, 1), (3 * limit - 2, 2)] {
        clock.0.store(now, Ordering::SeqCst);
        ask(&http, &agent).await;
        assert_eq!(agent.connections(), connections, "at {now} s");
    }
}

/// On Linux: a delayed acknowledgement of the head holds the body back by 40 ms.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn no_answer_waits_for_the_acknowledgement_of_its_head() {
    for (theirs, http) in plain_and_encrypted() {
        // More than is asked for: closing would send the last one at once.
        let agent = Agent::keeping(theirs, vec![ok(); 20]).await;
        // Linux delays nothing on a connection that is new.
        ask(&http, &agent).await;
        let mut fastest = Duration::MAX;
        for _ in 0..10 {
            let begun = SystemClock.monotonic();
            ask(&http, &agent).await;
            fastest = fastest.min(SystemClock.monotonic() - begun);
        }
        assert_eq!(agent.connections(), 1);
        assert!(fastest < Duration::from_millis(20), "{fastest:?}");
    }
}
