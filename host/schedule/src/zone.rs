//! Time zones by name.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone, TimeZoneDatabase};

use crate::ScheduleError;

/// A similarity below this is no likeness any more (Jaro-Winkler, 0 to 1).
const ALIKE: f64 = 0.85;
/// Longest name that is compared with known ones, in bytes.
const LONGEST: usize = 200;

/// The zone of that name. The system's database is asked where there is one, as it is the newer one; else the one that
/// is built in.
pub(crate) fn named(name: &str) -> Result<TimeZone, ScheduleError> {
    in_database(jiff::tz::db(), name)
}

pub(crate) fn in_database(database: &TimeZoneDatabase, name: &str) -> Result<TimeZone, ScheduleError> {
    database.get(name).map_err(|_| ScheduleError::Zone {
        zone: name.to_owned(),
        nearest: nearest(database, name),
    })
}

/// The known name that is most like `asked`, as a whole or in its last part: people write `Berlin`.
fn nearest(database: &TimeZoneDatabase, asked: &str) -> Option<String> {
    // No zone has such a name, and the likeness of long names takes long.
    if asked.len() > LONGEST {
        return None;
    }
    let asked = asked.to_lowercase();
    let likeness = |name: &str| {
        let name = name.to_lowercase();
        let city = name.rsplit('/').next().unwrap_or_default();
        strsim::jaro_winkler(&asked, &name).max(strsim::jaro_winkler(&asked, city))
    };
    let names = database.available().map(|name| name.as_str().to_owned());
    names
        .map(|name| (likeness(&name), name))
        .filter(|(alike, _)| *alike >= ALIKE)
        // The lesser name of equals, so that the answer does not depend on the database's order.
        .max_by(|(left, its), (right, other)| left.total_cmp(right).then_with(|| other.cmp(its)))
        .map(|(_, name)| name)
}

/// Which moment is meant by a time that comes twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Comes {
    /// The earlier one.
    First,
    /// The later one.
    Last,
}

/// The moment at which the clock on the wall shows `local`; where a gap leaves it out, the first one after the gap. None
/// beyond the calendar's end.
pub(crate) fn moment(zone: &TimeZone, local: DateTime, comes: Comes) -> Option<Timestamp> {
    let ambiguous = zone.to_ambiguous_timestamp(local);
    match (ambiguous.offset(), comes) {
        (AmbiguousOffset::Gap { .. }, _) => {
            // The earlier reading lies before the gap; the gap's end is the change that follows.
            let before = ambiguous.earlier().ok()?;
            zone.following(before).next().map(|change| change.timestamp())
        }
        (_, Comes::First) => ambiguous.earlier().ok(),
        (_, Comes::Last) => ambiguous.later().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_are_known_without_the_systems_database() {
        let built_in = TimeZoneDatabase::bundled();
        for name in ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata"] {
            assert!(in_database(&built_in, name).is_ok(), "{name}");
        }
    }

    #[test]
    fn an_unknown_zone_is_answered_with_the_nearest() {
        let built_in = TimeZoneDatabase::bundled();
        for (asked, nearest) in [
            ("Berlin", Some("Europe/Berlin")),
            ("Europe/Berln", Some("Europe/Berlin")),
            ("America/NewYork", Some("America/New_York")),
            ("qqq", None),
        ] {
            let error = in_database(&built_in, asked).unwrap_err();
            let expected = ScheduleError::Zone {
                zone: asked.to_owned(),
                nearest: nearest.map(str::to_owned),
            };
            assert_eq!(error, expected);
        }
    }
}
