//! Why the journal did not do it.

use ringkeeper_seams::Timestamp;
use thiserror::Error;

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
    /// The file is not what was written.
    #[error(
        "{path} is damaged ({reason}); stop the host and move {path} and the files beside it that begin with the same name away, but keep them; then put a copy made by `ringkeeper journal backup` in its place, or start without one: open findings, nodes and what is repaired are learned again from the cluster, but past runs, freezes and schedules set at run time are gone"
    )]
    Damaged {
        /// The file.
        path: String,
        /// What was found.
        reason: String,
    },
    /// No space is left.
    #[error("{path} cannot grow ({source}); nothing of this was written: free some space on that disk")]
    Full {
        /// The file.
        path: String,
        /// The database's words.
        source: rusqlite::Error,
    },
    /// The file or its directory cannot be written.
    #[error(
        "{path} cannot be written ({reason}); make it and its directory writable for the user the host runs as"
    )]
    Unwritable {
        /// The file.
        path: String,
        /// The system's words.
        reason: String,
    },
    /// A copy was to be written over something.
    #[error("{path} is there already; name a new file")]
    Exists {
        /// The file.
        path: String,
    },
    /// It lasts as long as the process, so there is no file.
    #[error("this journal is kept in memory alone: there is nothing to back up")]
    NothingToBackUp,
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
    /// Another host has begun to write: this one must not act any more.
    #[error(
        "another host took cluster `{cluster}` over at {at}; this one does nothing more there and is to be stopped"
    )]
    TakenOver {
        /// The stream.
        cluster: String,
        /// Since when.
        at: Timestamp,
    },
    /// The thread that worked on it is gone.
    #[error("the journal's thread ended")]
    ThreadEnded,
}
