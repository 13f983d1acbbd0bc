//! Nodes that some peers see up and some see down.

use std::collections::BTreeMap;

use ringkeeper_sdk::node_state::PeerStatus;
use ringkeeper_sdk::prelude::*;

use super::{about_node, meanwhile};
use crate::settings::Settings;
use crate::words;
use crate::world::{Member, Place, World};

/// One disputed node is a finding about it; several are one finding about who sees whom. The view of a node that is
/// itself down for all is no dispute: it is told with that node. Every death passes through a short dispute, so it must
/// last before it is told.
pub(super) fn judge(world: &World, settings: &Settings) -> Vec<Finding> {
    let mut disputed: Vec<(Place, Vec<Place>)> = Vec::new();
    let mut unread = 0;
    let settle = i64::from(settings.disputed_seconds) * 1000;
    let lasts = |member: &Member| {
        let state = &member.state;
        state.status == PeerStatus::Disputed && world.now - state.status_since >= settle
    };
    let disputes = world.places().filter(|(_, member)| lasts(member));
    // One whose process is dead is told with that.
    for (place, member) in disputes.filter(|(place, _)| world.dead(*place).is_none()) {
        let (_, down_for, _) = member.seen_by();
        let credible: Vec<Place> = down_for
            .into_iter()
            .filter(|observer| {
                world
                    .members
                    .get(*observer)
                    .is_some_and(|observer| !observer.is_down())
            })
            .collect();
        match credible.is_empty() {
            false => disputed.push((place, credible)),
            true if member.views.is_empty() => unread += 1,
            true => {}
        }
    }
    let mut findings: Vec<Finding> = match disputed.as_slice() {
        [] => Vec::new(),
        [(place, down_for)] if unread == 0 => one(world, *place, down_for).into_iter().collect(),
        several => vec![split(world, several, unread)],
    };
    let meanwhile = meanwhile::evidence(world, settings);
    for finding in &mut findings {
        finding.evidence.extend_from_slice(&meanwhile);
    }
    findings
}

fn one(world: &World, place: Place, down_for: &[Place]) -> Option<Finding> {
    let member = world.members.get(place)?;
    let (up_for, _, _) = member.seen_by();
    let title = format!(
        "{} cannot be reached by {}.",
        member.name,
        words::list(&names(world, down_for))
    );
    let finding = about_node(Severity::Warning, "disputed", member, Owner::Platform, title)
        .beyond(
            "peers that see it down",
            words::list(&names(world, down_for)),
            "none",
        )
        .seen("peers that see it up", words::list(&names(world, &up_for)))
        .seen(
            "disputed for",
            words::duration(world.now - member.state.status_since),
        );
    Some(finding.suggest("Look at the network between it and those that see it down."))
}

/// Who sees whom, observers of one mind together. If nobody sees all of them up, the cluster has fallen apart.
fn split(world: &World, disputed: &[(Place, Vec<Place>)], unread: usize) -> Finding {
    let mut sees_down = BTreeMap::<Place, Vec<Place>>::new();
    for (place, down_for) in disputed {
        for observer in down_for {
            sees_down.entry(*observer).or_default().push(*place);
        }
    }
    let mut camps = BTreeMap::<Vec<Place>, Vec<Place>>::new();
    for (observer, down) in sees_down {
        camps.entry(down).or_default().push(observer);
    }
    let speakers = |place: &Place| {
        world
            .members
            .get(*place)
            .is_some_and(|member| member.answers() && !member.is_down())
    };
    let minded: usize = camps.values().map(Vec::len).sum();
    let contented = world
        .places()
        .filter(|(place, _)| speakers(place))
        .count()
        .saturating_sub(minded);
    let severity = if contented == 0 {
        Severity::Severe
    } else {
        Severity::Warning
    };
    let title = if contented == 0 {
        "The cluster is split: every node sees others down that answer elsewhere.".to_owned()
    } else {
        let nodes: Vec<&str> = disputed.iter().map(|(place, _)| world.name(*place)).collect();
        format!("The nodes do not agree whether {} are up.", words::list(&nodes))
    };
    let mut finding = Finding::new(severity, "split", title).about(Subject::Cluster, Owner::Platform);
    for (down, observers) in &camps {
        let who = words::list(&names(world, observers));
        let see = if observers.len() == 1 { "sees" } else { "see" };
        finding = finding.seen(format!("{who} {see} down"), words::list(&names(world, down)));
    }
    if contented > 0 {
        finding = finding.seen("see all of them up", words::count(contented, "node"));
    }
    if unread > 0 {
        finding = finding.seen("disputed nodes not looked into", unread);
    }
    finding.suggest(
        "Look at the network between those groups: one link or one rule of a firewall is the likely cause.",
    )
}

