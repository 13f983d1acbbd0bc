//! Plans of small rings as a person would make them, and of random rings by what must always hold.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use ringkeeper_ring::{RangeSet, TokenRange};

use super::*;
use crate::body::Tables;
use crate::testing::{Ring, id, rings};

const GIB: f32 = 1_073_741_824.0;

fn planned(world: &World) -> Plan<Body> {
    plan(world, &Parameters::default(), &Settings::default(), &[]).unwrap()
}

/// The tables of a piece, read from the world.
fn tables_of(world: &World, piece: &crate::body::Piece) -> Vec<String> {
    let chosen = world
        .chosen
        .iter()
        .find(|chosen| chosen.keyspace == piece.keyspace)
        .unwrap();
    let all = chosen.tables.iter().map(|table| table.name.clone());
    match &piece.tables {
        Tables::Except(except) => all.filter(|name| !except.contains(name)).collect(),
        Tables::Only(names) => names.clone(),
    }
}

#[test]
fn forty_small_tables_on_three_nodes_are_one_command() {
    let names: Vec<String> = (0..40).map(|table| format!("t{table}")).collect();
    let tables: Vec<(&str, f32)> = names.iter().map(|name| (name.as_str(), 1e6)).collect();
    let ring = Ring::of(&[("dc1", 3)], 16).keyspace("shop", &[("dc1", 3)], &tables);
    let plan = planned(&ring.world);
    assert_eq!(plan.steps.len(), 1);
    let step = &plan.steps[0];
    assert_eq!(step.title, "40 tables of shop on 48 ranges");
    assert_eq!(
        step.reason,
        "3 nodes hold these ranges and can differ; small enough there to go together"
    );
    assert_eq!(step.nodes.len(), 3);
    assert_eq!((step.body.pieces.len(), step.body.pieces[0].commands), (1, 1));
    assert_eq!(step.body.pieces[0].tables, Tables::Except(Vec::new()));
    assert_eq!(step.functions, ["repair.start"]);
    assert_eq!(plan.goals.len(), 40);
    assert_eq!(plan.findings, []);
}

#[test]
fn a_large_table_is_apart_and_in_pieces_of_ten_minutes() {
    let tables = [("orders", 100.0 * GIB), ("carts", 1e6)];
    let ring = Ring::of(&[("dc1", 3)], 16).keyspace("shop", &[("dc1", 3)], &tables);
    let plan = planned(&ring.world);
    // 100 GiB at 16 MiB a second are 107 minutes: sixteen pieces, and one command for the rest.
    assert_eq!(plan.steps.len(), 17);
    let orders = plan
        .steps
        .iter()
        .filter(|step| step.title.starts_with("shop.orders"));
    assert_eq!(orders.clone().count(), 16);
    assert!(orders.clone().all(|step| step.estimate_seconds.unwrap() <= 600));
    let reason = "3 nodes hold these ranges and can differ; too large there to go with other tables; one of 16 parts, \
                  so that none takes too long";
    assert!(orders.clone().all(|step| step.reason == reason));
    let rest = plan.steps.last().unwrap();
    assert!(rest.title.starts_with("1 table of shop"));
    assert_eq!(rest.reason, "3 nodes hold these ranges and can differ");
}

#[test]
fn steps_of_one_round_share_no_node() {
    let ring = Ring::of(&[("dc1", 9)], 1).keyspace("shop", &[("dc1", 3)], &[("orders", 1e6)]);
    let plan = planned(&ring.world);
    assert_eq!(plan.steps.len(), 9);
    let nodes: BTreeSet<_> = plan.steps[..3].iter().flat_map(|step| &step.nodes).collect();
    assert_eq!(
        nodes.len(),
        9,
        "the first three steps are on nine different nodes"
    );
}

#[test]
fn a_single_replica_is_left_out_and_told() {
    let ring = Ring::of(&[("dc1", 3)], 4)
        .keyspace("cache", &[("dc1", 1)], &[("hits", 1e6)])
        .keyspace("shop", &[("dc1", 2)], &[("orders", 1e6)]);
    let plan = planned(&ring.world);
    assert!(
        plan.steps
            .iter()
            .all(|step| step.body.pieces[0].keyspace == "shop")
    );
    assert_eq!(plan.goals.len(), 1);
    assert_eq!(plan.findings[0].key, "single-replica");
    assert_eq!(plan.findings[0].evidence[0].value, "12 ranges left out");
}

#[test]
fn a_ring_without_a_second_replica_is_an_empty_plan() {
    let ring = Ring::of(&[("dc1", 3)], 4).keyspace("cache", &[("dc1", 1)], &[("hits", 1e6)]);
    let plan = planned(&ring.world);
    assert_eq!((plan.steps.len(), plan.goals.len()), (0, 0));
    assert!(plan.title.starts_with("nothing to repair"));
}

