//! The audit log in tables.

use std::collections::BTreeMap;

use async_trait::async_trait;
use ringkeeper_seams::Timestamp;
use rusqlite::{OptionalExtension as _, Params, Row, Transaction, params};

use super::SqliteJournal;
use super::fault::Refused;
use super::stream::{read_topic, unreadable};
use crate::audit::{AUDIT_SEGMENT_RECORDS, RunContext, record};
use crate::topic::Topic;
use crate::{
    AuditHead, AuditLog, AuditRow, AuditSegment, Event, JournalError, Recorded, RunEvent, RunId,
    SealedSegment, Version,
};

/// Events of a run that are read at once to learn what is to be known of it.
const PAGE: usize = 1_000;

/// Writes the records of these events, which are about to be appended behind `before`.
pub(super) fn append(
    transaction: &Transaction<'_>,
    cluster: &str,
    before: Version,
    events: &[Recorded],
) -> Result<(), Refused> {
    let was = head(transaction)?;
    let mut head = was.clone();
    let mut contexts = BTreeMap::new();
    let mut insert = transaction
        .prepare_cached("INSERT INTO audit (number, at_ms, run, hash, body) VALUES (?1, ?2, ?3, ?4, ?5)")?;
    for (version, recorded) in (before.0 + 1..).map(Version).zip(events) {
        let mut none = RunContext::default();
        let run = match &recorded.event {
            Event::Run { run, .. } => Some(run),
            _ => None,
        };
        let context = match run {
            None => &mut none,
            Some(run) if contexts.contains_key(run) => contexts.entry(run).or_default(),
            Some(run) => {
                let context = context(transaction, cluster, run, version)?;
                contexts.entry(run).or_insert(context)
            }
        };
        let Some(record) = record(context, cluster, version, recorded) else {
            continue;
        };
        let row = head
            .link(record)
            .map_err(|error| unreadable(cluster, version.0, error))?;
        let run = run.map(|run| run.0.as_str());
        insert.execute(params![row.number, row.at.as_millis(), run, row.hash, row.body])?;
    }
    for recorded in events {
        if let Event::Run {
            run,
            what: RunEvent::Closed { .. },
        } = &recorded.event
        {
            contexts.remove(run);
            transaction
                .prepare_cached("DELETE FROM audit_run WHERE cluster = ?1 AND run = ?2")?
                .execute(params![cluster, run.0])?;
        }
    }
    for (run, context) in contexts {
        let text = serde_json::to_string(&context).map_err(|error| unreadable(cluster, before.0, error))?;
        transaction
            .prepare_cached("INSERT OR REPLACE INTO audit_run (cluster, run, context) VALUES (?1, ?2, ?3)")?
            .execute(params![cluster, run.0, text])?;
    }
    if head == was {
        return Ok(());
    }
    transaction
        .prepare_cached("UPDATE audit_head SET number = ?1, hash = ?2")?
        .execute(params![head.number, head.hash])?;
    let newest = newest(transaction)?;
    let last = newest.as_ref().map_or(0, |segment| segment.last);
    if head.number - last >= AUDIT_SEGMENT_RECORDS
        && let Some(Recorded { at, .. }) = events.last()
    {
        seal(transaction, &head, newest.as_ref(), *at)?;
    }
    Ok(())
}

/// What is known of a run; where nothing is kept, as in a journal of an earlier version, what its events before say.
fn context(
    transaction: &Transaction<'_>,
    cluster: &str,
    run: &RunId,
    before: Version,
) -> Result<RunContext, Refused> {
    let kept: Option<String> = transaction
        .prepare_cached("SELECT context FROM audit_run WHERE cluster = ?1 AND run = ?2")?
        .query_row(params![cluster, run.0], |row| row.get(0))
        .optional()?;
    if let Some(text) = kept {
        return serde_json::from_str(&text).map_err(|error| unreadable(cluster, before.0, error));
    }
    let mut context = RunContext::default();
    let mut after = Version(0);
    loop {
        let page = read_topic(transaction, cluster, &Topic::of_run(run), after, PAGE)?;
        let Some((last, _)) = page.last() else {
            return Ok(context);
        };
        after = *last;
        for (version, recorded) in page.iter().filter(|(version, _)| *version < before) {
            record(&mut context, cluster, *version, recorded);
        }
    }
}

fn head(transaction: &Transaction<'_>) -> Result<AuditHead, Refused> {
    let head = transaction
        .prepare_cached("SELECT number, hash FROM audit_head")?
        .query_row([], |row| {
            Ok(AuditHead {
                number: row.get(0)?,
                hash: row.get(1)?,
            })
        })
        .optional()?;
    Ok(head.unwrap_or_default())
}

fn newest(transaction: &Transaction<'_>) -> Result<Option<AuditSegment>, Refused> {
    let newest = transaction
        .prepare_cached("SELECT * FROM audit_segment ORDER BY segment DESC LIMIT 1")?
        .query_row([], segment)
        .optional()?;
    Ok(newest.map(|sealed| sealed.segment))
}

