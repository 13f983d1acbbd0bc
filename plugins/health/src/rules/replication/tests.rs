use ringkeeper_sdk::cluster::Replication;
use ringkeeper_sdk::prelude::*;

use super::judge;
use crate::settings::Settings;
use crate::testing::{Ring, network};

/// Severity and title of what is found about one keyspace in `dc1` of three nodes and `dc2` of two.
fn found(name: &str, replication: Replication, level: Option<&str>) -> Option<(Severity, String)> {
    let mut ring = Ring::of(&[("dc1", 3), ("dc2", 2)]);
    ring.keyspace(name, replication, level);
    let mut found = judge(&ring.world, &Settings::default());
    assert!(found.len() <= 1, "{found:?}");
    found.pop().map(|finding| (finding.severity, finding.title))
}

fn told(severity: Severity, title: &str) -> Option<(Severity, String)> {
    Some((severity, title.to_owned()))
}

#[test]
fn replication_that_fits_is_not_told() {
    assert_eq!(
        found("shop", network(&[("dc1", 3), ("dc2", 2)]), Some("EACH_QUORUM")),
        None
    );
    assert_eq!(found("shop", Replication::Local, None), None);
    assert_eq!(
        found("shop", Replication::Unknown("OwnStrategy".into()), Some("ONE")),
        None
    );
}

#[test]
fn more_replicas_than_nodes() {
    let expected = told(
        Severity::Warning,
        "Keyspace shop wants 3 replicas in dc2, which has 2 nodes.",
    );
    assert_eq!(
        found("shop", network(&[("dc1", 3), ("dc2", 3)]), Some("LOCAL_QUORUM")),
        expected
    );
}

#[test]
fn a_data_centre_that_does_not_exist() {
    let expected = told(
        Severity::Warning,
        "Keyspace shop is replicated to data centre DC1, which no node is in.",
    );
    assert_eq!(found("shop", network(&[("dc1", 3), ("DC1", 3)]), None), expected);
}

#[test]
fn a_level_that_no_cluster_state_can_keep_is_severe() {
    let unknown = network(&[("dc1", 3), ("DC1", 3)]);
    let expected = told(
        Severity::Severe,
        "Keyspace shop can never be read or written at QUORUM.",
    );
    assert_eq!(found("shop", unknown, Some("QUORUM")), expected);
    let expected = told(
        Severity::Severe,
        "Keyspace shop can never be read or written at ALL.",
    );
    assert_eq!(found("shop", network(&[("dc2", 3)]), Some("ALL")), expected);
    let expected = told(
        Severity::Severe,
        "Keyspace shop can never be read or written at LOCAL_QUORUM in dc2.",
    );
    assert_eq!(
        found("shop", network(&[("dc1", 3), ("dc2", 5)]), Some("LOCAL_QUORUM")),
        expected
    );
}

#[test]
fn simple_strategy_in_several_data_centres() {
    let expected = told(
        Severity::Advice,
        "Keyspace shop uses SimpleStrategy in a cluster of 2 data centres.",
    );
    assert_eq!(found("shop", Replication::Simple(3), None), expected);
}

#[test]
fn two_nodes_are_not_told_to_hold_three_copies() {
    for (nodes, wanted) in [(2, "to 2 and"), (3, "to 3 and")] {
        let mut ring = Ring::of(&[("dc1", nodes)]);
        ring.keyspace("shop", network(&[("dc1", 1)]), None);
        let found = judge(&ring.world, &Settings::default());
        let suggestion = found[0].suggestion.clone().unwrap_or_default();
        assert!(suggestion.contains(wanted), "{suggestion}");
    }
}

#[test]
fn a_single_copy() {
    let expected = told(Severity::Advice, "Keyspace shop keeps a single copy of its data.");
    assert_eq!(found("shop", network(&[("dc1", 1)]), None), expected);
    let mut alone = Ring::of(&[("dc1", 1)]);
    alone.keyspace("shop", network(&[("dc1", 1)]), Some("ONE"));
    assert_eq!(judge(&alone.world, &Settings::default()), []);
}

#[test]
fn the_worst_misfit_is_the_title_and_all_are_evidence() {
    let mut ring = Ring::of(&[("dc1", 3), ("dc2", 2)]);
    ring.keyspace(
        "shop",
        network(&[("dc1", 5), ("nowhere", 3)]),
        Some("LOCAL_QUORUM"),
    );
    let found = judge(&ring.world, &Settings::default());
    assert_eq!(found.len(), 1);
    assert_eq!(
        found[0].title,
        "Keyspace shop wants 5 replicas in dc1, which has 3 nodes."
    );
    assert_eq!(found[0].evidence.len(), 2);
}

#[test]
fn cassandras_own_keyspaces_are_left_as_they_are_made() {
    assert_eq!(found("system_distributed", Replication::Simple(3), None), None);
    assert_eq!(found("system_traces", Replication::Simple(1), None), None);
}

#[test]
fn system_auth_in_a_single_copy_comes_with_its_cure() {
    let mut ring = Ring::of(&[("dc1", 5), ("dc's", 2)]);
    ring.keyspace("system_auth", Replication::Simple(1), Some("LOCAL_QUORUM"));
    let found = judge(&ring.world, &Settings::default());
    assert_eq!((found.len(), found[0].severity), (1, Severity::Advice));
    let cure = "`ALTER KEYSPACE system_auth WITH replication = \
                {'class': 'NetworkTopologyStrategy', 'dc''s': 2, 'dc1': 3};`";
    assert!(found[0].suggestion.as_ref().unwrap().contains(cure), "{found:?}");
}

#[test]
fn the_cure_of_system_auth_lowers_nothing() {
    let mut ring = Ring::of(&[("dc1", 5), ("dc2", 2)]);
    ring.keyspace("system_auth", network(&[("dc1", 5), ("dc2", 1)]), None);
    let found = judge(&ring.world, &Settings::default());
    assert!(
        found[0]
            .suggestion
            .as_ref()
            .unwrap()
            .contains("'dc1': 5, 'dc2': 2"),
        "{found:?}"
    );
}

#[test]
fn system_auth_with_enough_copies_or_on_one_node_is_not_told() {
    assert_eq!(
        found("system_auth", network(&[("dc1", 3), ("dc2", 2)]), None),
        None
    );
    let mut alone = Ring::of(&[("dc1", 1)]);
    alone.keyspace("system_auth", Replication::Simple(1), Some("ONE"));
    assert_eq!(judge(&alone.world, &Settings::default()), []);
}

#[test]
fn a_keyspace_is_told_once_whatever_does_not_fit() {
    let mut ring = Ring::of(&[("dc1", 3)]);
    ring.keyspace("system_auth", Replication::Simple(1), Some("TWO"));
    let found = judge(&ring.world, &Settings::default());
    assert_eq!(found.len(), 1);
    assert_eq!(
        found[0].title,
        "Keyspace system_auth can never be read or written at TWO."
    );
    assert_eq!(found[0].evidence.len(), 2);
}
