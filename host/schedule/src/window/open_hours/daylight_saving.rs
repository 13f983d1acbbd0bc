use std::collections::BTreeSet;
use std::sync::LazyLock;

use jiff::civil::DateTime;
use jiff::tz::TimeZoneDatabase;
use proptest::prelude::*;

use super::tests::{at, window};
use super::*;

fn in_zone(window: &Window, name: &str) -> OpenHours {
    // From the built-in database, which is the same on every machine.
    OpenHours::in_zone(
        window,
        zone::in_database(&TimeZoneDatabase::bundled(), name).unwrap(),
    )
    .unwrap()
}

fn expect(name: &str, from: &str, to: &str, after: &str, openings: &[(&str, &str)]) {
    let hours = in_zone(&window(from, to), name);
    let openings: Vec<Opening> = openings
        .iter()
        .map(|(opens, closes)| Opening {
            opens: at(opens),
            closes: at(closes),
        })
        .collect();
    assert_eq!(
        hours.next(openings.len(), at(after)),
        openings,
        "{from} to {to} in {name} after {after}"
    );
}

#[test]
fn a_window_that_begins_in_a_gap_opens_right_after_it() {
    // Berlin: 02:00 to 03:00 is left out on 28 March 2027, 01:00 UTC.
    let after = "2027-03-27T12:00:00Z";
    expect(
        "Europe/Berlin",
        "02:30",
        "05:00",
        after,
        &[
            ("2027-03-28T01:00:00Z", "2027-03-28T03:00:00Z"),
            ("2027-03-29T00:30:00Z", "2027-03-29T03:00:00Z"),
        ],
    );
    expect(
        "Europe/Berlin",
        "22:00",
        "02:30",
        after,
        &[
            ("2027-03-27T21:00:00Z", "2027-03-28T01:00:00Z"),
            ("2027-03-28T20:00:00Z", "2027-03-29T00:30:00Z"),
        ],
    );
    // Cairo's day begins at 01:00 on 24 April 2026.
    expect(
        "Africa/Cairo",
        "00:00",
        "04:00",
        "2026-04-23T12:00:00Z",
        &[("2026-04-23T22:00:00Z", "2026-04-24T01:00:00Z")],
    );
}

#[test]
fn a_window_that_a_gap_leaves_out_does_not_open_that_day() {
    expect(
        "Europe/Berlin",
        "02:10",
        "02:50",
        "2027-03-27T12:00:00Z",
        &[("2027-03-29T00:10:00Z", "2027-03-29T00:50:00Z")],
    );
}

#[test]
fn what_comes_twice_is_open_twice() {
    // Berlin: 02:00 to 03:00 comes twice on 25 October 2026.
    let after = "2026-10-24T21:00:00Z";
    expect(
        "Europe/Berlin",
        "02:00",
        "03:00",
        after,
        &[("2026-10-25T00:00:00Z", "2026-10-25T02:00:00Z")],
    );
    expect(
        "Europe/Berlin",
        "01:00",
        "04:00",
        after,
        &[("2026-10-24T23:00:00Z", "2026-10-25T03:00:00Z")],
    );
    // The clock shows 02:50 to 03:00 and 02:00 to 02:10 in between.
    expect(
        "Europe/Berlin",
        "02:10",
        "02:50",
        after,
        &[
            ("2026-10-25T00:10:00Z", "2026-10-25T00:50:00Z"),
            ("2026-10-25T01:10:00Z", "2026-10-25T01:50:00Z"),
            ("2026-10-26T01:10:00Z", "2026-10-26T01:50:00Z"),
        ],
    );
}

#[test]
fn a_fold_past_midnight_is_told_apart_by_day() {
    // Beirut turns its clock back from 24:00 to 23:00 on 24 October 2026, 21:00 UTC.
    expect(
        "Asia/Beirut",
        "23:30",
        "24:00",
        "2026-10-24T12:00:00Z",
        &[
            ("2026-10-24T20:30:00Z", "2026-10-24T21:00:00Z"),
            ("2026-10-24T21:30:00Z", "2026-10-24T22:00:00Z"),
            ("2026-10-25T21:30:00Z", "2026-10-25T22:00:00Z"),
        ],
    );
}

const ZONES: [&str; 6] = [
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Africa/Cairo",
    "America/Santiago",
    "Asia/Kolkata",
];

