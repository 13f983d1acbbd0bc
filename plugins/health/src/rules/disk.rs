//! File systems with data that are, or soon will be, too full.

use ringkeeper_sdk::prelude::*;

use super::{Alike, about_node};
use crate::machine::{FileSystem, Trend, trend};
use crate::settings::Settings;
use crate::words::{bytes, duration, percent};
use crate::world::{Member, World};

/// One finding a node, about the worst of its file systems; the others are evidence in it.
pub(super) fn judge(world: &World, settings: &Settings) -> Vec<Finding> {
    let found = world.places().filter_map(|(place, member)| {
        let disks = &world.machines.get(&place)?.file_systems;
        let data = disks.iter().filter(|(_, disk)| disk.holds_data);
        let mut judged: Vec<Judged<'_>> = data
            .filter_map(|(point, disk)| Judged::of(point, disk, settings))
            .collect();
        judged.sort_by(|a, b| {
            (b.rank(), b.used)
                .partial_cmp(&(a.rank(), a.used))
                .unwrap_or(std::cmp::Ordering::Equal)
        });
        let worst = judged.first()?;
        let severity = worst.severity?;
        Some((place, finding(severity, member, worst, &judged, settings)))
    });
    Alike {
        rule: "disk",
        what: "Data disks are too full, or soon will be,",
    }
    .tell(world, settings, found.collect())
}

/// A file system with what is thought of it.
struct Judged<'w> {
    point: &'w str,
    disk: &'w FileSystem,
    used: f64,
    /// Where it leads, if that is near.
    trend: Option<Trend>,
    severity: Option<Severity>,
}

impl<'w> Judged<'w> {
    fn of(point: &'w str, disk: &'w FileSystem, settings: &Settings) -> Option<Self> {
        let used = disk.used()?;
        let trend = trend(&disk.free).filter(|trend| trend.full_in <= hours(settings.disk_full_hours));
        let ends_soon = trend.is_some_and(|trend| trend.full_in <= hours(settings.disk_full_severe_hours));
        let severity = match used {
            _ if used >= settings.disk_used_severe_ratio || ends_soon => Some(Severity::Severe),
            _ if used >= settings.disk_used_ratio || trend.is_some() => Some(Severity::Warning),
            _ => None,
        };
        Some(Self {
            point,
            disk,
            used,
            trend,
            severity,
        })
    }

    fn rank(&self) -> u8 {
        self.severity.map_or(0, |severity| 1 + super::rank(severity))
    }
}

fn finding(
    severity: Severity,
    member: &Member,
    worst: &Judged<'_>,
    all: &[Judged<'_>],
    settings: &Settings,
) -> Finding {
    let name = &member.name;
    let title = match worst.trend {
        Some(trend) => format!(
            "The data disk of {name} is {} full, and all of it in {} if it goes on like this.",
            percent(worst.used),
            duration(trend.full_in)
        ),
        None => format!("The data disk of {name} is {} full.", percent(worst.used)),
    };
    let mut finding = about_node(severity, "disk", member, Owner::Configuration, title);
    for Judged {
        point,
        disk,
        used,
        trend,
        severity,
    } in all
    {
        let room = format!("{} of {}", percent(*used), bytes(disk.total));
        let limit = format!("below {}", percent(settings.disk_used_ratio));
        finding = match severity {
            Some(_) if *used >= settings.disk_used_ratio => {
                finding.beyond(format!("used of {point}"), room, limit)
            }
            _ => finding.seen(format!("used of {point}"), room),
        };
        if let Some(trend) = trend {
            finding = finding
                .beyond(
                    format!("{point} is full in"),
                    duration(trend.full_in),
                    format!("more than {} h", settings.disk_full_hours),
                )
                .seen("by what was seen of it in", duration(trend.known));
        }
    }
    finding.suggest(SUGGESTION)
}

const SUGGESTION: &str = "Look for snapshots that nobody needs (nodetool listsnapshots) and for data left over after nodes \
    were added (nodetool cleanup); then give the node a larger disk, or the cluster more nodes. A node whose disk is full \
    stops serving.";

pub(super) fn hours(hours: u32) -> i64 {
    i64::from(hours) * 3_600_000
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Ring;

    fn found(free: &[f64]) -> Vec<Finding> {
        let mut ring = Ring::of(&[("dc1", 1)]);
        ring.data_disk(0, free);
        judge(&ring.world, &Settings::default())
    }

    fn severities(free: &[f64]) -> Vec<Severity> {
        found(free).iter().map(|finding| finding.severity).collect()
    }

    #[test]
    fn a_disk_without_room_for_compactions_is_told() {
        assert_eq!(severities(&[310.0; 60]), []);
        assert_eq!(severities(&[300.0; 60]), [Severity::Warning]);
        assert_eq!(severities(&[150.0; 60]), [Severity::Severe]);
        let found = found(&[180.0]);
        assert_eq!(found[0].title, "The data disk of 10.0.1.1 is 82 % full.");
        assert_eq!(found[0].evidence[0].value, "82 % of 1000 B");
        assert_eq!(found[0].evidence[0].limit.as_deref(), Some("below 70 %"));
    }

    #[test]
    fn a_disk_that_fills_is_told_before_it_is_full() {
        // Two bytes a minute: full in six hours, by what was seen in one; and in three, where there is half as much.
        let falling =
            |from: f64| -> Vec<f64> { (0..=60).map(|minute| from - 2.0 * f64::from(minute)).collect() };
        let warned = found(&falling(840.0));
        assert_eq!(warned[0].severity, Severity::Warning);
        assert_eq!(
            warned[0].title,
            "The data disk of 10.0.1.1 is 28 % full, and all of it in 6 h if it goes on like this."
        );
        assert_eq!(warned[0].evidence[1].limit.as_deref(), Some("more than 24 h"));
        assert_eq!(severities(&falling(480.0)), [Severity::Severe]);
    }

    #[test]
    fn of_several_disks_the_worst_is_in_the_title() {
        let mut ring = Ring::of(&[("dc1", 1)]);
        let mut other = ring.data_disk(0, &[250.0]).clone();
        other.free = crate::testing::minutely(&[90.0]);
        ring.machine(0).file_systems.insert("/data2".to_owned(), other);
        let found = judge(&ring.world, &Settings::default());
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].title, "The data disk of 10.0.1.1 is 91 % full.");
        let names: Vec<&str> = found[0].evidence.iter().map(|fact| fact.name.as_str()).collect();
        assert_eq!(names, ["used of /data2", "used of /data"]);
    }

    #[test]
    fn disks_of_which_nothing_is_known_or_without_data_are_not_judged() {
        assert_eq!(found(&[]), []);
        let mut ring = Ring::of(&[("dc1", 1)]);
        ring.data_disk(0, &[10.0]).holds_data = false;
        assert_eq!(judge(&ring.world, &Settings::default()), []);
    }
}
