//! File systems with the commit log, and nothing else, that are too full.

use ringkeeper_sdk::prelude::*;

use super::disk::hours;
use super::{Alike, about_node};
use crate::machine::trend;
use crate::settings::Settings;
use crate::words::{bytes, duration, percent};
use crate::world::World;

/// A commit log on a file system with data is told with that.
pub(super) fn judge(world: &World, settings: &Settings) -> Vec<Finding> {
    let found = world.places().filter_map(|(place, member)| {
        let disks = &world.machines.get(&place)?.file_systems;
        let mut own = disks
            .iter()
            .filter(|(_, disk)| disk.holds_commitlog && !disk.holds_data);
        let (point, disk) = own.next()?;
        let used = disk.used()?;
        let soon = trend(&disk.free).filter(|trend| trend.full_in <= hours(settings.disk_full_severe_hours));
        let severity = match used {
            _ if used >= settings.commitlog_used_severe_ratio => Severity::Severe,
            _ if used >= settings.commitlog_used_ratio || soon.is_some() => Severity::Warning,
            _ => return None,
        };
        let title = format!(
            "The commit log disk of {} is {} full.",
            member.name,
            percent(used)
        );
        let mut finding = about_node(severity, "commitlog-disk", member, Owner::Configuration, title).beyond(
            format!("used of {point}"),
            format!("{} of {}", percent(used), bytes(disk.total)),
            format!("below {}", percent(settings.commitlog_used_ratio)),
        );
        if let Some(trend) = soon {
            finding = finding.seen("full, if it goes on like this, in", duration(trend.full_in));
        }
        Some((place, finding.suggest(SUGGESTION)))
    });
    Alike {
        rule: "commitlog-disk",
        what: "Commit log disks are too full",
    }
    .tell(world, settings, found.collect())
}

const SUGGESTION: &str = "Compare its size with `commitlog_total_space` and, where changes are captured, with `cdc_total_space`; \
    see whether memtables are flushed and what else is on that disk. Without room for the commit log the node takes no writes.";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Ring;

    fn found(free: f64, holds_data: bool) -> Vec<Finding> {
        let mut ring = Ring::of(&[("dc1", 1)]);
        let disk = ring.data_disk(0, &[free]);
        (disk.holds_commitlog, disk.holds_data) = (true, holds_data);
        judge(&ring.world, &Settings::default())
    }

    #[test]
    fn a_disk_of_the_commit_log_alone_is_judged_by_its_own_limits() {
        assert_eq!(found(250.0, false), []);
        let warned = found(200.0, false);
        assert_eq!(
            (warned[0].severity, warned[0].title.as_str()),
            (Severity::Warning, "The commit log disk of 10.0.1.1 is 80 % full.")
        );
        assert_eq!(found(40.0, false)[0].severity, Severity::Severe);
        assert_eq!(found(40.0, true), [], "told with the data");
    }
}
