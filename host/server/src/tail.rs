//! A cluster's events, followed without an end.

use std::collections::VecDeque;

use futures::future::{Either, select};
use ringkeeper_api::EventRow;
use tokio::sync::watch;

/// Events read at once.
const PAGE: usize = 500;

/// Reads events after a version, at most so many, oldest first.
pub(crate) trait Source {
    /// Why it cannot.
    type Error;

    /// One page.
    async fn read(&self, after: u64, limit: usize) -> Result<Vec<EventRow>, Self::Error>;
}

/// Where a reader of the stream stands.
#[derive(Debug)]
pub(crate) struct Tail<S> {
    source: S,
    after: u64,
    page: VecDeque<EventRow>,
    versions: watch::Receiver<u64>,
    stopping: watch::Receiver<bool>,
}

impl<S: Source> Tail<S> {
    /// Begins after a version; without one, with what happens from now on.
    pub(crate) fn new(
        source: S,
        after: Option<u64>,
        versions: watch::Receiver<u64>,
        stopping: watch::Receiver<bool>,
    ) -> Self {
        let after = after.unwrap_or_else(|| *versions.borrow());
        Self {
            source,
            after,
            page: VecDeque::new(),
            versions,
            stopping,
        }
    }

    /// The version after which it begins.
    pub(crate) const fn after(&self) -> u64 {
        self.after
    }

    /// The next event, as soon as there is one; none when the host stops.
    ///
    /// # Errors
    /// When the source cannot be read.
    pub(crate) async fn next(&mut self) -> Result<Option<EventRow>, S::Error> {
        loop {
            if *self.stopping.borrow() {
                return Ok(None);
            }
            if let Some(row) = self.page.pop_front() {
                return Ok(Some(row));
            }
            // Looked at before reading: what is written meanwhile is told again, and nothing is missed.
            let written = *self.versions.borrow_and_update();
            self.read(written).await?;
            if self.page.is_empty() && !self.wait().await {
                return Ok(None);
            }
        }
    }

    async fn read(&mut self, written: u64) -> Result<(), S::Error> {
        self.page = self.source.read(self.after, PAGE).await?.into();
        if let Some(last) = self.page.back() {
            self.after = last.version;
        }
        if self.page.len() < PAGE {
            // Everything up to there was read, though it may be about other runs.
            self.after = self.after.max(written);
        }
        Ok(())
    }

    /// Waits for more; false when none will come.
    async fn wait(&mut self) -> bool {
        let stop = self.stopping.wait_for(|stopping| *stopping);
        match select(Box::pin(stop), Box::pin(self.versions.changed())).await {
            Either::Left(_) => false,
            Either::Right((changed, _)) => changed.is_ok(),
        }
    }
}

#[cfg(test)]
#[path = "tail_tests.rs"]
mod tests;
