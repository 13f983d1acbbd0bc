use std::sync::Arc;

use proptest::prelude::*;
use ringkeeper_cluster::{Answer, NodeError, NodeErrorKind, Sample};
use ringkeeper_plan::Impact;
use ringkeeper_seams::Timestamp;

use crate::testing::{MINUTE, Ring, id, proposal, texts};
use crate::{PressureLimits, Rule, WorkKind};

/// Three nodes, and what node `number` said so many minutes ago.
fn told(mut ring: Ring, number: u128, minutes_ago: i64, metric: &str, value: f64) -> Ring {
    let at = Timestamp::from_millis(ring.now.as_millis() - minutes_ago * MINUTE);
    let sample = Sample::of_node(metric, value);
    Arc::make_mut(&mut ring.snapshot.metrics).record(id(number), at, [sample]);
    ring
}

fn ring() -> Ring {
    Ring::of(&[("dc1", "r1"); 3])
}

fn blocks(ring: &Ring, work: WorkKind, nodes: &[u128]) -> Vec<String> {
    let impact = match work {
        WorkKind::Disrupt => Impact::Disrupt,
        WorkKind::Observe => Impact::Observe,
        _ => Impact::Change,
    };
    texts(&ring.ask(&proposal(impact, work, nodes)), Rule::Pressure)
}

#[test]
fn a_repair_waits_for_compactions_and_a_restart_does_not() {
    let ring = told(ring(), 1, 0, "compaction.pending_tasks", 101.0);
    assert_eq!(
        blocks(&ring, WorkKind::Repair, &[1, 2]),
        [
            "10.0.0.1: pending compactions 101 (limit 100); lifted when it is at its limit or below, or by another limit in [policy]"
        ]
    );
    assert_eq!(blocks(&ring, WorkKind::Tables, &[1]).len(), 1);
    for work in [
        WorkKind::Disrupt,
        WorkKind::Snapshot,
        WorkKind::Upload,
        WorkKind::Observe,
    ] {
        assert!(blocks(&ring, work, &[1]).is_empty(), "{work:?}");
    }
    assert!(blocks(&ring, WorkKind::Repair, &[2]).is_empty());
}

/// As a host that has just started, or one whose cluster has just answered for the first time.
#[test]
fn what_a_node_has_to_do_is_asked_before_more_is_given_to_it() {
    let mut ring = ring();
    ring.snapshot.metrics = Arc::default();
    Arc::make_mut(&mut ring.snapshot.metrics).note_asked(id(2));
    let expected = "10.0.0.1: its numbers were not read yet; lifted when they are, within a minute of its first answer to this host";
    for work in [WorkKind::Repair, WorkKind::Snapshot, WorkKind::Disrupt] {
        assert_eq!(blocks(&ring, work, &[1, 2]), [expected], "{work:?}");
    }
    assert!(blocks(&ring, WorkKind::Observe, &[1]).is_empty());
    ring.policy.pressure = PressureLimits {
        pending_compactions: None,
        heap_percent: None,
        dropped_per_second: None,
        ..PressureLimits::default()
    };
    assert!(
        blocks(&ring, WorkKind::Repair, &[1]).is_empty(),
        "nobody wants to know"
    );
    ring.policy.pressure = PressureLimits::default();
    // A node that is silent may be restarted all the same, as far as this rule goes.
    let view = ring.snapshot.nodes.get_mut(&id(1)).unwrap();
    view.answer = Answer::Silent(NodeError::new(
        NodeErrorKind::Unreachable,
        view.endpoint,
        "refused",
    ));
    assert!(blocks(&ring, WorkKind::Disrupt, &[1]).is_empty());
}

#[test]
fn everything_waits_for_heap() {
    let ring = told(
        told(ring(), 1, 0, "heap.after_gc_bytes", 96.0),
        1,
        0,
        "heap.max_bytes",
        100.0,
    );
    for work in [WorkKind::Disrupt, WorkKind::Snapshot, WorkKind::Repair] {
        assert!(
            blocks(&ring, work, &[1])[0]
                .starts_with("10.0.0.1: heap in use after collection 96 % (limit 95 %)"),
            "{work:?}"
        );
    }
    assert!(blocks(&ring, WorkKind::Observe, &[1]).is_empty());
}

#[test]
fn dropped_messages_are_counted_over_the_last_minutes_and_over_a_restart() {
    let counter = |values: &[(i64, f64)]| {
        values.iter().fold(ring(), |ring, (ago, value)| {
            told(ring, 1, *ago, "dropped.mutation", *value)
        })
    };
    assert!(blocks(&counter(&[(2, 1e6), (1, 1e6), (0, 1e6)]), WorkKind::Upload, &[1]).is_empty());
    assert!(blocks(&counter(&[(10, 0.0), (0, 1e6)]), WorkKind::Upload, &[1]).is_empty());
    let growing = counter(&[(2, 1e6), (0, 1e6 + 1_320.0)]);
    assert!(
        blocks(&growing, WorkKind::Upload, &[1])[0]
            .starts_with("10.0.0.1: dropped messages 11 a second (limit 10 a second)")
    );
    let restarted = counter(&[(2, 1e6), (1, 1_300.0), (0, 1_320.0)]);
    assert_eq!(blocks(&restarted, WorkKind::Upload, &[1]).len(), 1);
}

#[test]
fn a_disruption_waits_for_the_hints_of_all_nodes_together() {
    let ring = (1..=3).fold(ring(), |ring, node| {
        told(ring, node, 0, "hints.in_progress", 4_000.0)
    });
    assert!(
        blocks(&ring, WorkKind::Disrupt, &[1])[0]
            .starts_with("cluster test: hints being written 12000 (limit 10000)")
    );
    assert!(blocks(&ring, WorkKind::Repair, &[1]).is_empty());
}

#[test]
fn a_limit_can_be_switched_off() {
    let mut ring = told(ring(), 1, 0, "compaction.pending_tasks", 1e9);
    ring.policy.pressure = PressureLimits {
        pending_compactions: None,
        ..PressureLimits::default()
    };
    assert!(blocks(&ring, WorkKind::Repair, &[1]).is_empty());
}

proptest! {
    #[test]
    fn only_a_recent_number_above_its_limit_blocks(minutes in 0_i64..10, value in 0.0_f64..200.0) {
        let ring = told(ring(), 1, minutes, "compaction.pending_tasks", value);
        prop_assert_eq!(blocks(&ring, WorkKind::Repair, &[1]).len(), usize::from(minutes <= 3 && value > 100.0));
    }
}
