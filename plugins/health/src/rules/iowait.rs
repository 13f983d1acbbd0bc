//! Machines that wait for their disks.

use ringkeeper_sdk::prelude::*;

use super::{Alike, about_node};
use crate::settings::Settings;
use crate::words::percent;
use crate::world::World;

/// Judged by all processors' time within the window.
pub(super) fn judge(world: &World, settings: &Settings) -> Vec<Finding> {
    let found = world.places().filter_map(|(place, member)| {
        let share = world.processor_share("machine.cpu.iowait_seconds", place, settings)?;
        if share < settings.iowait_ratio {
            return None;
        }
        let title = format!(
            "{} waits for its disks {} of the time.",
            member.name,
            percent(share)
        );
        let finding = about_node(Severity::Warning, "iowait", member, Owner::Unknown, title).beyond(
            format!(
                "processor time spent waiting for disks in {} min",
                settings.window_minutes
            ),
            percent(share),
            format!("below {}", percent(settings.iowait_ratio)),
        );
        Some((place, finding.suggest(SUGGESTION)))
    });
    Alike {
        rule: "iowait",
        what: "Machines wait for their disks",
    }
    .tell(world, settings, found.collect())
}

const SUGGESTION: &str = "See which device is busy and what keeps it so (iostat, nodetool compactionstats): a disk that \
    fails or is throttled, compactions or a repair without a limit, or more reads than it can serve.";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Ring, minutely};

    /// Two processors that wait for so many seconds each minute.
    fn found(seconds: f64, minutes: usize) -> Vec<Finding> {
        let mut ring = Ring::of(&[("dc1", 1)]);
        let waited: Vec<f64> = (0..minutes)
            .map(|minute| 500.0 + seconds * minute as f64)
            .collect();
        ring.metric("machine.cpu.count", 0, &[2.0]);
        ring.world
            .numbers
            .put("machine.cpu.iowait_seconds", 0, minutely(&waited));
        judge(&ring.world, &Settings::default())
    }

    #[test]
    fn waiting_is_measured_by_the_time_of_all_processors() {
        assert_eq!(found(23.0, 16), []);
        let told = found(30.0, 16);
        assert_eq!(told[0].title, "10.0.1.1 waits for its disks 25 % of the time.");
        assert_eq!(told[0].evidence[0].limit.as_deref(), Some("below 20 %"));
    }

    #[test]
    fn a_moment_is_no_habit() {
        assert_eq!(found(60.0, 4), []);
        assert_eq!(found(60.0, 6).len(), 1);
    }

    #[test]
    fn without_the_number_of_processors_nothing_is_said() {
        let mut ring = Ring::of(&[("dc1", 1)]);
        ring.metric(
            "machine.cpu.iowait_seconds",
            0,
            &[0.0, 900.0, 1_800.0, 2_700.0, 3_600.0, 4_500.0],
        );
        assert_eq!(judge(&ring.world, &Settings::default()), []);
    }
}
