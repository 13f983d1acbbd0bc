//! A journal on a disk that takes its time.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use ringkeeper_journal::{Journal, JournalError, JournalLayer, Recorded, Version};

/// Another journal, each write to whose streams takes a while.
#[derive(Debug)]
pub(crate) struct SlowJournal {
    pub(crate) inner: Arc<dyn Journal>,
    pub(crate) write_takes: Duration,
}

#[async_trait]
impl JournalLayer for SlowJournal {
    fn below(&self) -> &dyn Journal {
        &*self.inner
    }

    async fn append(
        &self,
        cluster: &str,
        expected: Version,
        events: &[Recorded],
    ) -> Result<Version, JournalError> {
        tokio::time::sleep(self.write_takes).await;
        self.inner.append(cluster, expected, events).await
    }
}
