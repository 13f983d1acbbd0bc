use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;
use crate::testing::{NOW, STARTED, id, keyspace, world};

fn planned(world: &World, parameters: &str) -> Plan<Body> {
    plan(world, &serde_json::from_str(parameters).unwrap(), &[]).unwrap()
}

/// Addresses' last numbers of the steps in order, each with those it comes after.
fn order(plan: &Plan<Body>) -> Vec<(String, Vec<String>)> {
    let names: BTreeMap<&str, &str> = plan
        .steps
        .iter()
        .map(|step| (step.id.as_str(), step.body.address.as_str()))
        .collect();
    let name = |id: &String| names[id.as_str()].to_owned();
    plan.steps
        .iter()
        .map(|step| (name(&step.id), step.after.iter().map(name).collect()))
        .collect()
}

#[test]
fn a_rack_is_whole_before_the_next_one_begins() {
    let world = world(&[("dc1", "r1", 3), ("dc1", "r2", 1)]);
    let plan = planned(&world, r#"{"at_once": 2}"#);
    assert_eq!(
        plan.title,
        "restart 4 nodes in 2 racks, up to 2 of a rack at once"
    );
    let [one, two, three, four] = [1, 2, 3, 4].map(|number| format!("10.0.0.{number}:7000"));
    assert_eq!(
        order(&plan),
        [
            (one.clone(), vec![]),
            (two.clone(), vec![]),
            (three.clone(), vec![one, two]),
            (four, vec![three]),
        ]
    );
    let step = &plan.steps[0];
    assert_eq!(step.title, "restart 10.0.0.1:7000 (dc1/r1)");
    assert_eq!(step.id, format!("restart-{}-{STARTED}", id(0)));
    assert_eq!(
        (step.nodes.as_slice(), step.impact),
        ([id(0)].as_slice(), Impact::Disrupt)
    );
    assert_eq!(step.functions, ["lifecycle.stop", "lifecycle.start"]);
    assert_eq!(step.estimate_seconds, Some(75));
    assert_eq!(plan.findings, []);
}

#[test]
fn a_step_says_who_meant_the_node_and_how_its_process_stands() {
    let mut world = world(&[("dc1", "r1", 1)]);
    world.nodes[0].seen.process = Some(NOW - 3 * 3_600_000);
    let reason = |parameters: String| planned(&world, &parameters).steps[0].reason.clone();
    let before = NOW - 3_600_000;
    for (parameters, expected) in [
        ("{}".to_owned(), "every node is meant; its process runs for 3 h"),
        (
            r#"{"nodes": ["10.0.0.1"], "racks": ["r1"]}"#.to_owned(),
            "it is named; its process runs for 3 h",
        ),
        (
            r#"{"racks": ["r1"], "data_centres": ["dc1"]}"#.to_owned(),
            "every node of its rack is meant; its process runs for 3 h",
        ),
        (
            r#"{"data_centres": ["dc1"]}"#.to_owned(),
            "every node of its data centre is meant; its process runs for 3 h",
        ),
        (
            format!(r#"{{"if_started_before": {}}}"#, before / 1_000),
            "every node is meant; its process runs for 3 h, so it began 2 h before the moment that is meant",
        ),
    ] {
        assert_eq!(reason(parameters), expected);
    }
}

#[test]
fn nothing_to_restart_is_a_plan_without_steps() {
    let world = world(&[("dc1", "r1", 1)]);
    let plan = planned(&world, r#"{"if_started_before": 0}"#);
    assert_eq!(
        (plan.title.as_str(), plan.steps.len()),
        ("no node is to be restarted", 0)
    );
}

#[test]
fn numbers_that_are_impossible_are_no_plan() {
    let parameters = Parameters {
        at_once: 0,
        ..Parameters::default()
    };
    assert!(plan(&world(&[("dc1", "r1", 1)]), &parameters, &[]).is_err());
}

#[test]
fn a_node_that_this_run_restarted_is_not_planned_again() {
    let mut world = world(&[("dc1", "r1", 3)]);
    let first = planned(&world, "{}");
    world.nodes[0].seen.process = Some(NOW);
    let done = [first.steps[0].id.clone()];
    let second = plan(&world, &Parameters::default(), &done).unwrap();
    let ids: Vec<&str> = second.steps.iter().map(|step| step.id.as_str()).collect();
    assert_eq!(ids, [first.steps[1].id.as_str(), first.steps[2].id.as_str()]);
    assert_eq!(
        second.steps[0].after, [""; 0],
        "what is done is waited for no more"
    );
}

/// Keys and titles of the findings.
fn said(world: &World, parameters: &str) -> Vec<(String, String)> {
    let findings = planned(world, parameters).findings;
    findings
        .into_iter()
        .map(|finding| (finding.key, finding.title))
        .collect()
}

fn one(key: String, title: &str) -> Vec<(String, String)> {
    vec![(key, title.to_owned())]
}

#[test]
fn a_node_that_is_down_is_started_and_said() {
    let mut world = world(&[("dc1", "r1", 2)]);
    world.nodes[1].seen.presence = Presence::Down(NOW - 60_000);
    let plan = planned(&world, "{}");
    assert_eq!(plan.steps[1].title, "start 10.0.0.2:7000 (dc1/r1)");
    assert_eq!(
        plan.steps[1].reason,
        "every node is meant; its peers see it down for 1 min"
    );
    assert_eq!(
        said(&world, "{}"),
        one(
            format!("restart-starts/{}", id(1)),
            "10.0.0.2:7000 is down; its step starts it."
        )
    );
    assert_eq!(plan.findings[0].evidence[0].value, "1 min");
}

#[test]
fn a_node_that_does_not_answer_is_planned_and_said() {
    let mut world = world(&[("dc1", "r1", 2)]);
    world.nodes[0].seen.presence = Presence::Silent("connection refused".to_owned());
    world.nodes[0].seen.process = None;
    let plan = planned(&world, "{}");
    assert_eq!(plan.steps[0].id, format!("restart-{}-unknown", id(0)));
    assert_eq!(
        plan.steps[0].reason,
        "every node is meant; it never said since when its process runs"
    );
    assert_eq!(
        said(&world, "{}"),
        one(
            format!("restart-waits/{}", id(0)),
            "10.0.0.1:7000 does not answer the host; its step waits until it does."
        )
    );
}

#[test]
fn a_neighbour_that_holds_restarts_up_is_said_and_one_far_away_is_not() {
    let mut world = world(&[("dc1", "r1", 2), ("dc2", "r1", 1)]);
    world.nodes[1].seen.presence = Presence::Down(NOW);
    world.nodes[2].seen.presence = Presence::Down(NOW);
    let titles = said(&world, r#"{"nodes": ["10.0.0.1"]}"#);
    assert_eq!(titles.len(), 1, "{titles:?}");
    assert!(
        titles[0].1.starts_with("10.0.0.2:7000 is down and not among"),
        "{titles:?}"
    );
    world.nodes[1].seen.presence = Presence::Answers;
    world.nodes[1].membership = "Joining".to_owned();
    assert_eq!(
        said(&world, r#"{"nodes": ["10.0.0.1"]}"#),
        one(
            format!("restart-waits/{}", id(1)),
            "10.0.0.2:7000 is joining; restarts in dc1 wait until the ring is at rest."
        )
    );
}

#[test]
fn a_disagreement_on_the_schema_is_said() {
    let mut world = world(&[("dc1", "r1", 1)]);
    world.schema_disagrees_since = Some(NOW - 5_000);
    assert_eq!(said(&world, "{}")[0].0, "restart-waits/schema");
}

#[test]
fn a_keyspace_that_can_spare_no_replica_is_said() {
    for (replicas, level, title) in [
        (&[("dc1", 3)][..], "LOCAL_QUORUM", None),
        (&[("dc1", 2)], "ONE", None),
        (&[("dc1", 3), ("dc2", 1)], "LOCAL_QUORUM", None),
        (&[("dc1", 3), ("dc2", 3)], "QUORUM", None),
        (
            &[("dc1", 2)],
            "LOCAL_QUORUM",
            Some("shop needs 2 of its 2 replicas in dc1 at LOCAL_QUORUM, so none can be away."),
        ),
        (
            &[("dc1", 3), ("dc2", 3)],
            "ALL",
            Some("shop needs 6 of its 6 replicas in the ring at ALL, so none can be away."),
        ),
        (
            &[("dc1", 1)],
            "ONE",
            Some("shop has a single replica in the ring: while its node is away, what it holds is away."),
        ),
    ] {
        let mut world = world(&[("dc1", "r1", 3), ("dc2", "r1", 3)]);
        world.keyspaces = vec![keyspace("shop", replicas, level)];
        let titles: Vec<String> = said(&world, r#"{"data_centres": ["dc1"]}"#)
            .into_iter()
            .map(|(_, title)| title)
            .collect();
        let expected: Vec<String> = title.into_iter().map(str::to_owned).collect();
        assert_eq!(titles, expected, "{replicas:?} {level}");
    }
}

#[test]
fn roles_in_a_single_copy_come_with_their_cure() {
    let mut world = world(&[("dc1", "r1", 4), ("dc2", "r1", 1)]);
    world.keyspaces = vec![keyspace("system_auth", &[("dc1", 1)], "LOCAL_QUORUM")];
    let plan = planned(&world, "{}");
    let suggestion = plan.findings[0].suggestion.as_deref().unwrap();
    assert!(
        suggestion.contains("{'class': 'NetworkTopologyStrategy', 'dc1': 3, 'dc2': 1}"),
        "{suggestion}"
    );
}

prop_compose! {
    /// A ring with up to three data centres of up to four racks, some nodes down, silent or never known.
    fn rings()(racks in prop::collection::btree_map((0..3_u8, 0..4_u8), 1..9_usize, 1..9))
              (states in prop::collection::vec(0..8_u8, racks.values().sum::<usize>()), racks in Just(racks)) -> World {
        let names: Vec<(String, String, usize)> = racks
            .iter()
            .map(|((centre, rack), nodes)| (format!("dc{centre}"), format!("r{rack}"), *nodes))
            .collect();
        let racks: Vec<(&str, &str, usize)> = names
            .iter()
            .map(|(centre, rack, nodes)| (centre.as_str(), rack.as_str(), *nodes))
            .collect();
        let mut world = world(&racks);
        for (node, state) in world.nodes.iter_mut().zip(states) {
            match state {
                0 => node.seen.presence = Presence::Down(NOW),
                1 => node.seen.presence = Presence::Silent("hangs".to_owned()),
                2 => node.seen.process = None,
                _ => {}
            }
        }
        world
    }
}

/// The steps in waves: those that come after the same ones.
fn waves(plan: &Plan<Body>) -> Vec<Vec<&Step<Body>>> {
    let mut waves: Vec<Vec<&Step<Body>>> = Vec::new();
    for step in &plan.steps {
        match waves.last_mut() {
            Some(wave) if wave[0].after == step.after => wave.push(step),
            _ => waves.push(vec![step]),
        }
    }
    waves
}

proptest! {
    #[test]
    fn every_chosen_node_goes_once_and_never_two_racks_at_once(world in rings(), at_once in 1..=32_u32, only in prop::option::of(0..3_u8)) {
        let centre = only.map(|centre| format!("dc{centre}")).filter(|name| world.nodes.iter().any(|node| node.data_centre == *name));
        let parameters = Parameters {
            at_once,
            data_centres: centre.iter().cloned().collect(),
            ..Parameters::default()
        };
        let plan = plan(&world, &parameters, &[]).unwrap();

        let mut going: Vec<&str> = plan.steps.iter().map(|step| step.body.node.as_str()).collect();
        let mut wanted: Vec<&str> = world
            .nodes
            .iter()
            .filter(|node| centre.as_ref().is_none_or(|name| node.data_centre == *name))
            .map(|node| node.id.as_str())
            .collect();
        going.sort_unstable();
        wanted.sort_unstable();
        prop_assert_eq!(going, wanted);

        let ids: BTreeSet<&str> = plan.steps.iter().map(|step| step.id.as_str()).collect();
        prop_assert_eq!(ids.len(), plan.steps.len());

        let place = |step: &Step<Body>| {
            let node = world.nodes.iter().find(|node| node.id == step.body.node).unwrap();
            (node.data_centre.as_str(), node.rack.as_str())
        };
        let waves = waves(&plan);
        let mut before: Vec<String> = Vec::new();
        let mut places = Vec::new();
        for wave in &waves {
            prop_assert!(wave.len() <= at_once as usize);
            prop_assert!(wave.iter().all(|step| place(step) == place(wave[0])), "two racks in one wave");
            prop_assert!(wave.iter().all(|step| step.after == before), "a wave comes after the whole one before");
            prop_assert!(wave.iter().all(|step| step.nodes == [step.body.node.clone()]));
            before = wave.iter().map(|step| step.id.clone()).collect();
            places.push(place(wave[0]));
        }
        prop_assert!(places.is_sorted(), "a rack was begun again: {:?}", places);
    }

    #[test]
    fn the_same_world_gives_the_same_plan_in_any_order_and_with_any_neighbours(world in rings(), at_once in 1..=4_u32) {
        let parameters = Parameters { at_once, ..Parameters::default() };
        let ids = |world: &World| -> BTreeSet<String> {
            plan(world, &parameters, &[]).unwrap().steps.into_iter().map(|step| step.id).collect()
        };
        let whole = ids(&world);
        let mut turned = world.clone();
        turned.nodes.reverse();
        prop_assert_eq!(&ids(&turned), &whole);
        let mut smaller = world;
        smaller.nodes.truncate(smaller.nodes.len().div_ceil(2));
        prop_assert!(ids(&smaller).is_subset(&whole));
    }
}
