use proptest::prelude::*;
use ringkeeper_plan::Impact;

use crate::testing::{MINUTE, Ring, proposal, somebody, texts, us};
use crate::{Rule, WorkKind, compatible};

const EVERY: [WorkKind; 8] = [
    WorkKind::Observe,
    WorkKind::Snapshot,
    WorkKind::Upload,
    WorkKind::Repair,
    WorkKind::Tables,
    WorkKind::Disrupt,
    WorkKind::Restore,
    WorkKind::Other,
];

#[test]
fn work_shares_a_node_only_by_the_table() {
    use WorkKind::{Disrupt, Observe, Other, Repair, Restore, Snapshot, Tables, Upload};
    for (work, with) in [
        (Observe, &EVERY[..]),
        (Snapshot, &[Observe, Snapshot, Upload, Repair, Tables, Other]),
        (Upload, &[Observe, Snapshot, Upload, Repair, Tables, Other]),
        (Repair, &[Observe, Snapshot, Upload]),
        (Tables, &[Observe, Snapshot, Upload]),
        (Other, &[Observe, Snapshot, Upload]),
        (Restore, &[Observe]),
        (Disrupt, &[Observe]),
    ] {
        for other in EVERY {
            assert_eq!(
                compatible(work, other),
                with.contains(&other),
                "{work:?} {other:?}"
            );
            assert_eq!(
                compatible(other, work),
                with.contains(&other),
                "{other:?} {work:?}"
            );
        }
    }
}

#[test]
fn refuses_a_repair_of_a_node_that_is_held_and_says_by_whom_since_when_and_for_what() {
    let ring = Ring::of_three().held(2, somebody(), WorkKind::Repair);
    assert_eq!(
        texts(&ring.work(WorkKind::Repair, &[1, 2]), Rule::Leases),
        [
            "10.0.0.2: lease held by step nightly of run r-7 for repair since 2026-03-01T11:55:00.000Z; lifted when that step is done and at rest, until 2026-03-01T12:05:00.000Z at most"
        ]
    );
    assert!(ring.work(WorkKind::Repair, &[1]).is_admitted());
    assert!(ring.work(WorkKind::Upload, &[2]).is_admitted());
}

#[test]
fn an_overdue_lease_still_stands_in_the_way() {
    let mut ring = Ring::of_three().held(1, somebody(), WorkKind::Tables);
    ring.leases[0].until = ring.leases[0].since;
    let texts = texts(&ring.disrupt(&[1]), Rule::Leases);
    assert!(
        texts[0].contains(
            "overdue since 2026-03-01T11:55:00.000Z: lifted when its work is at rest, which it is not yet"
        ),
        "{texts:?}"
    );
}

#[test]
fn its_own_lease_does_not_stand_in_the_way_of_a_step() {
    let ring = Ring::of_three().held(1, us(), WorkKind::Disrupt);
    assert!(ring.disrupt(&[1]).is_admitted());
    // A person who asks what would be holds nothing.
    let mut question = proposal(Impact::Disrupt, WorkKind::Disrupt, &[1]);
    question.holder = None;
    assert_eq!(texts(&ring.ask(&question), Rule::Leases).len(), 1);
}

#[test]
fn a_disruption_is_one_whatever_it_calls_itself() {
    let ring = Ring::of_three().held(1, somebody(), WorkKind::Snapshot);
    let snapshot = proposal(Impact::Disrupt, WorkKind::Snapshot, &[1]);
    assert_eq!(texts(&ring.ask(&snapshot), Rule::Leases).len(), 1);
    let unnamed = proposal(Impact::Change, WorkKind::Observe, &[1]);
    assert!(ring.ask(&unnamed).is_admitted());
    let ring = Ring::of_three().held(1, somebody(), WorkKind::Repair);
    assert_eq!(texts(&ring.ask(&unnamed), Rule::Leases).len(), 1);
}

proptest! {
    #[test]
    fn looking_is_never_held_up(held in prop::collection::vec((1_u128..4, 0..EVERY.len()), 0..6), work in 0..EVERY.len()) {
        let ring = held.iter().fold(Ring::of_three(), |ring, (node, kind)| ring.held(*node, somebody(), EVERY[*kind]));
        let question = proposal(Impact::Observe, EVERY[work], &[1, 2, 3]);
        prop_assert!(ring.ask(&question).is_admitted());
    }

    #[test]
    fn a_lease_more_never_admits_more(
        held in prop::collection::vec((1_u128..4, 0..EVERY.len()), 0..6),
        work in 0..EVERY.len(),
        minutes in -10_i64..10,
    ) {
        let mut ring = held.iter().fold(Ring::of_three(), |ring, (node, kind)| ring.held(*node, somebody(), EVERY[*kind]));
        for lease in &mut ring.leases {
            lease.until = ringkeeper_seams::Timestamp::from_millis(ring.now.as_millis() + minutes * MINUTE);
        }
        let question = proposal(Impact::Change, EVERY[work], &[1, 2]);
        let all = ring.ask(&question).blocks.len();
        let expected = held
            .iter()
            .filter(|(node, kind)| {
                let work = if EVERY[work] == WorkKind::Observe { WorkKind::Other } else { EVERY[work] };
                *node < 3 && !compatible(EVERY[*kind], work)
            })
            .count();
        prop_assert_eq!(texts(&ring.ask(&question), Rule::Leases).len(), expected);
        ring.leases.pop();
        prop_assert!(ring.ask(&question).blocks.len() <= all);
    }
}
