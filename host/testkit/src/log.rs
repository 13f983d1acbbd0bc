//! The one log of everything that happens in a story.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ringkeeper_journal::{Event, Recorded, RunEvent, RunId, Version};
use ringkeeper_seams::Timestamp;
use ringkeeper_sim::{Happening, SimCluster};
use tokio::sync::watch;

use crate::planned::PlannedFault;

/// One thing that happened.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// When, in virtual time.
    pub at: Timestamp,
    /// What.
    pub entry: Entry,
}

impl Line {
    /// What the host wrote to its journal, where that is about a run.
    pub(crate) fn of_run(&self) -> Option<(&RunId, &RunEvent)> {
        match &self.entry {
            Entry::Journal(_, recorded) => match &recorded.event {
                Event::Run { run, what } => Some((run, what)),
                _ => None,
            },
            _ => None,
        }
    }
}

/// What can happen.
#[derive(Clone, Debug, PartialEq)]
pub enum Entry {
    /// Something became of the host.
    Host(HostChange),
    /// A fault strikes.
    Strikes(PlannedFault),
    /// A fault is over.
    Over(PlannedFault),
    /// A fault was left out, for this reason.
    Spared(PlannedFault, &'static str),
    /// Something came about in the cluster.
    Cluster(Happening),
    /// The host wrote to its journal.
    Journal(Version, Box<Recorded>),
    /// A person asked for an operation; how that was answered.
    Asked {
        /// Which.
        operation: String,
        /// The run that was opened, or why none was.
        answer: Result<String, String>,
    },
    /// A person approved what a run waited with; how that was answered.
    Word {
        /// The run.
        run: String,
        /// Why it was not taken, if it was not.
        answer: Result<(), String>,
    },
    /// Another tool began a repair: its place in the cluster's list.
    Foreign(usize),
    /// The time of faults is over, and everything is mended.
    Healing,
}

/// What may become of the host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HostChange {
    /// It was started, with these grants taken away (plugin, grant).
    Started {
        /// Grants that its configuration does not give, although the scenario does.
        without: Vec<(String, String)>,
    },
    /// It was killed where it stood.
    Killed,
    /// Another one was started beside it, on the same journal.
    Doubled,
    /// The one before was ended.
    Alone,
}

/// A handle to the log. Clones are the same log.
#[derive(Clone, Debug)]
pub(crate) struct Log {
    lines: Arc<Mutex<Vec<Line>>>,
    /// How many happenings of the cluster are in it.
    happened: Arc<Mutex<usize>>,
    count: watch::Sender<usize>,
}

impl Log {
    pub(crate) fn new() -> Self {
        Self {
            lines: Arc::default(),
            happened: Arc::default(),
            count: watch::Sender::new(0),
        }
    }

    pub(crate) fn push(&self, at: Timestamp, entry: Entry) {
        let mut lines = self.lines();
        lines.push(Line { at, entry });
        self.count.send_replace(lines.len());
    }

    /// Takes what came about in the cluster since the last time. Whatever is written because of it comes later.
    pub(crate) fn take(&self, cluster: &SimCluster) -> Vec<Happening> {
        let mut happened = self.happened.lock().unwrap_or_else(PoisonError::into_inner);
        let new = cluster.happened(*happened);
        *happened += new.len();
        for (at, what) in &new {
            self.push(*at, Entry::Cluster(what.clone()));
        }
        new.into_iter().map(|(_, what)| what).collect()
    }

    /// The lines after the first `seen`.
    pub(crate) fn since(&self, seen: usize) -> Vec<Line> {
        self.lines().get(seen..).unwrap_or_default().to_vec()
    }

    /// What is found in all lines.
    pub(crate) fn read<T>(&self, find: impl FnOnce(&[Line]) -> T) -> T {
        find(&self.lines())
    }

    pub(crate) fn subscribe(&self) -> watch::Receiver<usize> {
        self.count.subscribe()
    }

    /// BLAKE3 of every line: two stories with the same digest are the same.
    pub(crate) fn digest(&self) -> String {
        let mut hasher = blake3::Hasher::new();
        for line in self.lines().iter() {
            hasher.update(format!("{line:?}\n").as_bytes());
        }
        hasher.finalize().to_hex().to_string()
    }

    fn lines(&self) -> MutexGuard<'_, Vec<Line>> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
