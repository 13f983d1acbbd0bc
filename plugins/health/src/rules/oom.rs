//! Machines on which the kernel kills processes for memory.

use ringkeeper_sdk::prelude::*;

use super::{Alike, about_node};
use crate::settings::Settings;
use crate::words::{count, duration};
use crate::world::World;

/// Told for the hour after it happened.
pub(super) fn judge(world: &World, settings: &Settings) -> Vec<Finding> {
    let found = world.places().filter_map(|(place, member)| {
        let killed = world.numbers.increase("machine.memory.oom_kills", place)?;
        if killed.by < 1.0 {
            return None;
        }
        let processes = count(killed.by as usize, "process");
        let title = format!("The kernel of {} has killed {processes} for want of memory.", member.name);
        let finding = about_node(Severity::Warning, "oom-kills", member, Owner::Configuration, title).beyond(
            format!("processes killed in {}", duration(killed.within)),
            format!("{:.0}", killed.by),
            "none",
        );
        Some((place, finding.suggest(
            "See which it was (dmesg). The Java heap and what Cassandra takes beside it, up to as much again, must fit beside \
             everything else on the machine.",
        )))
    });
    Alike {
        rule: "oom-kills",
        what: "The kernel kills processes for want of memory",
    }
    .tell(world, settings, found.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Ring;

    fn found(kills: &[f64]) -> Vec<Finding> {
        let mut ring = Ring::of(&[("dc1", 1)]);
        ring.metric("machine.memory.oom_kills", 0, kills);
        judge(&ring.world, &Settings::default())
    }

    #[test]
    fn what_was_killed_lately_is_told_and_what_was_killed_before_is_not() {
        assert_eq!(found(&[3.0, 3.0, 3.0]), []);
        assert_eq!(found(&[3.0]), []);
        let told = found(&[3.0, 3.0, 5.0]);
        assert_eq!(told[0].evidence[0].value, "2");
        assert_eq!(told[0].evidence[0].name, "processes killed in 2 min");
    }
}