/// What the clock on the wall shows at each minute of a year, per zone.
static SHOWN: LazyLock<Vec<Vec<DateTime>>> = LazyLock::new(|| {
    let first = at("2026-01-01T00:00:00Z").as_millis();
    ZONES
        .iter()
        .map(|name| {
            let zone = zone::in_database(&TimeZoneDatabase::bundled(), name).unwrap();
            (0..365 * 1440)
                .map(|minute| jiff::Timestamp::from_millisecond(first + minute * 60_000).unwrap())
                .map(|moment| zone.to_datetime(moment))
                .collect()
        })
        .collect()
});

/// The day to whose opening a local time belongs, by its minute and its day alone.
fn day_of(local: DateTime, from: i16, to: i16, days: &BTreeSet<Day>) -> Option<Date> {
    let minute = i16::from(local.hour()) * 60 + i16::from(local.minute());
    let today = local.date();
    let fits = |day: Date| (days.is_empty() || days.contains(&Day::of(day))).then_some(day);
    if from < to {
        fits(today).filter(|_| (from..to).contains(&minute))
    } else if minute >= from {
        fits(today)
    } else if minute < to {
        fits(today.yesterday().unwrap())
    } else {
        None
    }
}

/// Openings by looking at every minute: while the clock shows times of one day's opening.
fn looked_at(year: &[DateTime], belongs: impl Fn(DateTime) -> Option<Date>) -> Vec<Opening> {
    let first = at("2026-01-01T00:00:00Z").as_millis();
    let moment = |minute: usize| Timestamp::from_millis(first + i64::try_from(minute).unwrap() * 60_000);
    let mut openings = Vec::new();
    let mut open: Option<(usize, Date)> = None;
    for (minute, local) in year.iter().enumerate() {
        let day = belongs(*local);
        if open.map(|(_, day)| day) == day {
            continue;
        }
        if let Some((began, _)) = open {
            openings.push(Opening {
                opens: moment(began),
                closes: moment(minute),
            });
        }
        open = day.map(|day| (minute, day));
    }
    openings
}

fn days() -> impl Strategy<Value = BTreeSet<Day>> {
    prop::sample::subsequence(Day::EVERY.to_vec(), 0..=7).prop_map(|days| days.into_iter().collect())
}

/// Minutes of a day, more often ones at which clocks change.
fn minute() -> impl Strategy<Value = i16> {
    prop_oneof![
        0_i16..1440,
        0_i16..300,
        prop::sample::select(vec![0_i16, 60, 120, 150, 180, 1380])
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn openings_are_those_found_by_looking_at_every_minute_of_a_year(
        zone in 0..ZONES.len(),
        from in minute(),
        to in minute().prop_map(|minute| if minute == 0 { 1440 } else { minute }),
        days in days(),
        probes in prop::collection::vec(0_i64..365 * 1440, 64),
    ) {
        prop_assume!(from != to);
        let clock = |minutes: i16| format!("{:02}:{:02}", minutes / 60, minutes % 60);
        let hours = in_zone(&Window { days: days.clone(), ..window(&clock(from), &clock(to)) }, ZONES[zone]);
        let expected = looked_at(&SHOWN[zone], |local| day_of(local, from, to, &days));
        let begin = at("2026-01-01T00:00:00Z");
        let whole: Vec<Opening> = expected.iter().copied().filter(|opening| opening.opens > begin).collect();
        prop_assert_eq!(hours.next(whole.len(), begin), whole);
        let edges = expected.iter().flat_map(|opening| [opening.opens, opening.closes]);
        let near = edges.flat_map(|edge| [edge.before(MINUTE), edge]);
        let probes = probes.iter().map(|minute| Timestamp::from_millis(begin.as_millis() + minute * 60_000));
        let known = expected.last().map_or(begin, |opening| opening.closes);
        for probe in near.chain(probes).filter(|probe| begin <= *probe && *probe < known) {
            let holds = expected.partition_point(|opening| opening.opens <= probe);
            let open = holds.checked_sub(1).map(|at| expected[at]).filter(|opening| probe < opening.closes);
            prop_assert_eq!(hours.open_until(probe), open.map(|opening| opening.closes), "at {}", probe);
            if let Some(next) = expected.get(holds) {
                prop_assert_eq!(hours.opens_after(probe), Some(next.opens), "after {}", probe);
            }
        }
    }
}

const MINUTE: std::time::Duration = std::time::Duration::from_secs(60);
