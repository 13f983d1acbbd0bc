//! What the host wrote down of a run, held against what Cassandra remembers.

use ringkeeper_api::EventRow;
use ringkeeper_cluster::{RepairCommand, RepairOrder};
use ringkeeper_journal::{Call, EffectId, EffectResult, Event, RunEvent};
use ringkeeper_seams::Timestamp;

use super::scene::Scene;

/// A repair that the run called for.
#[derive(Debug)]
pub(super) struct Repair {
    effect: EffectId,
    pub(super) order: RepairOrder,
    pub(super) intended_at: Timestamp,
    pub(super) taken: Option<RepairCommand>,
    pub(super) in_doubt: bool,
    pub(super) ended_at: Timestamp,
    pub(super) result: EffectResult,
}

/// Every repair of a run that has ended well, as they were intended.
pub(super) fn repairs(scene: &Scene, run: &str) -> Vec<Repair> {
    let mut repairs: Vec<Repair> = Vec::new();
    for (at, what) in events(scene, run) {
        let mut of = |effect: &EffectId, change: &dyn Fn(&mut Repair)| {
            change(
                repairs
                    .iter_mut()
                    .find(|repair| repair.effect == *effect)
                    .unwrap(),
            );
        };
        match what {
            RunEvent::Intended(intent) => {
                let Call::Repair { order } = intent.call else {
                    panic!("a call that is no repair: {intent:?}");
                };
                repairs.push(Repair {
                    effect: intent.effect,
                    order,
                    intended_at: at,
                    taken: None,
                    in_doubt: false,
                    // Until its end is read.
                    ended_at: at,
                    result: EffectResult::Cancelled,
                });
            }
            RunEvent::Taken { effect, command } => {
                of(&effect, &|repair| repair.taken = Some(command.clone()))
            }
            RunEvent::InDoubt { effect, .. } => of(&effect, &|repair| repair.in_doubt = true),
            RunEvent::Ended { effect, result } => of(&effect, &|repair| {
                repair.ended_at = at;
                repair.result = result.clone();
            }),
            _ => {}
        }
    }
    repairs
}

fn events(scene: &Scene, run: &str) -> Vec<(Timestamp, RunEvent)> {
    let rows: Vec<EventRow> = scene.told(&["runs", "follow", run]);
    assert!(!rows.is_empty());
    let events = rows
        .into_iter()
        .map(|row| match serde_json::from_value(row.event).unwrap() {
            Event::Run { what, .. } => (row.at, what),
            other => panic!("an event that is not about the run: {other:?}"),
        });
    events.collect()
}

/// No two repairs of the run were about one range of one table at one time.
pub(super) fn none_overlap(repairs: &[Repair]) {
    for (place, one) in repairs.iter().enumerate() {
        for other in repairs.iter().skip(place + 1) {
            let at_one_time = one.intended_at < other.ended_at && other.intended_at < one.ended_at;
            assert!(
                !(at_one_time && share_ranges(&one.order, &other.order)),
                "at one time: {one:?} and {other:?}"
            );
        }
    }
}

fn share_ranges(one: &RepairOrder, other: &RepairOrder) -> bool {
    let table = |table| other.tables.contains(table);
    let range = |range: &ringkeeper_ring::TokenRange| other.ranges.iter().any(|its| range.overlaps(*its));
    one.keyspace == other.keyspace && one.tables.iter().any(table) && one.ranges.iter().any(range)
}

/// The run repaired each range of each table once: by its own word, and Cassandra remembers no more than that. A command
/// that Cassandra itself failed (a peer that came back a moment ago may lose a message) repaired nothing and is followed by
/// another; then Cassandra remembers that it failed.
pub(super) fn was_carried_out_once(scene: &Scene, run: &str, keyspace: &str) {
    let opened_at = scene.run(run).run.opened_at;
    let repairs = repairs(scene, run);
    none_overlap(&repairs);
    let (done, failed): (Vec<&Repair>, Vec<&Repair>) = repairs
        .iter()
        .partition(|repair| matches!(repair.result, EffectResult::Done { .. }));
    for (place, repair) in done.iter().enumerate() {
        let again = done
            .iter()
            .skip(place + 1)
            .find(|other| share_ranges(&repair.order, &other.order));
        assert!(again.is_none(), "done twice: {repair:?} and {again:?}");
    }
    for repair in &failed {
        assert!(matches!(repair.result, EffectResult::Failed { .. }), "{repair:?}");
        println!("Cassandra failed {}: {:?}", repair.effect, repair.result);
    }
    let remembered = scene.history(keyspace, opened_at);
    assert_eq!(remembered.len(), repairs.len(), "{remembered:#?}");
    let remembered_failed = remembered.iter().filter(|repair| repair.failure.is_some());
    assert_eq!(remembered_failed.count(), failed.len(), "{remembered:#?}");
}