fn segment(row: &Row<'_>) -> rusqlite::Result<SealedSegment> {
    let exported: Option<i64> = row.get("exported_at_ms")?;
    Ok(SealedSegment {
        segment: AuditSegment {
            segment: row.get("segment")?,
            first: row.get("first")?,
            last: row.get("last")?,
            before: row.get("before")?,
            hash: row.get("hash")?,
            sealed_at: Timestamp::from_millis(row.get("sealed_at_ms")?),
        },
        exported_at: exported.map(Timestamp::from_millis),
        is_pruned: row.get("pruned")?,
    })
}

fn seal(
    transaction: &Transaction<'_>,
    head: &AuditHead,
    newest: Option<&AuditSegment>,
    at: Timestamp,
) -> Result<Option<AuditSegment>, Refused> {
    let Some(sealed) = head.seal(newest, at) else {
        return Ok(None);
    };
    transaction
        .prepare_cached(
            "INSERT INTO audit_segment (segment, first, last, before, hash, sealed_at_ms)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute(params![
            sealed.segment,
            sealed.first,
            sealed.last,
            sealed.before,
            sealed.hash,
            sealed.sealed_at.as_millis()
        ])?;
    Ok(Some(sealed))
}

fn rows(transaction: &Transaction<'_>, query: &str, params: impl Params) -> Result<Vec<AuditRow>, Refused> {
    let mut select = transaction.prepare_cached(query)?;
    let rows = select.query_map(params, |row| {
        Ok(AuditRow {
            number: row.get(0)?,
            at: Timestamp::from_millis(row.get(1)?),
            hash: row.get(2)?,
            body: row.get(3)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn prune(transaction: &Transaction<'_>, before: Timestamp) -> Result<u64, Refused> {
    let mut removed = 0;
    let mut select = transaction.prepare_cached("SELECT * FROM audit_segment ORDER BY segment")?;
    let sealed: Vec<SealedSegment> = select.query_map([], segment)?.collect::<Result<_, _>>()?;
    for SealedSegment { segment, .. } in sealed
        .iter()
        .skip_while(|sealed| sealed.is_pruned)
        .take_while(|sealed| sealed.exported_at.is_some() && sealed.segment.sealed_at < before)
    {
        removed += transaction
            .prepare_cached("DELETE FROM audit WHERE number BETWEEN ?1 AND ?2")?
            .execute(params![segment.first, segment.last])? as u64;
        transaction
            .prepare_cached("UPDATE audit_segment SET pruned = 1 WHERE segment = ?1")?
            .execute(params![segment.segment])?;
    }
    Ok(removed)
}

#[async_trait]
impl AuditLog for SqliteJournal {
    async fn audit_head(&self) -> Result<AuditHead, JournalError> {
        self.run(head).await
    }

    async fn audit_read(&self, after: u64, limit: usize) -> Result<Vec<AuditRow>, JournalError> {
        self.run(move |transaction| {
            let query =
                "SELECT number, at_ms, hash, body FROM audit WHERE number > ?1 ORDER BY number LIMIT ?2";
            rows(transaction, query, params![after, limit])
        })
        .await
    }

    async fn audit_find(
        &self,
        run: Option<&RunId>,
        since: Option<Timestamp>,
        limit: usize,
    ) -> Result<Vec<AuditRow>, JournalError> {
        let run = run.map(|run| run.0.clone());
        let since = since.map(Timestamp::as_millis);
        self.run(move |transaction| {
            let query = "SELECT number, at_ms, hash, body FROM audit
                 WHERE (?1 IS NULL OR run = ?1) AND (?2 IS NULL OR at_ms >= ?2) ORDER BY number DESC LIMIT ?3";
            let mut found = rows(transaction, query, params![run, since, limit])?;
            found.reverse();
            Ok(found)
        })
        .await
    }

    async fn audit_segments(&self) -> Result<Vec<SealedSegment>, JournalError> {
        self.run(|transaction| {
            let mut select = transaction.prepare_cached("SELECT * FROM audit_segment ORDER BY segment")?;
            Ok(select.query_map([], segment)?.collect::<Result<_, _>>()?)
        })
        .await
    }

    async fn audit_seal(&self, at: Timestamp) -> Result<Option<AuditSegment>, JournalError> {
        self.run(move |transaction| {
            let newest = newest(transaction)?;
            seal(transaction, &head(transaction)?, newest.as_ref(), at)
        })
        .await
    }

    async fn audit_exported(&self, segment: u64, at: Timestamp) -> Result<(), JournalError> {
        self.run(move |transaction| {
            transaction.execute(
                "UPDATE audit_segment SET exported_at_ms = ?2 WHERE segment = ?1 AND exported_at_ms IS NULL",
                params![segment, at.as_millis()],
            )?;
            Ok(())
        })
        .await
    }

    async fn audit_prune(&self, before: Timestamp) -> Result<u64, JournalError> {
        self.run(move |transaction| prune(transaction, before)).await
    }
}
