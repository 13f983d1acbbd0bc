//! Arrays that have lost a disk.

use ringkeeper_sdk::prelude::*;

use super::{Alike, about_node};
use crate::settings::Settings;
use crate::world::World;

/// An array works on without a disk, and is gone with the next.
pub(super) fn judge(world: &World, settings: &Settings) -> Vec<Finding> {
    let found = world.places().filter_map(|(place, member)| {
        let arrays = &world.machines.get(&place)?.arrays;
        let degraded: Vec<_> = arrays.iter().filter(|(_, array)| array.missing > 0.0).collect();
        let (name, array) = degraded.first()?;
        let syncing = degraded.iter().all(|(_, array)| array.is_syncing);
        let title = match (degraded.len(), syncing) {
            (1, true) => format!(
                "Array {name} of {} is rebuilt after the loss of a disk.",
                member.name
            ),
            (1, false) => format!(
                "Array {name} of {} has lost {:.0} of {:.0} disks.",
                member.name, array.missing, array.members
            ),
            (count, _) => format!("{count} arrays of {} have lost disks.", member.name),
        };
        let mut finding = about_node(Severity::Warning, "raid", member, Owner::Platform, title);
        for (name, array) in &degraded {
            let being = if array.is_syncing { ", being rebuilt" } else { "" };
            finding = finding.beyond(
                format!("disks of {name} that do not work"),
                format!("{:.0} of {:.0}{being}", array.missing, array.members),
                "none",
            );
        }
        let suggestion = match syncing {
            true => "Leave it alone until it is whole again (/proc/mdstat shows how far it is).",
            false => "Replace the disk; until then the next one that fails takes the node's data with it.",
        };
        Some((place, finding.suggest(suggestion)))
    });
    Alike {
        rule: "raid",
        what: "Arrays have lost disks",
    }
    .tell(world, settings, found.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::machine::Array;
    use crate::testing::Ring;

    fn found(missing: f64, is_syncing: bool) -> Vec<Finding> {
        let mut ring = Ring::of(&[("dc1", 1)]);
        let array = Array {
            members: 2.0,
            missing,
            is_syncing,
        };
        ring.machine(0).arrays.insert("md0".to_owned(), array);
        judge(&ring.world, &Settings::default())
    }

    #[test]
    fn an_array_that_lost_a_disk_is_told_and_one_that_is_checked_is_not() {
        assert_eq!(found(0.0, true), []);
        let lost = found(1.0, false);
        assert_eq!(lost[0].title, "Array md0 of 10.0.1.1 has lost 1 of 2 disks.");
        let rebuilt = found(1.0, true);
        assert_eq!(rebuilt[0].evidence[0].value, "1 of 2, being rebuilt");
        assert!(rebuilt[0].title.contains("is rebuilt"), "{}", rebuilt[0].title);
    }
}
