//! Reading an expression, and naming the field that is wrong in it.

use croner::Cron;
use croner::parser::{CronParser, Seconds, Year};

use crate::ScheduleError;

/// A field of an expression.
struct Field {
    name: &'static str,
    allowed: &'static str,
    /// How many values it has: a longer step would leave out more than it says.
    values: u32,
}

const FIELDS: [Field; 6] = [
    Field {
        name: "second",
        allowed: "0-59, `*`, lists (0,30), ranges (0-29) and steps (*/10)",
        values: 60,
    },
    Field {
        name: "minute",
        allowed: "0-59, `*`, lists (0,30), ranges (0-29) and steps (*/15)",
        values: 60,
    },
    Field {
        name: "hour",
        allowed: "0-23, `*`, lists (2,14), ranges (1-5) and steps (*/6)",
        values: 24,
    },
    Field {
        name: "day of month",
        allowed: "1-31, `*`, lists (1,15), ranges (1-7), steps (*/2), `L` for the last day and `15W` for the weekday next to the 15th",
        values: 31,
    },
    Field {
        name: "month",
        allowed: "1-12 or JAN-DEC, `*`, lists (1,7), ranges (APR-OCT) and steps (*/3)",
        values: 12,
    },
    Field {
        name: "day of week",
        allowed: "0-7 or SUN-SAT (0 and 7 are Sunday), `*`, lists (MON,THU), ranges (MON-FRI), `MON#1` for the first Monday and `5L` for the last Friday of a month",
        values: 8,
    },
];

/// The expression, and whether its times rest on the clock on the wall: neither minute nor hour begin with `*`.
pub(crate) fn read(cron: &str) -> Result<(Cron, bool), ScheduleError> {
    let mut texts: Vec<&str> = cron.split_whitespace().collect();
    let found = texts.len();
    if found == FIELDS.len() - 1 {
        texts.insert(0, "0");
    }
    if texts.len() != FIELDS.len() {
        return Err(ScheduleError::Fields {
            cron: cron.to_owned(),
            found,
        });
    }
    for (position, (field, text)) in FIELDS.iter().zip(&texts).enumerate() {
        if !field.takes(position, text) {
            return Err(ScheduleError::Field {
                name: field.name,
                text: (*text).to_owned(),
                allowed: field.allowed,
            });
        }
    }
    let parsed = parse(&texts.join(" ")).ok_or_else(|| ScheduleError::Fields {
        cron: cron.to_owned(),
        found,
    })?;
    let begins_with_star = texts.iter().skip(1).take(2).any(|text| text.starts_with('*'));
    Ok((parsed, !begins_with_star))
}

impl Field {
    /// Whether `text` may stand at `position` of six.
    fn takes(&self, position: usize, text: &str) -> bool {
        // The parser passes over empty items, and over steps longer than the field, which then mean something else.
        let sound = |item: &str| {
            let step = item.split_once('/').map(|(_, step)| step.parse::<u32>());
            !item.is_empty() && step.is_none_or(|step| step.is_ok_and(|step| step < self.values))
        };
        let alone: Vec<&str> = (0..FIELDS.len())
            .map(|other| if other == position { text } else { "*" })
            .collect();
        text.split(',').all(sound) && parse(&alone.join(" ")).is_some()
    }
}

fn parse(six: &str) -> Option<Cron> {
    let parser = CronParser::builder()
        .seconds(Seconds::Required)
        .year(Year::Disallowed)
        .build();
    parser.parse(six).ok()
}
