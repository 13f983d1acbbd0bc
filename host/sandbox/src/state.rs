//! What a plugin keeps between calls: the seam to whoever stores it.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use thiserror::Error;

/// Entries one plugin keeps for one cluster. Changes compare and swap: two calls that write the same key never lose
/// one another's work.
#[async_trait]
pub trait PluginState: std::fmt::Debug + Send + Sync {
    /// The entry at `key`.
    ///
    /// # Errors
    /// [`StateError::Unavailable`].
    async fn get(&self, key: &str) -> Result<Option<StateEntry>, StateError>;

    /// At most `most` keys in byte order, from the first one after `after`.
    ///
    /// # Errors
    /// [`StateError::Unavailable`].
    async fn keys(&self, after: Option<&str>, most: usize) -> Result<Vec<String>, StateError>;

    /// Puts `value` at `key` if the entry's version is `expected`, 0 meaning there is none, and if all entries then
    /// have at most `limit_bytes`. Keys count as well as values.
    ///
    /// # Errors
    /// [`StateError::Conflict`], [`StateError::TooLarge`], [`StateError::Unavailable`].
    async fn put(
        &self,
        key: &str,
        value: Vec<u8>,
        expected: u64,
        limit_bytes: u64,
    ) -> Result<Stored, StateError>;

    /// Removes the entry at `key` if its version is `expected`, and answers how many bytes all others have.
    ///
    /// # Errors
    /// [`StateError::Conflict`], [`StateError::NotFound`], [`StateError::Unavailable`].
    async fn remove(&self, key: &str, expected: u64) -> Result<u64, StateError>;
}

/// One entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateEntry {
    /// What was put.
    pub value: Vec<u8>,
    /// Counts the changes of this entry, from 1.
    pub version: u64,
}

/// What a successful put did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stored {
    /// The entry's version now.
    pub version: u64,
    /// Bytes of all entries now, keys included.
    pub total_bytes: u64,
}

/// Why an entry was not read or changed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum StateError {
    /// Somebody else changed it first.
    #[error("the entry has version {actual} (0 is none), not {expected}")]
    Conflict {
        /// The version it was thought to have.
        expected: u64,
        /// The version it has.
        actual: u64,
    },
    /// There is no entry to remove.
    #[error("there is no such entry")]
    NotFound,
    /// All entries together would be too large.
    #[error("all entries together would have {wanted_bytes} bytes; the limit is {limit_bytes}")]
    TooLarge {
        /// What they would have.
        wanted_bytes: u64,
        /// What they may have.
        limit_bytes: u64,
    },
    /// The store cannot be asked now.
    #[error("state is not available: {0}")]
    Unavailable(String),
}

/// Entries in memory, for tests and for a plugin that is only tried out.
#[derive(Debug, Default)]
pub struct MemoryState {
    entries: Mutex<BTreeMap<String, StateEntry>>,
}

impl MemoryState {
    fn entries(&self) -> MutexGuard<'_, BTreeMap<String, StateEntry>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What an entry takes.
fn cost(key: &str, value: &[u8]) -> u64 {
    (key.len() as u64).saturating_add(value.len() as u64)
}

#[async_trait]
impl PluginState for MemoryState {
    async fn get(&self, key: &str) -> Result<Option<StateEntry>, StateError> {
        Ok(self.entries().get(key).cloned())
    }

    async fn keys(&self, after: Option<&str>, most: usize) -> Result<Vec<String>, StateError> {
        let start = after.map_or(Bound::Unbounded, Bound::Excluded);
        let entries = self.entries();
        Ok(entries
            .range::<str, _>((start, Bound::Unbounded))
            .take(most)
            .map(|(key, _)| key.clone())
            .collect())
    }

    async fn put(
        &self,
        key: &str,
        value: Vec<u8>,
        expected: u64,
        limit_bytes: u64,
    ) -> Result<Stored, StateError> {
        let mut entries = self.entries();
        let actual = entries.get(key).map_or(0, |entry| entry.version);
        if actual != expected {
            return Err(StateError::Conflict { expected, actual });
        }
        let others = entries.iter().filter(|(other, _)| *other != key);
        let total_bytes = others.map(|(key, entry)| cost(key, &entry.value)).sum::<u64>() + cost(key, &value);
        if total_bytes > limit_bytes {
            return Err(StateError::TooLarge {
                wanted_bytes: total_bytes,
                limit_bytes,
            });
        }
        let version = actual + 1;
        entries.insert(key.to_owned(), StateEntry { value, version });
        Ok(Stored { version, total_bytes })
    }

    async fn remove(&self, key: &str, expected: u64) -> Result<u64, StateError> {
        let mut entries = self.entries();
        let actual = entries.get(key).ok_or(StateError::NotFound)?.version;
        if actual != expected {
            return Err(StateError::Conflict { expected, actual });
        }
        entries.remove(key);
        Ok(entries.iter().map(|(key, entry)| cost(key, &entry.value)).sum())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOM: u64 = 1_000;

    #[tokio::test]
    async fn of_two_writers_one_gets_a_conflict() {
        let state = MemoryState::default();
        assert_eq!(
            state.put("cursor", vec![1], 0, ROOM).await,
            Ok(Stored {
                version: 1,
                total_bytes: 7
            })
        );
        assert_eq!(
            state.put("cursor", vec![2], 0, ROOM).await,
            Err(StateError::Conflict {
                expected: 0,
                actual: 1
            })
        );
        assert_eq!(
            state.put("cursor", vec![2], 1, ROOM).await,
            Ok(Stored {
                version: 2,
                total_bytes: 7
            })
        );
        assert_eq!(
            state.remove("cursor", 1).await,
            Err(StateError::Conflict {
                expected: 1,
                actual: 2
            })
        );
        assert_eq!(state.remove("cursor", 2).await, Ok(0));
        assert_eq!(state.remove("cursor", 2).await, Err(StateError::NotFound));
    }

    #[tokio::test]
    async fn a_larger_value_takes_the_room_of_the_one_it_replaces() {
        let state = MemoryState::default();
        state.put("a", vec![0; 600], 0, ROOM).await.unwrap();
        assert!(matches!(
            state.put("b", vec![0; 600], 0, ROOM).await,
            Err(StateError::TooLarge { .. })
        ));
        state.put("a", vec![0; 900], 1, ROOM).await.unwrap();
    }

    #[tokio::test]
    async fn keys_come_in_pages() {
        let state = MemoryState::default();
        for key in ["c", "a", "b"] {
            state.put(key, Vec::new(), 0, ROOM).await.unwrap();
        }
        assert_eq!(state.keys(None, 2).await.unwrap(), ["a", "b"]);
        assert_eq!(state.keys(Some("b"), 2).await.unwrap(), ["c"]);
    }
}
