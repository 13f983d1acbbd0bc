//! One cluster's way into the journal. What cannot be written now is kept and written later, in order.

use std::sync::{Arc, PoisonError};

use ringkeeper_journal::{Event, Journal, JournalError, Recorded, Version};
use ringkeeper_seams::Timestamp;

/// Events kept while the journal cannot be written; the oldest make room.
const MOST_WAITING: usize = 10_000;

/// The writer of one cluster's stream.
#[derive(Debug)]
pub(crate) struct Stream {
    tail: tokio::sync::Mutex<Tail>,
    /// Why the last write failed; none when it did not.
    trouble: std::sync::Mutex<Option<String>>,
}

#[derive(Debug)]
struct Tail {
    /// The stream's version after our last write.
    version: Version,
    waiting: Vec<Recorded>,
}

impl Stream {
    /// A writer that continues after this version.
    pub(crate) fn at(version: Version) -> Self {
        let tail = Tail {
            version,
            waiting: Vec::new(),
        };
        Self {
            tail: tokio::sync::Mutex::new(tail),
            trouble: std::sync::Mutex::new(None),
        }
    }

    /// Why the journal cannot be written now, if it cannot.
    pub(crate) fn trouble(&self) -> Option<String> {
        self.trouble
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Writes these events behind all that still wait. When that fails they wait too.
    pub(crate) async fn append(
        &self,
        cluster: &str,
        journal: &Arc<dyn Journal>,
        at: Timestamp,
        events: Vec<Event>,
    ) {
        let mut tail = self.tail.lock().await;
        tail.waiting
            .extend(events.into_iter().map(|event| Recorded { at, event }));
        if tail.waiting.is_empty() {
            return;
        }
        let written = tail.write(cluster, journal).await;
        let too_many = tail.waiting.len().saturating_sub(MOST_WAITING);
        tail.waiting.drain(..too_many);
        let trouble = written.err().map(|error| error.to_string());
        if let Some(error) = &trouble {
            let waiting = tail.waiting.len();
            tracing::error!(
                cluster,
                error,
                waiting,
                "the journal cannot be written; events wait"
            );
        }
        *self.trouble.lock().unwrap_or_else(PoisonError::into_inner) = trouble;
    }
}

impl Tail {
    async fn write(&mut self, cluster: &str, journal: &Arc<dyn Journal>) -> Result<(), JournalError> {
        let mut written = journal.append(cluster, self.version, &self.waiting).await;
        if let Err(JournalError::Conflict { actual, .. }) = written {
            // A write whose answer was lost, or another hand: these events are news all the same.
            self.version = Version(actual);
            written = journal.append(cluster, self.version, &self.waiting).await;
        }
        self.version = written?;
        self.waiting.clear();
        Ok(())
    }
}

#[cfg(test)]
mod tests;
