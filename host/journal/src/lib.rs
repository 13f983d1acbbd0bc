//! Durable host state: one stream of events per cluster, and everything else derived from it.
//!
//! The picture to keep in mind: a writer names the version it has seen and appends; if somebody else was faster it gets a
//! conflict, reads what it missed and decides again. Beside the stream stand two small tables that are overwritten: what
//! plugins keep ([`StateEntry`]) and when each check last ran. Only this crate writes durable host state; the
//! conductor calls it, plugins never do. [`SqliteJournal`] is the default; [`MemoryJournal`] lasts as long as a
//! simulation. Both pass the suite in [`conformance`].

mod access;
mod agent;
mod audit;
mod audit_log;
mod components;
pub mod conformance;
mod error;
mod event;
mod folded;
#[cfg(test)]
mod fuzz;
mod layer;
mod lock;
mod memory;
mod open_findings;
mod outbox;
mod plugin;
mod retention;
mod run;
#[cfg(test)]
mod samples;
mod sqlite;
mod topic;

pub use access::{ACCESS, AccessEvent};
pub use agent::{AGENTS, AgentEvent};
pub use audit::{
    AUDIT_SEGMENT_RECORDS, AuditBroken, AuditCheck, AuditHead, AuditKind, AuditPlugin, AuditRecord, AuditRow,
    AuditSegment, SealedSegment, audit_hash, audit_line, read_audit_file,
};
pub use audit_log::{AuditLog, check_audit};
pub use components::{ComponentFolder, Components, KeptComponent, MemoryComponents};
pub use error::JournalError;
pub use event::{Checked, Event, Recorded, StateEntry, Version};
pub use folded::{AsRead, Fold, Folded};
pub use layer::JournalLayer;
pub use lock::{DirectoryLock, LockError};
pub use memory::MemoryJournal;
pub use open_findings::{OpenedFinding, OpenedFindings, fold_open_findings};
pub use outbox::{Delivery, Outbox};
pub use plugin::{PLUGINS, PluginEvent};
pub use retention::Retention;
pub use run::{
    Basis, Call, EffectId, EffectResult, FrozenPlan, GoalReport, Intent, KeptPlan, NotedBlock, OpenedRun,
    Part, RunEvent, RunId, RunState, StepEnd, Undo,
};
pub use sqlite::SqliteJournal;
pub use topic::Topic;

use std::path::Path;

use async_trait::async_trait;

/// Keeps events and state, the audit log of the events and how far they were told. Every call is one transaction: after an error nothing of it has happened.
#[async_trait]
pub trait Journal: AuditLog + Outbox + std::fmt::Debug + Send + Sync {
    /// Appends events to a cluster's stream if its version is still `expected`, and answers the new version, which grows by
    /// one an event. No events change nothing.
    ///
    /// # Errors
    /// [`JournalError::Conflict`] with the real version when it is another.
    async fn append(
        &self,
        cluster: &str,
        expected: Version,
        events: &[Recorded],
    ) -> Result<Version, JournalError>;

    /// The version of a cluster's stream: that of the last event ever appended, also where it was pruned since.
    ///
    /// # Errors
    /// When the store cannot be read.
    async fn last(&self, cluster: &str) -> Result<Version, JournalError>;

    /// Events of a cluster after a version, oldest first, at most `limit`. Versions of events that were pruned are left
    /// out, so the last one read may be less than [`Journal::last`] also at the end.
    ///
    /// # Errors
    /// When the store cannot be read, or holds what this version of the product cannot read.
    async fn read(
        &self,
        cluster: &str,
        after: Version,
        limit: usize,
    ) -> Result<Vec<(Version, Recorded)>, JournalError>;

    /// Events of one run after a version, oldest first, at most `limit`.
    ///
    /// # Errors
    /// As [`Journal::read`].
    async fn read_run(
        &self,
        cluster: &str,
        run: &RunId,
        after: Version,
        limit: usize,
    ) -> Result<Vec<(Version, Recorded)>, JournalError>;

