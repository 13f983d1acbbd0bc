//! A stream of the host's own, and what was made of it.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::{Journal, JournalError, Recorded, Version};

/// Events read at once.
const PAGE: usize = 500;

/// What is made of a stream, event by event.
pub trait Fold: Default {
    /// Carries it forward over one event. Events of other kinds change nothing.
    fn note(&mut self, recorded: Recorded);
}

/// What was read of a stream.
#[derive(Debug, Default)]
pub struct AsRead<B> {
    /// How much of the stream is in it.
    pub version: Version,
    /// What was made of that.
    pub book: B,
}

/// A stream and what was made of it so far. Whoever writes names the version that was decided by, and decides again when
/// somebody else was faster.
#[derive(Debug)]
pub struct Folded<B> {
    stream: &'static str,
    read: Mutex<AsRead<B>>,
}

impl<B: Fold> Folded<B> {
    /// Nothing of this stream yet.
    #[must_use]
    pub fn of(stream: &'static str) -> Self {
        Self {
            stream,
            read: Mutex::default(),
        }
    }

    /// What was read so far.
    pub fn lock(&self) -> MutexGuard<'_, AsRead<B>> {
        self.read.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads what is new.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub async fn read_on(&self, journal: &dyn Journal) -> Result<(), JournalError> {
        loop {
            let after = self.lock().version;
            let page = journal.read(self.stream, after, PAGE).await?;
            let is_all = page.len() < PAGE;
            let mut read = self.lock();
            for (version, recorded) in page {
                // Somebody else may have read on meanwhile.
                if version > read.version {
                    read.version = version;
                    read.book.note(recorded);
                }
            }
            if is_all {
                return Ok(());
            }
        }
    }

    /// Appends to the stream as it was at `version`; answers whether that was the newest. What is new is read in either case.
    ///
    /// # Errors
    /// When the journal cannot be read or written.
    pub async fn append(
        &self,
        journal: &dyn Journal,
        version: Version,
        events: &[Recorded],
    ) -> Result<bool, JournalError> {
        let was_newest = match journal.append(self.stream, version, events).await {
            Ok(_) => true,
            Err(JournalError::Conflict { .. }) => false,
            Err(error) => return Err(error),
        };
        self.read_on(journal).await?;
        Ok(was_newest)
    }
}

#[cfg(test)]
mod tests {
    use ringkeeper_seams::Timestamp;

    use super::*;
    use crate::{Event, MemoryJournal};

    #[derive(Debug, Default)]
    struct Count(usize);

    impl Fold for Count {
        fn note(&mut self, _: Recorded) {
            self.0 += 1;
        }
    }

    fn events(count: usize) -> Vec<Recorded> {
        let event = Event::Unfrozen { by: None };
        let at = Timestamp::from_millis(1);
        vec![Recorded { at, event }; count]
    }

    #[tokio::test]
    async fn every_event_is_noted_once_whoever_wrote_it() {
        let journal = MemoryJournal::default();
        let (one, other) = (Folded::<Count>::of("own"), Folded::<Count>::of("own"));
        let many = PAGE + 1;
        assert!(one.append(&journal, Version(0), &events(many)).await.unwrap());
        // It decided by less than there is: nothing is written, and it knows all now.
        assert!(!other.append(&journal, Version(0), &events(1)).await.unwrap());
        for folded in [&one, &other] {
            folded.read_on(&journal).await.unwrap();
            let read = folded.lock();
            assert_eq!((read.version, read.book.0), (Version(many as u64), many));
        }
    }
}
