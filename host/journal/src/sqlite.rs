//! A journal in one SQLite file: write-ahead log, every commit synced to disk.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use ringkeeper_seams::{Runtime, Timestamp};
use rusqlite::{Connection, OptionalExtension as _, Transaction, TransactionBehavior, params};

use crate::{Checked, Journal, JournalError, Recorded, StateEntry, StatePut, Stored, Version};

/// Migrations in order; the file's `user_version` counts those it has seen. One is never changed once released.
const MIGRATIONS: &[&str] = &["
    CREATE TABLE event (
        cluster TEXT NOT NULL, version INTEGER NOT NULL, at_ms INTEGER NOT NULL, body TEXT NOT NULL,
        PRIMARY KEY (cluster, version)
    ) WITHOUT ROWID;
    CREATE TABLE checked (
        cluster TEXT NOT NULL, operation TEXT NOT NULL, at_ms INTEGER NOT NULL, error TEXT,
        PRIMARY KEY (cluster, operation)
    ) WITHOUT ROWID;
    CREATE TABLE plugin_state (
        plugin TEXT NOT NULL, cluster TEXT NOT NULL, key TEXT NOT NULL, value BLOB NOT NULL, version INTEGER NOT NULL,
        PRIMARY KEY (plugin, cluster, key)
    ) WITHOUT ROWID;
"];

/// Keeps everything in `journal.sqlite`. Hold the [`crate::DirectoryLock`] of its directory while it is open.
#[derive(Clone, Debug)]
pub struct SqliteJournal {
    store: Arc<Store>,
    runtime: Runtime,
}

#[derive(Debug)]
struct Store {
    path: String,
    connection: Mutex<Connection>,
}

impl SqliteJournal {
    /// Opens the journal in `directory`, making it if it is not there and bringing an older one up to date.
    ///
    /// # Errors
    /// When the file cannot be opened, or a later version of the product wrote it.
    pub fn open(directory: &Path, runtime: Runtime) -> Result<Self, JournalError> {
        let file = directory.join("journal.sqlite");
        let path = file.display().to_string();
        let opened = Connection::open(&file).and_then(|connection| {
            connection.pragma_update(None, "journal_mode", "WAL")?;
            connection.pragma_update(None, "synchronous", "FULL")?;
            Ok(connection)
        });
        let connection = opened.map_err(|source| JournalError::Database {
            path: path.clone(),
            source,
        })?;
        let store = Store {
            path,
            connection: Mutex::new(connection),
        };
        store.migrate()?;
        Ok(Self {
            store: Arc::new(store),
            runtime,
        })
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, Refused> + Send + 'static,
    ) -> Result<T, JournalError> {
        let store = Arc::clone(&self.store);
        self.runtime
            .blocking(move || store.transact(work))
            .await
            .map_err(|_| JournalError::ThreadEnded)?
    }
}

/// Why a transaction was given up: the database's word, or ours.
enum Refused {
    Database(rusqlite::Error),
    Journal(JournalError),
}

impl From<rusqlite::Error> for Refused {
    fn from(error: rusqlite::Error) -> Self {
        Self::Database(error)
    }
}

impl Store {
    fn transact<T>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, Refused>,
    ) -> Result<T, JournalError> {
        let mut connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        let done = connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(Refused::from)
            .and_then(|transaction| {
                let answer = work(&transaction)?;
                transaction.commit()?;
                Ok(answer)
            });
        done.map_err(|refused| match refused {
            Refused::Database(source) => JournalError::Database {
                path: self.path.clone(),
                source,
            },
            Refused::Journal(error) => error,
        })
    }

    fn migrate(&self) -> Result<(), JournalError> {
        self.transact(|transaction| {
            let found: i64 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
            let known = i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX);
            if found > known {
                return Err(Refused::Journal(JournalError::TooNew {
                    path: self.path.clone(),
                    found,
                    known,
                }));
            }
            for migration in MIGRATIONS.iter().skip(usize::try_from(found).unwrap_or(0)) {
                transaction.execute_batch(migration)?;
            }
            transaction.pragma_update(None, "user_version", known)?;
            Ok(())
        })
    }
}

