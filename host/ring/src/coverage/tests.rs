use proptest::collection::vec;
use proptest::prelude::*;

use super::*;
use crate::range::tests::{range, token};

fn between(start: i64, end: i64) -> TokenRange {
    TokenRange::new(Token::new(start), Token::new(end))
}

fn set() -> impl Strategy<Value = RangeSet> {
    vec(range(), 0..8).prop_map(RangeSet::from_iter)
}

#[test]
fn neighbours_and_overlaps_become_one() {
    let set: RangeSet = [between(1, 3), between(3, 5), between(4, 9), between(20, 30)]
        .into_iter()
        .collect();
    assert_eq!(set.ranges().collect::<Vec<_>>(), [between(1, 9), between(20, 30)]);
    assert!(set.covers(between(2, 8)));
    assert!(!set.covers(between(8, 21)));
}

#[test]
fn nothing_is_the_set_without_tokens() {
    let nothing = RangeSet::new();
    assert!(nothing.is_empty());
    assert_eq!(nothing.width(), 0);
    assert_eq!(
        nothing.complement().ranges().collect::<Vec<_>>(),
        [TokenRange::WHOLE_RING]
    );
    assert!(nothing.complement().complement().is_empty());
}

#[test]
fn the_whole_ring_is_covered_exactly_once_or_not_at_all() {
    for (ranges, covers) in [
        (vec![between(5, 5)], true),
        (vec![between(5, 9), between(9, 5)], true),
        (vec![between(i64::MIN, 0), between(0, i64::MIN)], true),
        (vec![between(i64::MIN, 0), between(0, i64::MAX)], false),
        (vec![between(5, 9), between(10, 5)], false),
        (vec![between(5, 5), between(5, 9)], false),
        // As wide as the ring, but with a gap as wide as the overlap.
        (vec![between(5, 9), between(9, 1), between(5, 9)], false),
        (vec![], false),
    ] {
        assert_eq!(covers_whole_ring(&ranges), covers, "{ranges:?}");
    }
}

proptest! {
    #[test]
    fn inserting_one_by_one_is_collecting(ranges in vec(range(), 0..12)) {
        let mut set = RangeSet::new();
        for range in &ranges {
            set.insert(*range);
        }
        prop_assert!(ranges.iter().all(|range| set.covers(*range)));
        prop_assert_eq!(&set, &ranges.iter().copied().collect());
        let mut extended = RangeSet::new();
        extended.extend(ranges);
        prop_assert_eq!(set, extended);
    }

    #[test]
    fn ranges_stay_apart_and_in_order(set in set()) {
        prop_assert!(set.spans.iter().all(|span| span.from < span.to));
        prop_assert!(set.spans.windows(2).all(|pair| pair[0].to < pair[1].from));
        prop_assert_eq!(set.ranges().collect::<RangeSet>(), set);
    }

    #[test]
    fn a_token_is_where_the_laws_put_it(left in set(), right in set(), token in token()) {
        let (in_left, in_right) = (left.contains(token), right.contains(token));
        prop_assert_eq!(left.union(&right).contains(token), in_left || in_right);
        prop_assert_eq!(left.intersection(&right).contains(token), in_left && in_right);
        prop_assert_eq!(left.difference(&right).contains(token), in_left && !in_right);
        prop_assert_eq!(left.complement().contains(token), !in_left);
    }

    #[test]
    fn widths_obey_the_laws(left in set(), right in set()) {
        let (union, shared) = (left.union(&right), left.intersection(&right));
        prop_assert_eq!(union.width() + shared.width(), left.width() + right.width());
        prop_assert_eq!(left.difference(&right).width(), left.width() - shared.width());
        prop_assert_eq!(left.width() + left.complement().width(), RING);
        prop_assert_eq!(&left.difference(&right).union(&shared), &left);
        prop_assert_eq!(&left.union(&right), &right.union(&left));
    }

    #[test]
    fn pieces_of_a_range_cover_it_once(whole in token(), pieces in 1_u32..50) {
        let ring = TokenRange::new(whole, whole).split(pieces).unwrap();
        prop_assert!(covers_whole_ring(&ring));
        prop_assert_eq!(covers_whole_ring(&ring[1..]), false);
    }
}
