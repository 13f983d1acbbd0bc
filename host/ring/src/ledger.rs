//! When each token was last repaired.

use std::collections::BinaryHeap;

use crate::span::Span;
use crate::{RangeSet, Token, TokenRange};

/// Tokens with a mark each: when they were last repaired, and whatever else the caller orders marks by. Of two marks of
/// one token the greater one stands, in whatever order they come; so ledgers can be made from records of any source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ledger<T> {
    /// Ascending and disjoint; two that meet have different marks.
    pieces: Vec<(Span, T)>,
}

/// The part of a set of tokens that waits longest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Oldest<T> {
    /// The set has no tokens.
    Nothing,
    /// These tokens have no mark.
    Never(TokenRange),
    /// Every token has a mark; these have the least.
    Marked(TokenRange, T),
}

impl<T> Default for Ledger<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> Ledger<T> {
    /// No token has a mark.
    #[must_use]
    pub const fn new() -> Self {
        Self { pieces: Vec::new() }
    }

    /// Whether no token has a mark.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }
}

impl<T: Ord + Copy> Ledger<T> {
    /// The ledger of many records at once: one sweep along the ring, n log n for n records.
    #[must_use]
    pub fn from_records(records: impl IntoIterator<Item = (TokenRange, T)>) -> Self {
        let marked = |(range, mark)| Span::of(range).map(move |span| (span, mark));
        Self {
            pieces: swept(records.into_iter().flat_map(marked).collect()),
        }
    }

    /// Marks the tokens of `range` that have no mark or a lesser one. For many records use [`Ledger::from_records`].
    pub fn insert(&mut self, range: TokenRange, mark: T) {
        for span in Span::of(range) {
            let first = self.pieces.partition_point(|(old, _)| old.to < span.from);
            let end = self.pieces.partition_point(|(old, _)| old.from <= span.to);
            let mut touched = self.pieces.get(first..end).unwrap_or_default().to_vec();
            touched.push((span, mark));
            self.pieces.splice(first..end, swept(touched));
        }
    }

    /// Ranges with their marks, disjoint and in token order. None wraps: what lies across the seam comes as two that
    /// meet there. Two others that meet have different marks.
    pub fn pieces(&self) -> impl ExactSizeIterator<Item = (TokenRange, T)> {
        self.pieces.iter().map(|(span, mark)| (span.range(), *mark))
    }

    /// The mark of a token; none where it has none.
    #[must_use]
    pub fn mark_of(&self, token: Token) -> Option<T> {
        let at = Span::of(TokenRange::new(token.advance(u64::MAX), token)).next()?;
        let candidate = self.pieces.partition_point(|(span, _)| span.to < at.to);
        let (_, mark) = self
            .pieces
            .get(candidate)
            .filter(|(span, _)| span.from <= at.from)?;
        Some(*mark)
    }

    /// Every token that has a mark.
    #[must_use]
    pub fn marked(&self) -> RangeSet {
        self.pieces().map(|(range, _)| range).collect()
    }

    /// Tokens whose mark is `mark` or greater.
    #[must_use]
    pub fn since(&self, mark: T) -> RangeSet {
        self.pieces()
            .filter(|(_, of)| *of >= mark)
            .map(|(range, _)| range)
            .collect()
    }

    /// What it says of the tokens of `set`.
    #[must_use]
    pub fn within(&self, set: &RangeSet) -> Self {
        let (mut mine, mut wanted) = (self.pieces.iter().peekable(), set.spans().iter().peekable());
        let mut pieces = Vec::new();
        while let (Some((span, mark)), Some(part)) = (mine.peek(), wanted.peek()) {
            pieces.extend(span.overlap(**part).map(|shared| (shared, *mark)));
            if span.to < part.to {
                mine.next();
            } else {
                wanted.next();
            }
        }
        Self { pieces }
    }

    /// Which tokens of `set` wait longest: those without a mark before all others, then those with the least. Of several
    /// such pieces it is the first in token order.
    #[must_use]
    pub fn oldest_of(&self, set: &RangeSet) -> Oldest<T> {
        if let Some(range) = set.difference(&self.marked()).ranges().next() {
            return Oldest::Never(range);
        }
        let within = self.within(set);
        // The first of equals, as `min_by_key` gives it.
        match within.pieces().min_by_key(|(_, mark)| *mark) {
            Some((range, mark)) => Oldest::Marked(range, mark),
            None => Oldest::Nothing,
        }
    }
}

/// The greatest mark over each token, pieces of equal mark that meet made one.
fn swept<T: Ord + Copy>(mut records: Vec<(Span, T)>) -> Vec<(Span, T)> {
    records.sort_unstable();
    let mut cuts: Vec<u128> = records
        .iter()
        .flat_map(|(span, _)| [span.from, span.to])
        .collect();
    cuts.sort_unstable();
    cuts.dedup();
    let mut starting = records.into_iter().peekable();
    // Records that have begun, greatest mark first; those that have ended are dropped when they come to the top.
    let mut begun: BinaryHeap<(T, u128)> = BinaryHeap::new();
    let mut pieces: Vec<(Span, T)> = Vec::new();
    for (&from, &to) in cuts.iter().zip(cuts.iter().skip(1)) {
        while let Some((span, mark)) = starting.next_if(|(span, _)| span.from <= from) {
            begun.push((mark, span.to));
        }
        while begun.peek().is_some_and(|(_, end)| *end <= from) {
            begun.pop();
        }
        let Some((mark, _)) = begun.peek().copied() else {
            continue;
        };
        match pieces.last_mut() {
            Some((last, of)) if *of == mark && last.to == from => last.to = to,
            _ => pieces.push((Span { from, to }, mark)),
        }
    }
    pieces
}

#[cfg(test)]
mod tests;