#[test]
fn a_data_centre_alone_is_repaired_among_its_own_replicas() {
    let ring = Ring::of(&[("dc1", 3), ("dc2", 3)], 4).keyspace(
        "shop",
        &[("dc1", 3), ("dc2", 3)],
        &[("orders", 1e6)],
    );
    let parameters = Parameters {
        data_centres: vec!["dc2".to_owned()],
        ..Parameters::default()
    };
    let plan = plan(&ring.world, &parameters, &Settings::default(), &[]).unwrap();
    assert_eq!(plan.steps.len(), 1);
    assert_eq!(plan.steps[0].nodes, [id(3), id(4), id(5)]);
    assert_eq!(plan.steps[0].body.data_centres, ["dc2"]);
    let Goal::Repaired(goal) = &plan.goals[0];
    assert_eq!(goal.data_centres, ["dc2"]);
}

#[test]
fn all_data_centres_are_no_choice() {
    let ring = Ring::of(&[("dc1", 3), ("dc2", 3)], 4).keyspace(
        "shop",
        &[("dc1", 3), ("dc2", 3)],
        &[("orders", 1e6)],
    );
    let parameters = Parameters {
        data_centres: vec!["dc2".to_owned(), "dc1".to_owned()],
        ..Parameters::default()
    };
    let all = plan(&ring.world, &parameters, &Settings::default(), &[]).unwrap();
    assert_eq!(all.steps, planned(&ring.world).steps);
}

#[test]
fn an_unknown_data_centre_is_refused_with_those_there_are() {
    let ring = Ring::of(&[("dc1", 3)], 4).keyspace("shop", &[("dc1", 3)], &[("orders", 1e6)]);
    let parameters = Parameters {
        data_centres: vec!["dc".to_owned()],
        ..Parameters::default()
    };
    let refusal = plan(&ring.world, &parameters, &Settings::default(), &[]).unwrap_err();
    assert_eq!(refusal.kind, Fault::InvalidParameters);
    assert!(
        refusal.message.ends_with("There are: dc1."),
        "{}",
        refusal.message
    );
}

#[test]
fn a_replica_that_is_down_is_told_and_planned_all_the_same() {
    let mut ring = Ring::of(&[("dc1", 3)], 4).keyspace("shop", &[("dc1", 3)], &[("orders", 1e6)]);
    ring.world.nodes[1].not_up_since = Some(ring.world.now - 120_000);
    let plan = planned(&ring.world);
    assert_eq!(plan.steps.len(), 1);
    assert_eq!(
        plan.findings[0].title,
        "10.0.0.2:7000 is not up; 1 of 1 step wait until it is."
    );
    assert_eq!(plan.findings[0].evidence[0].value, "2 min");
}

#[test]
fn more_replicas_than_nodes_is_advice_and_planned_with_those_there_are() {
    let ring = Ring::of(&[("dc1", 2)], 4).keyspace("shop", &[("dc1", 3)], &[("orders", 1e6)]);
    let plan = planned(&ring.world);
    assert_eq!(plan.steps[0].nodes.len(), 2);
    assert_eq!(plan.findings[0].severity, Severity::Advice);
    assert_eq!(plan.findings[0].key, "more-replicas-than-nodes/shop/dc1");
}

#[test]
fn steps_that_are_done_are_not_planned_again() {
    let ring = Ring::of(&[("dc1", 9)], 1).keyspace("shop", &[("dc1", 3)], &[("orders", 1e6)]);
    let whole = planned(&ring.world);
    let done: Vec<String> = whole.steps[2..5].iter().map(|step| step.id.clone()).collect();
    let rest = plan(&ring.world, &Parameters::default(), &Settings::default(), &done).unwrap();
    assert_eq!(rest.steps.len(), 6);
    assert!(rest.title.ends_with("3 done already"), "{}", rest.title);
    assert_eq!(rest.goals, whole.goals, "what is done still has to hold");
}

#[test]
fn another_table_or_replica_gives_other_ids() {
    let with = |tables: &[(&str, f32)]| {
        Ring::of(&[("dc1", 3)], 4)
            .keyspace("shop", &[("dc1", 3)], tables)
            .world
    };
    let one = planned(&with(&[("orders", 1e6)])).steps[0].id.clone();
    assert_eq!(
        planned(&with(&[("orders", 2e6)])).steps[0].id,
        one,
        "sizes move all the time"
    );
    assert_ne!(
        planned(&with(&[("orders", 1e6), ("carts", 1e6)])).steps[0].id,
        one
    );
    let mut replaced = with(&[("orders", 1e6)]);
    replaced.nodes[2].id = id(9);
    assert_ne!(planned(&replaced).steps[0].id, one);
}

