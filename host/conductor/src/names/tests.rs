use ringkeeper_guard::Waiver;
use ringkeeper_schedule::{Freeze, FrozenSpan, OpenHours, Window};

use super::*;

fn names(of: &[&str]) -> BTreeSet<String> {
    of.iter().map(|name| (*name).to_owned()).collect()
}

fn known(keyspaces: &[&str], data_centres: &[&str]) -> Known {
    Known {
        keyspaces: names(keyspaces),
        data_centres: names(data_centres),
        tables: keyspaces
            .iter()
            .map(|keyspace| format!("{keyspace}.lines"))
            .collect(),
        operations: names(&["patching.restart", "repair.full"]),
    }
}

fn policy() -> Policy {
    let window = Window {
        name: "night".to_owned(),
        cluster: None,
        data_centres: names(&["dc1", "dc_2"]),
        impacts: names(&["disrupt"]),
        days: BTreeSet::new(),
        from: "22:00".to_owned(),
        to: "04:00".to_owned(),
        zone: "UTC".to_owned(),
    };
    let freeze = Freeze {
        name: "move".to_owned(),
        cluster: Some("shop".to_owned()),
        data_centres: names(&["berlin"]),
        impacts: BTreeSet::new(),
        from: "2026-03-01T00:00".to_owned(),
        to: "2026-04-01T00:00".to_owned(),
        zone: "UTC".to_owned(),
        reason: "the data centre moves".to_owned(),
    };
    Policy {
        waivers: vec![Waiver {
            keyspace: "staging".to_owned(),
            reason: "one replica until the new racks stand".to_owned(),
            until: moment("2026-03-15T00:00:00Z"),
        }],
        windows: vec![OpenHours::parse(&window).unwrap()],
        freezes: vec![FrozenSpan::parse(&freeze).unwrap()],
        ..Policy::default()
    }
}

fn moment(text: &str) -> Timestamp {
    serde_json::from_value(text.into()).unwrap()
}

fn unknown(at: &str, own: Option<&Known>, others: &[Option<Known>]) -> Vec<(String, String)> {
    let named = named(&policy(), &[], &names(&["orders", "oders"]), moment(at)).into_iter();
    named
        .filter(|named| stands(named, own, others) == Stands::Unknown)
        .map(|named| (named.name, named.place))
        .collect()
}

fn said(of: &[(&str, &str)]) -> Vec<(String, String)> {
    of.iter()
        .map(|(name, place)| ((*name).to_owned(), (*place).to_owned()))
        .collect()
}

const TODAY: &str = "2026-03-02T00:00:00Z";

#[test]
fn names_of_keyspaces_and_data_centres_that_the_cluster_does_not_have_are_unknown() {
    assert_eq!(
        unknown(TODAY, Some(&known(&["orders"], &["dc1"])), &[]),
        said(&[
            ("oders", "the keyspaces of the policy"),
            ("staging", "a waiver"),
            ("dc_2", "window night"),
            ("berlin", "freeze move"),
        ])
    );
}

#[test]
fn what_is_over_names_nothing() {
    let own = known(&["orders", "oders"], &["dc1", "dc_2"]);
    assert_eq!(
        unknown("2026-03-20T00:00:00Z", Some(&own), &[]),
        said(&[("berlin", "freeze move")])
    );
    assert_eq!(unknown("2026-05-01T00:00:00Z", Some(&own), &[]), said(&[]));
}

#[test]
fn what_is_about_every_cluster_may_be_known_to_any_and_what_is_about_one_to_that_one() {
    let own = known(&["orders"], &["dc1"]);
    let other = known(&["oders", "staging"], &["dc_2", "berlin"]);
    assert_eq!(
        unknown(TODAY, Some(&own), &[Some(other)]),
        said(&[("berlin", "freeze move")])
    );
}

#[test]
fn nothing_is_said_of_what_a_cluster_may_have_that_has_not_told_its_names() {
    let own = known(&["orders"], &["dc1"]);
    assert_eq!(
        unknown(TODAY, Some(&own), &[None]),
        said(&[("berlin", "freeze move")])
    );
    assert_eq!(unknown(TODAY, None, &[]), said(&[]));
}

#[test]
fn operations_of_the_policy_are_those_of_the_plugins_one_by_one_or_all() {
    let known = known(&[], &[]);
    for (name, has_it) in [
        ("repair.full", true),
        ("patching.*", true),
        ("repair.ful", false),
        ("patchin.*", false),
    ] {
        assert_eq!(known.has(NameOf::Operation, name), has_it, "{name}");
    }
    let mut policy = Policy::default();
    let word = ringkeeper_guard::ConsentByImpact::default();
    policy.approval.operations.insert("patchin.*".to_owned(), word);
    let mitigations = ["mitigation.begin", "repair.full"].map(|operation| MitigationParts {
        finding: "node-process-dead".to_owned(),
        operation: operation.to_owned(),
        parameters: serde_json::Map::new(),
    });
    let named = named(&policy, &mitigations, &BTreeSet::new(), Timestamp::default());
    let unknown = named
        .iter()
        .filter(|named| stands(named, Some(&known), &[]) == Stands::Unknown)
        .map(|named| (named.name.clone(), named.place.clone()));
    assert_eq!(
        unknown.collect::<Vec<_>>(),
        said(&[
            ("patchin.*", "policy.approval"),
            ("mitigation.begin", "policy.mitigation"),
        ])
    );
}
