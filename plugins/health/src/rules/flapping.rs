//! Nodes that go down and up again and again.

use ringkeeper_sdk::node_state::Transition;
use ringkeeper_sdk::prelude::*;

use super::{Alike, about_node};
use crate::settings::Settings;
use crate::words;
use crate::world::World;

/// Nodes that went down too often within the window.
pub(super) fn judge(world: &World, settings: &Settings) -> Vec<Finding> {
    let since = world.now - i64::from(settings.flapping_minutes) * 60_000;
    let found = world.places().filter_map(|(place, member)| {
        let downs = downs(&member.transitions, since);
        if downs < settings.flapping_downs.max(1) as usize {
            return None;
        }
        let minutes = settings.flapping_minutes;
        let times = words::count(downs, "time");
        let title = format!("{} went down {times} in {minutes} min.", member.name);
        let finding = about_node(Severity::Warning, "flapping", member, Owner::Platform, title)
            .beyond(
                format!("times it went down in {minutes} min"),
                downs,
                format!("below {}", settings.flapping_downs.max(1)),
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

/// How often it went down from `since` on. A dispute on the way down or up is part of the way; and a node that was
/// down before the host could not see, and is down after, did not go down again.
fn downs(transitions: &[Transition], since: Timestamp) -> usize {
    let mut downs = 0;
    let mut was_down = false;
    for change in transitions {
        was_down = match (change.before.as_str(), change.after.as_str()) {
            (before, "down") => {
                let entered = !was_down && before != "unknown";
                downs += usize::from(entered && change.at >= since);
                true
            }
            (_, "up") => false,
            ("down", _) => true,
            _ => was_down,
        };
    }
    downs
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{MINUTE, NOW, Ring};

    /// A status a minute, the last one reached now.
    fn found(words: &[&str]) -> Vec<Finding> {
        let steps = words.iter().zip(words.iter().skip(1)).rev();
        let mut transitions: Vec<Transition> = (0..)
            .zip(steps)
            .map(|(ago, (before, after))| Transition {
                at: NOW - ago * MINUTE,
                before: (*before).into(),
                after: (*after).into(),
            })
            .collect();
        transitions.reverse();
        let mut ring = Ring::of(&[("dc1", 3)]);
        ring.member(0).transitions = transitions;
        judge(&ring.world, &Settings::default())
    }

    #[test]
    fn three_times_down_within_the_window_is_flapping() {
        let found = found(&["up", "down", "up", "down", "up", "down"]);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].title, "10.0.1.1 went down 3 times in 30 min.");
    }

    #[test]
    fn one_death_and_return_is_not_however_many_steps_it_takes() {
        let steps = [
            "up", "disputed", "down", "disputed", "down", "disputed", "down", "disputed", "up",
        ];
        assert_eq!(found(&steps), []);
    }

    #[test]
    fn old_deaths_do_not_count() {
        let mut words = vec!["up", "down", "up", "down", "up", "down", "up"];
        words.extend(["Normal", "Moving"].repeat(16));
        assert_eq!(found(&words), []);
    }

    #[test]
    fn changes_of_membership_and_a_blind_host_do_not_count() {
        assert_eq!(found(&["Normal", "Moving"].repeat(4)), []);
        assert_eq!(found(&["up", "unknown"].repeat(4)), []);
        assert_eq!(found(&["down", "unknown"].repeat(4)), []);
    }
}