fn names<'w>(world: &'w World, places: &[Place]) -> Vec<&'w str> {
    places.iter().map(|place| world.name(*place)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{NOW, Ring};

    fn found(ring: &Ring) -> Vec<Finding> {
        judge(&ring.world, &Settings::default())
    }

    #[test]
    fn a_node_that_one_peer_cannot_reach_is_named_with_that_peer() {
        let mut ring = Ring::of(&[("dc1", 4)]);
        ring.seen_down_by(1, &[3]);
        let found = found(&ring);
        assert_eq!((found.len(), found[0].severity), (1, Severity::Warning));
        assert_eq!(found[0].key, "disputed/id-10.0.1.2");
        assert_eq!(found[0].title, "10.0.1.2 cannot be reached by 10.0.1.4.");
    }

    #[test]
    fn a_dispute_must_last_before_it_is_told() {
        let mut ring = Ring::of(&[("dc1", 4)]);
        ring.seen_down_by(1, &[3]).member(1).state.status_since = NOW - 59_000;
        assert_eq!(found(&ring), []);
        ring.member(1).state.status_since = NOW - 60_000;
        assert_eq!(found(&ring).len(), 1);
    }

    #[test]
    fn what_goes_wrong_meanwhile_is_its_evidence() {
        let mut ring = Ring::of(&[("dc1", 4)]);
        ring.seen_down_by(1, &[3])
            .metric("hints.written", 3, &[0.0, 40.0]);
        let evidence = found(&ring).remove(0).evidence;
        let last = evidence.last().unwrap();
        assert_eq!(
            (last.name.as_str(), last.value.as_str()),
            ("hints written by other nodes in 15 min", "40")
        );
    }

    #[test]
    fn two_halves_that_do_not_see_each_other_are_one_severe_finding() {
        let mut ring = Ring::of(&[("dc1", 2), ("dc2", 2)]);
        ring.seen_down_by(0, &[2, 3])
            .seen_down_by(1, &[2, 3])
            .seen_down_by(2, &[0, 1])
            .seen_down_by(3, &[0, 1]);
        let found = found(&ring);
        assert_eq!(
            (found.len(), found[0].severity, found[0].key.as_str()),
            (1, Severity::Severe, "split")
        );
        assert_eq!(found[0].evidence[0].name, "10.0.2.1 and 10.0.2.2 see down");
        assert_eq!(found[0].evidence[0].value, "10.0.1.1 and 10.0.1.2");
    }

    #[test]
    fn a_node_that_sees_everybody_down_alone_splits_nothing() {
        let mut ring = Ring::of(&[("dc1", 4)]);
        ring.seen_down_by(1, &[0]).seen_down_by(2, &[0]);
        let found = found(&ring);
        assert_eq!((found.len(), found[0].severity), (1, Severity::Warning));
        assert_eq!(
            found[0].title,
            "The nodes do not agree whether 10.0.1.2 and 10.0.1.3 are up."
        );
    }

    #[test]
    fn the_view_of_a_node_that_is_down_is_no_dispute() {
        let mut ring = Ring::of(&[("dc1", 3)]);
        ring.seen_down_by(1, &[0]).seen_down_by(2, &[0]).down(0);
        assert_eq!(found(&ring), []);
    }
}
