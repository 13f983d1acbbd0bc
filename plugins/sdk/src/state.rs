//! What the plugin keeps between calls, per cluster: values of its own types, stored as JSON.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::Error;
use crate::bindings::ringkeeper::maintenance::{state, state_write};

/// The version of an entry that does not exist.
pub const ABSENT: u64 = 0;

/// One entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry<T> {
    /// What was put.
    pub value: T,
    /// Counts the changes of this entry, from 1.
    pub version: u64,
}

/// The entry at `key`; none where there is none.
///
/// # Errors
/// The host's, and invalid when the entry is not a `T`.
pub fn get<T: DeserializeOwned>(key: &str) -> Result<Option<Entry<T>>, Error> {
    let Some(entry) = state::get(key)? else {
        return Ok(None);
    };
    let value = serde_json::from_slice(&entry.value)
        .map_err(|error| Error::Invalid(format!("the entry `{key}` cannot be read: {error}")))?;
    Ok(Some(Entry {
        value,
        version: entry.version,
    }))
}

/// All keys, in byte order.
///
/// # Errors
/// The host's.
pub fn keys() -> Result<Vec<String>, Error> {
    let mut keys = Vec::new();
    let mut cursor: Option<String> = None;
    loop {
        let page = state::keys(cursor.as_deref())?;
        keys.extend(page.keys);
        cursor = page.cursor;
        if cursor.is_none() {
            return Ok(keys);
        }
    }
}

/// Puts `value` at `key` if the entry's version is `expected` ([`ABSENT`] for a new one), and answers the new version.
///
/// # Errors
/// Conflict when the version is another; invalid when the value is no JSON or too large.
pub fn put<T: Serialize>(key: &str, value: &T, expected: u64) -> Result<u64, Error> {
    let bytes = serde_json::to_vec(value)
        .map_err(|error| Error::Invalid(format!("the entry `{key}` cannot be written: {error}")))?;
    state_write::put(key, &bytes, expected)
}

/// Removes the entry at `key` if its version is `expected`.
///
/// # Errors
/// Conflict when the version is another; not-found.
pub fn remove(key: &str, expected: u64) -> Result<(), Error> {
    state_write::remove(key, expected)
}
