use proptest::prelude::*;
use ringkeeper_plan::Impact;

use crate::testing::{Ring, proposal, texts};
use crate::{Rule, WorkKind};

fn ring(versions: &[Option<&str>]) -> Ring {
    let places = vec![("dc1", "r1"); versions.len()];
    (1..)
        .zip(versions)
        .fold(Ring::of(&places), |ring, (number, version)| {
            ring.change(number, |node| node.release_version = version.map(str::to_owned))
        })
}

fn blocks(ring: &Ring, work: WorkKind) -> Vec<String> {
    texts(&ring.work(work, &[1]), Rule::Releases)
}

#[test]
fn refuses_a_repair_while_two_release_lines_are_in_the_ring() {
    let mixed = ring(&[Some("4.1.7"), Some("5.0.2"), Some("5.0.0")]);
    assert_eq!(
        blocks(&mixed, WorkKind::Repair),
        [
            "cluster test: release lines 2: 4.1 on 10.0.0.1; 5.0 on 10.0.0.2, 10.0.0.3 (limit 1 for repair); lifted when every node runs the same line"
        ]
    );
    assert_eq!(blocks(&mixed, WorkKind::Restore).len(), 1);
    for (version, other) in [
        ("5.0.2", "5.0-rc1"),
        ("5.0.0", "5.0.9"),
        ("4.1.0", "4.1-SNAPSHOT"),
    ] {
        assert!(
            blocks(&ring(&[Some(version), Some(other)]), WorkKind::Repair).is_empty(),
            "{other}"
        );
    }
}

#[test]
fn an_upgrade_goes_on_by_restarts() {
    let mixed = ring(&[Some("4.1.7"), Some("5.0.2"), Some("5.0.0")]);
    assert!(texts(&mixed.disrupt(&[1]), Rule::Releases).is_empty());
    assert!(blocks(&mixed, WorkKind::Snapshot).is_empty());
    assert!(
        texts(
            &mixed.ask(&proposal(Impact::Observe, WorkKind::Observe, &[1])),
            Rule::Releases
        )
        .is_empty()
    );
}

#[test]
fn a_node_that_is_down_still_has_its_line_and_one_that_lives_must_say_its_own() {
    assert_eq!(
        blocks(
            &ring(&[Some("5.0.2"), Some("5.0.2"), Some("4.0.1")]).down(3),
            WorkKind::Repair
        )
        .len(),
        1
    );
    let unknown = ring(&[Some("5.0.2"), Some("5.0.2"), None]);
    assert_eq!(
        blocks(&unknown, WorkKind::Repair),
        ["10.0.0.3: release version is unknown; lifted when it says which version it runs"]
    );
    assert!(blocks(&unknown.down(3), WorkKind::Repair).is_empty());
    assert_eq!(
        blocks(&ring(&[Some("5.0.2"), Some("five")]), WorkKind::Repair).len(),
        1
    );
}

proptest! {
    #[test]
    fn one_line_is_enough_whatever_the_patch(patches in prop::collection::vec(0_u32..40, 1..6), other in prop::option::of(0_u32..9)) {
        let mut versions: Vec<String> = patches.iter().map(|patch| format!("5.0.{patch}")).collect();
        versions.extend(other.map(|minor| format!("5.{minor}.1")));
        let versions: Vec<_> = versions.iter().map(|version| Some(version.as_str())).collect();
        let is_mixed = other.is_some_and(|minor| minor != 0);
        prop_assert_eq!(blocks(&ring(&versions), WorkKind::Repair).len(), usize::from(is_mixed));
    }
}
