use super::*;

fn at(text: &str) -> Timestamp {
    Timestamp::from_millis(text.parse::<jiff::Timestamp>().unwrap().as_millisecond())
}

fn refusal(cron: &str) -> String {
    Timetable::parse(&Schedule::at(cron)).unwrap_err().to_string()
}

#[test]
fn names_the_field_that_is_wrong_and_what_may_stand_there() {
    for (cron, says) in [
        ("61 * * * *", "minute `61` is not understood; allowed are 0-59"),
        ("x 0 0 * * *", "second `x` is not understood; allowed are 0-59"),
        ("0 24 * * *", "hour `24` is not understood; allowed are 0-23"),
        (
            "0 0 0 * *",
            "day of month `0` is not understood; allowed are 1-31",
        ),
        (
            "0 0 1 FOO *",
            "month `FOO` is not understood; allowed are 1-12 or JAN-DEC",
        ),
        (
            "0 0 * * 8",
            "day of week `8` is not understood; allowed are 0-7 or SUN-SAT",
        ),
        ("5-1 * * * *", "minute `5-1` is not understood"),
        ("*/0 * * * *", "minute `*/0` is not understood"),
        ("*/70 * * * *", "minute `*/70` is not understood"),
        (", * * * *", "minute `,` is not understood"),
        ("1,,2 * * * *", "minute `1,,2` is not understood"),
        ("* * * *", "`* * * *` has 4 fields; write five"),
        ("0 0 0 1 1 * 2026", "`0 0 0 1 1 * 2026` has 7 fields"),
        ("", "`` has 0 fields"),
        ("@reboot", "`@reboot` has 1 fields"),
    ] {
        let refusal = refusal(cron);
        assert!(refusal.starts_with(says), "{cron}: {refusal}");
    }
}

#[test]
fn refuses_a_day_that_no_year_has() {
    for cron in ["0 0 31 2 *", "0 0 30 FEB *", "0 0 31 4,6,9,11 *"] {
        assert_eq!(
            Timetable::parse(&Schedule::at(cron)).unwrap_err(),
            ScheduleError::Never {
                cron: cron.to_owned()
            }
        );
    }
}

#[test]
fn refuses_an_unknown_zone() {
    let schedule = Schedule {
        zone: "Mars/Olympus".to_owned(),
        ..Schedule::at("0 0 * * *")
    };
    let refusal = Timetable::parse(&schedule).unwrap_err().to_string();
    assert!(
        refusal.starts_with("no time zone is called `Mars/Olympus`"),
        "{refusal}"
    );
}

#[test]
fn times_are_read_in_the_schedules_zone() {
    let schedule = Schedule {
        zone: "Europe/Berlin".to_owned(),
        ..Schedule::at("0 3 * * *")
    };
    let timetable = Timetable::parse(&schedule).unwrap();
    for (after, due) in [
        ("2026-01-10T00:00:00Z", "2026-01-10T02:00:00Z"),
        ("2026-07-10T00:00:00Z", "2026-07-10T01:00:00Z"),
    ] {
        assert_eq!(timetable.next_after(at(after)), Some(at(due)));
    }
}

#[test]
fn answers_the_next_times() {
    for (cron, next) in [
        ("30 2 * * *", ["2026-01-01T02:30:00Z", "2026-01-02T02:30:00Z"]),
        ("0 0 29 2 *", ["2028-02-29T00:00:00Z", "2032-02-29T00:00:00Z"]),
        ("15 0 0 * * *", ["2026-01-01T00:00:15Z", "2026-01-02T00:00:15Z"]),
        ("0 3 * * SAT", ["2026-01-03T03:00:00Z", "2026-01-10T03:00:00Z"]),
        ("0 3 * * 7", ["2026-01-04T03:00:00Z", "2026-01-11T03:00:00Z"]),
        ("0 0 L * *", ["2026-01-31T00:00:00Z", "2026-02-28T00:00:00Z"]),
        ("0 0 * * MON#1", ["2026-01-05T00:00:00Z", "2026-02-02T00:00:00Z"]),
        // Either of two restricted day fields will do.
        ("0 0 2 * MON", ["2026-01-02T00:00:00Z", "2026-01-05T00:00:00Z"]),
    ] {
        let timetable = Timetable::parse(&Schedule::at(cron)).unwrap();
        assert_eq!(
            timetable.next(2, at("2026-01-01T00:00:00Z")),
            next.map(at),
            "{cron}"
        );
    }
}

#[test]
fn a_time_is_not_after_itself_but_after_the_moment_before() {
    let timetable = Timetable::parse(&Schedule::at("0 3 * * *")).unwrap();
    let due = at("2026-05-01T03:00:00Z");
    assert_eq!(timetable.next_after(due), Some(at("2026-05-02T03:00:00Z")));
    assert_eq!(
        timetable.next_after(due.before(Duration::from_millis(1))),
        Some(due)
    );
    assert_eq!(
        timetable.next_after(due.after(Duration::from_millis(1))),
        Some(at("2026-05-02T03:00:00Z"))
    );
}

#[test]
fn jitter_is_the_same_after_a_restart_and_other_for_another_name() {
    let schedule = Schedule {
        jitter_seconds: 3600,
        ..Schedule::at("0 3 * * *")
    };
    let drawn = |name: &str, due: Timestamp| Timetable::parse(&schedule).unwrap().named(name).jitter(due);
    let due = at("2026-05-01T03:00:00Z");
    assert_eq!(drawn("shop/repair", due), drawn("shop/repair", due));
    assert_ne!(drawn("shop/repair", due), drawn("bank/repair", due));
    assert_ne!(
        drawn("shop/repair", due),
        drawn("shop/repair", due.after(Duration::from_secs(86_400)))
    );
}

#[test]
fn jitter_is_spread_over_its_room_and_stays_before_the_next_time() {
    for (cron, jitter_seconds, below) in [
        ("0 3 * * *", 3600, 3601),
        ("* * * * *", 3600, 60),
        ("* * * * *", 7, 8),
    ] {
        let schedule = Schedule {
            jitter_seconds,
            ..Schedule::at(cron)
        };
        let timetable = Timetable::parse(&schedule).unwrap();
        let drawn: Vec<Duration> = timetable
            .next(200, at("2026-01-01T00:00:00Z"))
            .into_iter()
            .map(|due| timetable.jitter(due))
            .collect();
        let below = Duration::from_secs(below);
        assert!(drawn.iter().all(|jitter| *jitter < below), "{cron}");
        assert!(drawn.iter().any(|jitter| *jitter < below / 4), "{cron}");
        assert!(drawn.iter().any(|jitter| *jitter > below / 4 * 3), "{cron}");
    }
}
