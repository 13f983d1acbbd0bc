//! Compactions that pile up.

use ringkeeper_sdk::metrics::Point;
use ringkeeper_sdk::prelude::*;

use super::{Alike, about_node};
use crate::settings::Settings;
use crate::words::duration;
use crate::world::World;

/// Nodes with many pending compactions that become more over the window.
pub(super) fn judge(world: &World, settings: &Settings) -> Vec<Finding> {
    let half = i64::from(settings.pending_compactions_minutes) * 30_000;
    let found = world.places().filter_map(|(place, member)| {
        let points = world.numbers.series("compaction.pending_tasks", place);
        let (first, last) = (points.first()?, points.last()?);
        let known = last.at - first.at;
        if last.value < f64::from(settings.pending_compactions) || known < half || !grows(points) {
            return None;
        }
        let title = format!("{} has {:.0} pending compactions, and they become more.", member.name, last.value);
        let finding = about_node(Severity::Warning, "compactions", member, Owner::Configuration, title)
            .beyond("pending compactions", format!("{:.0}", last.value), format!("below {}", settings.pending_compactions))
            .seen(format!("pending compactions {} ago", duration(known)), format!("{:.0}", first.value))
            .suggest(
                "See whether the compaction throughput limit and the disk allow more, and which table they belong to \
                 (nodetool compactionstats).",
            );
        Some((place, finding))
    });
    Alike {
        rule: "compactions",
        what: "Pending compactions become more",
    }
    .tell(world, settings, found.collect())
}

/// Whether the last third lies above the first third: single points jump about too much to compare.
fn grows(points: &[Point]) -> bool {
    let third = points.len() / 3;
    let mean = |points: &mut dyn Iterator<Item = &Point>| {
        points.map(|point| point.value).sum::<f64>() / third as f64
    };
    third > 0 && mean(&mut points.iter().rev().take(third)) > mean(&mut points.iter().take(third))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Ring;

    fn found(values: Vec<f64>) -> Vec<Finding> {
        let mut ring = Ring::of(&[("dc1", 1)]);
        ring.metric("compaction.pending_tasks", 0, &values);
        judge(&ring.world, &Settings::default())
    }

    #[test]
    fn many_that_grow_are_told() {
        let found = found((0..30).map(|i| 50.0 + f64::from(i) * 10.0).collect());
        assert_eq!(
            found[0].title,
            "10.0.1.1 has 340 pending compactions, and they become more."
        );
        assert_eq!(found[0].evidence[1].value, "50");
    }

    #[test]
    fn many_that_shrink_few_that_grow_and_a_short_look_are_not() {
        assert_eq!(found((0..30).map(|i| 900.0 - f64::from(i) * 10.0).collect()), []);
        assert_eq!(found((0..30).map(f64::from).collect()), []);
        assert_eq!(found((0..5).map(|i| 200.0 + f64::from(i)).collect()), []);
    }
}
