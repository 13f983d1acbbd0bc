//! Ranges as Cassandra prints them in its tables: `(-123,456]`.

use ringkeeper_ring::{ParseTokenError, TokenRange};
use thiserror::Error;

/// A text that is no range.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum ParseRangeError {
    #[error("`{0}` is not a range of tokens ((start,end])")]
    Shape(String),
    #[error(transparent)]
    Token(#[from] ParseTokenError),
}

/// Reads `(start,end]`.
pub(super) fn parse(text: &str) -> Result<TokenRange, ParseRangeError> {
    let (start, end) = text
        .strip_prefix('(')
        .and_then(|rest| rest.strip_suffix(']'))
        .and_then(|inner| inner.split_once(','))
        .ok_or_else(|| ParseRangeError::Shape(text.to_owned()))?;
    Ok(TokenRange {
        start: start.trim().parse()?,
        end: end.trim().parse()?,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_range_that_is_none_is_refused_by_name() {
        for (text, message) in [
            ("", "`` is not a range of tokens ((start,end])"),
            ("[1,2]", "`[1,2]` is not a range of tokens ((start,end])"),
            ("(1]", "`(1]` is not a range of tokens ((start,end])"),
            (
                "(1,x]",
                "`x` is not a Murmur3 token (a number from -2^63 to 2^63-1)",
            ),
        ] {
            assert_eq!(parse(text).unwrap_err().to_string(), message);
        }
    }

    proptest! {
        #[test]
        fn every_range_is_read_as_cassandra_prints_it(start: i64, end: i64) {
            let range = parse(&format!("({start},{end}]")).unwrap();
            prop_assert_eq!((range.start.value(), range.end.value()), (start, end));
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\(?[-0-9]{0,22}[, ]{0,3}\\PC{0,10}\\]?") {
            let _ = parse(&text);
        }
    }

    #[test]
    fn fuzz_ranges() {
        ringkeeper_fuzz::text(
            "ranges of repairs",
            &["(-9223372036854775808,-12]", "(1,2]"],
            |text| parse(text).map(drop).map_err(|error| error.to_string()),
        );
    }
}
