//! Nodes that run, but by their own word take no clients or no gossip.

use ringkeeper_sdk::prelude::*;

use super::{Alike, about_node};
use crate::settings::Settings;
use crate::words;
use crate::world::World;

/// Full members that are not down, with gossip or the CQL service off for longer than a start takes.
pub(super) fn judge(world: &World, settings: &Settings) -> Vec<Finding> {
    let settle = i64::from(settings.gossip_settle_minutes) * 60_000;
    let found = world.places().filter_map(|(place, member)| {
        let state = &member.state;
        let started = state.process_started_at?;
        if member.is_down() || state.membership != "Normal" || world.now - started < settle {
            return None;
        }
        let off: Vec<&str> = [
            (state.gossip_running, "gossip"),
            (state.native_transport_running, "the CQL service"),
        ]
        .into_iter()
        .filter(|(running, _)| *running == Some(false))
        .map(|(_, what)| what)
        .collect();
        if off.is_empty() {
            return None;
        }
        let title = format!("{} runs with {} switched off.", member.name, words::list(&off));
        let finding = about_node(Severity::Warning, "services", member, Owner::Platform, title)
            .beyond("off, by its own word", words::list(&off), "none")
            .seen("process started", words::ago(world.now, started))
            .suggest("Switch it on again if no work on the node needs it off.");
        Some((place, finding))
    });
    Alike {
        rule: "services",
        what: "Gossip or the CQL service is off",
    }
    .tell(world, settings, found.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{MINUTE, NOW, Ring};

    fn ring() -> Ring {
        let mut ring = Ring::of(&[("dc1", 3)]);
        ring.member(1).state.native_transport_running = Some(false);
        ring
    }

    #[test]
    fn a_member_that_takes_no_clients_is_told() {
        let found = judge(&ring().world, &Settings::default());
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].title, "10.0.1.2 runs with the CQL service switched off.");
    }

    #[test]
    fn a_node_that_just_starts_or_says_nothing_is_not() {
        let mut starting = ring();
        starting.member(1).state.process_started_at = Some(NOW - MINUTE);
        assert_eq!(judge(&starting.world, &Settings::default()), []);
        let mut silent = ring();
        silent.silent(1);
        assert_eq!(judge(&silent.world, &Settings::default()), []);
    }
}
