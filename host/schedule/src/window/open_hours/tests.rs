use std::collections::BTreeSet;

use super::*;

pub(super) fn window(from: &str, to: &str) -> Window {
    Window {
        name: "night".to_owned(),
        cluster: None,
        data_centres: BTreeSet::new(),
        impacts: BTreeSet::from(["disrupt".to_owned()]),
        days: BTreeSet::new(),
        from: from.to_owned(),
        to: to.to_owned(),
        zone: "UTC".to_owned(),
    }
}

pub(super) fn at(text: &str) -> Timestamp {
    Timestamp::from_millis(text.parse::<jiff::Timestamp>().unwrap().as_millisecond())
}

fn refusal(window: &Window) -> String {
    OpenHours::parse(window).unwrap_err().to_string()
}

#[test]
fn is_open_from_its_first_moment_to_the_last_before_it_closes() {
    let hours = OpenHours::parse(&window("01:30", "04:00")).unwrap();
    for (moment, until) in [
        ("2026-05-05T01:29:59.999Z", None),
        ("2026-05-05T01:30:00Z", Some("2026-05-05T04:00:00Z")),
        ("2026-05-05T03:59:59.999Z", Some("2026-05-05T04:00:00Z")),
        ("2026-05-05T04:00:00Z", None),
    ] {
        assert_eq!(hours.open_until(at(moment)), until.map(at), "{moment}");
    }
    for (moment, opens) in [
        ("2026-05-05T01:29:59.999Z", "2026-05-05T01:30:00Z"),
        ("2026-05-05T01:30:00Z", "2026-05-06T01:30:00Z"),
    ] {
        assert_eq!(hours.opens_after(at(moment)), Some(at(opens)), "{moment}");
    }
}

#[test]
fn past_midnight_it_belongs_to_the_day_on_which_it_opened() {
    let saturday = Window {
        days: BTreeSet::from([Day::Sat]),
        ..window("22:00", "04:00")
    };
    let hours = OpenHours::parse(&saturday).unwrap();
    // 2 May 2026 is a Saturday.
    for (moment, until) in [
        ("2026-05-02T03:00:00Z", None),
        ("2026-05-02T22:00:00Z", Some("2026-05-03T04:00:00Z")),
        ("2026-05-03T03:59:00Z", Some("2026-05-03T04:00:00Z")),
        ("2026-05-03T22:00:00Z", None),
    ] {
        assert_eq!(hours.open_until(at(moment)), until.map(at), "{moment}");
    }
    assert_eq!(
        hours.opens_after(at("2026-05-02T22:00:00Z")),
        Some(at("2026-05-09T22:00:00Z"))
    );
}

#[test]
fn midnight_may_be_written_as_the_end_of_a_day_or_as_the_beginning_of_the_next() {
    for to in ["24:00", "00:00"] {
        let hours = OpenHours::parse(&window("20:00", to)).unwrap();
        assert_eq!(
            hours.open_until(at("2026-05-05T20:00:00Z")),
            Some(at("2026-05-06T00:00:00Z")),
            "{to}"
        );
    }
}

#[test]
fn a_whole_day_is_open_at_every_moment_and_opens_anew_at_midnight() {
    let hours = OpenHours::parse(&window("00:00", "24:00")).unwrap();
    let midnight = at("2026-05-06T00:00:00Z");
    assert_eq!(hours.open_until(at("2026-05-05T23:59:59.999Z")), Some(midnight));
    assert_eq!(hours.open_until(midnight), Some(at("2026-05-07T00:00:00Z")));
    assert_eq!(hours.opens_after(at("2026-05-05T12:00:00Z")), Some(midnight));
}

#[test]
fn answers_nothing_beyond_the_calendars_end() {
    let hours = OpenHours::parse(&window("22:00", "04:00")).unwrap();
    let last = at("9999-12-30T21:00:00Z");
    assert_eq!(hours.opens_after(last), None);
    assert_eq!(hours.open_until(last), None);
    assert_eq!(hours.opens_after(Timestamp::from_millis(i64::MAX)), None);
    assert_eq!(hours.open_until(Timestamp::from_millis(i64::MIN)), None);
    assert!(hours.opens_after(at("9999-12-01T00:00:00Z")).is_some());
}

#[test]
fn refuses_times_that_are_none() {
    for (from, to, says) in [
        ("24:00", "04:00", "`24:00` is no time to open at; write `HH:MM`"),
        ("9:00", "10:00", "`9:00` is no time to open at; write `HH:MM`"),
        ("09:00", "10:60", "`10:60` is no time to close at; write `HH:MM`"),
        ("09:00", "24:01", "`24:01` is no time to close at; write `HH:MM`"),
        ("", "10:00", "`` is no time to open at; write `HH:MM`"),
    ] {
        let refusal = refusal(&window(from, to));
        assert!(refusal.starts_with(says), "{refusal}");
    }
}

#[test]
fn refuses_windows_that_never_open() {
    assert_eq!(
        refusal(&window("04:00", "04:00")),
        "it opens and closes at 04:00, which may mean never or always; for a whole day write `00:00` to `24:00`, \
         else remove the window"
    );
    let without = Window {
        impacts: BTreeSet::new(),
        ..window("01:00", "04:00")
    };
    assert_eq!(OpenHours::parse(&without).unwrap_err(), ScheduleError::NoImpact);
}

#[test]
fn refuses_words_that_are_no_impact_and_unknown_zones() {
    for word in ["observe", "restart", ""] {
        let strange = Window {
            impacts: BTreeSet::from(["change".to_owned(), word.to_owned()]),
            ..window("01:00", "04:00")
        };
        let refused = OpenHours::parse(&strange).unwrap_err();
        assert_eq!(
            refused,
            ScheduleError::Impact {
                word: word.to_owned()
            }
        );
    }
    let berlin = Window {
        zone: "Berlin".to_owned(),
        ..window("01:00", "04:00")
    };
    assert_eq!(
        refusal(&berlin),
        "no time zone is called `Berlin`; did you mean `Europe/Berlin`?"
    );
}
