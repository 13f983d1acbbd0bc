//! A span of time, such as `15s` or `1h30m`.

use std::time::Duration;

use serde_json::{Value as Json, json};

use super::{Kind, Node, quoted};
use crate::Fault;
use crate::reading::Reading;

/// A span of time within bounds, both included.
pub(crate) struct TimeSpan {
    pub(crate) least: Duration,
    pub(crate) most: Duration,
}

/// Largest first, with their milliseconds.
const UNITS: [(&str, u64); 5] = [
    ("d", 86_400_000),
    ("h", 3_600_000),
    ("m", 60_000),
    ("s", 1_000),
    ("ms", 1),
];

impl Kind for TimeSpan {
    type Value = Duration;

    fn expects(&self) -> String {
        format!(
            "a time such as \"15s\" or \"1h30m\", from {} to {}",
            show(self.least),
            show(self.most)
        )
    }

    fn schema(&self) -> Json {
        json!({ "type": "string", "pattern": "^([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?([0-9]+ms)?$", "minLength": 2 })
    }

    fn read(&self, node: &Node<'_>, reading: &mut Reading<'_>) -> Option<Duration> {
        let text = node.text(reading, self.expects())?;
        let Some(span) = parse(text) else {
            node.wrong(
                reading,
                Fault::Malformed {
                    value: text.to_owned(),
                    expects: self.expects(),
                },
            );
            return None;
        };
        if span < self.least || span > self.most {
            node.out_of_range(reading, text, show(self.least), show(self.most));
            return None;
        }
        Some(span)
    }

    fn show(&self, value: &Duration) -> String {
        quoted(&show(*value))
    }
}

/// A span of time as the files have it: whole numbers with units, each unit at most once, larger ones first; none where it
/// is written in another way.
#[must_use]
pub fn parse(text: &str) -> Option<Duration> {
    let mut rest = text;
    let mut units = UNITS.iter();
    let mut millis = 0_u64;
    while !rest.is_empty() {
        let (number, behind) = rest.split_at(rest.find(|c: char| !c.is_ascii_digit())?);
        let (unit, behind) = behind.split_at(
            behind
                .find(|c: char| !c.is_ascii_alphabetic())
                .unwrap_or(behind.len()),
        );
        let (_, factor) = units.find(|(name, _)| *name == unit)?;
        millis = millis.checked_add(number.parse::<u64>().ok()?.checked_mul(*factor)?)?;
        rest = behind;
    }
    (!text.is_empty()).then(|| Duration::from_millis(millis))
}

/// The shortest text that reads as this span.
pub(crate) fn show(span: Duration) -> String {
    let mut rest = u64::try_from(span.as_millis()).unwrap_or(u64::MAX);
    let mut text = String::new();
    for (unit, factor) in UNITS {
        if rest >= factor {
            text.push_str(&format!("{}{unit}", rest / factor));
            rest %= factor;
        }
    }
    if text.is_empty() { "0s".to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_units_from_large_to_small() {
        for (text, millis) in [
            ("15s", Some(15_000)),
            ("5m", Some(300_000)),
            ("1h30m", Some(5_400_000)),
            ("90m", Some(5_400_000)),
            ("2d1ms", Some(172_800_001)),
            ("0s", Some(0)),
            ("", None),
            ("15", None),
            ("s", None),
            ("1.5s", None),
            ("15 s", None),
            ("-5s", None),
            ("30m1h", None),
            ("1s1s", None),
            ("5min", None),
            ("99999999999999999999d", None),
        ] {
            assert_eq!(parse(text), millis.map(Duration::from_millis), "{text}");
        }
    }

    proptest! {
        #[test]
        fn reads_what_it_shows(millis in 0_u64..u64::MAX / 2) {
            let span = Duration::from_millis(millis);
            prop_assert_eq!(parse(&show(span)), Some(span));
        }
    }
}
