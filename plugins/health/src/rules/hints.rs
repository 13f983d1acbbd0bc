//! Nodes that write hints although no node was down.

use ringkeeper_sdk::prelude::*;

use super::{Alike, about_node};
use crate::settings::Settings;
use crate::world::World;

/// Coordinators that wrote many hints while all members were up. Other hints follow from a node that was missed.
pub(super) fn judge(world: &World, settings: &Settings) -> Vec<Finding> {
    let Some(calm) = world.calm(settings) else {
        return Vec::new();
    };
    let found = world.places().filter_map(|(place, member)| {
        let written = world.numbers.increase_since("hints.written", place, calm.since)?.by;
        if written < f64::from(settings.hints.max(1)) {
            return None;
        }
        let minutes = calm.minutes;
        let title = format!(
            "{} wrote {written:.0} hints in {minutes} min, though no node was down.",
            member.name
        );
        let finding = about_node(Severity::Warning, "hints", member, Owner::Unknown, title)
            .beyond(
                format!("hints written in {minutes} min"),
                format!("{written:.0}"),
                format!("below {}", settings.hints),
            )
            .suggest(
                "A replica does not take writes in time: look for one that is slow or was away too briefly to be seen.",
            );
        Some((place, finding))
    });
    Alike {
        rule: "hints",
        what: "Hints were written though no node was down",
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
            "10.0.1.1 wrote 500 hints in 15 min, though no node was down."
        );
    }

    #[test]
    fn hints_for_a_node_that_is_down_are_told_there() {
        let mut ring = Ring::of(&[("dc1", 3)]);
        ring.metric("hints.written", 0, &[10.0, 510.0]).down(2);
        assert_eq!(judge(&ring.world, &Settings::default()), []);
    }
}