fn unreadable(cluster: &str, version: u64, source: serde_json::Error) -> Refused {
    Refused::Journal(JournalError::Unreadable {
        cluster: cluster.to_owned(),
        version,
        source,
    })
}

fn state_version(
    transaction: &Transaction<'_>,
    plugin: &str,
    cluster: &str,
    key: &str,
) -> rusqlite::Result<u64> {
    let found = transaction
        .query_row(
            "SELECT version FROM plugin_state WHERE plugin = ?1 AND cluster = ?2 AND key = ?3",
            params![plugin, cluster, key],
            |row| row.get(0),
        )
        .optional()?;
    Ok(found.unwrap_or(0))
}

/// Bytes that a plugin's state takes without the entry at `key`.
fn state_bytes(
    transaction: &Transaction<'_>,
    plugin: &str,
    cluster: &str,
    key: &str,
) -> rusqlite::Result<u64> {
    transaction.query_row(
        "SELECT COALESCE(SUM(LENGTH(CAST(key AS BLOB)) + LENGTH(value)), 0) FROM plugin_state
         WHERE plugin = ?1 AND cluster = ?2 AND key <> ?3",
        params![plugin, cluster, key],
        |row| row.get(0),
    )
}

#[async_trait]
impl Journal for SqliteJournal {
    async fn append(
        &self,
        cluster: &str,
        expected: Version,
        events: &[Recorded],
    ) -> Result<Version, JournalError> {
        let (cluster, events) = (cluster.to_owned(), events.to_vec());
        self.run(move |transaction| {
            let actual: u64 = transaction.query_row(
                "SELECT COALESCE(MAX(version), 0) FROM event WHERE cluster = ?1",
                params![cluster],
                |row| row.get(0),
            )?;
            if actual != expected.0 {
                return Err(Refused::Journal(JournalError::Conflict {
                    expected: expected.0,
                    actual,
                }));
            }
            let mut insert = transaction.prepare_cached("INSERT INTO event VALUES (?1, ?2, ?3, ?4)")?;
            let mut version = actual;
            for recorded in &events {
                version += 1;
                let body = serde_json::to_string(&recorded.event)
                    .map_err(|error| unreadable(&cluster, version, error))?;
                insert.execute(params![cluster, version, recorded.at.as_millis(), body])?;
            }
            Ok(Version(version))
        })
        .await
    }

    async fn read(
        &self,
        cluster: &str,
        after: Version,
        limit: usize,
    ) -> Result<Vec<(Version, Recorded)>, JournalError> {
        let cluster = cluster.to_owned();
        self.run(move |transaction| {
            let mut select = transaction.prepare_cached(
                "SELECT version, at_ms, body FROM event WHERE cluster = ?1 AND version > ?2 ORDER BY version LIMIT ?3",
            )?;
            let rows = select.query_map(params![cluster, after.0, limit], |row| {
                Ok((row.get::<_, u64>(0)?, row.get::<_, i64>(1)?, row.get::<_, String>(2)?))
            })?;
            rows.map(|row| {
                let (version, at, body) = row?;
                let event = serde_json::from_str(&body).map_err(|error| unreadable(&cluster, version, error))?;
                Ok((Version(version), Recorded { at: Timestamp::from_millis(at), event }))
            })
            .collect()
        })
        .await
    }

    async fn note_checked(&self, cluster: &str, checked: &Checked) -> Result<(), JournalError> {
        let (cluster, checked) = (cluster.to_owned(), checked.clone());
        self.run(move |transaction| {
            transaction.execute(
                "INSERT OR REPLACE INTO checked VALUES (?1, ?2, ?3, ?4)",
                params![cluster, checked.operation, checked.at.as_millis(), checked.error],
            )?;
            Ok(())
        })
        .await
    }

