//! Repair: started, followed, remembered, refused and ended.

use std::collections::BTreeSet;

use ringkeeper_cluster::{
    Cluster as _, NodeErrorKind, RecordedRepair, RepairOrder, RepairParallelism, RepairState,
};
use ringkeeper_lab::LabNode;
use ringkeeper_ring::TokenRange;
use ringkeeper_seams::{Clock as _, SystemClock, Timestamp};

use super::support::{DEADLINE, Live, endpoint};

/// In mixed case: names go as they are in the schema, without quotes.
const KEYSPACE: &str = "Mended";
const TABLES: [&str; 3] = ["Carts", "orders", "lines"];
const ROWS: i32 = 100;

pub(super) async fn memtables_are_flushed(live: &Live) {
    make_tables(live).await;
    let node = &live.nodes()[0];
    let flush = async |tables: &[&str]| {
        let tables: Vec<String> = tables.iter().map(|&name| name.to_owned()).collect();
        live.cluster.flush(endpoint(node), KEYSPACE, &tables).await
    };
    assert_eq!(flushed(node), BTreeSet::new());
    flush(&["Carts"]).await.unwrap();
    assert_eq!(flushed(node), ["Carts".to_owned()].into());
    flush(&[]).await.unwrap();
    assert_eq!(flushed(node), TABLES.map(str::to_owned).into());

    let error = flush(&["carts"]).await.unwrap_err();
    assert_eq!(error.kind, NodeErrorKind::Failed, "{error}");
    assert!(
        error.message.ends_with("Unknown keyspace/cf pair (Mended.carts)"),
        "{error}"
    );
}

pub(super) async fn a_repair_is_followed_to_its_end_and_remembered(live: &Live) {
    let (node, since) = (live.first(), SystemClock.now());
    let ranges = ranges(live).await;
    let order = RepairOrder {
        // With the one that wraps around.
        ranges: vec![ranges[0], ranges[3], ranges[4]],
        parallelism: RepairParallelism::DataCentreAware,
        threads: 2,
        ..order(&["Carts", "orders"], &ranges)
    };
    assert!(order.ranges.iter().any(|range| range.start > range.end));
    let command = live.cluster.start_repair(node, &order).await.unwrap();
    assert!(command.number > 0);
    let membership = live.cluster.membership(node).await.unwrap();
    assert_eq!(command.process, membership.process);
    match end(live, command.number).await {
        RepairState::Completed(words) => assert!(words.contains("Repair completed successfully"), "{words}"),
        other => panic!("{other:?}"),
    }

    let of_node = live.cluster.coordinated_repairs(node, since).await.unwrap();
    let remembered = only(&of_node, &order);
    assert_eq!(
        remembered.command,
        has_view(live).then_some(command.number),
        "{remembered:?}"
    );
    let of_cluster = live.cluster.repair_history(since).await.unwrap();
    let history = only(&of_cluster, &order);
    assert_eq!((history.command, history.id), (None, remembered.id));
    for repair in [remembered, history] {
        let mut asked = order.ranges.clone();
        asked.sort_unstable();
        assert_eq!((&repair.repaired, &repair.ranges), (&asked, &asked));
        assert!(repair.started_at >= since && repair.ended_at > Some(repair.started_at));
        assert_eq!((repair.whole, &repair.failure), (true, &None));
        assert_eq!(repair.data_centres, BTreeSet::new());
    }
    if has_view(live) {
        let another = endpoint(&live.nodes()[1]);
        let of_another = live.cluster.coordinated_repairs(another, since).await.unwrap();
        assert_eq!(of_another, [], "a node tells of its own commands");
    }
    let later = SystemClock.now();
    assert_eq!(live.cluster.coordinated_repairs(node, later).await.unwrap(), []);
    assert_eq!(live.cluster.repair_history(later).await.unwrap(), []);
    let unknown = live
        .cluster
        .repair_state(node, command.number + 1000)
        .await
        .unwrap();
    assert_eq!(
        (unknown.state, unknown.process),
        (RepairState::Unknown, command.process)
    );
}

pub(super) async fn a_repair_of_one_data_centre_does_not_count_as_whole(live: &Live) {
    let since = SystemClock.now();
    let order = RepairOrder {
        data_centres: vec!["dc1".to_owned()],
        ..order(&["lines"], &ranges(live).await[..1])
    };
    let command = live.cluster.start_repair(live.first(), &order).await.unwrap();
    let state = end(live, command.number).await;
    assert!(matches!(state, RepairState::Completed(_)), "{state:?}");
    let of_node = live
        .cluster
        .coordinated_repairs(live.first(), since)
        .await
        .unwrap();
    let of_cluster = live.cluster.repair_history(since).await.unwrap();
    for repair in [only(&of_node, &order), only(&of_cluster, &order)] {
        assert!(!repair.whole);
        assert_eq!(repair.data_centres, ["dc1".to_owned()].into());
    }
}

