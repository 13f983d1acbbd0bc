//! The person of a scenario who gives the word that runs wait for.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use ringkeeper_journal::{RunEvent, RunId};
use ringkeeper_seams::Timestamp;

use crate::log::Line;

/// After a word that was not taken it is given again.
const AGAIN: Duration = Duration::from_secs(60);

/// What waits, and when the word is given.
#[derive(Debug)]
pub(crate) struct Approver {
    /// How long they let a run wait; none where they never say a word by themselves.
    after: Option<Duration>,
    waiting: BTreeMap<RunId, Waiting>,
    /// Turns true when somebody who looks on wants everything approved that waits.
    wish: Arc<AtomicBool>,
}

#[derive(Clone, Debug)]
struct Waiting {
    hash: String,
    /// Not before; none where the word never comes by itself.
    due: Option<Timestamp>,
}

impl Approver {
    pub(crate) fn new(after: Option<Duration>) -> Self {
        Self {
            after,
            waiting: BTreeMap::new(),
            wish: Arc::default(),
        }
    }

    /// Where somebody who looks on may wish.
    pub(crate) fn wish(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.wish)
    }

    /// Takes notice of what runs wait for.
    pub(crate) fn see(&mut self, line: &Line) {
        let Some((run, what)) = line.of_run() else {
            return;
        };
        match what {
            RunEvent::ApprovalAsked { hash, .. } => {
                let waiting = Waiting {
                    hash: hash.clone(),
                    due: self.after.map(|after| line.at.after(after)),
                };
                self.waiting.insert(run.clone(), waiting);
            }
            RunEvent::Approved { .. }
            | RunEvent::Rejected { .. }
            | RunEvent::Replanned { .. }
            | RunEvent::State { .. }
            | RunEvent::Closed { .. } => drop(self.waiting.remove(run)),
            _ => {}
        }
    }

    /// When the next word is given.
    pub(crate) fn next(&self) -> Option<Timestamp> {
        self.waiting.values().filter_map(|waiting| waiting.due).min()
    }

    /// What is approved now. It is noted as said; where the host does not take it, it is said again.
    pub(crate) fn say(&mut self, now: Timestamp) -> Vec<(RunId, String)> {
        let all = self.wish.swap(false, Ordering::Relaxed);
        let is_due = |waiting: &Waiting| all || waiting.due.is_some_and(|due| due <= now);
        let said = self.waiting.iter_mut().filter(|(_, waiting)| is_due(waiting));
        said.map(|(run, waiting)| {
            waiting.due = waiting.due.map(|_| now.after(AGAIN));
            (run.clone(), waiting.hash.clone())
        })
        .collect()
    }
}
