use proptest::collection::vec;
use proptest::prelude::*;

use super::*;
use crate::range::tests::{range, token};

fn between(start: i64, end: i64) -> TokenRange {
    TokenRange::new(Token::new(start), Token::new(end))
}

fn set(ranges: &[TokenRange]) -> RangeSet {
    ranges.iter().copied().collect()
}

fn records() -> impl Strategy<Value = Vec<(TokenRange, u8)>> {
    vec((range(), 0_u8..6), 0..14)
}

/// The mark of a token as the definition has it.
fn naive(records: &[(TokenRange, u8)], token: Token) -> Option<u8> {
    let covering = records.iter().filter(|(range, _)| range.contains(token));
    covering.map(|(_, mark)| *mark).max()
}

/// Tokens at which an answer could change, and some more.
fn telling(records: &[(TokenRange, u8)], more: Token) -> Vec<Token> {
    let edges = records.iter().flat_map(|(range, _)| [range.start, range.end]);
    let around = |token: Token| [token.advance(u64::MAX), token, token.advance(1)];
    edges.chain([more, Token::MIN]).flat_map(around).collect()
}

#[test]
fn the_later_repair_of_a_token_stands_whatever_came_first() {
    let early_then_late = Ledger::from_records([(between(0, 10), 1), (between(5, 20), 2)]);
    let late_then_early = Ledger::from_records([(between(5, 20), 2), (between(0, 10), 1)]);
    assert_eq!(early_then_late, late_then_early);
    assert_eq!(
        early_then_late.pieces().collect::<Vec<_>>(),
        [(between(0, 5), 1), (between(5, 20), 2)]
    );
}

#[test]
fn pieces_of_one_time_that_meet_are_one() {
    let ledger = Ledger::from_records([(between(0, 10), 3), (between(10, 20), 3), (between(4, 15), 1)]);
    assert_eq!(ledger.pieces().collect::<Vec<_>>(), [(between(0, 20), 3)]);
}

#[test]
fn a_repair_across_the_seam_comes_as_two_pieces() {
    let ledger = Ledger::from_records([(between(50, -50), 1)]);
    assert_eq!(
        ledger.pieces().collect::<Vec<_>>(),
        [(between(i64::MIN, -50), 1), (between(50, i64::MIN), 1)]
    );
}

#[test]
fn what_was_never_repaired_waits_longest_then_what_was_long_ago() {
    let ledger = Ledger::from_records([(between(0, 10), 7), (between(10, 20), 5), (between(30, 40), 5)]);
    for (wanted, oldest) in [
        (set(&[between(0, 40)]), Oldest::Never(between(20, 30))),
        (set(&[between(5, 15)]), Oldest::Marked(between(10, 15), 5)),
        (set(&[between(1, 2)]), Oldest::Marked(between(1, 2), 7)),
        (
            set(&[between(35, 40), between(12, 13)]),
            Oldest::Marked(between(12, 13), 5),
        ),
        (RangeSet::new(), Oldest::Nothing),
    ] {
        assert_eq!(ledger.oldest_of(&wanted), oldest, "{wanted:?}");
    }
}

#[test]
fn an_empty_ledger_knows_of_no_repair() {
    let ledger = Ledger::<u8>::new();
    assert!(ledger.is_empty() && ledger.marked().is_empty() && ledger.since(0).is_empty());
    assert_eq!(
        ledger.oldest_of(&set(&[TokenRange::WHOLE_RING])),
        Oldest::Never(TokenRange::WHOLE_RING)
    );
}

#[test]
fn fifty_thousand_records_that_all_overlap_are_swept_at_once() {
    // Each begins one step after the one before and is half a ring wide, so that half of them lie over every token.
    let step = u64::MAX / 50_000;
    let record = |number: u64| {
        let start = Token::MIN.advance(step * number);
        (TokenRange::new(start, start.advance(u64::MAX / 2)), number % 997)
    };
    let records: Vec<_> = (0..50_000).map(record).collect();
    let ledger = Ledger::from_records(records.iter().copied());
    assert_eq!(ledger.marked().width(), 1 << 64);
    for probe in (0..50_000).step_by(5_001) {
        let token = Token::MIN.advance(step * probe + 1);
        let covering = records.iter().filter(|(range, _)| range.contains(token));
        assert_eq!(ledger.mark_of(token), covering.map(|(_, mark)| *mark).max());
    }
}

proptest! {
    #[test]
    fn every_token_has_the_greatest_mark_of_its_records(records in records(), more in token()) {
        let ledger = Ledger::from_records(records.iter().copied());
        for token in telling(&records, more) {
            let expected = naive(&records, token);
            let holding = ledger.pieces().filter(|(range, _)| range.contains(token));
            prop_assert_eq!(holding.map(|(_, mark)| mark).collect::<Vec<_>>(), Vec::from_iter(expected));
            prop_assert_eq!(ledger.mark_of(token), expected);
            prop_assert_eq!(ledger.marked().contains(token), expected.is_some());
        }
    }

    #[test]
    fn inserting_one_by_one_in_any_order_is_sweeping(records in records().prop_shuffle()) {
        let mut ledger = Ledger::new();
        for (range, mark) in &records {
            ledger.insert(*range, *mark);
        }
        prop_assert_eq!(ledger, Ledger::from_records(records));
    }

    #[test]
    fn pieces_are_in_order_and_as_few_as_can_be(records in records()) {
        let ledger = Ledger::from_records(records);
        prop_assert!(ledger.pieces.iter().all(|(span, _)| span.from < span.to));
        let kept_apart = |pair: &[(Span, u8)]| {
            pair[0].0.to < pair[1].0.from || (pair[0].0.to == pair[1].0.from && pair[0].1 != pair[1].1)
        };
        prop_assert!(ledger.pieces.windows(2).all(kept_apart));
        prop_assert_eq!(Ledger::from_records(ledger.pieces()), ledger);
    }

    #[test]
    fn since_and_within_hold_the_tokens_the_laws_give_them(
        records in records(), wanted in vec(range(), 0..5), mark in 0_u8..6, more in token(),
    ) {
        let ledger = Ledger::from_records(records.iter().copied());
        let wanted: RangeSet = wanted.into_iter().collect();
        let (since, within) = (ledger.since(mark), ledger.within(&wanted));
        for token in telling(&records, more) {
            let of = naive(&records, token);
            prop_assert_eq!(since.contains(token), of.is_some_and(|of| of >= mark));
            prop_assert_eq!(within.mark_of(token), of.filter(|_| wanted.contains(token)));
        }
        prop_assert_eq!(within.marked(), ledger.marked().intersection(&wanted));
    }

    #[test]
    fn nothing_of_the_wanted_set_waits_longer_than_the_oldest(records in records(), wanted in vec(range(), 0..5)) {
        let ledger = Ledger::from_records(records);
        let wanted: RangeSet = wanted.into_iter().collect();
        match ledger.oldest_of(&wanted) {
            Oldest::Nothing => prop_assert!(wanted.is_empty()),
            Oldest::Never(range) => {
                prop_assert!(wanted.covers(range));
                prop_assert!(ledger.within(&[range].into_iter().collect()).is_empty());
            }
            Oldest::Marked(range, mark) => {
                prop_assert!(wanted.covers(range));
                prop_assert_eq!(ledger.since(mark).intersection(&wanted), wanted);
                prop_assert!(ledger.mark_of(range.end) == Some(mark));
            }
        }
    }
}