pub(super) async fn what_cassandra_refuses_is_told_in_its_words(live: &Live) {
    let ranges = ranges(live).await;
    let span = TokenRange::new(ranges[1].start.advance(5), ranges[2].start.advance(5));
    for (order, words) in [
        (
            order(&["carts"], &ranges[..1]),
            "Unknown keyspace/cf pair (Mended.carts)",
        ),
        (
            // No table can be called so; the name arrives as it was sent.
            order(&["Körbe"], &ranges[..1]),
            "Unknown keyspace/cf pair (Mended.Körbe)",
        ),
        (
            order(&["Carts"], &[span]),
            "is not fully contained in one; this would lead to imprecise repair",
        ),
    ] {
        let command = live.cluster.start_repair(live.first(), &order).await.unwrap();
        match end(live, command.number).await {
            RepairState::Failed(reason) => assert!(reason.contains(words), "{reason}"),
            other => panic!("{other:?} of {order:?}"),
        }
    }

    let since = SystemClock.now();
    let nowhere = RepairOrder {
        keyspace: "Nowhere".to_owned(),
        ..order(&["Carts"], &ranges[..1])
    };
    let elsewhere = RepairOrder {
        data_centres: vec!["dc2".to_owned()],
        ..order(&["Carts"], &ranges[..1])
    };
    for (order, words) in [
        (nowhere, "metadata"),
        (elsewhere, "the local data center must be part of the repair"),
    ] {
        let error = live.cluster.start_repair(live.first(), &order).await.unwrap_err();
        assert_eq!(error.kind, NodeErrorKind::Failed, "{error}");
        assert!(error.message.contains(words), "{error}");
    }
    let of_node = live
        .cluster
        .coordinated_repairs(live.first(), since)
        .await
        .unwrap();
    assert_eq!(of_node, [], "nothing was started");

    let alone = RepairOrder {
        keyspace: "system_auth".to_owned(),
        ..order(&["roles"], &ranges[..1])
    };
    let command = live.cluster.start_repair(live.first(), &alone).await.unwrap();
    assert_eq!(
        command.number, 0,
        "a keyspace of one replica has nothing to repair"
    );
}

pub(super) async fn a_running_repair_is_seen_and_ended(live: &Live) {
    let node = live.first();
    let order = RepairOrder {
        parallelism: RepairParallelism::Sequential,
        ..order(&TABLES, &ranges(live).await)
    };
    let command = live.cluster.start_repair(node, &order).await.unwrap().number;
    loop {
        let membership = live.cluster.membership(node).await.unwrap();
        if membership.repair_commands.contains(&command) {
            break;
        }
        let state = live.cluster.repair_state(node, command).await.unwrap().state;
        assert!(!has_ended(&state), "ended unseen: {state:?}");
    }
    live.cluster.terminate_repairs(node).await.unwrap();
    let state = end(live, command).await;
    assert!(matches!(state, RepairState::Failed(_)), "{state:?}");
    // The executor goes a moment after the last word.
    until("the end of the command's executor", async || {
        let membership = live.cluster.membership(node).await.unwrap();
        (!membership.repair_commands.contains(&command)).then_some(())
    })
    .await;
}

/// After [`super::reports::a_stopped_node_is_seen_down_and_keeps_its_tokens`]: the last node is down.
pub(super) async fn a_repair_that_needs_a_stopped_node_fails(live: &Live) {
    let (stopped, since) = (endpoint(live.nodes().last().unwrap()), SystemClock.now());
    let order = order(&["lines"], &ranges(live).await[1..2]);
    let errors = [
        live.cluster.start_repair(stopped, &order).await.unwrap_err(),
        live.cluster
            .coordinated_repairs(stopped, since)
            .await
            .unwrap_err(),
        live.cluster.terminate_repairs(stopped).await.unwrap_err(),
    ];
    for error in errors {
        assert_eq!(error.kind, NodeErrorKind::Unreachable, "{error}");
    }

    let command = live.cluster.start_repair(live.first(), &order).await.unwrap();
    let state = end(live, command.number).await;
    assert!(matches!(state, RepairState::Failed(_)), "{state:?}");
    let of_node = live
        .cluster
        .coordinated_repairs(live.first(), since)
        .await
        .unwrap();
    let of_cluster = live.cluster.repair_history(since).await.unwrap();
    for repair in [only(&of_node, &order), only(&of_cluster, &order)] {
        assert!(
            repair.failure.is_some() && repair.ended_at.is_some(),
            "{repair:?}"
        );
        assert_eq!(repair.repaired, []);
    }
}

