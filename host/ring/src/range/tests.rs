use proptest::prelude::*;

use super::*;

/// Tokens anywhere, the seam and its neighbours often.
pub(crate) fn token() -> impl Strategy<Value = Token> {
    prop_oneof![
        3 => any::<i64>(),
        1 => prop::sample::select(vec![i64::MIN, i64::MIN + 1, -1, 0, 1, i64::MAX - 1, i64::MAX]),
        1 => -8_i64..8,
    ]
    .prop_map(Token::new)
}

pub(crate) fn range() -> impl Strategy<Value = TokenRange> {
    (token(), token()).prop_map(|(start, end)| TokenRange { start, end })
}

fn between(start: i64, end: i64) -> TokenRange {
    TokenRange::new(Token::new(start), Token::new(end))
}

#[test]
fn leaves_its_start_out_and_takes_its_end_in() {
    for (range, inside, outside) in [
        (between(1, 5), vec![2, 5], vec![1, 6, i64::MIN]),
        (between(5, 1), vec![6, i64::MAX, i64::MIN, 1], vec![2, 5]),
        (
            between(i64::MAX, i64::MIN),
            vec![i64::MIN],
            vec![i64::MAX, i64::MIN + 1, 0],
        ),
        (
            between(i64::MIN, i64::MAX),
            vec![i64::MIN + 1, 0, i64::MAX],
            vec![i64::MIN],
        ),
        (
            between(i64::MAX - 1, i64::MIN),
            vec![i64::MAX, i64::MIN],
            vec![i64::MAX - 1, 0],
        ),
        (between(7, 7), vec![i64::MIN, 6, 7, 8, i64::MAX], vec![]),
    ] {
        for token in inside {
            assert!(range.contains(Token::new(token)), "{token} in {range}");
        }
        for token in outside {
            assert!(!range.contains(Token::new(token)), "{token} not in {range}");
        }
    }
}

#[test]
fn equal_bounds_are_the_whole_ring() {
    for range in [between(7, 7), TokenRange::WHOLE_RING, between(i64::MAX, i64::MAX)] {
        assert!(range.is_whole_ring());
        assert_eq!(range.width(), 1 << 64);
        assert!(range.overlaps(between(3, 4)));
    }
}

#[test]
fn widths_count_tokens() {
    assert_eq!(between(1, 5).width(), 4);
    assert_eq!(between(i64::MAX, i64::MIN).width(), 1);
    assert_eq!(between(i64::MIN, i64::MAX).width(), (1 << 64) - 1);
    assert_eq!(between(i64::MAX, i64::MIN + 1).width(), 2);
}

#[test]
fn a_range_across_the_seam_unwraps_into_two() {
    assert_eq!(
        between(5, 1).unwrapped(),
        [between(i64::MIN, 1), between(5, i64::MIN)]
    );
    assert_eq!(
        between(7, 7).unwrapped(),
        [between(i64::MIN, 7), between(7, i64::MIN)]
    );
    for whole in [
        between(1, 5),
        between(5, i64::MIN),
        between(i64::MIN, 5),
        TokenRange::WHOLE_RING,
    ] {
        assert_eq!(whole.unwrapped(), [whole]);
    }
}

#[test]
fn two_wrapping_ranges_can_meet_in_two_places() {
    let meet = between(10, 5).intersection(between(3, 12));
    assert_eq!(meet, [between(3, 5), between(10, 12)]);
}

#[test]
fn a_narrow_range_gives_fewer_pieces() {
    assert_eq!(
        between(1, 4).split(10),
        Ok(vec![between(1, 2), between(2, 3), between(3, 4)])
    );
    assert_eq!(between(1, 4).split(0), Err(SplitError::NoPieces));
}

#[test]
fn the_whole_ring_splits_like_any_range() {
    assert_eq!(between(7, 7).split(1), Ok(vec![between(7, 7)]));
    let halves = TokenRange::WHOLE_RING.split(2).unwrap();
    assert_eq!(halves, [between(i64::MIN, 0), between(0, i64::MIN)]);
}

proptest! {
    #[test]
    fn pieces_make_up_the_range_and_are_nearly_equal(range in range(), pieces in 1_u32..300) {
        let split = range.split(pieces).unwrap();
        prop_assert_eq!(split.len() as u128, u128::from(pieces).min(range.width()));
        prop_assert_eq!(split.first().unwrap().start, range.start);
        prop_assert_eq!(split.last().unwrap().end, range.end);
        prop_assert!(split.windows(2).all(|pair| pair[0].end == pair[1].start));
        prop_assert_eq!(split.iter().map(|piece| piece.width()).sum::<u128>(), range.width());
        let widths = split.iter().map(|piece| piece.width());
        prop_assert!(widths.clone().max().unwrap() - widths.min().unwrap() <= 1);
    }

    #[test]
    fn parts_do_not_wrap_and_hold_the_same_tokens(range in range(), token in token()) {
        let parts = range.unwrapped();
        prop_assert_eq!(parts.iter().map(|part| part.width()).sum::<u128>(), range.width());
        prop_assert_eq!(parts.iter().filter(|part| part.contains(token)).count(), usize::from(range.contains(token)));
        prop_assert!(parts.iter().all(|part| part.start < part.end || part.end == Token::MIN));
    }

    #[test]
    fn an_intersection_holds_what_both_hold(left in range(), right in range(), token in token()) {
        let shared = left.intersection(right);
        let expected = left.contains(token) && right.contains(token);
        prop_assert_eq!(shared.iter().filter(|part| part.contains(token)).count(), usize::from(expected));
        prop_assert_eq!(left.overlaps(right), !shared.is_empty());
        prop_assert_eq!(left.overlaps(right), right.overlaps(left));
    }
}
