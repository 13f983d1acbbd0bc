use proptest::prelude::*;
use ringkeeper_plan::Impact;

use crate::testing::{Ring, id, proposal, texts};
use crate::{Foreign, ForeignKind, Rule, WorkKind};

fn ring(touches: &[u128]) -> Ring {
    let mut ring = Ring::of(&[("dc1", "r1"); 4]);
    ring.foreign = vec![Foreign {
        node: id(touches[0]),
        kind: ForeignKind::Repair,
        what: "repair command 7".to_owned(),
        touches: touches.iter().map(|number| id(*number)).collect(),
    }];
    ring
}

#[test]
fn waits_for_the_repair_of_another_tool_and_says_what_and_where() {
    assert_eq!(
        texts(&ring(&[1, 2]).work(WorkKind::Repair, &[2, 3]), Rule::Foreign),
        [
            "10.0.0.1: somebody else's repair is under way: repair command 7, touching 10.0.0.2; lifted when it has ended; it is never stopped from here"
        ]
    );
}

#[test]
fn what_only_reads_files_bears_it() {
    for (impact, work, is_blocked) in [
        (Impact::Observe, WorkKind::Observe, false),
        (Impact::Observe, WorkKind::Repair, false),
        (Impact::Change, WorkKind::Snapshot, false),
        (Impact::Change, WorkKind::Upload, false),
        (Impact::Change, WorkKind::Repair, true),
        (Impact::Change, WorkKind::Tables, true),
        (Impact::Change, WorkKind::Restore, true),
        (Impact::Change, WorkKind::Other, true),
        (Impact::Disrupt, WorkKind::Disrupt, true),
        (Impact::Disrupt, WorkKind::Snapshot, true),
    ] {
        let verdict = ring(&[1]).ask(&proposal(impact, work, &[1]));
        assert_eq!(
            !texts(&verdict, Rule::Foreign).is_empty(),
            is_blocked,
            "{impact} {work:?}"
        );
    }
}

fn scheduler_on(nodes: &[u128]) -> Ring {
    let mut ring = ring(&[1]);
    let on = nodes.iter().map(|number| Foreign {
        node: id(*number),
        kind: ForeignKind::AutoRepair,
        what: "on".to_owned(),
        touches: [id(*number), id(number + 1)].into(),
    });
    ring.foreign = on.collect();
    ring
}

#[test]
fn no_repair_begins_where_cassandras_own_scheduler_is_on() {
    assert_eq!(
        texts(
            &scheduler_on(&[1, 2]).work(WorkKind::Repair, &[2, 3]),
            Rule::Foreign
        ),
        [
            "10.0.0.1, 10.0.0.2: Cassandra's own repair scheduler is on, and a repair of ours would run beside its own; lifted when it is off on every node that shares ranges with these (`auto_repair.enabled: false` in cassandra.yaml, and a restart); or leave repairs to it and switch the schedule here off"
        ]
    );
    let apart = scheduler_on(&[1]).work(WorkKind::Repair, &[3, 4]);
    assert!(texts(&apart, Rule::Foreign).is_empty());
}

#[test]
fn cassandras_own_scheduler_is_in_the_way_of_repairs_alone() {
    for (impact, work, is_blocked) in [
        (Impact::Observe, WorkKind::Repair, false),
        (Impact::Change, WorkKind::Snapshot, false),
        (Impact::Change, WorkKind::Tables, false),
        (Impact::Change, WorkKind::Repair, true),
        (Impact::Disrupt, WorkKind::Disrupt, false),
    ] {
        let verdict = scheduler_on(&[1]).ask(&proposal(impact, work, &[1]));
        assert_eq!(
            !texts(&verdict, Rule::Foreign).is_empty(),
            is_blocked,
            "{impact} {work:?}"
        );
    }
}

proptest! {
    #[test]
    fn blocks_exactly_where_it_touches(touches in prop::collection::vec(1_u128..5, 1..4), nodes in prop::collection::vec(1_u128..5, 0..4)) {
        let meets = nodes.iter().any(|node| touches.contains(node));
        let verdict = ring(&touches).disrupt(&nodes);
        prop_assert_eq!(!texts(&verdict, Rule::Foreign).is_empty(), meets);
    }
}
