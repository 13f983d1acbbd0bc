//! A journal in one SQLite file: write-ahead log, every commit synced to disk.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use ringkeeper_seams::{Runtime, Timestamp};
use rusqlite::{Transaction, params};

use crate::topic::Topic;
use crate::{
    Checked, Journal, JournalError, Opened, Recorded, Retention, RunId, StateEntry, StatePut, Stored, Version,
};

mod audit;
mod back_up;
mod fault;
mod identity;
mod outbox;
mod prune;
mod schema;
mod state;
mod store;
mod stream;

use fault::Refused;
use state::Place;
use store::{Found, Store};

/// Keeps everything in `journal.sqlite`. Hold the [`crate::DirectoryLock`] of its directory while it is open.
#[derive(Clone, Debug)]
pub struct SqliteJournal {
    store: Arc<Store>,
    runtime: Runtime,
    directory: PathBuf,
    id: String,
    opened: Opened,
}

impl SqliteJournal {
    /// Opens the journal in `directory`, making it if it is not there and bringing an older one up to date. The pages of
    /// the file are checked first. What was found says [`Journal::opened`].
    ///
    /// # Errors
    /// [`JournalError::Damaged`], [`JournalError::TooNew`] where a later version of the product wrote it, and
    /// [`JournalError::Unwritable`] where it cannot be opened.
    pub fn open(directory: &Path, runtime: Runtime) -> Result<Self, JournalError> {
        let Found { store, schema, id } = Store::open(&directory.join("journal.sqlite"))?;
        Ok(Self {
            opened: identity::compare(directory, schema, &id)?,
            store: Arc::new(store),
            runtime,
            directory: directory.to_owned(),
            id,
        })
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, Refused> + Send + 'static,
    ) -> Result<T, JournalError> {
        let store = Arc::clone(&self.store);
        self.blocking(move || store.transact(work)).await
    }

    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, JournalError> + Send + 'static,
    ) -> Result<T, JournalError> {
        self.runtime
            .blocking(work)
            .await
            .map_err(|_| JournalError::ThreadEnded)?
    }
}

#[async_trait]
impl Journal for SqliteJournal {
    fn opened(&self) -> Opened {
        self.opened
    }

    async fn settle(&self) -> Result<(), JournalError> {
        let (directory, id) = (self.directory.clone(), self.id.clone());
        self.blocking(move || identity::settle(&directory, &id)).await
    }

    async fn append(
        &self,
        cluster: &str,
        expected: Version,
        events: &[Recorded],
    ) -> Result<Version, JournalError> {
        let (cluster, events) = (cluster.to_owned(), events.to_vec());
        self.run(move |transaction| stream::append(transaction, &cluster, expected, &events))
            .await
    }

    async fn last(&self, cluster: &str) -> Result<Version, JournalError> {
        let cluster = cluster.to_owned();
        self.run(move |transaction| stream::last(transaction, &cluster))
            .await
    }

    async fn read(
        &self,
        cluster: &str,
        after: Version,
        limit: usize,
    ) -> Result<Vec<(Version, Recorded)>, JournalError> {
        let cluster = cluster.to_owned();
        self.run(move |transaction| stream::read(transaction, &cluster, after, limit))
            .await
    }

    async fn read_run(
        &self,
        cluster: &str,
        run: &RunId,
        after: Version,
        limit: usize,
    ) -> Result<Vec<(Version, Recorded)>, JournalError> {
        let (cluster, topic) = (cluster.to_owned(), Topic::of_run(run));
        self.run(move |transaction| stream::read_topic(transaction, &cluster, &topic, after, limit))
            .await
    }

    async fn prune(&self, cluster: &str, retention: &Retention) -> Result<u64, JournalError> {
        self.remove_old(cluster, retention).await
    }

    async fn back_up(&self, file: &Path) -> Result<u64, JournalError> {
        let (from, to) = (self.store.file.clone(), file.to_owned());
        self.blocking(move || back_up::copy(&from, &to)).await
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
        let place = Place::new(plugin, cluster, key);
        self.run(move |transaction| place.get(transaction)).await
    }

    async fn state_keys(
        &self,
        plugin: &str,
        cluster: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<String>, JournalError> {
        let (plugin, cluster, after) = (plugin.to_owned(), cluster.to_owned(), after.map(str::to_owned));
        self.run(move |transaction| state::keys(transaction, &plugin, &cluster, after.as_deref(), limit))
            .await
    }

    async fn state_put(&self, put: StatePut<'_>) -> Result<Stored, JournalError> {
        let place = Place::new(put.plugin, put.cluster, put.key);
        let (value, expected, room) = (put.value.to_vec(), put.expected, put.room);
        self.run(move |transaction| place.put(transaction, &value, expected, room))
            .await
    }

    async fn state_remove(
        &self,
        plugin: &str,
        cluster: &str,
        key: &str,
        expected: u64,
    ) -> Result<u64, JournalError> {
        let place = Place::new(plugin, cluster, key);
        self.run(move |transaction| place.remove(transaction, expected))
            .await
    }
}

#[cfg(test)]
mod tests;
