//! What others do while repairs run: another tool repairs, and tables are dropped.

use std::time::Duration;

use ringkeeper_cluster::RepairState;

use super::ring::{MANY, Ring, end, lasting, many_tables, only, settle, start_and_see, table, until};

/// Longer than the whole repair takes.
const PATIENCE: Duration = Duration::from_secs(20);

pub(super) async fn repairs_of_another_tool_are_seen_and_remembered(ring: &dyn Ring) {
    let node = ring.nodes()[1].endpoint;
    let since = ring.now();
    ring.repair_by_another_tool(node, MANY).await;
    until(ring, "the other tool's repair at its node", async || {
        let report = ring.cluster().membership(node).await.unwrap();
        (!report.repair_commands.is_empty()).then_some(())
    })
    .await;
    let ended = until(ring, "the end of the other tool's repair", async || {
        let repairs = ring.cluster().coordinated_repairs(node, since).await.unwrap();
        let repair = repairs.first()?.clone();
        repair.ended_at.map(|_| repair)
    })
    .await;
    let history = ring.cluster().repair_history(since).await.unwrap();
    for repair in [&ended, only(&history, MANY)] {
        assert_eq!(
            (repair.keyspace.as_str(), repair.whole, &repair.failure),
            (MANY, true, &None)
        );
        assert_eq!(repair.tables, many_tables().map(str::to_owned).into());
        assert_eq!(repair.repaired, repair.ranges);
        assert!(!repair.ranges.is_empty());
    }
    // The command's executor goes a moment after its last word.
    until(ring, "the end of the command", async || {
        let report = ring.cluster().membership(node).await.unwrap();
        report.repair_commands.is_empty().then_some(())
    })
    .await;
}

/// Keyspaces to try it in: a repair that was quicker than the dropping had nothing dropped under it.
const TRIES: [&str; 3] = [MANY, "lasting_again", "lasting_once_more"];

pub(super) async fn a_repair_never_succeeds_whose_table_is_dropped(ring: &dyn Ring) {
    let mut has_failed = false;
    for keyspace in TRIES {
        if keyspace != MANY {
            ring.create(keyspace, &many_tables()).await;
            settle(ring).await;
        }
        has_failed = fails_when_tables_are_dropped(ring, keyspace).await;
        if has_failed {
            break;
        }
    }
    assert!(
        has_failed,
        "repairs were quicker than the dropping of tables, or succeeded without them"
    );
}

/// Whether the repair ended with the dropping of its tables; not where it succeeded, perhaps before that.
async fn fails_when_tables_are_dropped(ring: &dyn Ring, keyspace: &str) -> bool {
    let (first, since) = (ring.nodes()[0].endpoint, ring.now());
    let order = lasting(ring, keyspace).await;
    let command = start_and_see(ring, first, &order).await;
    // Which of them comes last is Cassandra's to choose.
    for name in &many_tables()[13..] {
        ring.drop_table(&table(keyspace, name)).await;
    }
    // Most of them fail by themselves. Some hang: the word that the table is gone does not reach the coordinator.
    let patience = ring.now().after(PATIENCE);
    until(ring, "the end of the repair, or of our patience", async || {
        let answer = ring.cluster().repair_state(first, command).await.unwrap();
        (answer.state != RepairState::Running || ring.now() > patience).then_some(())
    })
    .await;
    ring.cluster().terminate_repairs(first).await.unwrap();
    let state = end(ring, first, command).await;
    if matches!(state, RepairState::Completed(_)) {
        return false;
    }
    assert!(matches!(state, RepairState::Failed(_)), "{state:?}");
    let remembered = ring.cluster().coordinated_repairs(first, since).await.unwrap();
    let repair = only(&remembered, keyspace);
    assert!(
        repair.failure.is_some() && repair.ended_at.is_some(),
        "{repair:?}"
    );
    assert_eq!(repair.repaired, []);
    true
}
