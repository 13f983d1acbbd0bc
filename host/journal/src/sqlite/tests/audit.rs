use super::*;
use crate::{AuditBroken, AuditHead, AuditKind, AuditLog as _, AuditRecord, Event, check_audit};

/// A journal with six records, two of them in a segment, changed by hand; and what its check says.
async fn tampered(change: &str) -> (AuditHead, Option<AuditBroken>) {
    let directory = tempfile::tempdir().unwrap();
    let journal = open(directory.path()).unwrap();
    let frozen = |count: i64| -> Vec<Recorded> {
        let event = |at| Recorded {
            at: Timestamp::from_millis(at),
            event: Event::Unfrozen { by: None },
        };
        (1..=count).map(event).collect()
    };
    let version = journal.append("c", Version(0), &frozen(2)).await.unwrap();
    journal.audit_seal(Timestamp::from_millis(2)).await.unwrap();
    journal.append("c", version, &frozen(4)).await.unwrap();
    let before = journal.audit_head().await.unwrap();
    let hand = Connection::open(directory.path().join("journal.sqlite")).unwrap();
    hand.execute_batch(change).unwrap();
    drop(hand);
    // A host that is started anew sees the same.
    drop(journal);
    let journal = open(directory.path()).unwrap();
    let (_, broken) = check_audit(&journal, None).await.unwrap();
    (before, broken)
}

#[tokio::test]
async fn a_log_that_nobody_touched_is_whole() {
    assert_eq!(tampered("").await.1, None);
}

#[tokio::test]
async fn whoever_changes_the_log_by_hand_is_found_out_and_where() {
    let gone = |expected, found| AuditBroken::Missing { expected, found };
    let changed = |number| AuditBroken::Changed { number };
    let cut = |expected, found| AuditBroken::CutOff { expected, found };
    for (change, expected) in [
        // A word of a record.
        (
            "UPDATE audit SET body = replace(body, 'unfrozen', 'frozen') WHERE number = 4",
            changed(4),
        ),
        // A record, with a hash that fits to nothing.
        (
            "UPDATE audit SET hash = printf('%064d', 1) WHERE number = 3",
            changed(3),
        ),
        // One that is gone.
        ("DELETE FROM audit WHERE number = 5", gone(5, 6)),
        // The first.
        ("DELETE FROM audit WHERE number = 1", gone(1, 2)),
        // One that is gone, and the others moved up.
        (
            "DELETE FROM audit WHERE number = 3; UPDATE audit SET number = number - 1 WHERE number > 3",
            changed(3),
        ),
        // Two that changed places.
        (
            "UPDATE audit SET number = 99 WHERE number = 3; UPDATE audit SET number = 3 WHERE number = 4;
             UPDATE audit SET number = 4 WHERE number = 99",
            changed(3),
        ),
        // The end is cut off.
        ("DELETE FROM audit WHERE number > 4", cut(6, 4)),
        // Everything is.
        ("DELETE FROM audit", cut(6, 0)),
    ] {
        assert_eq!(tampered(change).await.1, Some(expected), "{change}");
    }
    let (_, broken) = tampered("UPDATE audit SET at_ms = 0 WHERE number = 4").await;
    assert!(matches!(
        broken,
        Some(AuditBroken::Inconsistent { number: 4, .. })
    ));
    let (_, broken) = tampered("UPDATE audit_segment SET first = 2").await;
    assert!(matches!(broken, Some(AuditBroken::Segment { segment: 1, .. })));
    // Whoever also moves the head back past a segment is found out by that.
    let (_, broken) = tampered(
        "DELETE FROM audit WHERE number > 1;
         UPDATE audit_head SET number = 1, hash = (SELECT hash FROM audit WHERE number = 1)",
    )
    .await;
    assert_eq!(broken, Some(cut(2, 1)));
}

#[tokio::test]
async fn a_cut_that_moves_the_head_back_is_found_out_by_a_head_that_was_noted() {
    let directory = tempfile::tempdir().unwrap();
    let journal = open(directory.path()).unwrap();
    let event = |at| Recorded {
        at: Timestamp::from_millis(at),
        event: Event::Unfrozen { by: None },
    };
    let events = [event(1), event(2), event(3)];
    journal.append("c", Version(0), &events).await.unwrap();
    let noted = journal.audit_head().await.unwrap().hash;
    let hand = Connection::open(directory.path().join("journal.sqlite")).unwrap();
    hand.execute_batch(
        "DELETE FROM audit WHERE number = 3;
         UPDATE audit_head SET number = 2, hash = (SELECT hash FROM audit WHERE number = 2)",
    )
    .unwrap();
    assert_eq!(check_audit(&journal, None).await.unwrap().1, None);
    let (_, broken) = check_audit(&journal, Some(&noted)).await.unwrap();
    assert_eq!(broken, Some(AuditBroken::NoSuchHead { hash: noted }));
}

/// In a journal of an earlier version runs are open of which nothing was noted.
#[tokio::test]
async fn a_run_that_was_open_before_there_was_a_log_is_known_by_its_events() {
    let directory = tempfile::tempdir().unwrap();
    let journal = open(directory.path()).unwrap();
    let recorded = |what| Recorded {
        at: Timestamp::from_millis(1),
        event: samples::run("shop-1", what),
    };
    let mut step = samples::step_events("shop-1", 1);
    let rest = step.split_off(1);
    let first: Vec<_> = [samples::opened_run("shop-1", 1)]
        .into_iter()
        .chain(step)
        .map(recorded)
        .collect();
    let version = journal.append("shop", Version(0), &first).await.unwrap();
    let forget = |connection: &mut Connection| {
        connection.execute_batch("DELETE FROM audit_run")?;
        Ok(())
    };
    journal.store.with(forget).unwrap();
    let rest: Vec<_> = rest.into_iter().map(recorded).collect();
    journal.append("shop", version, &rest).await.unwrap();
    let rows = journal.audit_read(1, 9).await.unwrap();
    let intended: AuditRecord = serde_json::from_str(&rows[0].body).unwrap();
    assert_eq!(intended.what, AuditKind::Intended);
    assert_eq!(intended.plugin.unwrap().name, "repair");
    assert_eq!(intended.nodes.len(), 3);
}
