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
    assert_eq!(fact(finding, "down for"), Some("10 min"));
    assert_eq!(fact(finding, "peers that see it down"), Some("2 of 2"));
    assert_eq!(
        fact(finding, "its own answer"),
        Some("silent for 10 min: connection refused")
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
fn what_coordinators_suffer_meanwhile_is_its_evidence() {
    let mut ring = Ring::of(&[("dc1", 3)]);
    ring.down(1)
        .metric("hints.written", 0, &[0.0, 40.0])
        .metric("hints.written", 2, &[10.0, 25.0]);
    ring.metric("client.read_unavailables", 0, &[7.0, 7.0])
        .metric("client.read_timeouts", 0, &[0.0, 3.0])
        .metric("client.write_timeouts", 2, &[0.0, 4.0])
        .metric("dropped.mutation", 2, &[1.0, 6.0]);
    let finding = &found(&ring)[0];
    assert_eq!(
        fact(finding, "hints written by other nodes in 15 min"),
        Some("55")
    );
    assert_eq!(fact(finding, "requests timed out in 15 min"), Some("7"));
    assert_eq!(fact(finding, "messages dropped in 15 min"), Some("5"));
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

/// What is suggested for a node that its peers see stopped, and that says this of itself: gossip, CQL, mode.
fn suggestion(answer: Option<(Option<bool>, Option<bool>, &str)>) -> String {
    let mut ring = Ring::of(&[("dc1", 3)]);
    ring.down(1);
    let state = &mut ring.member(1).state;
    state.membership = "Stopped".into();
    if let Some((gossip, cql, mode)) = answer {
        state.answer = Answer::Answered;
        (state.gossip_running, state.native_transport_running) = (gossip, cql);
        state.operation_mode = Some(mode.into());
    }
    let finding = &found(&ring)[0];
    assert_eq!(fact(finding, "state in the ring"), Some("Stopped"));
    finding.suggestion.clone().unwrap()
}

#[test]
fn a_silent_node_that_announced_its_shutdown_is_not_said_to_be_stopped_on_purpose() {
    assert_eq!(
        suggestion(None),
        "It announced an orderly shutdown: see whether somebody works on it, and start it when that is done."
    );
}

#[test]
fn a_process_that_answers_with_its_gossip_off_points_to_its_disk() {
    assert_eq!(
        suggestion(Some((Some(false), Some(false), "NORMAL"))),
        "Its process runs with gossip and CQL clients switched off. Look in its log for a disk failure, on which \
         `disk_failure_policy: stop` does this; if there is none, run `nodetool enablegossip` and `nodetool \
         enablebinary` there."
    );
    let gossip_alone = suggestion(Some((Some(false), Some(true), "NORMAL")));
    assert!(
        gossip_alone.starts_with("Its process runs with gossip switched off."),
        "{gossip_alone}"
    );
    assert!(!gossip_alone.contains("enablebinary"), "{gossip_alone}");
}

#[test]
fn nodes_that_switched_themselves_off_together_do_not_point_to_the_network() {
    let mut ring = Ring::of(&[("dc1", 3), ("dc2", 2)]);
    for place in [3, 4] {
        let state = &mut ring.down(place).member(place).state;
        (state.answer, state.gossip_running) = (Answer::Answered, Some(false));
    }
    let found = found(&ring);
    let suggestion = found[0].suggestion.as_ref().unwrap();
    assert!(
        suggestion.starts_with("On each of them: its process runs with gossip switched off."),
        "{suggestion}"
    );
}

#[test]
fn a_drained_process_wants_a_restart() {
    let drained = suggestion(Some((Some(false), Some(false), "DRAINED")));
    assert!(drained.contains("restart"), "{drained}");
    assert!(!drained.contains("enablegossip"), "{drained}");
}

#[test]
fn a_process_that_answers_after_its_shutdown_is_looked_at_in_its_log() {
    let leaving = suggestion(Some((Some(true), None, "NORMAL")));
    assert!(leaving.contains("log"), "{leaving}");
}

#[test]
fn roles_in_a_single_copy_warn_alone() {
    let mut ring = Ring::of(&[("dc1", 3)]);
    ring.keyspace("system_auth", network(&[("dc1", 1)]), Some("LOCAL_QUORUM"))
        .down(1);
    let finding = &found(&ring)[0];
    assert_eq!(finding.severity, Severity::Warning);
    assert_eq!(
        finding.title,
        "Node 10.0.1.2 is down, and system_auth cannot be read or written at LOCAL_QUORUM in some ranges, which \
         matters only where clients log in."
    );
    assert_eq!(
        fact(finding, "system_auth at LOCAL_QUORUM in dc1"),
        Some("1 of 3 token ranges (33 %) with 0 of 1 replicas up; matters only where clients log in")
    );
}

#[test]
fn roles_in_a_single_copy_leave_the_title_to_other_keyspaces() {
    let mut ring = Ring::of(&[("dc1", 3)]);
    ring.keyspace("system_auth", network(&[("dc1", 1)]), Some("LOCAL_QUORUM"))
        .keyspace("shop", network(&[("dc1", 1)]), Some("LOCAL_QUORUM"))
        .down(1);
    let finding = &found(&ring)[0];
    assert_eq!(finding.severity, Severity::Severe);
    assert_eq!(
        finding.title,
        "Node 10.0.1.2 is down, and shop cannot be read or written at LOCAL_QUORUM in some ranges."
    );
}

#[test]
fn roles_in_several_copies_are_judged_as_any_keyspace() {
    let mut ring = Ring::of(&[("dc1", 3)]);
    ring.keyspace("system_auth", network(&[("dc1", 2)]), Some("LOCAL_QUORUM"))
        .down(1);
    assert_eq!(found(&ring)[0].severity, Severity::Severe);
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
