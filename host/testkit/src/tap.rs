//! A journal in memory that tells the log of everything written to it.

use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use ringkeeper_config::FaultEvent;
use ringkeeper_journal::{
    Checked, Journal, JournalError, MemoryJournal, Opened, Recorded, Retention, RunId, StateEntry, StatePut,
    Stored, Version,
};
use ringkeeper_seams::Clock;

use crate::log::{Entry, Log};
use crate::nemesis::Nemesis;

/// The journal of a story. It outlives the hosts that write to it.
#[derive(Debug)]
pub(crate) struct Tap {
    pub(crate) inner: MemoryJournal,
    pub(crate) log: Log,
    pub(crate) nemesis: Nemesis,
    pub(crate) clock: Arc<dyn Clock>,
}

#[async_trait]
impl Journal for Tap {
    async fn append(
        &self,
        cluster: &str,
        expected: Version,
        events: &[Recorded],
    ) -> Result<Version, JournalError> {
        let last = self.inner.append(cluster, expected, events).await?;
        self.nemesis.take();
        let now = self.clock.now();
        let first = last.0 + 1 - events.len() as u64;
        for (version, event) in (first..).zip(events) {
            let entry = Entry::Journal(Version(version), Box::new(event.clone()));
            self.log.push(now, entry);
        }
        if self.nemesis.seen(FaultEvent::JournalWrite) {
            std::future::pending::<()>().await;
        }
        Ok(last)
    }

    async fn last(&self, cluster: &str) -> Result<Version, JournalError> {
        self.inner.last(cluster).await
    }

    async fn read(
        &self,
        cluster: &str,
        after: Version,
        limit: usize,
    ) -> Result<Vec<(Version, Recorded)>, JournalError> {
        self.inner.read(cluster, after, limit).await
    }

    async fn read_run(
        &self,
        cluster: &str,
        run: &RunId,
        after: Version,
        limit: usize,
    ) -> Result<Vec<(Version, Recorded)>, JournalError> {
        self.inner.read_run(cluster, run, after, limit).await
    }

    async fn prune(&self, cluster: &str, retention: &Retention) -> Result<u64, JournalError> {
        self.inner.prune(cluster, retention).await
    }

    async fn back_up(&self, file: &Path) -> Result<u64, JournalError> {
        self.inner.back_up(file).await
    }

    fn opened(&self) -> Opened {
        self.inner.opened()
    }

    async fn settle(&self) -> Result<(), JournalError> {
        self.inner.settle().await
    }

    async fn note_checked(&self, cluster: &str, checked: &Checked) -> Result<(), JournalError> {
        self.inner.note_checked(cluster, checked).await
    }

    async fn checks(&self, cluster: &str) -> Result<Vec<Checked>, JournalError> {
        self.inner.checks(cluster).await
    }

    async fn state_get(
        &self,
        plugin: &str,
        cluster: &str,
        key: &str,
    ) -> Result<Option<StateEntry>, JournalError> {
        self.inner.state_get(plugin, cluster, key).await
    }

    async fn state_keys(
        &self,
        plugin: &str,
        cluster: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<String>, JournalError> {
        self.inner.state_keys(plugin, cluster, after, limit).await
    }

    async fn state_put(&self, put: StatePut<'_>) -> Result<Stored, JournalError> {
        self.inner.state_put(put).await
    }

    async fn state_remove(
        &self,
        plugin: &str,
        cluster: &str,
        key: &str,
        expected: u64,
    ) -> Result<u64, JournalError> {
        self.inner.state_remove(plugin, cluster, key, expected).await
    }
}
