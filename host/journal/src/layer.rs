//! A journal over another one, for simulations and tests: what it does not say otherwise is the other's business.

use std::path::Path;

use async_trait::async_trait;
use ringkeeper_seams::Timestamp;

use crate::{
    AuditHead, AuditLog, AuditRow, AuditSegment, Checked, Delivery, Journal, JournalError, Opened, Outbox,
    Recorded, Retention, RunId, SealedSegment, StateEntry, StatePut, Stored, Version,
};

/// A journal that passes everything to the one below, but for what it does with what the host writes of its own accord.
#[async_trait]
pub trait JournalLayer: std::fmt::Debug + Send + Sync {
    /// The journal below.
    fn below(&self) -> &dyn Journal;

    /// As [`Journal::append`]; most often it calls that of the journal below at some point.
    ///
    /// # Errors
    /// As there.
    async fn append(
        &self,
        cluster: &str,
        expected: Version,
        events: &[Recorded],
    ) -> Result<Version, JournalError>;

    /// As [`Journal::note_checked`].
    ///
    /// # Errors
    /// As there.
    async fn note_checked(&self, cluster: &str, checked: &Checked) -> Result<(), JournalError> {
        self.below().note_checked(cluster, checked).await
    }
}

#[async_trait]
impl<T: JournalLayer> Journal for T {
    async fn append(
        &self,
        cluster: &str,
        expected: Version,
        events: &[Recorded],
    ) -> Result<Version, JournalError> {
        JournalLayer::append(self, cluster, expected, events).await
    }

    async fn last(&self, cluster: &str) -> Result<Version, JournalError> {
        self.below().last(cluster).await
    }

    async fn read(
        &self,
        cluster: &str,
        after: Version,
        limit: usize,
    ) -> Result<Vec<(Version, Recorded)>, JournalError> {
        self.below().read(cluster, after, limit).await
    }

    async fn read_run(
        &self,
        cluster: &str,
        run: &RunId,
        after: Version,
        limit: usize,
    ) -> Result<Vec<(Version, Recorded)>, JournalError> {
        self.below().read_run(cluster, run, after, limit).await
    }

    async fn prune(&self, cluster: &str, retention: &Retention) -> Result<u64, JournalError> {
        self.below().prune(cluster, retention).await
    }

    async fn back_up(&self, file: &Path) -> Result<u64, JournalError> {
        self.below().back_up(file).await
    }

    fn opened(&self) -> Opened {
        self.below().opened()
    }

    async fn settle(&self) -> Result<(), JournalError> {
        self.below().settle().await
    }

    async fn note_checked(&self, cluster: &str, checked: &Checked) -> Result<(), JournalError> {
        JournalLayer::note_checked(self, cluster, checked).await
    }

    async fn checks(&self, cluster: &str) -> Result<Vec<Checked>, JournalError> {
        self.below().checks(cluster).await
    }

    async fn state_get(
        &self,
        plugin: &str,
        cluster: &str,
        key: &str,
    ) -> Result<Option<StateEntry>, JournalError> {
        self.below().state_get(plugin, cluster, key).await
    }

    async fn state_keys(
        &self,
        plugin: &str,
        cluster: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<String>, JournalError> {
        self.below().state_keys(plugin, cluster, after, limit).await
    }

    async fn state_put(&self, put: StatePut<'_>) -> Result<Stored, JournalError> {
        self.below().state_put(put).await
    }

    async fn state_remove(
        &self,
        plugin: &str,
        cluster: &str,
        key: &str,
        expected: u64,
    ) -> Result<u64, JournalError> {
        self.below().state_remove(plugin, cluster, key, expected).await
    }
}

#[async_trait]
impl<T: JournalLayer> AuditLog for T {
    async fn audit_head(&self) -> Result<AuditHead, JournalError> {
        self.below().audit_head().await
    }

    async fn audit_read(&self, after: u64, limit: usize) -> Result<Vec<AuditRow>, JournalError> {
        self.below().audit_read(after, limit).await
    }

    async fn audit_find(
        &self,
        run: Option<&RunId>,
        since: Option<Timestamp>,
        limit: usize,
    ) -> Result<Vec<AuditRow>, JournalError> {
        self.below().audit_find(run, since, limit).await
    }

    async fn audit_segments(&self) -> Result<Vec<SealedSegment>, JournalError> {
        self.below().audit_segments().await
    }

    async fn audit_seal(&self, at: Timestamp) -> Result<Option<AuditSegment>, JournalError> {
        self.below().audit_seal(at).await
    }

    async fn audit_exported(&self, segment: u64, at: Timestamp) -> Result<(), JournalError> {
        self.below().audit_exported(segment, at).await
    }

    async fn audit_prune(&self, before: Timestamp) -> Result<u64, JournalError> {
        self.below().audit_prune(before).await
    }
}

#[async_trait]
impl<T: JournalLayer> Outbox for T {
    async fn delivery(&self, target: &str, cluster: &str) -> Result<Option<Delivery>, JournalError> {
        self.below().delivery(target, cluster).await
    }

    async fn note_delivery(
        &self,
        target: &str,
        cluster: &str,
        delivery: &Delivery,
    ) -> Result<(), JournalError> {
        self.below().note_delivery(target, cluster, delivery).await
    }
}
