use jiff::civil::{DateTime, Weekday};
use jiff::tz::TimeZoneDatabase;
use proptest::prelude::*;

use super::*;

fn in_zone(cron: &str, zone: &str) -> Timetable {
    // From the built-in database, which is the same on every machine.
    let zone = zone::in_database(&TimeZoneDatabase::bundled(), zone).unwrap();
    Timetable::in_zone(&Schedule::at(cron), zone).unwrap()
}

fn moment(text: &str) -> Timestamp {
    Timestamp::from_millis(text.parse::<jiff::Timestamp>().unwrap().as_millisecond())
}

fn expect(zone: &str, cron: &str, after: &str, due: &[&str]) {
    let timetable = in_zone(cron, zone);
    let due: Vec<Timestamp> = due.iter().map(|text| moment(text)).collect();
    assert_eq!(
        timetable.next(due.len(), moment(after)),
        due,
        "{cron} in {zone} after {after}"
    );
}

#[test]
fn a_time_that_a_night_leaves_out_runs_once_right_after_the_gap() {
    for (zone, cron, after, due) in [
        // Berlin: 02:00 to 03:00 is left out on 28 March 2027, 01:00 UTC.
        (
            "Europe/Berlin",
            "30 2 * * *",
            "2027-03-27T00:00:00Z",
            [
                "2027-03-27T01:30:00Z",
                "2027-03-28T01:00:00Z",
                "2027-03-29T00:30:00Z",
            ],
        ),
        // Two of them are left out: one run.
        (
            "Europe/Berlin",
            "0,30 2 * * *",
            "2027-03-27T01:30:00Z",
            [
                "2027-03-28T01:00:00Z",
                "2027-03-29T00:00:00Z",
                "2027-03-29T00:30:00Z",
            ],
        ),
        // One that was left out and one at the gap's end: one run.
        (
            "Europe/Berlin",
            "0 2,3 * * *",
            "2027-03-28T00:00:00Z",
            [
                "2027-03-28T01:00:00Z",
                "2027-03-29T00:00:00Z",
                "2027-03-29T01:00:00Z",
            ],
        ),
        // New York: 14 March 2027, 07:00 UTC.
        (
            "America/New_York",
            "30 2 * * SUN",
            "2027-03-08T00:00:00Z",
            [
                "2027-03-14T07:00:00Z",
                "2027-03-21T06:30:00Z",
                "2027-03-28T06:30:00Z",
            ],
        ),
        // Cairo's day begins at 01:00 on 24 April 2026.
        (
            "Africa/Cairo",
            "0 0 * * *",
            "2026-04-23T00:00:00Z",
            [
                "2026-04-23T22:00:00Z",
                "2026-04-24T21:00:00Z",
                "2026-04-25T21:00:00Z",
            ],
        ),
    ] {
        expect(zone, cron, after, &due);
    }
}

#[test]
fn a_time_that_comes_twice_runs_the_first_time() {
    for (zone, cron, after, due) in [
        // Berlin: 02:00 to 03:00 comes twice on 25 October 2026.
        (
            "Europe/Berlin",
            "30 2 * * *",
            "2026-10-24T12:00:00Z",
            ["2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"],
        ),
        (
            "Europe/Berlin",
            "0 2,14 * * *",
            "2026-10-24T21:00:00Z",
            ["2026-10-25T00:00:00Z", "2026-10-25T13:00:00Z"],
        ),
        // Asked in the second of the two hours, it has been.
        (
            "Europe/Berlin",
            "30 2 * * *",
            "2026-10-25T01:10:00Z",
            ["2026-10-26T01:30:00Z", "2026-10-27T01:30:00Z"],
        ),
        // New York: 01:00 to 02:00 comes twice on 1 November 2026.
        (
            "America/New_York",
            "15 1 * * *",
            "2026-10-31T12:00:00Z",
            ["2026-11-01T05:15:00Z", "2026-11-02T06:15:00Z"],
        ),
    ] {
        expect(zone, cron, after, &due);
    }
}

