//! Cassandras that are started again and again.

use ringkeeper_sdk::prelude::*;

use super::{Alike, about_node};
use crate::settings::Settings;
use crate::words::ago;
use crate::world::World;

/// Starts by whomever count. Of one that does not run just now they are evidence in the finding about that.
pub(super) fn judge(world: &World, settings: &Settings) -> Vec<Finding> {
    let found = world.places().filter_map(|(place, member)| {
        let process = world
            .machines
            .get(&place)?
            .process
            .filter(|process| process.is_running)?;
        let starts = process.starts_last_hour;
        if starts < settings.restarts_per_hour.max(1) {
            return None;
        }
        let title = format!(
            "Cassandra was started {starts} times within an hour on {}.",
            member.name
        );
        let mut finding = about_node(Severity::Warning, "restarts", member, Owner::Unknown, title).beyond(
            "starts in the last hour",
            starts,
            format!("below {}", settings.restarts_per_hour),
        );
        if let Some(since) = process.since {
            finding = finding.seen("the last one", ago(world.now, since));
        }
        Some((
            place,
            finding.suggest(
                "See in its log why it ends: a start that fails by itself is not cured by another one.",
            ),
        ))
    });
    Alike {
        rule: "restarts",
        what: "Cassandra is started again and again",
    }
    .tell(world, settings, found.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Ring;

    fn found(is_running: bool, starts: u32) -> Vec<Finding> {
        let mut ring = Ring::of(&[("dc1", 1)]);
        let process = ring.dead(0);
        (process.is_running, process.starts_last_hour) = (is_running, starts);
        judge(&ring.world, &Settings::default())
    }

    #[test]
    fn a_loop_is_told_and_a_restart_is_not() {
        assert_eq!(found(true, 2), []);
        let told = found(true, 3);
        assert_eq!(
            told[0].title,
            "Cassandra was started 3 times within an hour on 10.0.1.1."
        );
        assert_eq!(told[0].evidence[1].value, "5 min ago");
        assert_eq!(found(false, 9), [], "told with the process that does not run");
    }
}
