//! Streams of events in tables.

use ringkeeper_seams::Timestamp;
use rusqlite::{OptionalExtension as _, Params, Transaction, params};

use super::fault::Refused;
use crate::retention::Aged;
use crate::topic::Topic;
use crate::{JournalError, Recorded, Version};

pub(super) fn last(transaction: &Transaction<'_>, cluster: &str) -> Result<Version, Refused> {
    let version = transaction
        .prepare_cached("SELECT version FROM stream WHERE cluster = ?1")?
        .query_row(params![cluster], |row| row.get(0))
        .optional()?;
    Ok(Version(version.unwrap_or(0)))
}

pub(super) fn append(
    transaction: &Transaction<'_>,
    cluster: &str,
    expected: Version,
    events: &[Recorded],
) -> Result<Version, Refused> {
    let actual = last(transaction, cluster)?;
    if actual != expected {
        return Err(Refused::Journal(JournalError::Conflict {
            expected: expected.0,
            actual: actual.0,
        }));
    }
    super::audit::append(transaction, cluster, actual, events)?;
    let mut insert = transaction.prepare_cached(
        "INSERT INTO event (cluster, version, at_ms, body, topic, closes) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?;
    let mut version = actual.0;
    for Recorded { at, event } in events {
        version += 1;
        let body = serde_json::to_string(event).map_err(|error| unreadable(cluster, version, error))?;
        let topic = event.topic();
        insert.execute(params![
            cluster,
            version,
            at.as_millis(),
            body,
            topic.as_str(),
            event.closes()
        ])?;
    }
    if version != actual.0 {
        transaction
            .prepare_cached(
                "INSERT INTO stream (cluster, version) VALUES (?1, ?2)
                 ON CONFLICT (cluster) DO UPDATE SET version = excluded.version",
            )?
            .execute(params![cluster, version])?;
    }
    Ok(Version(version))
}

pub(super) fn read(
    transaction: &Transaction<'_>,
    cluster: &str,
    after: Version,
    limit: usize,
) -> Result<Vec<(Version, Recorded)>, Refused> {
    select(
        transaction,
        cluster,
        "SELECT version, at_ms, body FROM event WHERE cluster = ?1 AND version > ?2 ORDER BY version LIMIT ?3",
        params![cluster, after.0, limit],
    )
}

pub(super) fn read_topic(
    transaction: &Transaction<'_>,
    cluster: &str,
    topic: &Topic,
    after: Version,
    limit: usize,
) -> Result<Vec<(Version, Recorded)>, Refused> {
    select(
        transaction,
        cluster,
        "SELECT version, at_ms, body FROM event INDEXED BY event_topic
         WHERE cluster = ?1 AND topic = ?2 AND version > ?3 ORDER BY version LIMIT ?4",
        params![cluster, topic.as_str(), after.0, limit],
    )
}

fn select(
    transaction: &Transaction<'_>,
    cluster: &str,
    query: &str,
    params: impl Params,
) -> Result<Vec<(Version, Recorded)>, Refused> {
    let mut select = transaction.prepare_cached(query)?;
    let rows = select.query_map(params, |row| {
        Ok((
            row.get::<_, u64>(0)?,
            row.get::<_, i64>(1)?,
            row.get::<_, String>(2)?,
        ))
    })?;
    rows.map(|row| {
        let (version, at, body) = row?;
        let event = serde_json::from_str(&body).map_err(|error| unreadable(cluster, version, error))?;
        let at = Timestamp::from_millis(at);
        Ok((Version(version), Recorded { at, event }))
    })
    .collect()
}

/// Events behind `after`, by topic and version, at most `limit`, as far as their age is concerned. Read from the index
/// alone.
pub(super) fn ages(
    transaction: &Transaction<'_>,
    cluster: &str,
    after: &(String, Version),
    limit: usize,
) -> Result<Vec<(String, Aged)>, Refused> {
    let mut select = transaction.prepare_cached(
        "SELECT topic, version, at_ms, closes FROM event INDEXED BY event_topic
         WHERE cluster = ?1 AND (topic, version) > (?2, ?3) ORDER BY topic, version LIMIT ?4",
    )?;
    let rows = select.query_map(params![cluster, after.0, after.1.0, limit], |row| {
        let aged = Aged {
            version: Version(row.get(1)?),
            at: Timestamp::from_millis(row.get(2)?),
            closes: row.get(3)?,
        };
        Ok((row.get(0)?, aged))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Removes these events and answers how many there were.
pub(super) fn remove(
    transaction: &Transaction<'_>,
    cluster: &str,
    versions: &[Version],
) -> Result<u64, Refused> {
    let mut delete = transaction.prepare_cached("DELETE FROM event WHERE cluster = ?1 AND version = ?2")?;
    let mut removed = 0;
    for version in versions {
        removed += delete.execute(params![cluster, version.0])? as u64;
    }
    Ok(removed)
}

pub(super) fn unreadable(cluster: &str, version: u64, source: serde_json::Error) -> Refused {
    Refused::Journal(JournalError::Unreadable {
        cluster: cluster.to_owned(),
        version,
        source,
    })
}
