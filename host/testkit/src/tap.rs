//! A journal in memory that tells the log of everything written to it.

use std::sync::Arc;

use async_trait::async_trait;
use ringkeeper_config::FaultEvent;
use ringkeeper_journal::{
    Event, Journal, JournalError, JournalLayer, MemoryJournal, Recorded, RunEvent, Version,
};
use ringkeeper_seams::Clock;

use crate::log::{Entry, Log};
use crate::nemesis::Nemesis;

/// The journal of a story. It outlives the hosts that write to it.
#[derive(Debug)]
pub(crate) struct Tap {
    pub(crate) inner: MemoryJournal,
    pub(crate) log: Log,
    pub(crate) nemesis: Nemesis,
    pub(crate) clock: Arc<dyn Clock>,
}

#[async_trait]
impl JournalLayer for Tap {
    fn below(&self) -> &dyn Journal {
        &self.inner
    }

    async fn append(
        &self,
        cluster: &str,
        expected: Version,
        events: &[Recorded],
    ) -> Result<Version, JournalError> {
        let last = self.inner.append(cluster, expected, events).await?;
        self.nemesis.take();
        let now = self.clock.now();
        let first = last.0 + 1 - events.len() as u64;
        for (version, event) in (first..).zip(events) {
            let entry = Entry::Journal(Version(version), Box::new(event.clone()));
            self.log.push(now, entry);
        }
        let intends = |event: &&Recorded| {
            matches!(
                event.event,
                Event::Run {
                    what: RunEvent::Intended(_),
                    ..
                }
            )
        };
        let mut is_dead = self.nemesis.seen(FaultEvent::JournalWrite);
        for _ in events.iter().filter(intends) {
            is_dead |= self.nemesis.seen(FaultEvent::Intended);
        }
        if is_dead {
            std::future::pending::<()>().await;
        }
        Ok(last)
    }
}
