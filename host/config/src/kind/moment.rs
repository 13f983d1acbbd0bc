//! A moment, or a day that stands for its end.

use std::ops::RangeInclusive;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use ringkeeper_seams::Timestamp;
use serde_json::{Value as Json, json};
use toml::de::DeValue;

use super::{Kind, Node, quoted};
use crate::Fault;
use crate::reading::Reading;

/// A date, which stands for its end in UTC, or a moment with `Z` or an offset from UTC; in quotes or without.
pub(crate) struct Moment;

impl Kind for Moment {
    type Value = Timestamp;

    fn expects(&self) -> String {
        "a date such as \"2026-12-31\" (its end, in UTC), or a moment such as \"2026-12-31T18:00Z\" or \
         \"2026-12-31T18:00+01:00\""
            .to_owned()
    }

    fn schema(&self) -> Json {
        json!({
            "type": "string",
            "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}(:[0-9]{2})?(Z|[+-][0-9]{2}:[0-9]{2}))?$",
        })
    }

    fn read(&self, node: &Node<'_>, reading: &mut Reading<'_>) -> Option<Timestamp> {
        let text = written(node, reading, self.expects())?;
        let moment = parse(&text);
        if moment.is_none() {
            let expects = self.expects();
            node.wrong(reading, Fault::Malformed { value: text, expects });
        }
        moment
    }

    fn show(&self, value: &Timestamp) -> String {
        quoted(&value.to_string())
    }
}

/// A moment of this century with `Z` or an offset from UTC; in quotes or without.
pub(crate) struct ExactMoment;

/// The first and the last year that a scenario can begin in: every zone and every client knows how to count in them.
const YEARS: RangeInclusive<i16> = 2000..=2099;

impl Kind for ExactMoment {
    type Value = Timestamp;

    fn expects(&self) -> String {
        "a moment such as \"2026-03-02T00:00:00Z\", from 2000 to 2099".to_owned()
    }

    fn schema(&self) -> Json {
        json!({
            "type": "string",
            "pattern": "^20[0-9]{2}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2})?(Z|[+-][0-9]{2}:[0-9]{2})$",
        })
    }

    fn read(&self, node: &Node<'_>, reading: &mut Reading<'_>) -> Option<Timestamp> {
        let text = written(node, reading, self.expects())?;
        let moment = text.parse::<jiff::Timestamp>().ok();
        let within = moment.filter(|moment| YEARS.contains(&moment.to_zoned(TimeZone::UTC).year()));
        if within.is_none() {
            let expects = self.expects();
            node.wrong(reading, Fault::Malformed { value: text, expects });
        }
        within.map(|moment| Timestamp::from_millis(moment.as_millisecond()))
    }

    fn show(&self, value: &Timestamp) -> String {
        quoted(&value.to_string())
    }
}

/// What is written there, in quotes or without; none after noting that it is something else.
fn written(node: &Node<'_>, reading: &mut Reading<'_>, expects: String) -> Option<String> {
    match node.value.get_ref() {
        DeValue::String(text) => Some(text.to_string()),
        DeValue::Datetime(moment) => Some(moment.to_string()),
        _ => {
            node.wrong_type(reading, expects);
            None
        }
    }
}

fn parse(text: &str) -> Option<Timestamp> {
    let moment = match Date::strptime("%Y-%m-%d", text) {
        Ok(day) => day.tomorrow().ok()?.to_zoned(TimeZone::UTC).ok()?.timestamp(),
        // A date and time without an offset does not say which moment it is, and is refused.
        Err(_) => text.parse::<jiff::Timestamp>().ok()?,
    };
    Some(Timestamp::from_millis(moment.as_millisecond()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_days_and_moments_that_are_told_to_the_offset() {
        for (text, moment) in [
            ("2026-12-31", Some("2027-01-01T00:00:00.000Z")),
            ("2026-12-31T18:00Z", Some("2026-12-31T18:00:00.000Z")),
            ("2026-12-31T18:00:30+01:00", Some("2026-12-31T17:00:30.000Z")),
            ("2026-12-31 18:00Z", Some("2026-12-31T18:00:00.000Z")),
            ("2026-12-31T18:00", None),
            ("2026-02-30", None),
            ("9999-12-31", None),
            ("18:00", None),
            ("soon", None),
            ("", None),
        ] {
            assert_eq!(
                parse(text).map(|moment| moment.to_string()),
                moment.map(str::to_owned),
                "{text}"
            );
        }
    }
}
