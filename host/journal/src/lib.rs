//! Durable host state: one stream of events per cluster, and everything else derived from it.
//!
//! The picture to keep in mind: a writer names the version it has seen and appends; if somebody else was faster it gets a
//! conflict, reads what it missed and decides again. Beside the stream stand two small tables that are overwritten: what
//! plugins keep ([`StateEntry`]) and when each check last ran. Only this crate writes durable host state; the
//! conductor calls it, plugins never do. [`SqliteJournal`] is the default; [`MemoryJournal`] lasts as long as a
//! simulation. Both pass the suite in [`conformance`].

pub mod conformance;
mod event;
mod lock;
mod memory;
mod open_findings;
mod run;
#[cfg(test)]
mod samples;
mod sqlite;

pub use event::{Checked, Event, Recorded, StateEntry, Version};
pub use lock::{DirectoryLock, LockError};
pub use memory::MemoryJournal;
pub use open_findings::{OpenedFinding, OpenedFindings, fold_open_findings};
pub use run::{
    Basis, Call, EffectId, EffectResult, FrozenPlan, GoalReport, Intent, OpenedRun, RunEvent, RunId,
    RunState, StepEnd,
};
pub use sqlite::SqliteJournal;

use async_trait::async_trait;
use thiserror::Error;

/// Keeps events and state. Every call is one transaction: after an error nothing of it has happened.
#[async_trait]
pub trait Journal: std::fmt::Debug + Send + Sync {
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

    /// Events of a cluster after a version, oldest first, at most `limit`.
    ///
    /// # Errors
    /// When the store cannot be read, or holds what this version of the product cannot read.
    async fn read(
        &self,
        cluster: &str,
        after: Version,
        limit: usize,
    ) -> Result<Vec<(Version, Recorded)>, JournalError>;

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

/// Why the journal did not do it.
#[derive(Debug, Error)]
pub enum JournalError {
    /// Somebody else was faster.
    #[error("expected version {expected}, but it is {actual}")]
    Conflict {
        /// What the caller had seen.
        expected: u64,
        /// What it is.
        actual: u64,
    },
    /// There is no such entry.
    #[error("nothing is kept at `{key}`")]
    NoEntry {
        /// Where was looked.
        key: String,
    },
    /// The plugin's state would be too large.
    #[error("state would take {needed} bytes, {room} are allowed")]
    NoRoom {
        /// Bytes that all state would take.
        needed: u64,
        /// Bytes allowed.
        room: u64,
    },
    /// The store was written by a later version.
    #[error(
        "{path} was written by a later version of Ringkeeper (schema {found}, this one knows {known}); start that version again"
    )]
    TooNew {
        /// The file.
        path: String,
        /// Its schema version.
        found: i64,
        /// The newest this one knows.
        known: i64,
    },
    /// An event that cannot be read.
    #[error("event {version} of cluster `{cluster}` cannot be read: {source}")]
    Unreadable {
        /// The stream.
        cluster: String,
        /// Which event.
        version: u64,
        /// Why.
        source: serde_json::Error,
    },
    /// The database failed.
    #[error("{path}: {source}")]
    Database {
        /// The file.
        path: String,
        /// Why.
        source: rusqlite::Error,
    },
    /// The thread that worked on it is gone.
    #[error("the journal's thread ended")]
    ThreadEnded,
}
