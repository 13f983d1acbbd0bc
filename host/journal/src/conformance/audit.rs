//! What audit logs must do. The suite begins with it: the log is one for all streams.

use ringkeeper_seams::Timestamp;

use super::stream::{at, closed, flapped, frozen, paused};
use crate::{
    AUDIT_SEGMENT_RECORDS, AuditBroken, AuditHead, AuditKind, AuditRecord, AuditRow, Event, Journal,
    Recorded, RunId, Version, audit_hash, check_audit,
};

pub(super) async fn check(journal: &dyn Journal) {
    what_changes_or_decides_has_a_record_in_the_chain(journal).await;
    what_was_not_appended_has_none(journal).await;
    records_are_found_by_run_and_time(journal).await;
    segments_are_sealed_when_asked_and_when_full(journal).await;
    what_was_exported_may_go_and_the_rest_still_fits(journal).await;
}

fn record(row: &AuditRow) -> AuditRecord {
    serde_json::from_str(&row.body).expect("a record")
}

async fn append(journal: &dyn Journal, cluster: &str, events: &[Recorded]) {
    let before = journal.last(cluster).await.expect("last");
    journal.append(cluster, before, events).await.expect("append");
}

async fn is_whole(journal: &dyn Journal) {
    let (check, broken) = check_audit(journal, None).await.expect("check");
    assert_eq!(broken, None);
    assert_eq!(check.head(), &journal.audit_head().await.expect("head"));
}

async fn what_changes_or_decides_has_a_record_in_the_chain(journal: &dyn Journal) {
    assert_eq!(journal.audit_head().await.expect("head"), AuditHead::default());
    is_whole(journal).await;
    append(journal, "audit", &[flapped(1), frozen(2)]).await;
    append(journal, "other", &[at(3, Event::Unfrozen { by: None })]).await;
    let rows = journal.audit_read(0, 9).await.expect("read");
    let records: Vec<_> = rows.iter().map(record).collect();
    let read: Vec<_> = records
        .iter()
        .map(|record| {
            (
                record.number,
                record.cluster.as_str(),
                record.event.0,
                record.what,
            )
        })
        .collect();
    let expected = [
        (1, "audit", 2, AuditKind::Frozen),
        (2, "other", 1, AuditKind::Unfrozen),
    ];
    assert_eq!(read, expected);
    let mut hash = "0".repeat(64);
    for row in &rows {
        hash = audit_hash(&hash, &row.body);
        assert_eq!(row.hash, hash);
    }
    assert_eq!(
        journal.audit_head().await.expect("head"),
        AuditHead { number: 2, hash }
    );
    is_whole(journal).await;
    let first = rows.first().map(|row| row.hash.to_uppercase());
    let (check, broken) = check_audit(journal, first.as_deref()).await.expect("check");
    assert_eq!((check.so_far(), broken), ((1, 2, Some(1)), None));
    let (_, broken) = check_audit(journal, Some("f00d")).await.expect("check");
    let hash = "f00d".to_owned();
    assert_eq!(broken, Some(AuditBroken::NoSuchHead { hash }));
}

async fn what_was_not_appended_has_none(journal: &dyn Journal) {
    let before = journal.audit_head().await.expect("head");
    let conflict = journal.append("audit", Version(0), &[frozen(4)]).await;
    assert!(conflict.is_err());
    assert_eq!(journal.audit_head().await.expect("head"), before);
}

async fn records_are_found_by_run_and_time(journal: &dyn Journal) {
    let events = [paused("r-1", 5), paused("r-2", 6), closed("r-1", 7), frozen(8)];
    append(journal, "audit", &events).await;
    let run = RunId("r-1".to_owned());
    let numbers = async |run: Option<&RunId>, since: Option<i64>, limit| {
        let since = since.map(Timestamp::from_millis);
        let found = journal.audit_find(run, since, limit).await.expect("find");
        found.iter().map(|row| row.number).collect::<Vec<_>>()
    };
    assert_eq!(numbers(Some(&run), None, 9).await, [3, 5]);
    assert_eq!(numbers(Some(&run), Some(6), 9).await, [5]);
    assert_eq!(numbers(None, Some(6), 9).await, [4, 5, 6]);
    assert_eq!(numbers(None, None, 2).await, [5, 6]);
}

async fn segments_are_sealed_when_asked_and_when_full(journal: &dyn Journal) {
    let sealed = journal.audit_seal(Timestamp::from_millis(9)).await.expect("seal");
    let first = sealed.expect("a segment");
    let head = journal.audit_head().await.expect("head");
    assert_eq!((first.segment, first.first, first.last), (1, 1, head.number));
    assert_eq!((&first.before, &first.hash), (&"0".repeat(64), &head.hash));
    let nothing = journal.audit_seal(Timestamp::from_millis(9)).await.expect("seal");
    assert_eq!(nothing, None);
    let full = i64::try_from(AUDIT_SEGMENT_RECORDS).expect("a small number");
    let events: Vec<_> = (0..full).map(|millis| frozen(10 + millis)).collect();
    append(journal, "audit", &events).await;
    append(journal, "audit", &[frozen(5_000)]).await;
    let segments = journal.audit_segments().await.expect("segments");
    let second = segments.last().expect("a segment").segment.clone();
    assert_eq!(segments.len(), 2);
    assert_eq!(second.first, first.last + 1);
    assert_eq!(second.last, first.last + AUDIT_SEGMENT_RECORDS);
    assert_eq!(second.before, first.hash);
    is_whole(journal).await;
}

async fn what_was_exported_may_go_and_the_rest_still_fits(journal: &dyn Journal) {
    let late = Timestamp::from_millis(1_000_000);
    assert_eq!(journal.audit_prune(late).await.expect("prune"), 0);
    // The second one alone would leave a hole.
    journal.audit_exported(2, late).await.expect("note");
    assert_eq!(journal.audit_prune(late).await.expect("prune"), 0);
    journal.audit_exported(1, late).await.expect("note");
    let sealed_then = Timestamp::from_millis(9);
    assert_eq!(journal.audit_prune(sealed_then).await.expect("prune"), 0);
    let after_it = Timestamp::from_millis(10);
    assert_eq!(journal.audit_prune(after_it).await.expect("prune"), 6);
    assert_eq!(journal.audit_prune(after_it).await.expect("prune again"), 0);
    is_whole(journal).await;
    assert_eq!(
        journal.audit_prune(late).await.expect("prune"),
        AUDIT_SEGMENT_RECORDS
    );
    is_whole(journal).await;
    let segments = journal.audit_segments().await.expect("segments");
    let hash = segments.first().map(|sealed| sealed.segment.hash.clone());
    let (check, broken) = check_audit(journal, hash.as_deref()).await.expect("check");
    assert_eq!((check.so_far().2, broken), (Some(6), None));
}
