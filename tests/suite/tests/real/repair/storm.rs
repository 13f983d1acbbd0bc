//! Forty tables, and everything at once: a node restarts, a table is dropped, somebody else repairs.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::ops::Range;
use std::thread;
use std::time::Duration;

use ringkeeper_api::RunDetail;
use ringkeeper_cluster::RecordedRepair;
use ringkeeper_journal::EffectResult;
use ringkeeper_seams::{Clock as _, SystemClock, Timestamp};
use ringkeeper_suite::DEADLINE;

use super::data::{every_replica_alone_gives, ids, write_without};
use super::journal;
use super::scene::Scene;

pub(super) const KEYSPACE: &str = "shop";
const TABLES: usize = 40;
const WRITTEN: Range<i32> = 0..50;
const MISSED: Range<i32> = 50..80;
/// What another begins so shortly before a repair of ours, nobody can see when that is begun.
const UNSEEN: Duration = Duration::from_secs(1);
/// The one that is dropped.
const DROPPED: &str = "shop.t39";

fn tables() -> Vec<String> {
    (0..TABLES)
        .map(|number| format!("{KEYSPACE}.t{number:02}"))
        .collect()
}

pub(super) fn make_tables(scene: &Scene) {
    let client = scene.client();
    let names: Vec<String> = (0..TABLES).map(|number| format!("t{number:02}")).collect();
    client.create(KEYSPACE, 3, &names).unwrap();
    for table in tables() {
        client.write(&table, WRITTEN).unwrap();
    }
}

/// Answers which node that is.
pub(super) fn a_node_misses_rows(scene: &Scene, address: IpAddr) -> IpAddr {
    write_without(scene, scene.node(address), &tables(), MISSED);
    address
}

/// `missing` is the node that misses rows.
pub(super) fn a_run_gets_through_everything_at_once(scene: &Scene, missing: IpAddr) {
    let (lab, another) = (&scene.lab, scene.other_than(missing));
    let by_nodetool = || lab.nodetool(another, &["repair", "-full", KEYSPACE]);
    let began_at = SystemClock.now();
    let run = thread::scope(|scope| {
        let first = scope.spawn(by_nodetool);
        scene.wait_until_it_leads_a_repair(another);
        let run = scene.repair(KEYSPACE);
        let coordinator = scene.wait_until_repairing(&run.id);
        let first = first.join().unwrap();
        assert!(first.is_ok(), "another's repair is left in peace: {first:?}");

        let restarted = scene.other_than(coordinator);
        restarted.kill();
        scene.client().execute(&format!("DROP TABLE {DROPPED}")).unwrap();
        restarted.start().unwrap();
        restarted.wait_until_ready(DEADLINE).unwrap();
        scene.lab.wait_until_all_see_all(DEADLINE).unwrap();
        let second = scope.spawn(by_nodetool);
        let run = scene.wait_until_succeeded(&run.id);
        let second = second.join().unwrap();
        assert!(second.is_ok(), "another's repair is left in peace: {second:?}");
        run
    });
    assert_the_dropped_table_alone_is_void(&run);
    assert_nothing_overlapped(scene, &run, began_at);
    let left: Vec<String> = tables().into_iter().filter(|table| table != DROPPED).collect();
    every_replica_alone_gives(scene, &ids(&left, WRITTEN.start..MISSED.end));
}

fn assert_the_dropped_table_alone_is_void(run: &RunDetail) {
    let void: Vec<&str> = run
        .goals
        .iter()
        .filter(|goal| goal.percent.is_none())
        .map(|goal| goal.goal.as_str())
        .collect();
    assert!(void.len() == 1 && void[0].starts_with(DROPPED), "{void:?}");
    assert_eq!(run.goals.len(), TABLES);
}

/// No two repairs of the run by its journal; and by Cassandra's memory, none of the run was begun while another's ran.
fn assert_nothing_overlapped(scene: &Scene, run: &RunDetail, since: Timestamp) {
    let repairs = journal::repairs(scene, &run.run.id);
    journal::none_overlap(&repairs);
    assert!(
        matches!(
            repairs[0].result,
            EffectResult::Failed { .. } | EffectResult::Lost { .. }
        ),
        "the restart broke a repair: {:?}",
        repairs[0]
    );
    let (ours, others) = parted(scene.history(KEYSPACE, since), &repairs);
    assert_eq!(
        (ours.len(), others.len()),
        (repairs.len(), 2),
        "{ours:#?} {others:#?}"
    );
    for repair in &ours {
        let while_it_ran = |other: &&RecordedRepair| {
            other.started_at.after(UNSEEN) < repair.started_at
                && other.ended_at.is_none_or(|end| end > repair.started_at)
        };
        let other = others.iter().find(while_it_ran);
        assert!(other.is_none(), "{repair:?} was begun while {other:?} ran");
    }
    println!(
        "{} repairs of the run, {} of others, {} in doubt, {} made again after that",
        repairs.len(),
        others.len(),
        run.in_doubt,
        run.repeated
    );
}

/// What Cassandra remembers of the run's repairs, and what is left: those of others.
fn parted(
    mut remembered: Vec<RecordedRepair>,
    repairs: &[journal::Repair],
) -> (Vec<RecordedRepair>, Vec<RecordedRepair>) {
    let mut ours = Vec::new();
    for repair in repairs {
        let tables: BTreeSet<&String> = repair.order.tables.iter().collect();
        let within =
            |one: &RecordedRepair| repair.intended_at <= one.started_at && one.started_at <= repair.ended_at;
        let place = remembered
            .iter()
            .position(|one| one.tables.iter().eq(tables.iter().copied()) && within(one));
        ours.extend(place.map(|place| remembered.remove(place)));
    }
    (ours, remembered)
}
