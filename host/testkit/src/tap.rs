//! A journal in memory that tells the log of everything written to it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use ringkeeper_config::FaultEvent;
use ringkeeper_journal::{
    Checked, Event, Journal, JournalError, JournalLayer, MemoryJournal, Recorded, RunEvent, Version,
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
    pub(crate) tally: Arc<Tally>,
}

/// How much a host has done, as far as its journal shows: no part of the story, only of how fast it is told.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    /// Plans that plugins made: of checks, and of runs.
    plans: AtomicU64,
    /// Transactions.
    writes: AtomicU64,
}

impl Tally {
    pub(crate) fn plans(&self) -> u64 {
        self.plans.load(Ordering::Relaxed)
    }

    pub(crate) fn writes(&self) -> u64 {
        self.writes.load(Ordering::Relaxed)
    }

    fn note(&self, plans: usize) {
        self.writes.fetch_add(1, Ordering::Relaxed);
        self.plans.fetch_add(plans as u64, Ordering::Relaxed);
    }
}

fn is_plan(recorded: &Recorded) -> bool {
    let Event::Run { what, .. } = &recorded.event else {
        return false;
    };
    matches!(what, RunEvent::Opened(_) | RunEvent::Replanned { .. })
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
        self.tally
            .note(events.iter().filter(|event| is_plan(event)).count());
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

    async fn note_checked(&self, cluster: &str, checked: &Checked) -> Result<(), JournalError> {
        self.tally.note(1);
        self.inner.note_checked(cluster, checked).await
    }
}