#[test]
fn steps_keep_their_real_length_through_both_changes() {
    for zone in ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe"] {
        for (cron, seconds) in [
            ("*/15 * * * *", 900),
            ("30 * * * *", 3600),
            ("*/20 * * * * *", 20),
        ] {
            // Lord Howe moves by half an hour, so that only steps which divide it stay even there.
            if zone == "Australia/Lord_Howe" && seconds == 3600 {
                continue;
            }
            let timetable = in_zone(cron, zone);
            let tz = timetable.zone.clone();
            for change in tz.following("2026-01-01T00:00:00Z".parse().unwrap()).take(4) {
                let before = Timestamp::from_millis(change.timestamp().as_millisecond() - 7_200_000);
                let due = timetable.next(14_400 / seconds, before);
                let even = due
                    .windows(2)
                    .all(|pair| pair[1].since(pair[0]) == Duration::from_secs(seconds as u64));
                assert!(even, "{cron} in {zone} around {}", change.timestamp());
            }
        }
    }
}

/// One field: its text, and the values it stands for.
fn field(most: i8) -> impl Strategy<Value = (String, Vec<i8>)> {
    let all = move || 0..=most;
    prop_oneof![
        Just(("*".to_owned(), all().collect())),
        (2..=most.min(20)).prop_map(move |step| (
            format!("*/{step}"),
            all().filter(|value| value % step == 0).collect()
        )),
        (0..=most, 0..=most).prop_map(|(a, b)| {
            let (low, high) = (a.min(b), a.max(b));
            (format!("{low}-{high}"), (low..=high).collect())
        }),
        (0..=most).prop_map(|value| (value.to_string(), vec![value])),
        (0..=most, 0..=most).prop_map(|(a, b)| (format!("{a},{b}"), vec![a, b])),
    ]
}

/// Due times by looking at every minute: a step is due whenever its local time fits; a time on the wall when the clock on
/// the wall first reaches or passes it.
fn looked_at(
    zone: &TimeZone,
    rests_on_the_wall: bool,
    minutes: impl Iterator<Item = jiff::Timestamp>,
    fits: impl Fn(DateTime) -> bool,
) -> Vec<Timestamp> {
    let mut reached: Option<DateTime> = None;
    let mut due = Vec::new();
    for minute in minutes {
        let local = zone.to_datetime(minute);
        let is_due = if rests_on_the_wall {
            let passed = reached.map_or_else(Vec::new, |reached| {
                let step = jiff::Span::new().minutes(1);
                reached
                    .series(step)
                    .skip(1)
                    .take_while(|passed| *passed <= local)
                    .collect()
            });
            passed.into_iter().any(&fits)
        } else {
            fits(local)
        };
        reached = reached.max(Some(local));
        if is_due {
            due.push(Timestamp::from_millis(minute.as_millisecond()));
        }
    }
    due
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]
    #[test]
    fn due_times_are_those_found_by_looking_at_every_minute(
        zone in prop::sample::select(vec![
            "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Cairo", "America/Santiago", "Asia/Kolkata",
        ]),
        change in 0_usize..4,
        minute in field(59),
        hour in field(23),
        weekend in any::<bool>(),
    ) {
        let cron = format!("{} {} * * {}", minute.0, hour.0, if weekend { "SAT,SUN" } else { "*" });
        let timetable = in_zone(&cron, zone);
        let start: jiff::Timestamp = "2026-02-01T00:00:00Z".parse().unwrap();
        let change = timetable.zone.following(start).nth(change).map_or(start, |change| change.timestamp());
        // A little before the first minute that counts, so that the wall's clock is known there.
        let first = change.as_second() - 30 * 3600;
        let minutes = (0..60 * 60).map(|minute| jiff::Timestamp::from_second(first + minute * 60).unwrap());
        let expected = looked_at(&timetable.zone, timetable.rests_on_the_wall, minutes, |local| {
            let day_fits = !weekend || matches!(local.weekday(), Weekday::Saturday | Weekday::Sunday);
            day_fits && minute.1.contains(&local.minute()) && hour.1.contains(&local.hour())
        });
        let begin = Timestamp::from_millis(first * 1000);
        let end = begin.after(Duration::from_secs(60 * 3600));
        let found: Vec<Timestamp> = std::iter::successors(timetable.next_after(begin), |due| timetable.next_after(*due))
            .take_while(|due| *due < end)
            .collect();
        let expected: Vec<Timestamp> = expected.into_iter().filter(|due| *due > begin).collect();
        prop_assert_eq!(found, expected, "{} in {}", cron, zone);
    }
}
