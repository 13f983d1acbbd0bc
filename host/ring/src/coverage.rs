//! Sets of ranges, and whether they make the whole ring.

use crate::span::{RING, Span};
use crate::{Token, TokenRange};

/// A set of tokens, kept as merged, ordered, disjoint ranges.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RangeSet {
    /// Ascending; between two neighbours there is at least one token that is not in the set.
    spans: Vec<Span>,
}

impl RangeSet {
    /// No token.
    #[must_use]
    pub const fn new() -> Self {
        Self { spans: Vec::new() }
    }

    /// Adds the tokens of `range`.
    pub fn insert(&mut self, range: TokenRange) {
        for span in Span::of(range) {
            let first = self.spans.partition_point(|old| old.to < span.from);
            let end = self.spans.partition_point(|old| old.from <= span.to);
            let touched = self.spans.get(first..end).unwrap_or_default();
            let merged = Span {
                from: touched.first().map_or(span.from, |old| old.from.min(span.from)),
                to: touched.last().map_or(span.to, |old| old.to.max(span.to)),
            };
            self.spans.splice(first..end, [merged]);
        }
    }

    /// The tokens of either.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        merged(self.spans.iter().chain(&other.spans).copied().collect())
    }

    /// The tokens of both.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        let (mut left, mut right) = (self.spans.iter().peekable(), other.spans.iter().peekable());
        let mut spans = Vec::new();
        while let (Some(mine), Some(its)) = (left.peek(), right.peek()) {
            spans.extend(mine.overlap(**its));
            if mine.to < its.to {
                left.next();
            } else {
                right.next();
            }
        }
        Self { spans }
    }

    /// The tokens of this set that are not in `other`.
    #[must_use]
    pub fn difference(&self, other: &Self) -> Self {
        self.intersection(&other.complement())
    }

    /// The tokens that are not in it.
    #[must_use]
    pub fn complement(&self) -> Self {
        let starts = std::iter::once(0).chain(self.spans.iter().map(|span| span.to));
        let ends = self
            .spans
            .iter()
            .map(|span| span.from)
            .chain(std::iter::once(RING));
        Self {
            spans: starts
                .zip(ends)
                .map(|(from, to)| Span { from, to })
                .filter(|gap| gap.from < gap.to)
                .collect(),
        }
    }

    /// How many tokens it has: from 0 to 2^64.
    #[must_use]
    pub fn width(&self) -> u128 {
        self.spans.iter().map(|span| span.width()).sum()
    }

    /// Whether it has no token.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    /// Whether the token is in it.
    #[must_use]
    pub fn contains(&self, token: Token) -> bool {
        self.covers(TokenRange::new(token.advance(u64::MAX), token))
    }

    /// Whether every token of `range` is in it.
    #[must_use]
    pub fn covers(&self, range: TokenRange) -> bool {
        Span::of(range).all(|part| {
            let candidate = self.spans.partition_point(|span| span.to < part.to);
            self.spans
                .get(candidate)
                .is_some_and(|span| span.from <= part.from)
        })
    }

    /// Its tokens as ordered intervals that do not meet.
    pub(crate) fn spans(&self) -> &[Span] {
        &self.spans
    }

    /// Its ranges in token order. None of them wraps: what lies across the seam comes as two that meet there.
    pub fn ranges(&self) -> impl ExactSizeIterator<Item = TokenRange> {
        self.spans.iter().map(|span| span.range())
    }
}

impl FromIterator<TokenRange> for RangeSet {
    fn from_iter<I: IntoIterator<Item = TokenRange>>(ranges: I) -> Self {
        merged(ranges.into_iter().flat_map(Span::of).collect())
    }
}

impl Extend<TokenRange> for RangeSet {
    fn extend<I: IntoIterator<Item = TokenRange>>(&mut self, ranges: I) {
        *self = self.union(&ranges.into_iter().collect());
    }
}

/// Whether these ranges cover every token exactly once.
#[must_use]
pub fn covers_whole_ring(ranges: &[TokenRange]) -> bool {
    let width = ranges.iter().map(|range| range.width()).sum::<u128>();
    width == RING && ranges.iter().copied().collect::<RangeSet>().width() == RING
}

fn merged(mut spans: Vec<Span>) -> RangeSet {
    spans.sort_unstable();
    let mut disjoint: Vec<Span> = Vec::with_capacity(spans.len());
    for span in spans {
        match disjoint.last_mut() {
            Some(last) if span.from <= last.to => last.to = last.to.max(span.to),
            _ => disjoint.push(span),
        }
    }
    RangeSet { spans: disjoint }
}

#[cfg(test)]
mod tests;
