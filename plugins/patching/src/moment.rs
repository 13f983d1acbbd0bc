//! A moment as a person or a script writes it.

use std::borrow::Cow;

use ringkeeper_sdk::Timestamp;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

/// A moment, with the text that said it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Said", into = "Said")]
pub(crate) struct Moment {
    said: Said,
    at: Timestamp,
}

/// The two ways to say a moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
enum Said {
    Seconds(i64),
    Text(String),
}

impl Moment {
    /// The moment.
    pub(crate) const fn timestamp(&self) -> Timestamp {
        self.at
    }
}

impl TryFrom<Said> for Moment {
    type Error = String;

    fn try_from(said: Said) -> Result<Self, String> {
        let at = match &said {
            Said::Seconds(seconds) => {
                jiff::Timestamp::from_second(*seconds).map_err(|error| error.to_string())
            }
            Said::Text(text) => text
                .parse()
                .map_err(|error| format!("`{text}` is no moment such as `2026-11-25T12:00:00Z`: {error}")),
        }?;
        Ok(Self {
            at: at.as_millisecond(),
            said,
        })
    }
}

impl From<Moment> for Said {
    fn from(moment: Moment) -> Self {
        moment.said
    }
}

impl JsonSchema for Moment {
    fn schema_name() -> Cow<'static, str> {
        "Moment".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": ["string", "integer"] })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Result<i64, String> {
        let moment: Result<Moment, _> = serde_json::from_str(json);
        moment
            .map(|moment| moment.timestamp())
            .map_err(|error| error.to_string())
    }

    #[test]
    fn a_moment_has_two_forms() {
        assert_eq!(read(r#""2023-11-14T22:13:20Z""#), Ok(1_700_000_000_000));
        assert_eq!(read(r#""2023-11-15T00:13:20.5+02:00""#), Ok(1_700_000_000_500));
        assert_eq!(read("1700000000"), Ok(1_700_000_000_000));
    }

    #[test]
    fn what_is_no_moment_is_refused_with_an_example() {
        for json in [
            r#""yesterday""#,
            r#""2023-11-14""#,
            r#""2023-02-30T00:00:00Z""#,
            r#""2023-11-14T22:13:20""#,
        ] {
            let error = read(json).unwrap_err();
            assert!(error.contains("2026-11-25T12:00:00Z"), "{error}");
        }
        assert!(read("9223372036854775807").is_err());
    }

    #[test]
    fn a_moment_is_written_as_it_was_said() {
        let moment: Moment = serde_json::from_str("1700000000").unwrap();
        assert_eq!(serde_json::to_string(&moment).unwrap(), "1700000000");
    }
}
