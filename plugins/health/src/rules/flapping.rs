//! Nodes that go down and up again and again.

use ringkeeper_sdk::prelude::*;

use super::{Alike, about_node};
use crate::settings::Settings;
use crate::words;
use crate::world::World;

/// Words of a status that a peer gave. `unknown` is left out: then it was the host that could not see.
const SEEN: [&str; 3] = ["up", "down", "disputed"];

/// Nodes whose status changed too often within the window.
pub(super) fn judge(world: &World, settings: &Settings) -> Vec<Finding> {
    let since = world.now - i64::from(settings.flapping_minutes) * 60_000;
    let found = world.places().filter_map(|(place, member)| {
        let changes = member.transitions.iter().filter(|change| {
            change.at >= since
                && SEEN.contains(&change.before.as_str())
                && SEEN.contains(&change.after.as_str())
        });
        let changes = changes.count();
        if changes < settings.flapping_changes as usize {
            return None;
        }
        let minutes = settings.flapping_minutes;
        let title = format!(
            "{} went up and down {changes} times in {minutes} min.",
            member.name
        );
        let finding = about_node(Severity::Warning, "flapping", member, Owner::Platform, title)
            .beyond(
                format!("changes of status in {minutes} min"),
                changes,
                format!("below {}", settings.flapping_changes),
            )
            .seen("last change", words::ago(world.now, member.state.status_since))
            .suggest(
                "Look for long garbage collections, an overloaded machine or a network that loses packets.",
            );
        Some((place, finding))
    });
    Alike {
        rule: "flapping",
        what: "The status goes up and down",
    }
    .tell(world, settings, found.collect())
}

#[cfg(test)]
mod tests {
    use ringkeeper_sdk::node_state::Transition;

    use super::*;
    use crate::testing::{MINUTE, NOW, Ring};

    fn changes(minutes_ago: &[i64], words: [&str; 2]) -> Vec<Transition> {
        let change = |(i, ago): (usize, &i64)| Transition {
            at: NOW - ago * MINUTE,
            before: words[i % 2].into(),
            after: words[(i + 1) % 2].into(),
        };
        minutes_ago.iter().enumerate().map(change).collect()
    }

    fn found(transitions: Vec<Transition>) -> Vec<Finding> {
        let mut ring = Ring::of(&[("dc1", 3)]);
        ring.member(0).transitions = transitions;
        judge(&ring.world, &Settings::default())
    }

    #[test]
    fn four_changes_within_the_window_are_flapping() {
        let found = found(changes(&[20, 15, 10, 5], ["up", "down"]));
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].title, "10.0.1.1 went up and down 4 times in 30 min.");
    }

    #[test]
    fn old_changes_do_not_count() {
        assert_eq!(found(changes(&[90, 60, 45, 10, 5, 1], ["up", "down"])), []);
    }

    #[test]
    fn changes_of_membership_and_a_blind_host_do_not_count() {
        assert_eq!(found(changes(&[20, 15, 10, 5], ["Normal", "Moving"])), []);
        assert_eq!(found(changes(&[20, 15, 10, 5], ["up", "unknown"])), []);
    }
}
