//! What follows from the due times that passed.

use std::time::Duration;

use ringkeeper_seams::Timestamp;

use crate::{Missed, Overlap, Timetable};

/// A time that was not served this long after its run was to start was missed: the host did not run, or the clock jumped.
pub const LATE_AFTER: Duration = Duration::from_secs(60);

/// More missed times than this are not counted one by one.
const COUNTED: u64 = 1000;

/// What is known when a decision is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The moment now.
    pub now: Timestamp,
    /// The due time of the last run or skip that was written down. None if there was none since the schedule was set; so
    /// setting it anew is the way out for a person whose clock once was years ahead.
    pub last_served: Option<Timestamp>,
    /// When the schedule was set, or the host first saw it: times before it are nobody's.
    pub since: Timestamp,
    /// Whether the operation runs now.
    pub running: bool,
    /// When the operation last ended, as far as known: a time that queued behind it was not missed.
    pub last_ended: Option<Timestamp>,
}

/// What is to be done. Every decision but waiting names the due time to write down as served; deciding again then leads to
/// waiting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Nothing before this moment; none while the schedule is not in force. Clocks jump: ask again every minute all the
    /// same.
    Wait {
        /// When the next run starts, or the next due time queues behind the one that runs.
        until: Option<Timestamp>,
    },
    /// Run it.
    Run {
        /// The due time that is served by it, the latest that passed.
        due: Timestamp,
        /// How many due times before it passed and are served by it too; at most 999 are counted.
        missed: u64,
    },
    /// Leave this time out, because the operation still runs.
    SkipOverlap {
        /// The latest due time that passed.
        due: Timestamp,
    },
    /// Leave these times out, because they passed while nobody looked.
    SkipMissed {
        /// The latest of them.
        due: Timestamp,
        /// How many there are; at most 1,000 are counted.
        count: u64,
    },
}

impl Timetable {
    /// What is to be done now. A clock that jumps back never makes a served time run again; one that jumps forward makes
    /// the times it passed over missed ones.
    #[must_use]
    pub fn decide(&self, standing: &Standing) -> Decision {
        if !self.schedule.enabled {
            return Decision::Wait { until: None };
        }
        let served = standing
            .last_served
            .map_or(standing.since, |served| served.max(standing.since));
        let starting = |due: Option<Timestamp>| Decision::Wait {
            until: due.map(|due| self.starts_at(due)),
        };
        let Some(first) = self.next_after(served).filter(|due| self.started(*due, standing)) else {
            return starting(self.next_after(served));
        };
        let (due, count) = self.latest(first, standing);
        if standing.running {
            return match self.schedule.overlap {
                Overlap::Skip => Decision::SkipOverlap { due },
                Overlap::Queue => starting(self.next_after(due)),
            };
        }
        if self.schedule.missed == Missed::Skip && self.is_late(due, standing) {
            return Decision::SkipMissed { due, count };
        }
        Decision::Run {
            due,
            missed: count.saturating_sub(1),
        }
    }

    fn started(&self, due: Timestamp, standing: &Standing) -> bool {
        self.starts_at(due) <= standing.now
    }

    /// Whether nobody looked when it was to start, or, where it queued, when its way was free.
    fn is_late(&self, due: Timestamp, standing: &Standing) -> bool {
        let start = self.starts_at(due);
        let free = match self.schedule.overlap {
            Overlap::Queue => standing.last_ended.map_or(start, |ended| ended.max(start)),
            Overlap::Skip => start,
        };
        standing.now.since(free) > LATE_AFTER
    }

    /// The latest due time from `first` on that has started, and how many there are, both counted.
    fn latest(&self, first: Timestamp, standing: &Standing) -> (Timestamp, u64) {
        let started = |due: &Timestamp| self.started(*due, standing);
        let (mut latest, mut count) = (first, 1);
        while let Some(due) = self.next_after(latest).filter(started) {
            (latest, count) = (due, count + 1);
            if count == COUNTED {
                return (self.last_of_many(latest, standing), COUNTED);
            }
        }
        (latest, count)
    }

    /// The latest due time from `known` on that has started, found from now backwards: a year of seconds may lie between.
    fn last_of_many(&self, known: Timestamp, standing: &Standing) -> Timestamp {
        let started = |due: &Timestamp| self.started(*due, standing);
        let mut window = Duration::from_secs(1);
        while window < standing.now.since(known) {
            let near = self.next_after(standing.now.before(window)).filter(started);
            if let Some(near) = near {
                let onward = std::iter::successors(Some(near), |due| self.next_after(*due).filter(started));
                return onward.last().unwrap_or(known);
            }
            window *= 2;
        }
        known
    }
}

#[cfg(test)]
mod tests;
