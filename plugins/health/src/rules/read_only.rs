//! File systems of Cassandra to which nothing can be written.

use ringkeeper_sdk::prelude::*;

use super::{Alike, about_node};
use crate::settings::Settings;
use crate::words::list;
use crate::world::World;

/// The kernel makes a file system read-only when its disk fails.
pub(super) fn judge(world: &World, settings: &Settings) -> Vec<Finding> {
    let found = world.places().filter_map(|(place, member)| {
        let disks = &world.machines.get(&place)?.file_systems;
        let points: Vec<&str> = disks
            .iter()
            .filter(|(_, disk)| disk.is_read_only)
            .map(|(point, _)| point.as_str())
            .collect();
        if points.is_empty() {
            return None;
        }
        let title = format!("Nothing can be written to {} on {}.", list(&points), member.name);
        let finding = about_node(Severity::Severe, "read-only", member, Owner::Platform, title).beyond(
            "mounted read-only, with data or commit log",
            list(&points),
            "none",
        );
        Some((place, finding.suggest(SUGGESTION)))
    });
    Alike {
        rule: "read-only",
        what: "File systems of Cassandra are read-only",
    }
    .tell(world, settings, found.collect())
}

const SUGGESTION: &str = "The kernel does that after errors of the disk: look in its messages (dmesg). Replace the disk and \
    the node's data; a disk that fails is not to be trusted after a check.";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Ring;

    #[test]
    fn a_read_only_file_system_of_cassandra_is_severe() {
        let mut ring = Ring::of(&[("dc1", 2)]);
        ring.data_disk(0, &[900.0]);
        ring.data_disk(1, &[900.0]).is_read_only = true;
        let found = judge(&ring.world, &Settings::default());
        assert_eq!(found.len(), 1);
        assert_eq!(
            (found[0].severity, found[0].title.as_str()),
            (Severity::Severe, "Nothing can be written to /data on 10.0.1.2.")
        );
    }
}
