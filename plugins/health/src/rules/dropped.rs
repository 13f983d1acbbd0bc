//! Messages that nodes dropped because they waited too long.

use ringkeeper_sdk::prelude::*;

use super::{Alike, about_node};
use crate::settings::Settings;
use crate::world::World;

const KINDS: [(&str, &str); 3] = [
    ("dropped.mutation", "writes dropped"),
    ("dropped.read", "reads dropped"),
    ("dropped.other", "other messages dropped"),
];

/// Nodes that dropped more than a few while all members were up. Why cannot be told from here.
pub(super) fn judge(world: &World, settings: &Settings) -> Vec<Finding> {
    let Some(calm) = world.calm(settings) else {
        return Vec::new();
    };
    let found = world.places().filter_map(|(place, member)| {
        let dropped = KINDS.map(|(metric, what)| {
            (what, world.numbers.increase_since(metric, place, calm.since).map_or(0.0, |increase| increase.by))
        });
        let sum: f64 = dropped.iter().map(|(_, count)| count).sum();
        if sum < f64::from(settings.dropped_messages) {
            return None;
        }
        let minutes = calm.minutes;
        let title = format!("{} dropped {sum:.0} messages in {minutes} min.", member.name);
        let limit = format!("below {} in all", settings.dropped_messages);
        let mut finding = about_node(Severity::Warning, "dropped", member, Owner::Unknown, title);
        for (what, count) in dropped.into_iter().filter(|(_, count)| *count > 0.0) {
            finding = finding.beyond(format!("{what} in {minutes} min"), format!("{count:.0}"), &limit);
        }
        let finding = finding.suggest(
            "It cannot keep up: look at its load, heap and compactions. Writes it dropped are missing there until a \
             repair.",
        );
        Some((place, finding))
    });
    Alike {
        rule: "dropped",
        what: "Messages are dropped",
    }
    .tell(world, settings, found.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Ring;

    #[test]
    fn drops_within_the_window_are_told_by_kind() {
        let mut ring = Ring::of(&[("dc1", 2)]);
        ring.metric("dropped.mutation", 1, &[5.0, 35.0])
            .metric("dropped.read", 1, &[100.0, 100.0]);
        let found = judge(&ring.world, &Settings::default());
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].title, "10.0.1.2 dropped 30 messages in 15 min.");
        assert_eq!(found[0].evidence.len(), 1);
    }

    #[test]
    fn drops_while_a_node_is_down_are_told_there() {
        let mut ring = Ring::of(&[("dc1", 3)]);
        ring.metric("dropped.mutation", 1, &[5.0, 35.0]).down(2);
        assert_eq!(judge(&ring.world, &Settings::default()), []);
    }

    #[test]
    fn old_drops_and_a_restart_are_none() {
        let mut ring = Ring::of(&[("dc1", 2)]);
        ring.metric("dropped.mutation", 0, &[9_000.0, 9_000.0]).metric(
            "dropped.mutation",
            1,
            &[9_000.0, 0.0, 3.0],
        );
        assert_eq!(judge(&ring.world, &Settings::default()), []);
    }
}
