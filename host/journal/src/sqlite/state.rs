//! What plugins keep, in a table.

use rusqlite::{OptionalExtension as _, Transaction, params};

use super::fault::Refused;
use crate::{JournalError, StateEntry, Stored};

/// Whose entry, and where.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub(super) plugin: String,
    pub(super) cluster: String,
    pub(super) key: String,
}

impl Place {
    pub(super) fn new(plugin: &str, cluster: &str, key: &str) -> Self {
        Self {
            plugin: plugin.to_owned(),
            cluster: cluster.to_owned(),
            key: key.to_owned(),
        }
    }

    pub(super) fn get(&self, transaction: &Transaction<'_>) -> Result<Option<StateEntry>, Refused> {
        let found = transaction.query_row(
            "SELECT value, version FROM plugin_state WHERE plugin = ?1 AND cluster = ?2 AND key = ?3",
            params![self.plugin, self.cluster, self.key],
            |row| {
                Ok(StateEntry {
                    value: row.get(0)?,
                    version: row.get(1)?,
                })
            },
        );
        Ok(found.optional()?)
    }

    pub(super) fn put(
        &self,
        transaction: &Transaction<'_>,
        value: &[u8],
        expected: u64,
        room: u64,
    ) -> Result<Stored, Refused> {
        let actual = self.version(transaction)?;
        if actual != expected {
            return Err(Refused::Journal(JournalError::Conflict { expected, actual }));
        }
        let needed = self.bytes_of_others(transaction)? + (self.key.len() + value.len()) as u64;
        if needed > room {
            return Err(Refused::Journal(JournalError::NoRoom { needed, room }));
        }
        transaction.execute(
            "INSERT OR REPLACE INTO plugin_state VALUES (?1, ?2, ?3, ?4, ?5)",
            params![self.plugin, self.cluster, self.key, value, actual + 1],
        )?;
        Ok(Stored {
            version: actual + 1,
            total_bytes: needed,
        })
    }

    pub(super) fn remove(&self, transaction: &Transaction<'_>, expected: u64) -> Result<u64, Refused> {
        match self.version(transaction)? {
            0 => {
                return Err(Refused::Journal(JournalError::NoEntry {
                    key: self.key.clone(),
                }));
            }
            actual if actual != expected => {
                return Err(Refused::Journal(JournalError::Conflict { expected, actual }));
            }
            _ => {}
        }
        transaction.execute(
            "DELETE FROM plugin_state WHERE plugin = ?1 AND cluster = ?2 AND key = ?3",
            params![self.plugin, self.cluster, self.key],
        )?;
        Ok(self.bytes_of_others(transaction)?)
    }

    fn version(&self, transaction: &Transaction<'_>) -> rusqlite::Result<u64> {
        let found = transaction
            .query_row(
                "SELECT version FROM plugin_state WHERE plugin = ?1 AND cluster = ?2 AND key = ?3",
                params![self.plugin, self.cluster, self.key],
                |row| row.get(0),
            )
            .optional()?;
        Ok(found.unwrap_or(0))
    }

    /// Bytes that the plugin's state for this cluster takes without this entry.
    fn bytes_of_others(&self, transaction: &Transaction<'_>) -> rusqlite::Result<u64> {
        transaction.query_row(
            "SELECT COALESCE(SUM(LENGTH(CAST(key AS BLOB)) + LENGTH(value)), 0) FROM plugin_state
             WHERE plugin = ?1 AND cluster = ?2 AND key <> ?3",
            params![self.plugin, self.cluster, self.key],
            |row| row.get(0),
        )
    }
}

pub(super) fn keys(
    transaction: &Transaction<'_>,
    plugin: &str,
    cluster: &str,
    after: Option<&str>,
    limit: usize,
) -> Result<Vec<String>, Refused> {
    let mut select = transaction.prepare_cached(
        "SELECT key FROM plugin_state
         WHERE plugin = ?1 AND cluster = ?2 AND (?3 IS NULL OR key > ?3) ORDER BY key LIMIT ?4",
    )?;
    let rows = select.query_map(params![plugin, cluster, after, limit], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}
