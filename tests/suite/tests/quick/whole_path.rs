//! The whole path, from observer through the sandbox to the journal, on a cluster in memory and a paused clock.

use std::time::Duration;

use ringkeeper_api::{PlanRequest, PluginState};
use ringkeeper_sim::Answers;
use ringkeeper_suite::{HEALTH_GRANTS, SimHost};
use serde_json::json;

async fn a_node_dies_and_comes_back() -> String {
    let host = SimHost::start(&HEALTH_GRANTS).await;
    host.pass(60).await;
    let second = host.node(1);
    host.cluster.kill(second);
    host.pass(40).await;
    host.cluster.restart(second, Duration::from_secs(60));
    host.pass(60).await;
    host.event_log().await
}

#[tokio::test(start_paused = true)]
async fn one_story_told_twice_gives_the_same_event_log_byte_by_byte() {
    let first = a_node_dies_and_comes_back().await;
    let second = a_node_dies_and_comes_back().await;
    assert_eq!(first, second);
    insta::assert_snapshot!(first);
}

#[tokio::test(start_paused = true)]
async fn a_dead_node_is_one_finding_within_two_sweeps_and_clears_when_it_returns() {
    let host = SimHost::start(&HEALTH_GRANTS).await;
    host.pass(60).await;
    assert_eq!(host.open_keys(), Vec::<String>::new());
    let second = host.node(1);
    host.cluster.kill(second);
    host.pass(31).await;
    assert_eq!(host.open_keys(), [format!("node-down/{second}")]);
    host.cluster.restart(second, Duration::from_secs(60));
    host.pass(31).await;
    assert_eq!(host.open_keys(), Vec::<String>::new());
}

/// Gives the second node a schema version of its own for so long, and answers what is open at the end of it.
async fn disagree_for(host: &SimHost, seconds: u64) -> Vec<String> {
    let second = host.node(1);
    let agreed = host.cluster.node(second).unwrap().schema_version;
    host.cluster
        .edit(second, |node| node.schema_version = "another".to_owned());
    host.pass(seconds).await;
    let open = host.open_keys();
    host.cluster.edit(second, |node| node.schema_version = agreed);
    open
}

#[tokio::test(start_paused = true)]
async fn the_seconds_after_a_schema_change_leave_no_trace() {
    let host = SimHost::start(&HEALTH_GRANTS).await;
    host.pass(20).await;
    for _ in 0..3 {
        assert_eq!(disagree_for(&host, 45).await, Vec::<String>::new());
        host.pass(30).await;
    }
    let log = host.event_log().await;
    let others: Vec<&str> = log
        .lines()
        .filter(|line| !line.contains("host-started"))
        .collect();
    assert_eq!(others, Vec::<&str>::new());
}

#[tokio::test(start_paused = true)]
async fn a_lasting_schema_disagreement_is_told_in_time_and_clears_when_the_nodes_agree() {
    let host = SimHost::start(&HEALTH_GRANTS).await;
    host.pass(20).await;
    assert_eq!(disagree_for(&host, 90).await, ["schema"]);
    host.pass(16).await;
    assert_eq!(host.open_keys(), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn a_node_that_stays_silent_is_told_when_its_time_is_up() {
    let host = SimHost::start(&HEALTH_GRANTS).await;
    host.pass(20).await;
    let second = host.node(1);
    host.cluster.edit(second, |node| node.answers = Answers::Never);
    host.pass(50).await;
    assert_eq!(host.open_keys(), Vec::<String>::new());
    host.pass(50).await;
    assert_eq!(host.open_keys(), [format!("silent/{second}")]);
}

#[tokio::test(start_paused = true)]
async fn a_host_is_ready_once_it_has_looked_at_every_cluster() {
    let host = SimHost::start(&HEALTH_GRANTS).await;
    assert_eq!(host.conductor.not_ready(), ["not looked yet at shop"]);
    assert_eq!(host.conductor.status(None).unwrap(), None);
    host.pass(20).await;
    assert_eq!(host.conductor.not_ready(), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn a_refused_plugin_is_listed_and_is_a_finding() {
    let host = SimHost::start(&["cluster", "metrics"]).await;
    host.pass(20).await;
    assert_eq!(host.open_keys(), ["plugin-refused/health"]);
    let plugins = host.conductor.plugin_summaries();
    let PluginState::Refused(reason) = &plugins[0].state else {
        panic!("{plugins:?}")
    };
    insta::assert_snapshot!(reason);
}

#[tokio::test(start_paused = true)]
async fn a_dry_run_has_a_hash_that_only_the_ring_and_the_request_move() {
    let host = SimHost::start(&HEALTH_GRANTS).await;
    host.pass(20).await;
    let ask = PlanRequest {
        operation: "health.check".to_owned(),
        cluster: None,
        parameters: serde_json::Map::new(),
    };
    let first = host.conductor.dry_run(&ask).await.unwrap();
    host.pass(40).await;
    assert_eq!(first.hash, host.conductor.dry_run(&ask).await.unwrap().hash);
    host.cluster.kill(host.node(0));
    host.pass(40).await;
    let with_findings = host.conductor.dry_run(&ask).await.unwrap();
    assert!(!with_findings.plan.findings.is_empty());
    assert_eq!(first.hash, with_findings.hash);
    host.cluster.remove(host.node(2));
    host.pass(400).await;
    assert_ne!(first.hash, host.conductor.dry_run(&ask).await.unwrap().hash);
}

#[tokio::test(start_paused = true)]
async fn a_dry_run_that_cannot_be_says_what_there_is() {
    let host = SimHost::start(&HEALTH_GRANTS).await;
    host.pass(20).await;
    let ask = |operation: &str, cluster: Option<&str>| PlanRequest {
        operation: operation.to_owned(),
        cluster: cluster.map(str::to_owned),
        parameters: serde_json::Map::from_iter([("colour".to_owned(), json!("red"))]),
    };
    let mut refusals = String::new();
    for request in [
        ask("repair.full", None),
        ask("health.check", Some("shopp")),
        ask("health.check", None),
    ] {
        refusals += &host.conductor.dry_run(&request).await.unwrap_err().to_string();
        refusals += "\n";
    }
    insta::assert_snapshot!(refusals);
}

#[tokio::test(start_paused = true)]
async fn what_is_open_stays_open_while_no_node_answers() {
    let host = SimHost::start(&HEALTH_GRANTS).await;
    host.pass(20).await;
    let down = host.node(1);
    host.cluster.kill(down);
    host.pass(40).await;
    let opened_at = host.conductor.findings(None).unwrap()[0].opened_at;
    for silent in [host.node(0), host.node(2)] {
        host.cluster
            .edit(silent, |node| node.answers = ringkeeper_sim::Answers::Never);
    }
    host.pass(60).await;
    let mut keys = host.open_keys();
    keys.sort();
    assert_eq!(keys, [format!("node-down/{down}"), "silent".to_owned()]);
    for silent in [host.node(0), host.node(2)] {
        host.cluster
            .edit(silent, |node| node.answers = ringkeeper_sim::Answers::Now);
    }
    host.pass(40).await;
    let again = host.conductor.findings(None).unwrap();
    assert_eq!(again.len(), 1);
    assert_eq!(again[0].opened_at, opened_at);
}