    async fn checks(&self, cluster: &str) -> Result<Vec<Checked>, JournalError> {
        let cluster = cluster.to_owned();
        self.run(move |transaction| {
            let mut select = transaction.prepare_cached(
                "SELECT operation, at_ms, error FROM checked WHERE cluster = ?1 ORDER BY operation",
            )?;
            let rows = select.query_map(params![cluster], |row| {
                let at = Timestamp::from_millis(row.get(1)?);
                Ok(Checked {
                    operation: row.get(0)?,
                    at,
                    error: row.get(2)?,
                })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
        .await
    }

    async fn state_get(
        &self,
        plugin: &str,
        cluster: &str,
        key: &str,
    ) -> Result<Option<StateEntry>, JournalError> {
        let (plugin, cluster, key) = (plugin.to_owned(), cluster.to_owned(), key.to_owned());
        self.run(move |transaction| {
            let found = transaction.query_row(
                "SELECT value, version FROM plugin_state WHERE plugin = ?1 AND cluster = ?2 AND key = ?3",
                params![plugin, cluster, key],
                |row| {
                    Ok(StateEntry {
                        value: row.get(0)?,
                        version: row.get(1)?,
                    })
                },
            );
            Ok(found.optional()?)
        })
        .await
    }

    async fn state_keys(
        &self,
        plugin: &str,
        cluster: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<String>, JournalError> {
        let (plugin, cluster, after) = (plugin.to_owned(), cluster.to_owned(), after.map(str::to_owned));
        self.run(move |transaction| {
            let mut select = transaction.prepare_cached(
                "SELECT key FROM plugin_state
                 WHERE plugin = ?1 AND cluster = ?2 AND (?3 IS NULL OR key > ?3) ORDER BY key LIMIT ?4",
            )?;
            let rows = select.query_map(params![plugin, cluster, after, limit], |row| row.get(0))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
        .await
    }

    async fn state_put(&self, put: StatePut<'_>) -> Result<Stored, JournalError> {
        let (plugin, cluster, key) = (put.plugin.to_owned(), put.cluster.to_owned(), put.key.to_owned());
        let (value, expected, room) = (put.value.to_vec(), put.expected, put.room);
        self.run(move |transaction| {
            let actual = state_version(transaction, &plugin, &cluster, &key)?;
            if actual != expected {
                return Err(Refused::Journal(JournalError::Conflict { expected, actual }));
            }
            let others = state_bytes(transaction, &plugin, &cluster, &key)?;
            let needed = others + (key.len() + value.len()) as u64;
            if needed > room {
                return Err(Refused::Journal(JournalError::NoRoom { needed, room }));
            }
            transaction.execute(
                "INSERT OR REPLACE INTO plugin_state VALUES (?1, ?2, ?3, ?4, ?5)",
                params![plugin, cluster, key, value, actual + 1],
            )?;
            Ok(Stored {
                version: actual + 1,
                total_bytes: needed,
            })
        })
        .await
    }

    async fn state_remove(
        &self,
        plugin: &str,
        cluster: &str,
        key: &str,
        expected: u64,
    ) -> Result<u64, JournalError> {
        let (plugin, cluster, key) = (plugin.to_owned(), cluster.to_owned(), key.to_owned());
        self.run(move |transaction| {
            match state_version(transaction, &plugin, &cluster, &key)? {
                0 => return Err(Refused::Journal(JournalError::NoEntry { key })),
                actual if actual != expected => {
                    return Err(Refused::Journal(JournalError::Conflict { expected, actual }));
                }
                _ => {}
            }
            transaction.execute(
                "DELETE FROM plugin_state WHERE plugin = ?1 AND cluster = ?2 AND key = ?3",
                params![plugin, cluster, key],
            )?;
            Ok(state_bytes(transaction, &plugin, &cluster, &key)?)
        })
        .await
    }
}

#[cfg(test)]
mod tests;