#[test]
fn a_ring_that_gives_too_many_steps_gets_longer_ones() {
    let ring = Ring::of(&[("dc1", 60)], 16).keyspace(
        "shop",
        &[("dc1", 3)],
        &[("a", 900.0 * GIB), ("b", 900.0 * GIB)],
    );
    let parameters = Parameters::default();
    let settings = Settings {
        longest_piece_minutes: 1,
        bytes_per_second: 4 << 20,
        ..Settings::default()
    };
    let plan = plan(&ring.world, &parameters, &settings, &[]).unwrap();
    assert!(plan.steps.len() <= MOST_STEPS);
    assert!(plan.findings.iter().any(|finding| finding.key == "long-steps"));
    // However long a step, no command is longer than was set.
    for step in &plan.steps {
        let commands: u32 = step.body.pieces.iter().map(|piece| piece.commands).sum();
        assert!(
            step.estimate_seconds.unwrap() <= u64::from(commands) * 61,
            "{step:?}"
        );
        assert!(step.nodes.len() <= 10);
    }
}

#[test]
fn neighbours_go_together_where_the_plan_would_be_too_long() {
    let keyspaces = 0..240;
    let ring = keyspaces.fold(Ring::of(&[("dc1", 90)], 1), |ring, number| {
        ring.keyspace(&format!("shop{number}"), &[("dc1", 3)], &[("orders", 1e6)])
    });
    let plan = planned(&ring.world);
    assert!(plan.steps.len() < 90 * 240);
    let step = plan.steps.iter().find(|step| step.body.pieces.len() > 1).unwrap();
    assert!(
        step.reason
            .ends_with(" pieces go together, else the plan would be too long"),
        "{}",
        step.reason
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_pieces_are_every_replicated_range_of_every_table(world in rings(), one_dc in any::<bool>()) {
        let parameters = Parameters {
            data_centres: if one_dc { vec![world.nodes[0].data_centre.clone()] } else { Vec::new() },
            ..Parameters::default()
        };
        let settings = Settings::default();
        let plan = plan(&world, &parameters, &settings, &[]).unwrap();
        let one_dc = one_dc && world.nodes.iter().any(|node| node.data_centre != world.nodes[0].data_centre);
        let asked = |place: &usize| !one_dc || parameters.data_centres.contains(&world.nodes[*place].data_centre);
        let mut ids = BTreeSet::new();
        let mut repaired = BTreeMap::<(String, String), Vec<TokenRange>>::new();
        for step in &plan.steps {
            prop_assert!(ids.insert(&step.id), "twice: {}", step.id);
            prop_assert!(step.estimate_seconds.unwrap() <= 601, "{:?}", step.estimate_seconds);
            for piece in &step.body.pieces {
                let chosen = world.chosen.iter().find(|chosen| chosen.keyspace == piece.keyspace).unwrap();
                for range in piece.token_ranges() {
                    prop_assert!(!range.is_whole_ring());
                    let homes: Vec<_> = world.maps[chosen.map]
                        .iter()
                        .filter(|placement| placement.ranges.iter().any(|outer| RangeSet::from_iter([*outer]).covers(range)))
                        .collect();
                    prop_assert_eq!(homes.len(), 1, "within one range of the placements");
                    let replicas: BTreeSet<String> = homes[0].replicas.iter().filter(|place| asked(place)).map(|place| id(*place)).collect();
                    prop_assert_eq!(&replicas, &step.nodes.iter().cloned().collect::<BTreeSet<_>>());
                }
                for table in tables_of(&world, piece) {
                    repaired.entry((piece.keyspace.clone(), table)).or_default().extend(piece.token_ranges());
                }
            }
        }
        for chosen in &world.chosen {
            let wanted: RangeSet = world.maps[chosen.map]
                .iter()
                .filter(|placement| placement.replicas.iter().filter(|place| asked(place)).count() >= 2)
                .flat_map(|placement| placement.ranges.clone())
                .collect();
            for table in &chosen.tables {
                let pieces = repaired.remove(&(chosen.keyspace.clone(), table.name.clone())).unwrap_or_default();
                prop_assert_eq!(crate::cut::width(&pieces), wanted.width(), "none twice");
                prop_assert_eq!(pieces.into_iter().collect::<RangeSet>(), wanted.clone());
            }
        }
        prop_assert!(repaired.is_empty());
    }

    #[test]
    fn the_same_world_gives_the_same_plan(world in rings()) {
        prop_assert_eq!(planned(&world), planned(&world));
    }
}

proptest! {
    // Each of these goes through many levels of tens of thousands of drafts.
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn estimates_that_are_wrong_a_hundredfold_only_cost_time(mut world in rings(), factor in prop_oneof![Just(0.01_f32), Just(100.0), Just(f32::MAX)]) {
        for chosen in &mut world.chosen {
            for bytes in chosen.bytes.iter_mut().flatten() {
                *bytes *= factor;
            }
        }
        // The plan counts for itself that nothing is missing.
        let plan = plan(&world, &Parameters::default(), &Settings::default(), &[]);
        prop_assert!(plan.is_ok(), "{:?}", plan.err());
    }
}
