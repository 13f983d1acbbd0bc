//! Token ranges that no single outage endangers, but several together.

use std::collections::BTreeSet;

use ringkeeper_sdk::prelude::*;

use crate::availability::{Cause, Effect, Standing, effects};
use crate::outage::Outage;
use crate::settings::Settings;
use crate::words;
use crate::world::World;

/// One finding for keyspaces that stand alike, naming the nodes. What one outage does alone is told with that outage.
pub(super) fn judge(world: &World, _: &Settings) -> Vec<Finding> {
    let outages = Outage::all(world);
    let effects = effects(world, &outages);
    let mut joint: Vec<(&Effect<'_>, &BTreeSet<usize>)> = effects
        .iter()
        .filter_map(|effect| match &effect.cause {
            Cause::Together(together) => Some((effect, together)),
            Cause::Alone(_) => None,
        })
        .collect();
    joint.sort_by(|(a, _), (b, _)| (a.keyspaces.first(), a.level).cmp(&(b.keyspaces.first(), b.level)));
    joint
        .chunk_by(|(a, _), (b, _)| a.keyspaces == b.keyspaces && a.level == b.level)
        .filter_map(|alike| finding(world, &outages, alike))
        .collect()
}

fn finding(world: &World, outages: &[Outage], alike: &[(&Effect<'_>, &BTreeSet<usize>)]) -> Option<Finding> {
    let (worst, _) = alike.iter().min_by_key(|(effect, _)| effect.standing)?;
    let keyspace = worst.keyspaces.first()?;
    let nodes: BTreeSet<usize> = alike
        .iter()
        .filter(|(effect, _)| effect.standing == worst.standing)
        .flat_map(|(_, together)| together.iter())
        .filter_map(|index| outages.get(*index))
        .flat_map(|outage| outage.nodes.iter().copied())
        .collect();
    let nodes: Vec<&str> = nodes.into_iter().map(|place| world.name(place)).collect();
    let (keyspaces, level, nodes) = (words::list(&worst.keyspaces), worst.level, words::list(&nodes));
    let (severity, title) = match worst.standing {
        Standing::Below => (
            Severity::Severe,
            format!("{keyspaces} cannot be read or written at {level} in some ranges, as {nodes} are down."),
        ),
        Standing::AtLevel => (
            Severity::Warning,
            format!("One more node down may make {keyspaces} unavailable at {level}, as {nodes} are down."),
        ),
    };
    let subject = match worst.keyspaces.as_slice() {
        [only] => Subject::Keyspace((*only).to_owned()),
        _ => Subject::Cluster,
    };
    let mut finding =
        Finding::new(severity, format!("availability/{keyspace}"), title).about(subject, Owner::Platform);
    finding
        .evidence
        .extend(alike.iter().map(|(effect, _)| effect.evidence()));
    Some(finding.suggest("Bring any one of these nodes back first: each counts."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Ring, network};

    #[test]
    fn two_nodes_that_break_a_keyspace_together_are_one_finding() {
        let mut ring = Ring::of(&[("dc1", 6)]);
        for name in ["shop", "users"] {
            ring.keyspace(name, network(&[("dc1", 3)]), Some("LOCAL_QUORUM"));
        }
        ring.down(1).down(2);
        let found = judge(&ring.world, &Settings::default());
        assert_eq!(found.len(), 1);
        assert_eq!(
            (found[0].key.as_str(), found[0].severity),
            ("availability/shop", Severity::Severe)
        );
        assert_eq!(
            found[0].title,
            "shop and users cannot be read or written at LOCAL_QUORUM in some ranges, as 10.0.1.2 and 10.0.1.3 are down."
        );
    }

    #[test]
    fn what_one_node_does_alone_is_not_told_again() {
        let mut ring = Ring::of(&[("dc1", 3)]);
        ring.keyspace("shop", network(&[("dc1", 3)]), Some("ALL"))
            .down(1)
            .down(2);
        assert_eq!(judge(&ring.world, &Settings::default()), []);
    }

    #[test]
    fn two_of_five_leave_no_room() {
        let mut ring = Ring::of(&[("dc1", 5)]);
        ring.keyspace("shop", network(&[("dc1", 5)]), Some("QUORUM"))
            .down(1)
            .down(2);
        let found = judge(&ring.world, &Settings::default());
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].severity, Severity::Warning);
        assert!(
            found[0]
                .title
                .starts_with("One more node down may make shop unavailable at QUORUM"),
            "{}",
            found[0].title
        );
    }
}
