//! Nodes that have been joining, leaving or moving for too long.

use ringkeeper_sdk::prelude::*;

use super::about_node;
use crate::settings::Settings;
use crate::words;
use crate::world::World;

/// Nodes whose change of membership goes on longer than set.
pub(super) fn judge(world: &World, settings: &Settings) -> Vec<Finding> {
    let most = i64::from(settings.membership_change_hours) * 3_600_000;
    let changing = |word: &str| matches!(word, "Joining" | "Leaving" | "Moving");
    let found = world.members.iter().filter_map(|member| {
        let state = &member.state;
        let lasted = world.now - state.membership_since;
        if !changing(&state.membership) || lasted <= most {
            return None;
        }
        let word = state.membership.to_lowercase();
        let title = format!("{} has been {word} for {}.", member.name, words::duration(lasted));
        let finding = about_node(Severity::Warning, "membership", member, Owner::Platform, title)
            .beyond(format!("{word} for"), words::duration(lasted), format!("at most {}", words::duration(most)))
            .seen("status", if member.is_down() { "down" } else { "not down" })
            .suggest(
                "See on the node whether its streams still move (nodetool netstats). While it lasts, no other node may \
                 join or leave safely.",
            );
        Some(finding)
    });
    found.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{HOUR, NOW, Ring};

    fn found(membership: &str, hours: i64) -> Vec<Finding> {
        let mut ring = Ring::of(&[("dc1", 3)]);
        let state = &mut ring.member(2).state;
        (state.membership, state.membership_since) = (membership.into(), NOW - hours * HOUR);
        judge(&ring.world, &Settings::default())
    }

    #[test]
    fn a_change_that_takes_longer_than_set_is_told() {
        for membership in ["Joining", "Leaving", "Moving"] {
            let found = found(membership, 30);
            assert_eq!(found.len(), 1);
            assert_eq!(
                found[0].title,
                format!("10.0.1.3 has been {} for 1 d 6 h.", membership.to_lowercase())
            );
        }
    }

    #[test]
    fn a_change_within_its_time_and_a_full_member_are_not() {
        assert_eq!(found("Joining", 11), []);
        assert_eq!(found("Normal", 1000), []);
        assert_eq!(found("Stopped", 1000), []);
    }
}
