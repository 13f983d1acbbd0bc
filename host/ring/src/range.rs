//! Ranges of tokens.

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::Token;
use crate::span::{RING, Span};

/// The tokens after `start` up to and with `end`. Where `end` is not above `start` the range wraps around; equal
/// bounds are the whole ring.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct TokenRange {
    /// The last token before the range.
    pub start: Token,
    /// The last token of the range.
    pub end: Token,
}

impl TokenRange {
    /// The range after `start` up to and with `end`.
    #[must_use]
    pub const fn new(start: Token, end: Token) -> Self {
        Self { start, end }
    }

    /// Every token, cut at the seam.
    pub const WHOLE_RING: Self = Self {
        start: Token::MIN,
        end: Token::MIN,
    };

    /// Whether every token is in it.
    #[must_use]
    pub fn is_whole_ring(self) -> bool {
        self.start == self.end
    }

    /// How many tokens it has: from 1 to 2^64, the whole ring.
    #[must_use]
    pub fn width(self) -> u128 {
        match self.start.steps_to(self.end) {
            0 => RING,
            steps => u128::from(steps),
        }
    }

    /// Whether the token is in it.
    #[must_use]
    pub fn contains(self, token: Token) -> bool {
        // As many steps as the range is wide, or fewer; but not none, for the start is left out.
        let steps = u128::from(self.start.steps_to(token));
        self.is_whole_ring() || (steps > 0 && steps <= self.width())
    }

    /// The same tokens as ranges that do not wrap: itself, or two parts that meet at the seam ([`Token::MIN`]), in
    /// token order. A range that ends at the seam does not wrap.
    #[must_use]
    pub fn unwrapped(self) -> Vec<Self> {
        Span::of(self).map(Span::range).collect()
    }

    /// Whether some token is in both.
    #[must_use]
    pub fn overlaps(self, other: Self) -> bool {
        // Two arcs that meet hold the last token of one of them.
        self.contains(other.end) || other.contains(self.end)
    }

    /// The tokens that are in both, as ranges that do not wrap, in token order. Two wrapping ranges can meet in more
    /// than one place.
    #[must_use]
    pub fn intersection(self, other: Self) -> Vec<Self> {
        let mut shared: Vec<Span> = Span::of(self)
            .flat_map(|part| Span::of(other).filter_map(move |its| part.overlap(its)))
            .collect();
        shared.sort_unstable();
        shared.into_iter().map(Span::range).collect()
    }

    /// Cuts it into `pieces` ranges that make it up, in order from its start. Their widths differ by one token at
    /// most. A range with fewer tokens than pieces gives one range for each token.
    ///
    /// # Errors
    /// When no pieces are asked for.
    pub fn split(self, pieces: u32) -> Result<Vec<Self>, SplitError> {
        let width = self.width();
        let pieces = match u128::from(pieces) {
            0 => return Err(SplitError::NoPieces),
            asked => asked.min(width),
        };
        // width * piece is at most 2^96. The last cut is the range's own end, which 2^64 steps lead to as 0 do.
        let cut = |piece: u128| {
            self.start
                .advance(u64::try_from(width * piece / pieces).unwrap_or(0))
        };
        Ok((0..pieces)
            .map(|piece| Self {
                start: cut(piece),
                end: cut(piece + 1),
            })
            .collect())
    }
}

impl fmt::Display for TokenRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "({}, {}]", self.start, self.end)
    }
}

/// Why a range cannot be split.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SplitError {
    /// Zero pieces were asked for.
    #[error("cannot split a range into no pieces")]
    NoPieces,
}

#[cfg(test)]
pub(crate) mod tests;
