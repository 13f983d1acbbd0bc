//! The ring cut open at its seam: ranges as plain intervals of numbers.

use crate::{Token, TokenRange};

/// Tokens on the whole ring.
pub(crate) const RING: u128 = 1 << 64;

/// Tokens `from` (taken in) up to `to` (left out), counted from the first one after [`Token::MIN`]. The seam itself
/// is the last token of the axis, as in Cassandra, where a range that ends at the smallest token runs to the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Span {
    pub(crate) from: u128,
    pub(crate) to: u128,
}

impl Span {
    /// One part of a range, or two where it runs across the seam.
    pub(crate) fn of(range: TokenRange) -> impl Iterator<Item = Self> {
        let from = u128::from(Token::MIN.steps_to(range.start));
        let to = match Token::MIN.steps_to(range.end) {
            0 => RING,
            steps => u128::from(steps),
        };
        let (first, second) = if from < to {
            (Self { from, to }, None)
        } else {
            (Self { from: 0, to }, Some(Self { from, to: RING }))
        };
        std::iter::once(first).chain(second)
    }

    /// The range from one axis number to the other.
    pub(crate) fn range(self) -> TokenRange {
        // Both numbers are at most 2^64, which stands for the seam just as 0 does.
        let token = |number: u128| Token::MIN.advance(u64::try_from(number).unwrap_or(0));
        TokenRange {
            start: token(self.from),
            end: token(self.to),
        }
    }

    pub(crate) const fn width(self) -> u128 {
        self.to - self.from
    }

    /// What both have; none where they do not overlap.
    pub(crate) fn overlap(self, other: Self) -> Option<Self> {
        let (from, to) = (self.from.max(other.from), self.to.min(other.to));
        (from < to).then_some(Self { from, to })
    }
}
