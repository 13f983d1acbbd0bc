use super::*;
use crate::testing::{Ring, network};

fn told(ring: &Ring) -> Vec<(Standing, Cause, usize)> {
    let outages = Outage::all(&ring.world);
    effects(&ring.world, &outages)
        .into_iter()
        .map(|effect| (effect.standing, effect.cause, effect.ranges))
        .collect()
}

#[test]
fn a_healthy_cluster_has_no_effects() {
    let mut ring = Ring::of(&[("dc1", 3)]);
    ring.keyspace("shop", network(&[("dc1", 3)]), Some("LOCAL_QUORUM"));
    assert_eq!(told(&ring), []);
}

#[test]
fn one_of_three_down_is_at_the_level_of_a_quorum() {
    let mut ring = Ring::of(&[("dc1", 6)]);
    ring.keyspace("shop", network(&[("dc1", 3)]), Some("LOCAL_QUORUM"))
        .down(2);
    // Node 2 holds the ranges of 0, 1 and 2.
    assert_eq!(told(&ring), [(Standing::AtLevel, Cause::Alone(0), 3)]);
}

#[test]
fn two_of_three_down_are_below_it_together() {
    let mut ring = Ring::of(&[("dc1", 6)]);
    ring.keyspace("shop", network(&[("dc1", 3)]), Some("LOCAL_QUORUM"))
        .down(1)
        .down(2);
    // Both hold the ranges of 0 and 1; the other ranges that one of them holds lost one replica.
    let together = Cause::Together(BTreeSet::from([0, 1]));
    let expected = [
        (Standing::Below, together, 2),
        (Standing::AtLevel, Cause::Alone(0), 1),
        (Standing::AtLevel, Cause::Alone(1), 1),
    ];
    assert_eq!(told(&ring), expected);
}

#[test]
fn a_level_of_all_is_broken_by_each_node_alone() {
    let mut ring = Ring::of(&[("dc1", 3)]);
    ring.keyspace("shop", network(&[("dc1", 3)]), Some("ALL"))
        .down(0)
        .down(1);
    assert_eq!(
        told(&ring),
        [
            (Standing::Below, Cause::Alone(0), 3),
            (Standing::Below, Cause::Alone(1), 3)
        ]
    );
}

#[test]
fn a_data_centre_that_is_down_leaves_the_other_alone() {
    let mut ring = Ring::of(&[("dc1", 3), ("dc2", 3)]);
    ring.keyspace("shop", network(&[("dc1", 3), ("dc2", 3)]), Some("LOCAL_QUORUM"))
        .down(3)
        .down(4)
        .down(5);
    let outages = Outage::all(&ring.world);
    let effects = effects(&ring.world, &outages);
    assert_eq!(effects.len(), 1);
    assert_eq!(
        (effects[0].standing, effects[0].level_and_place().as_str()),
        (Standing::Below, "LOCAL_QUORUM in dc2")
    );
    assert_eq!(effects[0].fewest_up, 0);
}

#[test]
fn keyspaces_with_equal_placements_and_level_are_told_once() {
    let mut ring = Ring::of(&[("dc1", 3)]);
    for name in ["shop", "users"] {
        ring.keyspace(name, network(&[("dc1", 3)]), Some("QUORUM"));
    }
    ring.keyspace("scratch", network(&[("dc1", 3)]), None)
        .keyspace("logs", network(&[("dc1", 3)]), Some("ONE"))
        .down(1);
    let outages = Outage::all(&ring.world);
    let effects = effects(&ring.world, &outages);
    assert_eq!(
        effects
            .iter()
            .map(|effect| effect.keyspaces.clone())
            .collect::<Vec<_>>(),
        [["shop", "users"]]
    );
    let evidence = effects[0].evidence();
    assert_eq!(evidence.name, "shop and users at QUORUM");
    assert_eq!(
        evidence.value,
        "3 of 3 token ranges (100 %) with 2 of 3 replicas up"
    );
    assert_eq!(evidence.limit.as_deref(), Some("needs 2"));
}

#[test]
fn a_keyspace_without_known_placements_is_not_judged() {
    let mut ring = Ring::of(&[("dc1", 3)]);
    ring.keyspace("shop", network(&[("dc1", 1)]), Some("ONE")).down(0);
    ring.world.keyspaces[0].placement_map = None;
    assert_eq!(told(&ring), []);
}
