//! The moments at which an operation is due.

use std::time::Duration;

use croner::Cron;
use jiff::civil::date;
use jiff::tz::TimeZone;
use ringkeeper_seams::{Entropy, Timestamp};

use crate::zone::{self, Comes};
use crate::{Schedule, ScheduleError, fields};

/// A schedule that was understood.
///
/// Where both day fields are restricted, a day is due that fits either of them. Around changes of daylight saving it does
/// what Vixie cron does:
/// - Where neither minute nor hour begin with `*`, a time rests on the clock on the wall, and comes once: one that a night
///   leaves out is due at the first moment after the gap (several left out by one gap are one), and one that comes twice is
///   due the first time.
/// - Else the times are steps, and go by real time: `*/15 * * * *` is due every 15 minutes through both changes.
#[derive(Clone, Debug)]
pub struct Timetable {
    pub(crate) schedule: Schedule,
    cron: Cron,
    zone: TimeZone,
    rests_on_the_wall: bool,
    /// What jitter is drawn for.
    name: String,
}

impl Timetable {
    /// Reads a schedule, also one that is not in force.
    ///
    /// # Errors
    /// When a field or the zone is not understood, or the expression never comes.
    pub fn parse(schedule: &Schedule) -> Result<Self, ScheduleError> {
        Self::in_zone(schedule, zone::named(&schedule.zone)?)
    }

    fn in_zone(schedule: &Schedule, zone: TimeZone) -> Result<Self, ScheduleError> {
        let (cron, rests_on_the_wall) = fields::read(&schedule.cron)?;
        // Whether a day exists does not depend on the year we are in: the calendar repeats itself.
        let some_day = date(2000, 1, 1).at(0, 0, 0, 0);
        if cron.find_next_occurrence(&some_day, true).is_err() {
            return Err(ScheduleError::Never {
                cron: schedule.cron.clone(),
            });
        }
        Ok(Self {
            schedule: schedule.clone(),
            cron,
            zone,
            rests_on_the_wall,
            name: String::new(),
        })
    }

    /// The same timetable for something that is called `name` (e.g. cluster and operation), so that equal schedules of two
    /// names are put off by different times.
    #[must_use]
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// The schedule it was read from.
    #[must_use]
    pub const fn schedule(&self) -> &Schedule {
        &self.schedule
    }

    /// The first due time after `after`, without jitter, whether it is in force or not; none beyond the calendar's end.
    #[must_use]
    pub fn next_after(&self, after: Timestamp) -> Option<Timestamp> {
        let after = jiff::Timestamp::from_millisecond(after.as_millis()).ok()?;
        let due = if self.rests_on_the_wall {
            self.next_on_the_wall(after)
        } else {
            self.next_step(after)
        };
        Some(Timestamp::from_millis(due?.as_millisecond()))
    }

    /// The first `count` due times after `after`.
    #[must_use]
    pub fn next(&self, count: usize, after: Timestamp) -> Vec<Timestamp> {
        let first = self.next_after(after);
        std::iter::successors(first, |due| self.next_after(*due))
            .take(count)
            .collect()
    }

    /// How long the run that is due at `due` is put off: at most the schedule's jitter, and always less than until the next
    /// due time, so that runs keep their order. It depends on the name and `due` alone: a restart draws the same.
    #[must_use]
    pub fn jitter(&self, due: Timestamp) -> Duration {
        let asked = Duration::from_secs(self.schedule.jitter_seconds);
        if asked.is_zero() {
            return Duration::ZERO;
        }
        let room = self.next_after(due).map_or(asked, |next| next.since(due));
        let most = asked.min(room.saturating_sub(Duration::from_millis(1)));
        let mut draw = Entropy::from_seed(0).stream(&format!("jitter of {} at {due}", self.name));
        let most = u64::try_from(most.as_millis()).unwrap_or(u64::MAX - 1);
        Duration::from_millis(draw.next_u64() % most.saturating_add(1))
    }

    /// When the run that is due at `due` starts: then, and put off by its jitter.
    #[must_use]
    pub fn starts_at(&self, due: Timestamp) -> Timestamp {
        due.after(self.jitter(due))
    }

    /// Steps go by real time: within a stretch of one offset from UTC, local time is as even as real time is.
    fn next_step(&self, after: jiff::Timestamp) -> Option<jiff::Timestamp> {
        let (mut from, mut with_from) = (after, false);
        loop {
            let offset = self.zone.to_offset(from);
            let change = self.zone.following(from).next().map(|next| next.timestamp());
            let local = self
                .cron
                .find_next_occurrence(&offset.to_datetime(from), with_from)
                .ok()?;
            let due = offset.to_timestamp(local).ok()?;
            match change {
                Some(change) if due >= change => (from, with_from) = (change, true),
                _ => return Some(due),
            }
        }
    }

    /// Times on the wall come once each. Their moments never go backwards, so the first that lies after `after` is the
    /// moment of a local time after `after`'s own.
    fn next_on_the_wall(&self, after: jiff::Timestamp) -> Option<jiff::Timestamp> {
        let mut local = self.zone.to_datetime(after);
        loop {
            local = self.cron.find_next_occurrence(&local, false).ok()?;
            let due = zone::moment(&self.zone, local, Comes::First)?;
            if due > after {
                return Some(due);
            }
        }
    }
}

#[cfg(test)]
mod daylight_saving;
#[cfg(test)]
mod tests;
