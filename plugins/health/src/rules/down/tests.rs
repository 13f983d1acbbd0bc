use ringkeeper_sdk::node_state::PeerStatus;

use super::*;
use crate::testing::{MINUTE, NOW, Ring, network};

fn found(ring: &Ring) -> Vec<Finding> {
    judge(&ring.world, &Settings::default())
}

fn fact<'f>(finding: &'f Finding, name: &str) -> Option<&'f str> {
    finding
        .evidence
        .iter()
        .find(|fact| fact.name == name)
        .map(|fact| fact.value.as_str())
}

#[test]
fn a_dead_node_is_one_finding() {
    let mut ring = Ring::of(&[("dc1", 3)]);
    ring.down(1);
    let found = found(&ring);
    assert_eq!(found.len(), 1);
    let finding = &found[0];
    assert_eq!(finding.key, "node-down/id-10.0.1.2");
    assert_eq!(
        (finding.severity, finding.owner),
        (Severity::Warning, Owner::Platform)
    );
    assert_eq!(finding.title, "Node 10.0.1.2 is down.");
    assert_eq!(fact(finding, "down since"), Some("10 min ago"));
    assert_eq!(fact(finding, "peers that see it down"), Some("2 of 2"));
    assert_eq!(
        fact(finding, "its own answer"),
        Some("silent since 10 min ago: connection refused")
    );
}

#[test]
fn it_is_severe_when_ranges_fall_below_their_level() {
    let mut ring = Ring::of(&[("dc1", 3)]);
    ring.keyspace("shop", network(&[("dc1", 2)]), Some("QUORUM"))
        .down(1);
    let finding = &found(&ring)[0];
    assert_eq!(finding.severity, Severity::Severe);
    assert_eq!(
        finding.title,
        "Node 10.0.1.2 is down, and shop cannot be read or written at QUORUM in some ranges."
    );
    assert_eq!(finding.evidence[0].name, "shop at QUORUM");
}

#[test]
fn it_warns_when_one_more_would_break_the_level() {
    let mut ring = Ring::of(&[("dc1", 3)]);
    ring.keyspace("shop", network(&[("dc1", 3)]), Some("LOCAL_QUORUM"))
        .down(1);
    let finding = &found(&ring)[0];
    assert_eq!(finding.severity, Severity::Warning);
    assert_eq!(
        finding.title,
        "Node 10.0.1.2 is down; one more node down may make shop unavailable at LOCAL_QUORUM."
    );
}

#[test]
fn hints_and_refusals_elsewhere_are_its_evidence() {
    let mut ring = Ring::of(&[("dc1", 3)]);
    ring.down(1)
        .metric("hints.written", 0, &[0.0, 40.0])
        .metric("hints.written", 2, &[10.0, 25.0]);
    ring.metric("client.read_unavailables", 0, &[7.0, 7.0]);
    let finding = &found(&ring)[0];
    assert_eq!(
        fact(finding, "hints written by other nodes in 15 min"),
        Some("55")
    );
    assert_eq!(
        fact(finding, "requests refused for lack of replicas in 15 min"),
        None
    );
}

#[test]
fn a_node_that_answers_us_points_to_the_network() {
    let mut ring = Ring::of(&[("dc1", 3)]);
    ring.seen_down_by(1, &[0, 2]).seen_down_by(0, &[1]);
    let state = &mut ring.member(1).state;
    (state.status, state.status_since) = (PeerStatus::Down, NOW - MINUTE);
    let finding = &found(&ring)[0];
    assert_eq!(
        fact(finding, "its own answer"),
        Some("answers the host; operation mode NORMAL")
    );
    assert_eq!(fact(finding, "it sees down"), Some("10.0.1.1"));
    assert!(finding.suggestion.as_ref().unwrap().contains("network"));
}

#[test]
fn a_node_stopped_on_purpose_says_so() {
    let mut ring = Ring::of(&[("dc1", 3)]);
    ring.down(1).member(1).state.membership = "Stopped".into();
    let finding = &found(&ring)[0];
    assert_eq!(fact(finding, "state in the ring"), Some("Stopped"));
    assert!(finding.suggestion.as_ref().unwrap().contains("on purpose"));
}

#[test]
fn a_whole_data_centre_is_one_finding() {
    let mut ring = Ring::of(&[("dc1", 3), ("dc2", 3)]);
    ring.keyspace("shop", network(&[("dc1", 3), ("dc2", 3)]), Some("LOCAL_QUORUM"))
        .down(3)
        .down(4)
        .down(5);
    let found = found(&ring);
    assert_eq!(found.len(), 1);
    assert_eq!(
        (found[0].key.as_str(), found[0].severity),
        ("data-centre-down/dc2", Severity::Severe)
    );
    assert!(
        found[0]
            .title
            .starts_with("All 3 nodes of data centre dc2 are down, and shop cannot"),
        "{}",
        found[0].title
    );
}
