//! Ranges cut into parts of equal width.

use ringkeeper_ring::TokenRange;

/// Tokens on the whole ring.
pub(crate) const RING: f64 = 18_446_744_073_709_551_616.0;

/// Tokens of all these ranges together.
pub(crate) fn width(ranges: &[TokenRange]) -> u128 {
    ranges.iter().map(|range| range.width()).sum()
}

/// The share of the ring that so many tokens are.
pub(crate) fn share(width: u128) -> f64 {
    width as f64 / RING
}

/// Cuts disjoint ranges into at most `parts` lists with about as many tokens each, in the order of the ranges. No
/// range of a part reaches over the bounds of the range it is from, and together they are the same tokens.
pub(crate) fn cut(ranges: &[TokenRange], parts: u32) -> Vec<Vec<TokenRange>> {
    let total = width(ranges);
    // Fewer than 2^97, as the ranges are disjoint.
    let bound = |part: u32| total * u128::from(part) / u128::from(parts.max(1));
    let mut lists = Vec::new();
    let mut list = Vec::new();
    let (mut part, mut taken) = (1, 0_u128);
    for range in ranges {
        let mut start = range.start;
        let mut left = range.width();
        while left > 0 {
            while part < parts && bound(part) <= taken {
                part += 1;
                lists.push(std::mem::take(&mut list));
            }
            let steps = left.min(bound(part.max(1)).saturating_sub(taken).max(1));
            // The whole ring at once leads back to its start, as no step does.
            let end = start.advance(u64::try_from(steps).unwrap_or(0));
            list.push(TokenRange::new(start, end));
            (start, left, taken) = (end, left - steps, taken + steps);
        }
    }
    lists.push(list);
    lists.retain(|list| !list.is_empty());
    lists
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use ringkeeper_ring::{RangeSet, Token};

    use super::*;

    fn ranges(bounds: &[i64]) -> Vec<TokenRange> {
        let mut bounds = bounds.to_vec();
        bounds.sort_unstable();
        bounds.dedup();
        bounds
            .chunks_exact(2)
            .map(|pair| TokenRange::new(Token::new(pair[0]), Token::new(pair[1])))
            .collect()
    }

    proptest! {
        #[test]
        fn the_parts_are_the_ranges_and_about_equal(bounds in prop::collection::vec(any::<i64>(), 2..40), parts in 1..70_u32) {
            let whole = ranges(&bounds);
            prop_assume!(!whole.is_empty());
            let lists = cut(&whole, parts);
            prop_assert!(lists.len() <= parts as usize);
            let all: Vec<TokenRange> = lists.iter().flatten().copied().collect();
            prop_assert_eq!(width(&all), width(&whole));
            prop_assert_eq!(all.iter().copied().collect::<RangeSet>(), whole.iter().copied().collect::<RangeSet>());
            for range in &all {
                prop_assert!(!range.is_whole_ring());
                prop_assert!(whole.iter().any(|outer| [*outer].into_iter().collect::<RangeSet>().covers(*range)));
            }
            let most = width(&whole) / u128::from(parts) + 1;
            for list in &lists {
                prop_assert!(width(list) <= most, "{} of {}", width(list), most);
            }
        }
    }

    #[test]
    fn a_range_that_wraps_is_cut_on_both_sides_of_the_seam() {
        let wraps = TokenRange::new(Token::new(i64::MAX - 10), Token::new(i64::MIN + 9));
        let lists = cut(&[wraps], 4);
        assert_eq!(lists.len(), 4);
        assert!(lists.iter().all(|list| width(list) == 5));
    }

    #[test]
    fn fewer_tokens_than_parts_are_cut_into_single_tokens() {
        let three = TokenRange::new(Token::new(0), Token::new(3));
        assert_eq!(cut(&[three], 8).len(), 3);
    }
}
