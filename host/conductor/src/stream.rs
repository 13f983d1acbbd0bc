//! One cluster's way into the journal, and what the journal says about work on it.
//!
//! Two kinds of writers use it. News ([`Stream::append`]) must not be lost, and nobody waits for it: what cannot be
//! written now is kept and written later, in order. Decisions ([`Stream::commit`]) must be written before they are acted
//! on: what cannot be written did not happen. A decision is made while the stream stands still, so that what it was
//! decided on is still so when it is written.
//!
//! A stream has one writer at a time. A host says that it begins to write; whoever wrote before finds that out at its
//! next write, which is refused as the stream has grown, and writes nothing more, so it makes no changing call either.

use std::sync::{Arc, MutexGuard, PoisonError};

use ringkeeper_journal::{Event, Journal, JournalError, Recorded, Version};
use ringkeeper_seams::Timestamp;
use tokio::sync::watch;

use crate::runs::Book;

/// Events kept while the journal cannot be written; the oldest make room.
const MOST_WAITING: usize = 10_000;

/// The writer of one cluster's stream.
#[derive(Debug)]
pub(crate) struct Stream {
    tail: tokio::sync::Mutex<Tail>,
    /// The fold of everything written.
    book: std::sync::Mutex<Book>,
    /// Tells the version whenever it grows.
    versions: watch::Sender<u64>,
    /// Why the last write failed; none when it did not.
    trouble: std::sync::Mutex<Option<String>>,
    /// Where we took over; none where we write on whoever takes over.
    ours: Option<Version>,
    /// When another host took over after us; none while we are the one that writes.
    lost: watch::Sender<Option<Timestamp>>,
}

#[derive(Debug)]
struct Tail {
    /// The stream's version after our last write.
    version: Version,
    waiting: Vec<Recorded>,
}

impl Stream {
    /// A writer that continues after this version, with the fold of all before.
    pub(crate) fn at(version: Version, book: Book) -> Self {
        let tail = Tail {
            version,
            waiting: Vec::new(),
        };
        let ours = book.host.map_or(Version(0), |(version, _)| version);
        Self {
            ours: Some(ours),
            lost: watch::Sender::new(None),
            tail: tokio::sync::Mutex::new(tail),
            book: std::sync::Mutex::new(book),
            versions: watch::Sender::new(version.0),
            trouble: std::sync::Mutex::new(None),
        }
    }

    /// One that writes on whoever takes over.
    pub(crate) fn heedless(self) -> Self {
        Self { ours: None, ..self }
    }

