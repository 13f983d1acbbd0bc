//! Rows that a node missed, and the repairs that bring them.

use std::collections::BTreeSet;

use ringkeeper_cluster::NodeErrorKind;

use super::ring::{
    KEYSPACE, Lost, Ring, TABLES, next_order, only, order, ranges, repair, settle, table, until,
};

/// Rows that every node has.
const BEFORE: std::ops::Range<i32> = 0..200;
/// Rows that the last node missed.
const MISSED: std::ops::Range<i32> = 200..400;

pub(super) async fn only_repair_brings_what_a_node_missed_range_by_range_and_table_by_table(ring: &dyn Ring) {
    let nodes = ring.nodes();
    let (first, last) = (nodes[0].endpoint, &nodes[2]);
    let [lines, notes] = TABLES.map(|name| table(KEYSPACE, name));
    for table in [&lines, &notes] {
        ring.write(table, BEFORE).await;
    }
    // A majority has them now. The last node is to have them too, and on disk: a power cut loses what is not.
    for table in [&lines, &notes] {
        until(ring, "the last node having what all have", async || {
            let rows = ring.read_alone(last.endpoint, table).await;
            (rows == BEFORE.collect()).then_some(())
        })
        .await;
    }
    settle(ring).await;
    ring.cluster().flush(last.endpoint, KEYSPACE, &[]).await.unwrap();
    ring.kill(last.endpoint).await;
    for table in [&lines, &notes] {
        ring.write(table, MISSED).await;
    }
    ring.driver().start(last, &next_order()).await.unwrap();
    settle(ring).await;
    let all: BTreeSet<i32> = BEFORE.chain(MISSED).collect();
    for table in [&lines, &notes] {
        assert_eq!(
            ring.read_alone(last.endpoint, table).await,
            BEFORE.collect(),
            "{table} of the node that was away"
        );
    }
    settle(ring).await;

    let since = ring.now();
    let ranges = ranges(ring, KEYSPACE).await;
    let (some, others) = ranges.split_at(ranges.len() / 2);
    repair(ring, first, &order(KEYSPACE, &[TABLES[0]], some)).await;
    let of_node = ring.cluster().coordinated_repairs(first, since).await.unwrap();
    let of_cluster = ring.cluster().repair_history(since).await.unwrap();
    for remembered in [only(&of_node, KEYSPACE), only(&of_cluster, KEYSPACE)] {
        let mut asked = some.to_vec();
        asked.sort_unstable();
        assert_eq!((&remembered.ranges, &remembered.repaired), (&asked, &asked));
        assert!(remembered.started_at >= since && remembered.ended_at > Some(remembered.started_at));
        assert_eq!((remembered.whole, &remembered.failure), (true, &None));
    }
    let half = ring.read_alone(last.endpoint, &lines).await;
    assert!(half.is_superset(&BEFORE.collect()) && half.is_subset(&all));
    assert!(
        half.len() > BEFORE.len() && half.len() < all.len(),
        "{} rows",
        half.len()
    );
    settle(ring).await;

    repair(ring, first, &order(KEYSPACE, &[TABLES[0]], others)).await;
    assert_eq!(ring.read_alone(last.endpoint, &lines).await, all);
    assert_eq!(
        ring.read_alone(last.endpoint, &notes).await,
        BEFORE.collect(),
        "a table that was not repaired"
    );
    settle(ring).await;
}

pub(super) async fn a_repair_whose_answer_is_lost_runs_all_the_same(ring: &dyn Ring) {
    let (first, last) = (ring.nodes()[0].endpoint, ring.nodes()[2].endpoint);
    let since = ring.now();
    let order = order(KEYSPACE, &[TABLES[1]], &ranges(ring, KEYSPACE).await);
    let error = ring
        .losing(first, Lost::Repair)
        .start_repair(first, &order)
        .await
        .unwrap_err();
    assert_eq!(error.kind, NodeErrorKind::TimedOut, "{error}");
    until(ring, "the repair in the node's memory", async || {
        let repairs = ring.cluster().coordinated_repairs(first, since).await.unwrap();
        let repair = repairs.first()?;
        assert_eq!(only(&repairs, KEYSPACE).tables, [TABLES[1].to_owned()].into());
        repair.ended_at.map(|_| assert_eq!(repair.failure, None))
    })
    .await;
    let notes = table(KEYSPACE, TABLES[1]);
    let all: BTreeSet<i32> = BEFORE.chain(MISSED).collect();
    assert_eq!(ring.read_alone(last, &notes).await, all);
    settle(ring).await;
}
