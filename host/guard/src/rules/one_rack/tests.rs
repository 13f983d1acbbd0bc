use crate::testing::{Ring, somebody, texts, us};
use crate::{Rule, WorkKind};

/// Nodes 1 and 2 in rack r1 of dc1, 3 in its r2, 4 in r1 of dc2.
fn ring() -> Ring {
    Ring::of(&[("dc1", "r1"), ("dc1", "r1"), ("dc1", "r2"), ("dc2", "r1")])
}

fn blocks(ring: &Ring, nodes: &[u128]) -> Vec<String> {
    texts(&ring.disrupt(nodes), Rule::OneRack)
}

#[test]
fn refuses_a_disruption_of_two_racks_at_once() {
    assert_eq!(
        blocks(&ring(), &[1, 3]),
        ["data centre dc1: racks disrupted at once 2: r1, r2 (limit 1); lifted by a step for each rack"]
    );
    assert!(blocks(&ring(), &[1, 2]).is_empty());
    // Data centres have their racks each for itself.
    assert!(blocks(&ring(), &[1, 2, 4]).is_empty());
}

#[test]
fn refuses_a_disruption_while_other_work_disrupts_another_rack() {
    let ring = ring().held(3, somebody(), WorkKind::Disrupt);
    assert_eq!(
        blocks(&ring, &[1]),
        [
            "data centre dc1: another rack is being disrupted: r2, 10.0.0.3 held by step nightly of run r-7 since 2026-03-01T11:55:00.000Z; lifted when its nodes serve again and that work is at rest"
        ]
    );
    assert!(blocks(&ring, &[4]).is_empty());
    assert!(blocks(&self::ring().held(2, somebody(), WorkKind::Disrupt), &[1]).is_empty());
    assert!(blocks(&self::ring().held(3, somebody(), WorkKind::Repair), &[1]).is_empty());
}

#[test]
fn a_step_goes_on_to_the_next_rack_when_the_nodes_it_took_away_are_back() {
    let ring = ring().held(3, us(), WorkKind::Disrupt);
    assert!(blocks(&ring, &[1]).is_empty());
    assert_eq!(blocks(&ring.down(3), &[1]).len(), 1);
}
