use std::collections::BTreeSet;

use ringkeeper_schedule::{Freeze, Window};

use super::*;

fn set(words: &[&str]) -> BTreeSet<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

fn at(text: &str) -> Timestamp {
    serde_json::from_value(text.into()).unwrap()
}

fn night(cluster: Option<&str>) -> OpenHours {
    OpenHours::parse(&Window {
        name: "night".to_owned(),
        cluster: cluster.map(str::to_owned),
        data_centres: BTreeSet::new(),
        impacts: set(&["disrupt"]),
        days: BTreeSet::new(),
        from: "22:00".to_owned(),
        to: "04:00".to_owned(),
        zone: "UTC".to_owned(),
    })
    .unwrap()
}

fn summer(cluster: Option<&str>) -> FrozenSpan {
    FrozenSpan::parse(&Freeze {
        name: "summer".to_owned(),
        cluster: cluster.map(str::to_owned),
        data_centres: BTreeSet::new(),
        impacts: BTreeSet::new(),
        from: "2026-06-01T00:00".to_owned(),
        to: "2026-09-01T00:00".to_owned(),
        zone: "UTC".to_owned(),
        reason: "summer sale".to_owned(),
    })
    .unwrap()
}

#[test]
fn a_window_says_until_when_it_is_open_and_when_it_opens_next() {
    for (now, state, until, next) in [
        (
            "2026-05-01T21:59:59.999Z",
            WindowState::Closed,
            None,
            "2026-05-01T22:00:00Z",
        ),
        (
            "2026-05-01T22:00:00Z",
            WindowState::Open,
            Some("2026-05-02T04:00:00Z"),
            "2026-05-02T22:00:00Z",
        ),
    ] {
        let rows = rows(&[night(None)], &[], None, at(now));
        let [row] = rows.as_slice() else {
            panic!("{rows:?}")
        };
        assert_eq!((row.state, row.until), (state, until.map(at)), "{now}");
        assert_eq!(row.next.len(), 3);
        assert_eq!(row.next[0].from, at(next), "{now}");
    }
}

#[test]
fn a_freeze_comes_holds_and_is_over() {
    for (now, state, until, next) in [
        (
            "2026-05-31T23:59:59Z",
            WindowState::Comes,
            None,
            Some("2026-06-01T00:00:00Z"),
        ),
        (
            "2026-06-01T00:00:00Z",
            WindowState::Holds,
            Some("2026-09-01T00:00:00Z"),
            None,
        ),
        ("2026-09-01T00:00:00Z", WindowState::Over, None, None),
    ] {
        let rows = rows(&[], &[summer(None)], None, at(now));
        let [row] = rows.as_slice() else {
            panic!("{rows:?}")
        };
        assert_eq!((row.state, row.until), (state, until.map(at)), "{now}");
        assert_eq!(row.next.first().map(|next| next.from), next.map(at), "{now}");
        assert_eq!(row.impacts, ["change", "disrupt"]);
    }
}

#[test]
fn a_window_that_a_freeze_leaves_no_opening_says_so_in_the_cluster_it_is_about() {
    let now = at("2026-06-01T00:00:00Z");
    for (asked, notes) in [(None, 1), (Some("shop"), 1), (Some("bank"), 0)] {
        let rows = rows(&[night(None)], &[summer(Some("shop"))], asked, now);
        assert_eq!(rows[0].notes.len(), notes, "{asked:?}");
    }
}

#[test]
fn what_is_about_another_cluster_is_left_out() {
    let now = at("2026-06-01T00:00:00Z");
    let windows = [night(Some("shop"))];
    for (asked, kinds) in [
        (None, vec![WindowKind::Window, WindowKind::Freeze]),
        (Some("shop"), vec![WindowKind::Window, WindowKind::Freeze]),
        (Some("bank"), vec![WindowKind::Freeze]),
    ] {
        let rows = rows(&windows, &[summer(None)], asked, now);
        assert_eq!(
            rows.iter().map(|row| row.kind).collect::<Vec<_>>(),
            kinds,
            "{asked:?}"
        );
    }
}
