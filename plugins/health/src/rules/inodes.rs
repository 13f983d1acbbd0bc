//! File systems that can, or soon could, hold no more files.

use ringkeeper_sdk::prelude::*;

use super::disk::hours;
use super::{Alike, about_node};
use crate::machine::{FileSystem, Trend, trend};
use crate::settings::Settings;
use crate::words::{duration, percent};
use crate::world::World;

/// Where fewer of a file system's files exist, it is not asked where that leads: some file systems make room for files where
/// they have room for bytes, so that every disk that fills would be told twice.
const LEADS_FROM: f64 = 0.5;

/// One finding a node, about the worst of its file systems with data or commit log.
pub(super) fn judge(world: &World, settings: &Settings) -> Vec<Finding> {
    let found = world.places().filter_map(|(place, member)| {
        let disks = &world.machines.get(&place)?.file_systems;
        let judged = disks
            .iter()
            .filter_map(|(point, disk)| Judged::of(point, disk, settings));
        let worst = judged.max_by(|a, b| {
            let rank = |judged: &Judged<'_>| super::rank(judged.severity);
            rank(a).cmp(&rank(b)).then(a.used.total_cmp(&b.used))
        })?;
        let title = format!(
            "{} of {} has {} of the files that it can hold.",
            worst.point,
            member.name,
            percent(worst.used)
        );
        let mut finding = about_node(worst.severity, "inodes", member, Owner::Platform, title).beyond(
            format!("inodes used of {}", worst.point),
            format!("{} of {:.0}", percent(worst.used), worst.total),
            format!("below {}", percent(settings.inodes_used_ratio)),
        );
        if let Some(trend) = worst.trend {
            finding = finding
                .beyond(
                    format!("{} holds no more in", worst.point),
                    duration(trend.full_in),
                    format!("more than {} h", settings.disk_full_hours),
                )
                .seen("by what was seen of it in", duration(trend.known));
        }
        Some((place, finding.suggest(SUGGESTION)))
    });
    Alike {
        rule: "inodes",
        what: "File systems hold nearly all the files that they can",
    }
    .tell(world, settings, found.collect())
}

/// A file system that is worth a word.
struct Judged<'w> {
    point: &'w str,
    total: f64,
    used: f64,
    /// Where it leads, if that is near.
    trend: Option<Trend>,
    severity: Severity,
}

impl<'w> Judged<'w> {
    fn of(point: &'w str, disk: &FileSystem, settings: &Settings) -> Option<Self> {
        let used = disk.files_used()?;
        let trend = trend(&disk.free_files)
            .filter(|trend| used >= LEADS_FROM && trend.full_in <= hours(settings.disk_full_hours));
        let ends_soon = trend.is_some_and(|trend| trend.full_in <= hours(settings.disk_full_severe_hours));
        let severity = match used {
            _ if used >= settings.inodes_used_severe_ratio || ends_soon => Severity::Severe,
            _ if used >= settings.inodes_used_ratio || trend.is_some() => Severity::Warning,
            _ => return None,
        };
        Some(Self {
            point,
            total: disk.total_files,
            used,
            trend,
            severity,
        })
    }
}

const SUGGESTION: &str = "Look for what makes so many small files (df -i, find): snapshots that nobody needs, thousands of tables, or something \
    else on that file system. Without inodes a node writes no SSTable, however many bytes are free.";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Ring, minutely};

    /// A file system of 1,000 files, of which so many can still be made, a point a minute.
    fn found(free: &[f64]) -> Vec<Finding> {
        let mut ring = Ring::of(&[("dc1", 1)]);
        let disk = ring.data_disk(0, &[900.0]);
        (disk.total_files, disk.free_files) = (1_000.0, minutely(free));
        judge(&ring.world, &Settings::default())
    }

    fn falling(from: f64) -> Vec<f64> {
        (0..=60).map(|minute| from - f64::from(minute)).collect()
    }

    #[test]
    fn a_file_system_with_room_for_files_is_not_told() {
        assert_eq!(found(&[900.0; 60]), []);
        assert_eq!(found(&[201.0; 60]), []);
        assert_eq!(found(&falling(800.0)), [], "they become fewer, and are many");
        assert_eq!(found(&[]), [], "nothing is known");
        let mut ring = Ring::of(&[("dc1", 1)]);
        ring.data_disk(0, &[900.0]).free_files = minutely(&[1.0]);
        assert_eq!(judge(&ring.world, &Settings::default()), [], "no limit is known");
    }

    #[test]
    fn a_file_system_without_inodes_is_told_from_its_limits_on() {
        let told = found(&[200.0]);
        assert_eq!(told[0].severity, Severity::Warning);
        assert_eq!(
            told[0].title,
            "/data of 10.0.1.1 has 80 % of the files that it can hold."
        );
        assert_eq!(told[0].evidence[0].value, "80 % of 1000");
        assert_eq!(found(&[50.0])[0].severity, Severity::Severe);
    }

    #[test]
    fn one_that_runs_out_is_told_before_it_has() {
        let told = found(&falling(460.0));
        assert_eq!(told[0].severity, Severity::Warning);
        assert_eq!(told[0].evidence[1].name, "/data holds no more in");
        assert_eq!(told[0].evidence[1].value, "6 h 40 min");
        assert_eq!(found(&falling(260.0))[0].severity, Severity::Severe);
    }
}
