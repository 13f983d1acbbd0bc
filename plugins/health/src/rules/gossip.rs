//! Nodes that some peers do not know at all.

use ringkeeper_sdk::prelude::*;

use super::{Alike, about_node};
use crate::settings::Settings;
use crate::words;
use crate::world::{Member, World};

/// Full members that a peer has never heard of, once both have had time to hear of each other.
pub(super) fn judge(world: &World, settings: &Settings) -> Vec<Finding> {
    let settle = i64::from(settings.gossip_settle_minutes) * 60_000;
    let settled = |since: Option<i64>| since.is_some_and(|since| world.now - since >= settle);
    let grown =
        |member: &Member| member.state.membership == "Normal" && settled(Some(member.state.membership_since));
    let found = world.places().filter(|(_, member)| grown(member)).filter_map(|(place, member)| {
        let (_, _, unknown) = member.seen_by();
        let missing: Vec<&str> = unknown
            .into_iter()
            .filter_map(|observer| world.members.get(observer))
            .filter(|observer| !observer.is_down() && settled(observer.state.process_started_at))
            .map(|observer| observer.name.as_str())
            .collect();
        if missing.is_empty() {
            return None;
        }
        let title = format!("{} is not known to {}.", member.name, words::list(&missing));
        let finding = about_node(Severity::Warning, "gossip", member, Owner::Platform, title)
            .beyond("peers that do not know it", words::list(&missing), "none")
            .seen("member since", words::ago(world.now, member.state.membership_since))
            .suggest("Their gossip differs: see whether both name the same seeds and reach each other's storage port.");
        Some((place, finding))
    });
    Alike {
        rule: "gossip",
        what: "Peers do not know one another",
    }
    .tell(world, settings, found.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{MINUTE, NOW, Ring};
    use crate::world::View;

    fn ring() -> Ring {
        let mut ring = Ring::of(&[("dc1", 3)]);
        ring.member(0).views = vec![
            View {
                observer: 1,
                sees_up: None,
            },
            View {
                observer: 2,
                sees_up: Some(true),
            },
        ];
        ring
    }

    #[test]
    fn a_member_that_a_peer_does_not_know_is_named_with_it() {
        let found = judge(&ring().world, &Settings::default());
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].title, "10.0.1.1 is not known to 10.0.1.2.");
    }

    #[test]
    fn a_new_member_and_a_new_process_have_time() {
        let mut young = ring();
        young.member(0).state.membership_since = NOW - MINUTE;
        assert_eq!(judge(&young.world, &Settings::default()), []);
        let mut restarted = ring();
        restarted.member(1).state.process_started_at = Some(NOW - MINUTE);
        assert_eq!(judge(&restarted.world, &Settings::default()), []);
    }
}
