use std::collections::BTreeSet;

use jiff::tz::TimeZoneDatabase;

use super::*;

fn freeze(from: &str, to: &str) -> Freeze {
    Freeze {
        name: "christmas".to_owned(),
        cluster: None,
        data_centres: BTreeSet::new(),
        impacts: BTreeSet::new(),
        from: from.to_owned(),
        to: to.to_owned(),
        zone: "Europe/Berlin".to_owned(),
        reason: "Christmas trade".to_owned(),
    }
}

fn at(text: &str) -> Timestamp {
    Timestamp::from_millis(text.parse::<jiff::Timestamp>().unwrap().as_millisecond())
}

fn read(from: &str, to: &str) -> Result<FrozenSpan, ScheduleError> {
    // From the built-in database, which is the same on every machine.
    let zone = zone::in_database(&TimeZoneDatabase::bundled(), "Europe/Berlin").unwrap();
    FrozenSpan::in_zone(&freeze(from, to), &zone)
}

#[test]
fn holds_from_its_first_moment_to_the_last_before_its_end() {
    let span = read("2026-12-20T00:00", "2027-01-06T12:30").unwrap();
    for (moment, holds) in [
        ("2026-12-19T22:59:59.999Z", false),
        ("2026-12-19T23:00:00Z", true),
        ("2027-01-06T11:29:59.999Z", true),
        ("2027-01-06T11:30:00Z", false),
    ] {
        assert_eq!(span.holds_at(at(moment)), holds, "{moment}");
    }
}

#[test]
fn begins_the_first_time_and_ends_the_second_where_a_time_comes_twice() {
    // Berlin: 02:00 to 03:00 comes twice on 25 October 2026.
    let span = read("2026-10-25T02:30", "2026-10-25T02:30");
    let span = span.unwrap();
    assert_eq!(
        (span.from(), span.to()),
        (at("2026-10-25T00:30:00Z"), at("2026-10-25T01:30:00Z"))
    );
}

#[test]
fn a_time_that_a_night_leaves_out_is_the_first_after_the_gap() {
    // Berlin: 02:00 to 03:00 is left out on 28 March 2027.
    let span = read("2027-03-28T02:30", "2027-03-28T04:00").unwrap();
    assert_eq!(
        (span.from(), span.to()),
        (at("2027-03-28T01:00:00Z"), at("2027-03-28T02:00:00Z"))
    );
    assert!(read("2027-03-28T02:10", "2027-03-28T02:50").is_err());
}

#[test]
fn refuses_what_is_no_moment() {
    for text in [
        "2026-12-20",
        "2026-12-20 00:00",
        "2026-12-20T00:00Z",
        "2026-12-20T00:00:00",
        "2026-02-30T00:00",
        "2026-12-20T24:00",
        "soon",
        "",
    ] {
        assert_eq!(
            read(text, "2027-01-06T00:00").unwrap_err(),
            ScheduleError::FreezeBegins {
                text: text.to_owned()
            }
        );
        assert_eq!(
            read("2026-12-20T00:00", text).unwrap_err(),
            ScheduleError::FreezeEnds {
                text: text.to_owned()
            }
        );
    }
}

#[test]
fn refuses_a_freeze_that_never_holds_or_does_not_say_why() {
    for to in ["2026-12-20T00:00", "2026-12-19T23:59"] {
        assert_eq!(
            read("2026-12-20T00:00", to).unwrap_err().to_string(),
            format!(
                "it never holds: `{to}` is not later than `2026-12-20T00:00`; write an end that is, or remove the freeze"
            )
        );
    }
    let silent = Freeze {
        reason: " ".to_owned(),
        ..freeze("2026-12-20T00:00", "2027-01-06T00:00")
    };
    assert_eq!(FrozenSpan::parse(&silent).unwrap_err(), ScheduleError::NoReason);
    let strange = Freeze {
        impacts: BTreeSet::from(["observe".to_owned()]),
        ..freeze("2026-12-20T00:00", "2027-01-06T00:00")
    };
    assert_eq!(
        FrozenSpan::parse(&strange).unwrap_err(),
        ScheduleError::Impact {
            word: "observe".to_owned()
        }
    );
}
