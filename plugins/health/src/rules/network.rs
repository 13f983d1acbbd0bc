//! Network interfaces that lose packets.

use ringkeeper_sdk::prelude::*;

use super::{Alike, about_node};
use crate::machine::Interface;
use crate::numbers::Increase;
use crate::settings::Settings;
use crate::words::{duration, list, percent};
use crate::world::World;

/// One finding a node, with each of its interfaces that loses many packets, and a share of all that matters: every network
/// has some that nobody takes.
pub(super) fn judge(world: &World, settings: &Settings) -> Vec<Finding> {
    let found = world.places().filter_map(|(place, member)| {
        let interfaces = &world.machines.get(&place)?.interfaces;
        let lost: Vec<Lost<'_>> = interfaces
            .iter()
            .flat_map(|(name, interface)| Lost::of(name, interface, settings))
            .collect();
        if lost.is_empty() {
            return None;
        }
        let mut names: Vec<&str> = lost.iter().map(|lost| lost.interface).collect();
        names.dedup();
        let title = format!("{} loses packets at {}.", member.name, list(&names));
        let finding = about_node(Severity::Warning, "network", member, Owner::Platform, title);
        let finding = lost.iter().fold(finding, |finding, lost| {
            finding.beyond(
                format!("{} at {} in {}", lost.what, lost.interface, duration(lost.within)),
                format!("{:.0}, {} of all", lost.packets, percent(lost.share)),
                format!("below {}", percent(lost.limit)),
            )
        });
        Some((place, finding.suggest(SUGGESTION)))
    });
    Alike {
        rule: "network",
        what: "Machines lose packets",
    }
    .tell(world, settings, found.collect())
}

/// Packets that did not arrive whole.
struct Lost<'w> {
    interface: &'w str,
    what: &'static str,
    packets: f64,
    /// In how many milliseconds.
    within: i64,
    share: f64,
    limit: f64,
}

impl<'w> Lost<'w> {
    fn of(interface: &'w str, known: &Interface, settings: &Settings) -> impl Iterator<Item = Self> {
        let kinds = [
            (
                "packets with errors",
                known.errors,
                settings.network_errors,
                settings.network_error_ratio,
            ),
            (
                "packets dropped",
                known.dropped,
                settings.network_drops,
                settings.network_drop_ratio,
            ),
        ];
        let all = known.packets;
        kinds.into_iter().filter_map(move |(what, lost, least, limit)| {
            let Increase { by, within } = lost?;
            // What was dropped may not be among what was counted as arrived.
            let share = by / all?.by.max(by);
            (by >= f64::from(least.max(1)) && share >= limit).then_some(Self {
                interface,
                what,
                packets: by,
                within,
                share,
                limit,
            })
        })
    }
}

const SUGGESTION: &str = "Errors are of the cable, the card or the switch (ethtool -S); what is dropped comes faster than the machine takes it \
    (ring buffers, one processor that takes all interrupts, a limit of the provider). Cassandra's messages wait for what is sent again.";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{MINUTE, Ring};

    fn found(packets: f64, errors: f64, dropped: f64) -> Vec<Finding> {
        let increase = |by| {
            Some(Increase {
                by,
                within: 15 * MINUTE,
            })
        };
        let mut ring = Ring::of(&[("dc1", 1)]);
        let interface = Interface {
            packets: increase(packets),
            errors: increase(errors),
            dropped: increase(dropped),
        };
        ring.machine(0).interfaces.insert("eth0".to_owned(), interface);
        judge(&ring.world, &Settings::default())
    }

    #[test]
    fn a_few_packets_and_a_small_share_are_what_every_network_loses() {
        assert_eq!(found(1_000_000.0, 0.0, 0.0), []);
        assert_eq!(found(1_000_000.0, 99.0, 999.0), [], "few");
        assert_eq!(found(100_000_000.0, 9_000.0, 900_000.0), [], "of many");
        assert_eq!(
            found(2_000.0, 0.0, 400.0),
            [],
            "an idle machine that others broadcast to"
        );
    }

    #[test]
    fn what_is_many_and_a_share_that_matters_is_told_with_its_interface() {
        let told = found(1_000_000.0, 500.0, 0.0);
        assert_eq!(told[0].title, "10.0.1.1 loses packets at eth0.");
        assert_eq!(told[0].evidence[0].name, "packets with errors at eth0 in 15 min");
        assert_eq!(told[0].evidence[0].value, "500, less than 0.1 % of all");
        let told = found(100_000.0, 0.0, 5_000.0);
        assert_eq!(told[0].evidence[0].name, "packets dropped at eth0 in 15 min");
        assert_eq!(told[0].evidence[0].value, "5000, 5 % of all");
        assert_eq!(told[0].evidence[0].limit.as_deref(), Some("below 1 %"));
    }

    #[test]
    fn what_is_not_known_is_not_judged() {
        let mut ring = Ring::of(&[("dc1", 1)]);
        ring.machine(0)
            .interfaces
            .insert("eth0".to_owned(), Interface::default());
        assert_eq!(judge(&ring.world, &Settings::default()), []);
        let errors = Some(Increase {
            by: 1e6,
            within: MINUTE,
        });
        let interface = Interface {
            errors,
            ..Interface::default()
        };
        ring.machine(0).interfaces.insert("eth0".to_owned(), interface);
        assert_eq!(
            judge(&ring.world, &Settings::default()),
            [],
            "an agent of an earlier release"
        );
    }
}