pub(super) async fn an_agent_of_one_thread_is_not_blinded_by_a_flush(live: &Live) {
    let error = live.cluster.flush(live.first(), "system", &[]).await.unwrap_err();
    assert_eq!(error.kind, NodeErrorKind::Unsupported, "{error}");
    assert!(error.message.contains("executor=fixed,threadNr=4"), "{error}");
}

/// A full repair of these tables and ranges of [`KEYSPACE`], one table at a time.
pub(super) fn order(tables: &[&str], ranges: &[TokenRange]) -> RepairOrder {
    RepairOrder {
        keyspace: KEYSPACE.to_owned(),
        tables: tables.iter().map(|&name| name.to_owned()).collect(),
        ranges: ranges.to_vec(),
        data_centres: Vec::new(),
        parallelism: RepairParallelism::Parallel,
        threads: 1,
    }
}

/// The ranges of [`KEYSPACE`], all of which the first node has; the first one wraps around.
pub(super) async fn ranges(live: &Live) -> Vec<TokenRange> {
    let placements = live.cluster.placements(live.first(), KEYSPACE).await.unwrap();
    assert!(
        placements
            .iter()
            .all(|range| range.replicas.contains(&live.first()))
    );
    placements.iter().map(|placement| placement.range).collect()
}

/// The one repair of exactly these tables and ranges.
fn only<'a>(repairs: &'a [RecordedRepair], order: &RepairOrder) -> &'a RecordedRepair {
    let found: Vec<&RecordedRepair> = repairs.iter().filter(|repair| is_of(repair, order)).collect();
    match found.as_slice() {
        [repair] => repair,
        other => panic!("one repair, not {other:?} of {repairs:?}"),
    }
}

/// Whether it is of exactly these tables and ranges.
pub(super) fn is_of(repair: &RecordedRepair, order: &RepairOrder) -> bool {
    let tables: BTreeSet<&String> = order.tables.iter().collect();
    let ranges: BTreeSet<&TokenRange> = order.ranges.iter().collect();
    repair.keyspace == order.keyspace
        && repair.tables.iter().collect::<BTreeSet<_>>() == tables
        && repair.ranges.iter().collect::<BTreeSet<_>>() == ranges
}

/// Whether nodes remember their own commands, with numbers.
pub(super) fn has_view(live: &Live) -> bool {
    !live.lab.settings().version.as_str().starts_with("4.0.")
}

/// How a command of the first node ended.
async fn end(live: &Live, command: i32) -> RepairState {
    until("the end of a repair", async || {
        let answer = live.cluster.repair_state(live.first(), command).await.unwrap();
        has_ended(&answer.state).then_some(answer.state)
    })
    .await
}

fn has_ended(state: &RepairState) -> bool {
    matches!(state, RepairState::Completed(_) | RepairState::Failed(_))
}

/// Asks again and again, as fast as answers come.
pub(super) async fn until<T>(what: &str, mut ask: impl AsyncFnMut() -> Option<T>) -> T {
    let give_up = SystemClock.now().after(DEADLINE);
    loop {
        if let Some(answer) = ask().await {
            return answer;
        }
        let now: Timestamp = SystemClock.now();
        assert!(now < give_up, "{what} within {DEADLINE:?}");
    }
}

async fn make_tables(live: &Live) {
    let session = live.session().await;
    let keyspace = format!(
        "CREATE KEYSPACE \"{KEYSPACE}\" WITH replication = {{'class': 'NetworkTopologyStrategy', 'dc1': 3, 'dc2': 2}}"
    );
    session.query_unpaged(keyspace, ()).await.unwrap();
    for table in TABLES {
        let table = format!("\"{KEYSPACE}\".\"{table}\"");
        let create = format!("CREATE TABLE {table} (id int PRIMARY KEY, what text)");
        session.query_unpaged(create, ()).await.unwrap();
        let insert = format!("INSERT INTO {table} (id, what) VALUES (?, 'thing')");
        let insert = session.prepare(insert).await.unwrap();
        for id in 0..ROWS {
            session.execute_unpaged(&insert, (id,)).await.unwrap();
        }
    }
}

/// The tables that have files on disk.
fn flushed(node: &LabNode) -> BTreeSet<String> {
    let tables = std::fs::read_dir(node.directory().join("data").join(KEYSPACE)).unwrap();
    tables
        .map(|table| table.unwrap())
        .filter(|table| {
            let mut files = std::fs::read_dir(table.path()).unwrap();
            files.any(|file| file.unwrap().file_name().to_string_lossy().ends_with("-Data.db"))
        })
        .map(|table| {
            let name = table.file_name().to_string_lossy().into_owned();
            name.rsplit_once('-').unwrap().0.to_owned()
        })
        .collect()
}
