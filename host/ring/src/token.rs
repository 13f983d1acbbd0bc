//! Tokens of the Murmur3 partitioner.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A point on the ring.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Token(i64);

impl Token {
    /// The smallest token. No key hashes to it; Cassandra uses it as the ring's seam.
    pub const MIN: Self = Self(i64::MIN);

    /// The token of this value.
    #[must_use]
    pub const fn new(value: i64) -> Self {
        Self(value)
    }

    /// The token's value.
    #[must_use]
    pub const fn value(self) -> i64 {
        self.0
    }

    /// The token `steps` further on, around the ring where it must be.
    #[must_use]
    pub const fn advance(self, steps: u64) -> Self {
        Self(self.0.wrapping_add_unsigned(steps))
    }

    /// How many steps on from this token `other` is: 0 for itself, at most 2^64 - 1.
    #[must_use]
    pub const fn steps_to(self, other: Self) -> u64 {
        other.0.wrapping_sub(self.0).cast_unsigned()
    }
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Token {
    type Err = ParseTokenError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse()
            .map(Self)
            .map_err(|_| ParseTokenError(text.to_owned()))
    }
}

/// A text that is no Murmur3 token.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("`{0}` is not a Murmur3 token (a number from -2^63 to 2^63-1)")]
pub struct ParseTokenError(pub String);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_go_around_the_ring() {
        let last = Token::new(i64::MAX);
        assert_eq!(last.advance(1), Token::MIN);
        assert_eq!(last.steps_to(Token::MIN), 1);
        assert_eq!(Token::MIN.steps_to(last), u64::MAX);
        assert_eq!(Token::new(5).steps_to(Token::new(5)), 0);
    }

    #[test]
    fn reads_the_whole_span_of_tokens_and_nothing_else() {
        assert_eq!("-9223372036854775808".parse(), Ok(Token::MIN));
        assert_eq!("9223372036854775807".parse(), Ok(Token::new(i64::MAX)));
        for text in ["9223372036854775808", "", " 1", "1.0", "min"] {
            assert_eq!(
                text.parse::<Token>(),
                Err(ParseTokenError(text.to_owned())),
                "{text}"
            );
        }
    }
}
