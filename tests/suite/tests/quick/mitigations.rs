//! Dead processes that the host starts by itself, and those that it must not, on a cluster in memory and a paused clock.

use std::sync::Arc;
use std::time::Duration;

use ringkeeper_api::{FreezeRequest, RunRequest, RunSummary};
use ringkeeper_cluster::NodeId;
use ringkeeper_conductor::NoFaults;
use ringkeeper_journal::Event;
use ringkeeper_sim::LifecycleFault;
use ringkeeper_suite::SimHost;

const START: &str = "mitigation.start";

/// A host that has seen its ring, whose peers take a while to miss a node.
async fn host() -> SimHost {
    let host = SimHost::mitigating().await;
    host.cluster.conviction_takes(Duration::from_secs(20));
    host.pass(90).await;
    assert_eq!(host.open_keys(), Vec::<String>::new());
    host
}

/// The starts that the host began by itself, oldest first.
fn starts(host: &SimHost) -> Vec<RunSummary> {
    let runs = host.conductor.runs(None).unwrap().into_iter();
    let mut starts: Vec<_> = runs.filter(|run| run.operation == START).collect();
    starts.sort_by_key(|run| run.opened_at);
    starts
}

fn in_vain(node: NodeId) -> String {
    format!("mitigation-in-vain/{START}/node-process-dead/{node}")
}

fn serves(host: &SimHost, node: NodeId) -> bool {
    host.cluster
        .node(node)
        .is_some_and(|node| node.running && node.mode == "NORMAL")
}

#[tokio::test(start_paused = true)]
async fn a_dead_process_is_started_within_a_minute_and_seen_back() {
    let host = host().await;
    let second = host.node(1);
    host.cluster.kill(second);
    host.pass(60).await;
    assert!(serves(&host, second), "{:#?}", starts(&host));
    host.pass(60).await;
    let starts = starts(&host);
    let states: Vec<_> = starts.iter().map(|run| run.state.as_str()).collect();
    assert_eq!(states, ["Succeeded"]);
    assert_eq!(host.cluster.starts_of(second), 1);
    assert_eq!(host.open_keys(), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn a_host_that_is_killed_meanwhile_starts_it_once() {
    let mut host = host().await;
    let second = host.node(1);
    host.cluster
        .starts_take(Duration::from_secs(10), Duration::from_secs(30));
    host.cluster.kill(second);
    for _ in 0..6 {
        host.pass(11).await;
        host.kill_and_restart(Arc::new(NoFaults)).await;
    }
    host.pass(120).await;
    assert!(serves(&host, second));
    assert_eq!(host.cluster.starts_of(second), 1);
    assert_eq!(starts(&host).len(), 1, "{:#?}", starts(&host));
}

#[tokio::test(start_paused = true)]
async fn onto_a_full_disk_nothing_is_started_and_a_person_is_asked_until_there_is_room() {
    let host = host().await;
    let second = host.node(1);
    host.cluster.set_disk_full(second, true);
    host.cluster.kill(second);
    host.pass(600).await;
    assert_eq!(host.cluster.starts_of(second), 0);
    assert!(starts(&host).is_empty());
    let asked = host.conductor.findings(None).unwrap();
    let asked = asked.iter().find(|open| open.finding.key == in_vain(second));
    let asked = &asked.expect("a person is asked").finding;
    assert!(asked.evidence[0].value.contains("is full"), "{asked:#?}");

    host.cluster.set_disk_full(second, false);
    host.pass(240).await;
    assert!(serves(&host, second), "{:#?}", host.open_keys());
    assert!(!host.open_keys().contains(&in_vain(second)));
}

#[tokio::test(start_paused = true)]
async fn why_a_start_could_not_be_begun_is_forgotten_with_its_finding() {
    let host = host().await;
    let second = host.node(1);
    host.cluster.set_disk_full(second, true);
    host.cluster.kill(second);
    host.pass(20).await;
    assert!(host.open_keys().contains(&in_vain(second)));
    // Before the host tries again, a person makes room and starts it. It dies again: nothing stands in the way of that start.
    host.cluster.set_disk_full(second, false);
    host.cluster.start_by_itself(second);
    host.pass(35).await;
    assert_eq!(host.open_keys(), Vec::<String>::new());
    host.cluster.kill(second);
    host.pass(60).await;
    assert_eq!(starts(&host).len(), 1, "{:#?}", starts(&host));
    assert_eq!(host.cluster.starts_of(second), 1);
    let events = host.events().await.into_iter();
    let asked = events
        .filter(|(_, recorded)| {
            matches!(&recorded.event, Event::FindingOpened { finding, .. } if finding.key == in_vain(second))
        })
        .count();
    assert_eq!(asked, 1, "of the first death alone");
}

#[tokio::test(start_paused = true)]
async fn what_dies_again_and_again_is_tried_three_times_and_then_a_person_is_asked() {
    let host = host().await;
    let second = host.node(1);
    for _ in 0..120 {
        if host.cluster.node(second).is_some_and(|node| node.running) {
            host.cluster.kill(second);
        }
        host.pass(60).await;
    }
    assert!(
        host.open_keys().contains(&in_vain(second)),
        "{:?}",
        host.open_keys()
    );
    let begun = host.cluster.starts_of(second);
    // Each run gives up after the third start.
    assert!((1..=6).contains(&begun), "started {begun} times in two hours");
    assert!(starts(&host).len() <= 3);
}

#[tokio::test(start_paused = true)]
async fn a_process_that_dies_while_it_starts_is_started_three_times_and_left_to_a_person() {
    let host = host().await;
    let second = host.node(1);
    host.cluster
        .fault_lifecycle(second, LifecycleFault::DiesStarting, 50);
    host.cluster.kill(second);
    host.pass(1_800).await;
    assert_eq!(host.cluster.starts_of(second), 3);
    let runs = starts(&host);
    assert_eq!(runs[0].state, "Failed", "{runs:#?}");
    assert!(
        host.open_keys().contains(&in_vain(second)),
        "{:?}",
        host.open_keys()
    );
}

#[tokio::test(start_paused = true)]
async fn a_frozen_cluster_is_left_alone() {
    let host = host().await;
    let second = host.node(1);
    let freeze = FreezeRequest {
        frozen: true,
        cluster: None,
        reason: "a person looks into it".to_owned(),
    };
    host.conductor.set_freeze(&freeze, "anna").await.unwrap();
    host.cluster.kill(second);
    host.pass(300).await;
    assert_eq!(host.cluster.starts_of(second), 0);
}

#[tokio::test(start_paused = true)]
async fn what_a_restart_of_the_host_takes_away_is_its_own_business() {
    let host = host().await;
    host.cluster.stops_take(Duration::from_secs(40));
    let request = RunRequest {
        operation: "patching.restart".to_owned(),
        cluster: None,
        parameters: serde_json::Map::new(),
        approve: None,
        deadline: None,
        security: false,
    };
    host.conductor.open_run(&request).await.unwrap();
    host.pass(900).await;
    assert!(starts(&host).is_empty(), "{:#?}", starts(&host));
    assert_eq!(host.cluster.starts_of(host.node(1)), 1);
}