    /// Removes events of a cluster that are over and older than they are kept, and answers how many. What is open or in
    /// force stays whole, so that what is folded from the stream is the same as before. It is done in many small
    /// transactions: after an error, or a kill, some are gone and the next call removes the others. Until then the rest of
    /// a closed run may lack its beginning; its last event goes last.
    ///
    /// # Errors
    /// When the store cannot be written.
    async fn prune(&self, cluster: &str, retention: &Retention) -> Result<u64, JournalError>;

    /// Writes a copy of everything into a new file while the journal is in use, and answers its bytes. The copy is on disk
    /// when this returns. In the place of the journal it is found to be [`Opened::Lost`], as what came after it is missing.
    ///
    /// # Errors
    /// [`JournalError::Exists`], [`JournalError::NothingToBackUp`], or when the file cannot be written; then it is not there.
    async fn back_up(&self, file: &Path) -> Result<u64, JournalError>;

    /// Whether this is the journal that was here before. The answer stays the same until the journal is opened again.
    fn opened(&self) -> Opened {
        Opened::New
    }

    /// Notes that what a lost journal knew was learned again: from the next time on it is [`Opened::Known`]. Call it when
    /// no call of the host that is lost can still be under way.
    ///
    /// # Errors
    /// When that cannot be written.
    async fn settle(&self) -> Result<(), JournalError> {
        Ok(())
    }

    /// Notes that an operation looked at a cluster. One row an operation, overwritten.
    ///
    /// # Errors
    /// When the store cannot be written.
    async fn note_checked(&self, cluster: &str, checked: &Checked) -> Result<(), JournalError>;

    /// When each operation last looked at a cluster, by operation.
    ///
    /// # Errors
    /// When the store cannot be read.
    async fn checks(&self, cluster: &str) -> Result<Vec<Checked>, JournalError>;

    /// What a plugin keeps at `key` for a cluster.
    ///
    /// # Errors
    /// When the store cannot be read.
    async fn state_get(
        &self,
        plugin: &str,
        cluster: &str,
        key: &str,
    ) -> Result<Option<StateEntry>, JournalError>;

    /// Keys of a plugin for a cluster after `after`, in byte order, at most `limit`.
    ///
    /// # Errors
    /// When the store cannot be read.
    async fn state_keys(
        &self,
        plugin: &str,
        cluster: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<String>, JournalError>;

    /// Puts a value if the entry's version is `expected`, 0 meaning there is none, and all state of this plugin
    /// for this cluster (keys and values) stays within `room` bytes.
    ///
    /// # Errors
    /// [`JournalError::Conflict`], [`JournalError::NoRoom`].
    async fn state_put(&self, put: StatePut<'_>) -> Result<Stored, JournalError>;

    /// Removes an entry if its version is `expected`, and answers how many bytes the plugin's state still takes.
    ///
    /// # Errors
    /// [`JournalError::Conflict`], [`JournalError::NoEntry`].
    async fn state_remove(
        &self,
        plugin: &str,
        cluster: &str,
        key: &str,
        expected: u64,
    ) -> Result<u64, JournalError>;
}

/// What was found where the journal stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opened {
    /// Nothing: no host was here before.
    New,
    /// The journal that was here before.
    Known,
    /// None, an older copy or somebody else's, although a host was here before: calls that it made may be under way without
    /// being in the journal. It stays so until [`Journal::settle`].
    Lost,
}

/// A value to be kept for a plugin.
#[derive(Clone, Copy, Debug)]
pub struct StatePut<'a> {
    /// Whose.
    pub plugin: &'a str,
    /// For which cluster.
    pub cluster: &'a str,
    /// Where.
    pub key: &'a str,
    /// What.
    pub value: &'a [u8],
    /// The version that is to be replaced; 0 for none.
    pub expected: u64,
    /// Bytes that all state of this plugin and cluster may take afterwards.
    pub room: u64,
}

/// A value that was kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stored {
    /// The entry's new version.
    pub version: u64,
    /// Bytes that all state of this plugin and cluster takes now.
    pub total_bytes: u64,
}
