use std::time::{Duration, Instant};

use super::*;
use crate::testing::{Ring, network};

fn keys(findings: &[Finding]) -> Vec<&str> {
    findings.iter().map(|finding| finding.key.as_str()).collect()
}

#[test]
fn a_healthy_cluster_has_no_findings() {
    let mut ring = Ring::of(&[("dc1", 3), ("dc2", 3)]);
    ring.keyspace("shop", network(&[("dc1", 3), ("dc2", 3)]), Some("LOCAL_QUORUM"));
    assert_eq!(judge(&ring.world, &Settings::default()), []);
}

#[test]
fn a_dead_node_with_all_its_consequences_is_one_finding() {
    let mut ring = Ring::of(&[("dc1", 3)]);
    ring.keyspace("shop", network(&[("dc1", 3)]), Some("LOCAL_QUORUM"))
        .down(1);
    ring.metric("hints.written", 0, &[0.0, 9_000.0])
        .metric("client.write_unavailables", 2, &[0.0, 12.0]);
    assert_eq!(
        keys(&judge(&ring.world, &Settings::default())),
        ["node-down/id-10.0.1.2"]
    );
}

#[test]
fn while_no_node_answers_nothing_else_is_judged() {
    let mut ring = Ring::of(&[("dc1", 3)]);
    ring.keyspace("shop", network(&[("dc1", 1)]), Some("LOCAL_QUORUM"))
        .metric("hints.written", 0, &[0.0, 9_000.0])
        .down(0)
        .silent(1)
        .silent(2);
    assert_eq!(keys(&judge(&ring.world, &Settings::default())), ["silent"]);
}

#[test]
fn what_failed_while_a_node_was_away_is_nothing_once_it_is_back() {
    let mut ring = Ring::of(&[("dc1", 3)]);
    ring.back(1, 6);
    // Ten minutes of numbers: all of it went wrong before the return.
    let wrong = [0.0, 100.0, 200.0, 300.0, 300.0, 300.0, 300.0, 300.0, 300.0, 300.0];
    for metric in [
        "hints.written",
        "client.write_unavailables",
        "client.read_timeouts",
        "client.reads",
        "dropped.mutation",
    ] {
        ring.metric(metric, 0, &wrong);
    }
    assert_eq!(judge(&ring.world, &Settings::default()), []);
}

#[test]
fn what_goes_wrong_after_the_return_is_told_with_its_own_time() {
    let mut ring = Ring::of(&[("dc1", 3)]);
    ring.back(1, 6);
    let wrong = [0.0, 9_000.0, 9_000.0, 9_000.0, 9_000.0, 9_000.0, 9_000.0, 9_150.0];
    ring.metric("hints.written", 0, &wrong)
        .metric("dropped.mutation", 2, &wrong);
    let found = judge(&ring.world, &Settings::default());
    let titles: Vec<&str> = found.iter().map(|finding| finding.title.as_str()).collect();
    let expected = [
        "10.0.1.3 dropped 150 messages in 6 min.",
        "10.0.1.1 wrote 150 hints in 6 min, though no node was down.",
    ];
    assert_eq!(titles, expected);
}

#[test]
fn just_after_a_return_numbers_are_not_judged() {
    let mut ring = Ring::of(&[("dc1", 3)]);
    ring.back(1, 4).metric("dropped.mutation", 2, &[0.0, 9_000.0]);
    assert_eq!(judge(&ring.world, &Settings::default()), []);
}

#[test]
fn the_worst_stands_first() {
    let mut ring = Ring::of(&[("dc1", 3)]);
    ring.keyspace("shop", network(&[("dc1", 1)]), None).silent(0);
    ring.metric("heap.max_bytes", 1, &[100.0])
        .metric("heap.after_gc_bytes", 1, &[99.0]);
    let expected = ["heap/id-10.0.1.2", "replication/shop", "silent/id-10.0.1.1"];
    assert_eq!(keys(&judge(&ring.world, &Settings::default())), expected);
}

#[test]
fn the_same_trouble_of_many_nodes_is_one_finding() {
    let mut ring = Ring::of(&[("dc1", 40)]);
    for place in 0..30 {
        let used = if place == 20 { 95.0 } else { 80.0 };
        ring.metric("heap.max_bytes", place, &[100.0])
            .metric("heap.after_gc_bytes", place, &[used]);
    }
    let found = judge(&ring.world, &Settings::default());
    assert_eq!(
        (keys(&found), found[0].severity),
        (vec!["heap"], Severity::Severe)
    );
    assert_eq!(found[0].title, "The Java heap is nearly full on 30 nodes.");
    assert_eq!(
        found[0].evidence[0].name,
        "10.0.1.21: heap in use after a collection"
    );
    assert_eq!(found[0].evidence.last().unwrap().value, "20 more nodes");
}

/// Twenty maps of 16,000 ranges and three nodes down: work that grew with a square would take minutes.
#[test]
#[expect(clippy::disallowed_methods, reason = "measures real time")]
fn a_thousand_nodes_are_judged_in_well_under_a_second() {
    let mut ring = Ring::of(&[("dc1", 500), ("dc2", 500)]);
    ring.keyspace("shop", network(&[("dc1", 3), ("dc2", 3)]), Some("LOCAL_QUORUM"));
    let map = ring.world.maps.values().next().unwrap().clone();
    for id in 0..20 {
        let mut map = map.clone();
        map.placements = std::iter::repeat_n(map.placements, 16).flatten().collect();
        ring.world.maps.insert(id, map);
        let mut keyspace = ring.world.keyspaces[0].clone();
        (keyspace.name, keyspace.placement_map) = (format!("shop{id}"), Some(id));
        ring.world.keyspaces.push(keyspace);
    }
    ring.down(10).down(11).down(600);
    let started = Instant::now();
    let found = judge(&ring.world, &Settings::default());
    assert!(
        started.elapsed() < Duration::from_secs(2),
        "{:?}",
        started.elapsed()
    );
    assert!(found.iter().any(|finding| finding.severity == Severity::Severe));
}
