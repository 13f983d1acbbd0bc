use std::collections::BTreeSet;

use proptest::prelude::*;
use ringkeeper_plan::Impact;
use ringkeeper_schedule::{Freeze, FrozenSpan, OpenHours, Window};
use ringkeeper_seams::Timestamp;

use crate::testing::{MINUTE, Ring, proposal, texts};
use crate::{Deadline, Frozen, Rule, WorkKind};

fn words(words: &[&str]) -> BTreeSet<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

/// A window on every day, in UTC. It is noon.
fn window(name: &str, centres: &[&str], impacts: &[&str], from: &str, to: &str) -> OpenHours {
    OpenHours::parse(&Window {
        name: name.to_owned(),
        cluster: None,
        data_centres: words(centres),
        impacts: words(impacts),
        days: BTreeSet::new(),
        from: from.to_owned(),
        to: to.to_owned(),
        zone: "UTC".to_owned(),
    })
    .unwrap()
}

fn freeze(cluster: Option<&str>, centres: &[&str], impacts: &[&str]) -> FrozenSpan {
    FrozenSpan::parse(&Freeze {
        name: "sale".to_owned(),
        cluster: cluster.map(str::to_owned),
        data_centres: words(centres),
        impacts: words(impacts),
        from: "2026-03-01T00:00".to_owned(),
        to: "2026-03-03T00:00".to_owned(),
        zone: "UTC".to_owned(),
        reason: "spring sale".to_owned(),
    })
    .unwrap()
}

/// Node 1 in dc1, node 2 in dc2.
fn ring(windows: Vec<OpenHours>, freezes: Vec<FrozenSpan>) -> Ring {
    let mut ring = Ring::of(&[("dc1", "r1"), ("dc2", "r1")]);
    ring.policy.windows = windows;
    ring.policy.freezes = freezes;
    ring
}

fn blocks(ring: &Ring, impact: Impact, nodes: &[u128]) -> Vec<String> {
    texts(
        &ring.ask(&proposal(impact, WorkKind::Other, nodes)),
        Rule::Windows,
    )
}

#[test]
fn what_starts_a_node_that_is_down_waits_for_no_window_and_for_every_freeze() {
    let nights = window("nights", &[], &["change"], "22:00", "04:00");
    let asked = |ring: &Ring, work| texts(&ring.ask(&proposal(Impact::Change, work, &[1])), Rule::Windows);
    let ring_at_noon = ring(vec![nights.clone()], Vec::new());
    assert_eq!(asked(&ring_at_noon, WorkKind::BringBack), Vec::<String>::new());
    assert_eq!(asked(&ring_at_noon, WorkKind::Tables).len(), 1);
    let frozen = ring(vec![nights], vec![freeze(None, &[], &[])]);
    assert_eq!(asked(&frozen, WorkKind::BringBack).len(), 1);
}

#[test]
fn work_waits_for_a_window_of_its_data_centre_and_impact() {
    let night = || window("night", &["dc1"], &["disrupt"], "22:00", "04:00");
    let ring = ring(vec![night()], Vec::new());
    assert_eq!(
        blocks(&ring, Impact::Disrupt, &[1]),
        [
            "data centre dc1: no window is open for work that would disrupt it: night; lifted when the next one opens, at 2026-03-01T22:00:00.000Z"
        ]
    );
    let block = &ring.disrupt(&[1]).blocks[0];
    assert_eq!(
        block.until,
        Some(Timestamp::from_millis(ring.now.as_millis() + 600 * MINUTE))
    );
    // Where there is no window, work may happen at any time.
    assert!(blocks(&ring, Impact::Disrupt, &[2]).is_empty());
    assert!(blocks(&ring, Impact::Change, &[1]).is_empty());
    assert!(blocks(&ring, Impact::Observe, &[1]).is_empty());
}

#[test]
fn one_open_window_is_enough_in_each_data_centre() {
    let noon = |centre| window("noon", &[centre], &["change"], "11:00", "13:00");
    let night = || window("night", &[], &["change"], "22:00", "04:00");
    let ring = ring(vec![night(), noon("dc1")], Vec::new());
    assert!(blocks(&ring, Impact::Change, &[1]).is_empty());
    assert_eq!(blocks(&ring, Impact::Change, &[1, 2]).len(), 1);
    let both = self::ring(vec![night(), noon("dc1"), noon("dc2")], Vec::new());
    assert!(blocks(&both, Impact::Change, &[1, 2]).is_empty());
}

#[test]
fn windows_and_freezes_of_another_cluster_do_not_matter() {
    let other = Window {
        cluster: Some("other".to_owned()),
        ..window("night", &[], &["change"], "22:00", "04:00")
            .window()
            .clone()
    };
    let ring = ring(
        vec![OpenHours::parse(&other).unwrap()],
        vec![freeze(Some("other"), &[], &[])],
    );
    assert!(blocks(&ring, Impact::Change, &[1]).is_empty());
}

#[test]
fn nothing_changes_during_a_freeze() {
    let ring = ring(Vec::new(), vec![freeze(Some("test"), &["dc1"], &[])]);
    let expected = [
        "data centre dc1: frozen by freeze sale: spring sale; lifted when it ends, at 2026-03-03T00:00:00.000Z",
    ];
    assert_eq!(blocks(&ring, Impact::Change, &[1, 2]), expected);
    assert_eq!(blocks(&ring, Impact::Disrupt, &[1]), expected);
    assert!(blocks(&ring, Impact::Disrupt, &[2]).is_empty());
    assert!(blocks(&ring, Impact::Observe, &[1]).is_empty());
    let milder = self::ring(Vec::new(), vec![freeze(None, &[], &["disrupt"])]);
    assert!(blocks(&milder, Impact::Change, &[1]).is_empty());
}

#[test]
fn the_operators_switch_holds_up_every_change() {
    let mut ring = ring(Vec::new(), Vec::new());
    ring.frozen = Some(Frozen {
        since: ring.now,
        reason: "incident 12".to_owned(),
    });
    assert_eq!(
        blocks(&ring, Impact::Change, &[1]),
        [
            "cluster test: frozen by its operator since 2026-03-01T12:00:00.000Z: incident 12; lifted by `ringkeeper freeze lift`"
        ]
    );
    assert!(blocks(&ring, Impact::Observe, &[1]).is_empty());
}

proptest! {
    #[test]
    fn a_passed_security_deadline_overrides_windows_and_never_a_freeze(
        minutes in -100_i64..100,
        is_security: bool,
        is_frozen: bool,
        is_switched: bool,
    ) {
        let night = window("night", &[], &["change", "disrupt"], "22:00", "04:00");
        let freezes = if is_frozen { vec![freeze(None, &[], &[])] } else { Vec::new() };
        let mut ring = ring(vec![night], freezes);
        if is_switched {
            ring.frozen = Some(Frozen { since: ring.now, reason: "stop".to_owned() });
        }
        let at = Timestamp::from_millis(ring.now.as_millis() + minutes * MINUTE);
        let mut question = proposal(Impact::Disrupt, WorkKind::Disrupt, &[1]);
        question.deadline = Some(Deadline { at, is_security });
        let expected = usize::from(is_frozen) + usize::from(is_switched) + usize::from(!is_security || minutes > 0);
        prop_assert_eq!(texts(&ring.ask(&question), Rule::Windows).len(), expected);
    }
}
