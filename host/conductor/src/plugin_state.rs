//! What a plugin keeps, in the journal.

use std::sync::Arc;

use async_trait::async_trait;
use ringkeeper_journal::{Journal, JournalError, StatePut};
use ringkeeper_sandbox::{PluginState, StateEntry, StateError, Stored};

/// The journal, narrowed to one plugin and one cluster.
#[derive(Debug)]
pub(crate) struct JournalState {
    journal: Arc<dyn Journal>,
    plugin: String,
    cluster: String,
}

impl JournalState {
    pub(crate) fn new(journal: &Arc<dyn Journal>, plugin: &str, cluster: &str) -> Self {
        Self {
            journal: Arc::clone(journal),
            plugin: plugin.to_owned(),
            cluster: cluster.to_owned(),
        }
    }
}

#[async_trait]
impl PluginState for JournalState {
    async fn get(&self, key: &str) -> Result<Option<StateEntry>, StateError> {
        let found = self
            .journal
            .state_get(&self.plugin, &self.cluster, key)
            .await
            .map_err(refused)?;
        Ok(found.map(|entry| StateEntry {
            value: entry.value,
            version: entry.version,
        }))
    }

    async fn keys(&self, after: Option<&str>, most: usize) -> Result<Vec<String>, StateError> {
        self.journal
            .state_keys(&self.plugin, &self.cluster, after, most)
            .await
            .map_err(refused)
    }

    async fn put(
        &self,
        key: &str,
        value: Vec<u8>,
        expected: u64,
        limit_bytes: u64,
    ) -> Result<Stored, StateError> {
        let (plugin, cluster) = (&*self.plugin, &*self.cluster);
        let put = StatePut {
            plugin,
            cluster,
            key,
            value: &value,
            expected,
            room: limit_bytes,
        };
        let stored = self.journal.state_put(put).await.map_err(refused)?;
        Ok(Stored {
            version: stored.version,
            total_bytes: stored.total_bytes,
        })
    }

    async fn remove(&self, key: &str, expected: u64) -> Result<u64, StateError> {
        self.journal
            .state_remove(&self.plugin, &self.cluster, key, expected)
            .await
            .map_err(refused)
    }
}

fn refused(error: JournalError) -> StateError {
    match error {
        JournalError::Conflict { expected, actual } => StateError::Conflict { expected, actual },
        JournalError::NoEntry { .. } => StateError::NotFound,
        JournalError::NoRoom { needed, room } => StateError::TooLarge {
            wanted_bytes: needed,
            limit_bytes: room,
        },
        other => StateError::Unavailable(other.to_string()),
    }
}
