//! Nodes that write hints although no node is down.

use ringkeeper_sdk::prelude::*;

use super::{Alike, about_node};
use crate::settings::Settings;
use crate::world::{Member, World};

/// Coordinators that wrote many hints within the window. While a node is down, hints are told with that node.
pub(super) fn judge(world: &World, settings: &Settings) -> Vec<Finding> {
    if world.members.iter().any(Member::is_down) {
        return Vec::new();
    }
    let found = world.places().filter_map(|(place, member)| {
        let written = world.numbers.increase("hints.written", place)?.by;
        if written < f64::from(settings.hints.max(1)) {
            return None;
        }
        let minutes = settings.window_minutes;
        let title = format!(
            "{} wrote {written:.0} hints in {minutes} min, though no node is down.",
            member.name
        );
        let finding = about_node(Severity::Warning, "hints", member, Owner::Unknown, title)
            .beyond(
                format!("hints written in {minutes} min"),
                format!("{written:.0}"),
                format!("below {}", settings.hints),
            )
            .suggest(
                "A replica does not take writes in time: look for one that is slow or was away for a moment.",
            );
        Some((place, finding))
    });
    Alike {
        rule: "hints",
        what: "Hints are written though no node is down",
    }
    .tell(world, settings, found.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Ring;

    #[test]
    fn hints_without_a_node_down_are_told() {
        let mut ring = Ring::of(&[("dc1", 3)]);
        ring.metric("hints.written", 0, &[10.0, 510.0])
            .metric("hints.written", 1, &[10.0, 20.0]);
        let found = judge(&ring.world, &Settings::default());
        assert_eq!(found.len(), 1);
        assert_eq!(
            found[0].title,
            "10.0.1.1 wrote 500 hints in 15 min, though no node is down."
        );
    }

    #[test]
    fn hints_for_a_node_that_is_down_are_told_there() {
        let mut ring = Ring::of(&[("dc1", 3)]);
        ring.metric("hints.written", 0, &[10.0, 510.0]).down(2);
        assert_eq!(judge(&ring.world, &Settings::default()), []);
    }
}
