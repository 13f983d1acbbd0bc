//! Machines that wait for security updates, or for a restart; Cassandras that another release waits for.

use ringkeeper_sdk::prelude::*;

use super::{Alike, about_node};
use crate::settings::Settings;
use crate::words::count;
use crate::world::World;

/// Known to the machine's own packages, whoever keeps them up to date.
pub(super) fn judge(world: &World, settings: &Settings) -> Vec<Finding> {
    let number = |metric, place| world.numbers.latest(metric, place).filter(|number| *number > 0.0);
    let waits = world.places().filter_map(|(place, member)| {
        let security = number("machine.packages.security_updates", place)?;
        let updates = count(security as usize, "security update");
        let title = format!("{updates} can be installed on {}.", member.name);
        let mut finding = about_node(Severity::Advice, "security-updates", member, Owner::Platform, title);
        if let Some(all) = world.numbers.latest("machine.packages.updates", place) {
            finding = finding.seen("updates in all", format!("{all:.0}"));
        }
        Some((place, finding.suggest(
            "Install them as you install updates, one rack after another; `ringkeeper run patching.restart` restarts Cassandra \
             where a library that it uses was among them.",
        )))
    });
    let mut found = Alike {
        rule: "security-updates",
        what: "Security updates can be installed",
    }
    .tell(world, settings, waits.collect());
    let restarts = world.places().filter_map(|(place, member)| {
        number("machine.reboot_required", place)?;
        let title = format!("The machine of {} waits for a restart.", member.name);
        let finding = about_node(Severity::Advice, "reboot-required", member, Owner::Platform, title);
        Some((place, finding.suggest(
            "What was updated is in use only after it (/run/reboot-required.pkgs names it). Drain and stop the node first, one \
             rack at a time.",
        )))
    });
    found.extend(
        Alike {
            rule: "reboot-required",
            what: "Machines wait for a restart",
        }
        .tell(world, settings, restarts.collect()),
    );
    let replaced = world.places().filter_map(|(place, member)| {
        number("process.release_replaced", place)?;
        let title = format!("Another release of Cassandra is installed on {} than runs there.", member.name);
        let mut finding = about_node(Severity::Advice, "release-waits", member, Owner::Platform, title);
        if let Some(version) = &member.node.release_version {
            finding = finding.seen("runs, and is not installed any more", version);
        }
        Some((place, finding.suggest(
            "Its next start, for whatever reason, is the upgrade: `ringkeeper nodes` with its address shows to which release. Restart it \
             when that is wanted, one rack at a time, or install the other one again.",
        )))
    });
    found.extend(
        Alike {
            rule: "release-waits",
            what: "Another release of Cassandra is installed than runs",
        }
        .tell(world, settings, replaced.collect()),
    );
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Ring;

    fn found(security: f64, reboot: f64) -> Vec<String> {
        let mut ring = Ring::of(&[("dc1", 1)]);
        ring.metric("machine.packages.updates", 0, &[12.0])
            .metric("machine.packages.security_updates", 0, &[security])
            .metric("machine.reboot_required", 0, &[reboot]);
        let found = judge(&ring.world, &Settings::default()).into_iter();
        found.map(|finding| finding.title).collect()
    }

    #[test]
    fn what_waits_is_told_and_other_updates_are_not() {
        assert_eq!(found(0.0, 0.0), Vec::<String>::new());
        assert_eq!(
            found(1.0, 0.0),
            ["1 security update can be installed on 10.0.1.1."]
        );
        assert_eq!(found(0.0, 1.0), ["The machine of 10.0.1.1 waits for a restart."]);
        assert_eq!(found(3.0, 1.0).len(), 2);
    }

    #[test]
    fn a_release_that_waits_for_a_start_is_told_with_the_one_that_runs() {
        let mut ring = Ring::of(&[("dc1", 2)]);
        ring.metric("process.release_replaced", 0, &[1.0])
            .metric("process.release_replaced", 1, &[0.0]);
        let found = judge(&ring.world, &Settings::default());
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].key, "release-waits/id-10.0.1.1");
        assert_eq!(found[0].evidence[0].value, "5.0.5");
    }

    #[test]
    fn of_a_machine_that_tells_nothing_nothing_is_told() {
        assert_eq!(judge(&Ring::of(&[("dc1", 3)]).world, &Settings::default()), []);
    }
}
