//! The clock on the wall: its times, and when it shows them.

use std::fmt;

use jiff::civil::{Date, DateTime};
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp, ToSpan as _};

/// No zone is further from UTC than this.
const FURTHEST: SignedDuration = SignedDuration::from_hours(26);

/// A time of day, in minutes after midnight; 1440 is the end of the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct TimeOfDay(i64);

impl TimeOfDay {
    /// The end of the day.
    pub(super) const END: Self = Self(24 * 60);

    /// Reads `HH:MM`, from `00:00` to `24:00`.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (hours, minutes) = text.split_once(':')?;
        let (hours, minutes) = (two_digits(hours)?, two_digits(minutes)?);
        let time = Self(hours * 60 + minutes);
        (minutes < 60 && time <= Self::END).then_some(time)
    }

    /// This time on a day; none beyond the calendar's end.
    pub(super) fn on(self, day: Date) -> Option<DateTime> {
        day.at(0, 0, 0, 0).checked_add(self.0.minutes()).ok()
    }
}

fn two_digits(text: &str) -> Option<i64> {
    let digits = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
    if digits { text.parse().ok() } else { None }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

/// A span of real time: its first moment, and the first after it.
pub(super) type Stretch = (Timestamp, Timestamp);

/// When the clock on the wall shows a time from `from` on and before `to`, in order. Between two changes of the zone,
/// local time is real time moved by one offset; a change in between makes a stretch longer, shorter or two.
pub(super) fn shown(zone: &TimeZone, from: DateTime, to: DateTime) -> Vec<Stretch> {
    let (Ok(first), Ok(last)) = (Offset::UTC.to_timestamp(from), Offset::UTC.to_timestamp(to)) else {
        return Vec::new();
    };
    let mut begin = first.saturating_sub(FURTHEST).unwrap_or(Timestamp::MIN);
    let end = last.saturating_add(FURTHEST).unwrap_or(Timestamp::MAX);
    let mut stretches: Vec<Stretch> = Vec::new();
    loop {
        let change = zone.following(begin).next().map(|change| change.timestamp());
        let until = change.unwrap_or(Timestamp::MAX);
        let offset = zone.to_offset(begin);
        let (Ok(opens), Ok(closes)) = (offset.to_timestamp(from), offset.to_timestamp(to)) else {
            return stretches;
        };
        let (opens, closes) = (opens.max(begin), closes.min(until));
        if opens < closes {
            match stretches.last_mut() {
                Some((_, closed)) if *closed == opens => *closed = closes,
                _ => stretches.push((opens, closes)),
            }
        }
        match change {
            Some(change) if change < end => begin = change,
            _ => return stretches,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_times_of_day_and_nothing_else() {
        for (text, minutes) in [
            ("00:00", Some(0)),
            ("09:05", Some(545)),
            ("23:59", Some(1439)),
            ("24:00", Some(1440)),
            ("24:01", None),
            ("12:60", None),
            ("9:00", None),
            ("09:0", None),
            ("+9:00", None),
            ("09:00:00", None),
            ("", None),
        ] {
            assert_eq!(TimeOfDay::parse(text), minutes.map(TimeOfDay), "{text}");
            if let Some(minutes) = minutes {
                assert_eq!(TimeOfDay(minutes).to_string(), text);
            }
        }
    }
}
