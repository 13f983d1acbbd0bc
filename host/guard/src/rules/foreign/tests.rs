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

proptest! {
    #[test]
    fn blocks_exactly_where_it_touches(touches in prop::collection::vec(1_u128..5, 1..4), nodes in prop::collection::vec(1_u128..5, 0..4)) {
        let meets = nodes.iter().any(|node| touches.contains(node));
        let verdict = ring(&touches).disrupt(&nodes);
        prop_assert_eq!(!texts(&verdict, Rule::Foreign).is_empty(), meets);
    }
}
