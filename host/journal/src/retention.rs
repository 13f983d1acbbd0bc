//! Which events may go.

use ringkeeper_seams::Timestamp;

use crate::Version;
use crate::topic::{Ageing, Topic};

/// How long events are kept. What is open, in force or the newest of its kind is kept however old it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// Findings that were cleared, changes of nodes, and settings and due times that a newer one took the place of go when
    /// they are older.
    pub events_before: Timestamp,
    /// All events of a run go when it was closed before this.
    pub runs_before: Timestamp,
}

/// An event, as far as its age is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Aged {
    pub(crate) version: Version,
    pub(crate) at: Timestamp,
    pub(crate) closes: bool,
}

impl Retention {
    /// Which of a topic's events, given in order, may go, in the order they must go in: if only the first of them are gone,
    /// what is folded from the rest is the same, and asking again finds the others.
    pub(crate) fn doomed(&self, topic: &Topic, events: &[Aged]) -> Vec<Version> {
        let old = |event: &&Aged| event.at < self.events_before;
        let versions = |doomed: &[Aged]| doomed.iter().map(|event| event.version).collect();
        match topic.ageing() {
            Ageing::Alone => events.iter().filter(old).map(|event| event.version).collect(),
            Ageing::Episodes => {
                let ended = events
                    .iter()
                    .rposition(|event| event.closes && event.at < self.events_before);
                let end = ended.map_or(0, |last| last + 1);
                versions(events.get(..end).unwrap_or_default())
            }
            Ageing::Whole => {
                let closed = events.iter().rfind(|event| event.closes);
                if closed.is_none_or(|closed| closed.at >= self.runs_before) {
                    return Vec::new();
                }
                // What says that it is closed goes last.
                let mut all = events.to_vec();
                all.sort_by_key(|event| (event.closes, event.version));
                versions(&all)
            }
            Ageing::Superseded => {
                let (_, older) = events.split_last().unzip();
                let older: &[Aged] = older.unwrap_or_default();
                older.iter().filter(old).map(|event| event.version).collect()
            }
        }
    }
}

#[cfg(test)]
pub(crate) mod tests;
