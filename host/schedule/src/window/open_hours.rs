//! When a window is open.

use jiff::ToSpan as _;
use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use ringkeeper_seams::Timestamp;

use super::clock::{self, TimeOfDay};
use super::{Day, Window, impacts};
use crate::{ScheduleError, zone};

/// A window that was understood.
///
/// It is open exactly while the clock on the wall shows a time within it: one that a change of daylight saving leaves out
/// in part opens at the first moment after the gap, one that is left out whole does not open that day, and what comes
/// twice is open twice. Past midnight it still belongs to the day on which it opened. An opening that begins at the moment
/// another ends is one of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenHours {
    window: Window,
    from: TimeOfDay,
    to: TimeOfDay,
    zone: TimeZone,
}

/// A time for which a window is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Opening {
    /// Its first moment.
    pub opens: Timestamp,
    /// The first moment after it.
    pub closes: Timestamp,
}

impl OpenHours {
    /// Reads a window.
    ///
    /// # Errors
    /// When a time, the zone or an impact is not understood, or it never opens.
    pub fn parse(window: &Window) -> Result<Self, ScheduleError> {
        Self::in_zone(window, zone::named(&window.zone)?)
    }

    fn in_zone(window: &Window, zone: TimeZone) -> Result<Self, ScheduleError> {
        if window.impacts.is_empty() {
            return Err(ScheduleError::NoImpact);
        }
        impacts::check(&window.impacts)?;
        let opening = |text: &str| ScheduleError::OpeningTime {
            text: text.to_owned(),
        };
        let closing = |text: &str| ScheduleError::ClosingTime {
            text: text.to_owned(),
        };
        let from = TimeOfDay::parse(&window.from).filter(|time| *time != TimeOfDay::END);
        let from = from.ok_or_else(|| opening(&window.from))?;
        let to = TimeOfDay::parse(&window.to).ok_or_else(|| closing(&window.to))?;
        if from == to {
            return Err(ScheduleError::NeverOpen {
                time: from.to_string(),
            });
        }
        Ok(Self {
            window: window.clone(),
            from,
            to,
            zone,
        })
    }

    /// As it was written.
    #[must_use]
    pub const fn window(&self) -> &Window {
        &self.window
    }

    /// When the opening that holds this moment closes; none where it is closed.
    #[must_use]
    pub fn open_until(&self, at: Timestamp) -> Option<Timestamp> {
        self.opening_at(at).map(|opening| opening.closes)
    }

    /// When it opens next, after this moment; none beyond the calendar's end.
    #[must_use]
    pub fn opens_after(&self, at: Timestamp) -> Option<Timestamp> {
        self.opening_after(at).map(|opening| opening.opens)
    }

    /// The opening that holds this moment; none where it is closed.
    #[must_use]
    pub fn opening_at(&self, at: Timestamp) -> Option<Opening> {
        // An opening lasts a day at most, but a fold may lie in it.
        let days = self.days_from(at, -2)?.take(4);
        days.flat_map(|day| self.openings_of(day))
            .find(|opening| opening.opens <= at && at < opening.closes)
    }

    /// The first opening that begins after this moment; none beyond the calendar's end.
    #[must_use]
    pub fn opening_after(&self, at: Timestamp) -> Option<Opening> {
        let mut days = self.days_from(at, -2)?;
        let later = |day: Date| {
            self.openings_of(day)
                .into_iter()
                .filter(|opening| opening.opens > at)
        };
        let (day, first) = days.find_map(|day| later(day).min().map(|opening| (day, opening)))?;
        // Where a fold turns the clock back past midnight, the second part of one day's opening comes after the first
        // part of the next day's.
        let next = day.tomorrow().ok().and_then(|day| later(day).min());
        Some(next.map_or(first, |next| first.min(next)))
    }

    /// The first `count` openings that begin after this moment.
    #[must_use]
    pub fn next(&self, count: usize, after: Timestamp) -> Vec<Opening> {
        let first = self.opening_after(after);
        std::iter::successors(first, |opening| self.opening_after(opening.opens))
            .take(count)
            .collect()
    }

    /// The days from that of a moment on, moved by `shift` days.
    fn days_from(&self, at: Timestamp, shift: i64) -> Option<impl Iterator<Item = Date>> {
        let at = jiff::Timestamp::from_millisecond(at.as_millis()).ok()?;
        let today = self.zone.to_datetime(at).date();
        let first = today.saturating_add(shift.days());
        Some(std::iter::successors(Some(first), |day| day.tomorrow().ok()))
    }

    /// The openings of a day, in order: mostly one, or none.
    fn openings_of(&self, day: Date) -> Vec<Opening> {
        let opens_then = self.window.days.is_empty() || self.window.days.contains(&Day::of(day));
        let from = self.from.on(day).filter(|_| opens_then);
        let to = if self.to > self.from {
            self.to.on(day)
        } else {
            day.tomorrow().ok().and_then(|day| self.to.on(day))
        };
        let Some((from, to)) = from.zip(to) else {
            return Vec::new();
        };
        let stretches = clock::shown(&self.zone, from, to).into_iter();
        stretches
            .map(|(opens, closes)| Opening {
                opens: Timestamp::from_millis(opens.as_millisecond()),
                closes: Timestamp::from_millis(closes.as_millisecond()),
            })
            .collect()
    }
}

impl Day {
    fn of(date: Date) -> Self {
        match date.weekday() {
            Weekday::Monday => Self::Mon,
            Weekday::Tuesday => Self::Tue,
            Weekday::Wednesday => Self::Wed,
            Weekday::Thursday => Self::Thu,
            Weekday::Friday => Self::Fri,
            Weekday::Saturday => Self::Sat,
            Weekday::Sunday => Self::Sun,
        }
    }
}

#[cfg(test)]
mod daylight_saving;
#[cfg(test)]
mod tests;