    /// Why the journal cannot be written now, if it cannot.
    pub(crate) fn trouble(&self) -> Option<String> {
        self.trouble
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Tells when another host took over after us.
    pub(crate) fn lost(&self) -> watch::Receiver<Option<Timestamp>> {
        self.lost.subscribe()
    }

    /// What the stream says about work. Never held over a wait.
    pub(crate) fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Forgets runs that ended before this moment, as the journal did.
    pub(crate) fn forget_runs_before(&self, before: Timestamp) {
        self.book().forget_runs_before(before);
    }

    /// Tells the version whenever it grows.
    pub(crate) fn versions(&self) -> watch::Receiver<u64> {
        self.versions.subscribe()
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
        let written = self.write(&mut tail, cluster, journal, true).await;
        let too_many = tail.waiting.len().saturating_sub(MOST_WAITING);
        tail.waiting.drain(..too_many);
        self.note(
            cluster,
            tail.waiting.len(),
            written.err().map(|error| error.to_string()),
        );
    }

    /// Decides with `decide`, which is told the version that its first event will have and reads the book, and writes
    /// what it decided. After an error nothing of it is written and nothing has changed. A decision of no events writes
    /// nothing.
    ///
    /// # Errors
    /// What `decide` answers, or the journal's own.
    pub(crate) async fn commit<E: From<JournalError>>(
        &self,
        cluster: &str,
        journal: &Arc<dyn Journal>,
        at: Timestamp,
        decide: impl FnOnce(Version, &Book) -> Result<Vec<Event>, E>,
    ) -> Result<(), E> {
        let mut tail = self.tail.lock().await;
        if !tail.waiting.is_empty() {
            let written = self.write(&mut tail, cluster, journal, true).await;
            if let Err(error) = written {
                self.note(cluster, tail.waiting.len(), Some(error.to_string()));
                return Err(error.into());
            }
        }
        let next = Version(tail.version.0 + 1);
        let events: Vec<Recorded> = decide(next, &self.book())?
            .into_iter()
            .map(|event| Recorded { at, event })
            .collect();
        if events.is_empty() {
            return Ok(());
        }
        tail.waiting = events;
        let written = self.write(&mut tail, cluster, journal, false).await;
        // Not to be written later: whoever decided was told that it did not happen.
        tail.waiting.clear();
        self.note(cluster, 0, written.as_ref().err().map(ToString::to_string));
        Ok(written?)
    }

    /// Writes what waits and takes it over into the book. News is news also behind what another hand wrote; a decision
    /// made without knowing that is none.
    async fn write(
        &self,
        tail: &mut Tail,
        cluster: &str,
        journal: &Arc<dyn Journal>,
        is_news: bool,
    ) -> Result<(), JournalError> {
        self.is_ours(cluster)?;
        let before = tail.version;
        let mut written = journal.append(cluster, before, &tail.waiting).await;
        if let Err(JournalError::Conflict { actual, .. }) = written {
            // A write whose answer was lost: then these events stand there already. Anything else is another hand.
            let there = journal.read(cluster, before, tail.waiting.len()).await?;
            let same = there.iter().map(|(_, recorded)| recorded).eq(&tail.waiting);
            let behind = there.last().is_some_and(|(last, _)| last.0 == actual);
            if same && behind {
                written = Ok(Version(actual));
            } else {
                tracing::error!(cluster, actual, "somebody else wrote into the journal");
                self.catch_up(tail, cluster, journal).await?;
                self.is_ours(cluster)?;
                if is_news {
                    written = journal.append(cluster, tail.version, &tail.waiting).await;
                }
            }
        }
        let after = written?;
        let first = after.0.saturating_sub(tail.waiting.len() as u64);
        let mut book = self.book();
        for (place, recorded) in (1..).zip(tail.waiting.drain(..)) {
            book.apply(Version(first + place), recorded);
        }
        drop(book);
        tail.version = after;
        self.versions.send_replace(after.0);
        Ok(())
    }

    /// Takes over what another hand wrote since our last write: whoever waits for something that others hold must look
    /// whether they let go of it.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub(crate) async fn refresh(
        &self,
        cluster: &str,
        journal: &Arc<dyn Journal>,
    ) -> Result<(), JournalError> {
        let mut tail = self.tail.lock().await;
        let before = tail.version;
        self.catch_up(&mut tail, cluster, journal).await?;
        if tail.version != before {
            self.versions.send_replace(tail.version.0);
        }
        Ok(())
    }

    /// Takes over what another hand wrote.
    async fn catch_up(
        &self,
        tail: &mut Tail,
        cluster: &str,
        journal: &Arc<dyn Journal>,
    ) -> Result<(), JournalError> {
        loop {
            let page = journal.read(cluster, tail.version, 1_000).await?;
            let Some((last, _)) = page.last() else {
                return Ok(());
            };
            tail.version = *last;
            let mut book = self.book();
            for (version, recorded) in page {
                book.apply(version, recorded);
            }
            if let Some((version, at)) = book.host
                && self.ours.is_some_and(|ours| version != ours)
            {
                self.lost.send_replace(Some(at));
            }
        }
    }

    /// Refuses where another host took over.
    fn is_ours(&self, cluster: &str) -> Result<(), JournalError> {
        match *self.lost.borrow() {
            Some(at) => Err(JournalError::TakenOver {
                cluster: cluster.to_owned(),
                at,
            }),
            None => Ok(()),
        }
    }

    fn note(&self, cluster: &str, waiting: usize, trouble: Option<String>) {
        if let Some(error) = &trouble {
            tracing::error!(cluster, error, waiting, "the journal cannot be written");
        }
        *self.trouble.lock().unwrap_or_else(PoisonError::into_inner) = trouble;
    }
}

#[cfg(test)]
mod tests;
